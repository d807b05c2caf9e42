"""Engines that fail after some words, or are killed: what came is kept, marked and signed."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from shared_utils.errors import StorageError
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import TextDelta
from src.events import Stage
from tests.fake_ollama import PROGRAM
from tests.fakes import writer_here
from tests.src.faults.stage import (
    ANSWER,
    BREAKS,
    FAR,
    FARTHER,
    IN_A_SECOND,
    MODEL,
    NO_STALLS,
    PATIENT,
    QUESTION,
    TALK,
    TOKENS,
    Scene,
    asked,
    check_extractive,
    check_kept,
    check_written,
    ended,
    said,
)
from tests.waiting import until

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.mark.parametrize("after", [1, 7, len(TOKENS)])
@pytest.mark.parametrize(("fault", "why", "deadlines"), BREAKS, ids=[case[0] for case in BREAKS])
def test_words_that_stop_coming_are_kept_marked_and_never_continued_by_another_engine(
    scene: Scene, fault: str, why: str, deadlines: Deadlines, after: int
) -> None:
    scene.misbehaves(fault=fault, fault_after=after)
    scene.engines(remote=[FAR], deadlines=deadlines)
    turn = asked(scene.shelf())
    check_written(turn, "ollama", MODEL, "interrupted")
    assert turn.answer is not None
    assert turn.answer.raw_text == "".join(TOKENS[:after])
    assert re.search(why, said(turn)), said(turn)
    check_kept(scene, turn)
    assert scene.router.asked == []


def test_an_answer_that_takes_too_long_altogether_keeps_what_it_has(scene: Scene) -> None:
    scene.misbehaves(token_s=0.1)
    scene.engines(deadlines=IN_A_SECOND)
    turn = asked(scene.shelf())
    check_written(turn, "ollama", MODEL, "interrupted")
    assert "took longer than" in said(turn)


FAR_BREAKS = [
    ("stall", "fell silent", NO_STALLS),
    ("cut", "broke off before the end", PATIENT),
    ("drop", "broke in the middle of its answer", PATIENT),
    ("garbage", "broke in the middle of its answer|unreadable", PATIENT),
]


@pytest.mark.parametrize("after", [1, 9])
@pytest.mark.parametrize(("behaviour", "why", "deadlines"), FAR_BREAKS, ids=[case[0] for case in FAR_BREAKS])
def test_a_remote_engines_words_that_stop_coming_are_kept_under_its_name(
    scene: Scene, behaviour: str, why: str, deadlines: Deadlines, after: int
) -> None:
    scene.router.behaviour, scene.router.after = behaviour, after
    scene.misbehaves(fault="404")
    scene.engines(remote=[FAR], deadlines=deadlines)
    turn = asked(scene.shelf())
    check_written(turn, "remote", FAR, "interrupted")
    assert re.search(why, said(turn)), said(turn)
    assert "cannot be reached at the moment" in said(turn)
    check_kept(scene, turn)


def test_an_interrupted_answer_asked_again_is_whole_and_takes_its_place(scene: Scene) -> None:
    scene.misbehaves(fault="cut", fault_after=5)
    check_written(asked(scene.shelf()), "ollama", MODEL, "interrupted")
    scene.heal()
    scene.shelf().regenerate(TALK)
    check_written(ended(scene.shelf()), "ollama", MODEL)
    assert len(scene.shelf().turns(TALK)) == 1


def test_an_answer_is_signed_by_the_remote_model_whose_words_it_keeps(scene: Scene) -> None:
    scene.router.behaviour, scene.router.after = "cut", 3
    scene.router.served = (FARTHER,)
    scene.engines(local=False, remote=[FAR, FARTHER])
    assert asked(scene.shelf()).model == FARTHER


@contextmanager
def ollama_process(port: int, script: Mapping[str, object]) -> Iterator[subprocess.Popen[str]]:
    """`ollama serve` as a process of its own, listening when the block begins."""
    process = subprocess.Popen(
        [*PROGRAM, "serve"],
        env={"OLLAMA_HOST": f"127.0.0.1:{port}", "FAKE_OLLAMA": json.dumps({"answer": ANSWER, **script})},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        assert "Listening" in process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize(
    ("phase", "script"),
    [("loading", {"load_s": 30}), ("reading", {"first_token_s": 30}), ("writing", {"token_s": 0.05})],
)
def test_after_kill_9_the_words_so_far_are_kept_and_the_server_that_comes_back_is_used(
    scene: Scene, phase: str, script: Mapping[str, object]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shelf = scene.shelf()
    scene.engines(host=f"http://127.0.0.1:{port}")
    with ollama_process(port, script) as process:
        shelf.ask(TALK, QUESTION)
        until(
            lambda: shelf.turns(TALK)[-1].text if phase == "writing" else shelf.turns(TALK)[-1].stage is Stage.READING
        )
        if phase != "writing":
            until(lambda: established(port))
        process.kill()
        turn = ended(shelf)
    if phase == "writing":
        check_written(turn, "ollama", MODEL, "interrupted")
        assert re.search("broke", said(turn))
    else:
        check_extractive(turn, "ended the connection before it answered|cannot be reached at the moment")
    check_extractive(asked(shelf), "cannot be reached at the moment")  # dead, and said so
    with ollama_process(port, {}):
        check_written(asked(shelf), "ollama", MODEL)


def established(port: int) -> bool:
    """Whether somebody is connected to a port of this machine."""
    sockets = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(local.endswith(f":{port:04X}") and state == "01" for _, local, _, state, *_ in sockets)


def test_a_full_disk_loses_the_record_of_an_answer_not_the_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(scene.library.store.conversations, "begin", full)
    monkeypatch.setattr(scene.library.store.conversations, "finish", full)
    turn = asked(scene.shelf())
    check_written(turn, "ollama", MODEL)
    monkeypatch.undo()


def test_a_bug_in_an_engine_ends_the_turn_with_a_sentence_and_frees_the_model(scene: Scene) -> None:
    class Broken:
        def generate(self, *_: object) -> Iterator[TextDelta]:
            yield TextDelta("The tide")
            raise ZeroDivisionError

    scene.writers[:] = [writer_here(Broken(), "broken")]
    turn = asked(scene.shelf())
    assert "inside Footnote" in str(turn.error)
    assert scene.queue_is_free()


def test_a_finished_answer_tells_its_stages_in_order_with_their_times(scene: Scene) -> None:
    turn = asked(scene.shelf())
    assert [stage.stage for stage in turn.stages] == [
        Stage.RETRIEVING,
        Stage.CHECKING,
        Stage.READING,
        Stage.WRITING,
        Stage.VERIFYING,
    ]
    for one, next_ in pairwise(turn.stages):
        assert one.seconds is not None
        assert one.started_s + one.seconds == pytest.approx(next_.started_s)
    assert turn.stages[-1].seconds is not None
    assert turn.prompt_tokens > 100
    assert turn.output_tokens == len(TOKENS)
