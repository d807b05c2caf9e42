"""Stop, at every moment; and several people before the one model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from shared_utils.errors import QuestionError
from shared_utils.generation.watched_stream import Deadlines
from src.events import Stage
from src.library.shelf import Shelf
from tests.fake_ollama import FakeOllama, Script
from tests.src.faults.stage import (
    ANSWER,
    BREAKS,
    FAR,
    ME,
    MODEL,
    QUESTION,
    STALLS,
    TALK,
    WRITES_SLOWLY,
    YOU,
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


@pytest.mark.parametrize("script", [{"load_s": 30.0}, {"first_token_s": 30.0}], ids=["loading", "reading"])
def test_stop_before_the_first_word_leaves_the_documents_own_sentences_and_frees_the_model(
    scene: Scene, script: Mapping[str, object]
) -> None:
    scene.misbehaves(**script)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: scene.ollama.bodies("/api/chat"))
    shelf.stop(TALK)
    turn = ended(shelf)
    check_extractive(turn, "stopped")
    assert turn.answer is not None
    assert turn.answer.finish_reason == "cancelled"
    assert scene.queue_is_free()
    until(scene.ollama.left.is_set)  # the server has noticed, so its work has ended
    check_kept(scene, turn)


@pytest.mark.parametrize("script", [WRITES_SLOWLY, STALLS], ids=["writing", "stalled"])
def test_stop_while_it_writes_keeps_the_words_and_frees_the_model(scene: Scene, script: Mapping[str, object]) -> None:
    scene.misbehaves(**script)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: shelf.turns(TALK)[-1].text)
    shelf.stop(TALK)
    shelf.stop(TALK)  # the second press does no harm
    turn = ended(shelf)
    check_written(turn, "ollama", MODEL, "cancelled")
    assert scene.queue_is_free()
    until(scene.ollama.left.is_set)
    check_kept(scene, turn)


def test_stop_in_the_same_moment_as_the_question_ends_it(scene: Scene) -> None:
    scene.misbehaves(first_token_s=30.0)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    shelf.stop(TALK)
    check_extractive(ended(shelf), "stopped")


def test_stop_when_nothing_runs_changes_nothing(scene: Scene) -> None:
    scene.shelf().stop(TALK)
    turn = asked(scene.shelf())
    scene.shelf().stop(TALK)
    check_written(turn, "ollama", MODEL)
    assert scene.shelf().turns(TALK)[-1] == turn


def test_stop_while_waiting_in_line_asks_the_model_nothing_and_leaves_the_other_in_peace(scene: Scene) -> None:
    scene.misbehaves(**STALLS)
    other, mine = scene.shelf(YOU), scene.shelf()
    other.ask(TALK, QUESTION)
    until(lambda: other.turns(TALK)[-1].text)
    mine.ask(TALK, QUESTION)
    until(lambda: mine.turns(TALK)[-1].stage is Stage.WAITING)
    assert mine.turns(TALK)[-1].position == 1
    mine.stop(TALK)
    check_extractive(ended(mine), "stopped")
    assert len(scene.ollama.bodies("/api/chat")) == 1
    assert not other.turns(TALK)[-1].done
    other.stop(TALK)
    check_written(ended(other), "ollama", MODEL, "cancelled")


def test_stop_while_the_remote_engine_writes_keeps_its_words_under_its_name(scene: Scene) -> None:
    scene.router.behaviour, scene.router.after = "stall", 3
    scene.engines(local=False, remote=[FAR])
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: len(shelf.turns(TALK)[-1].text.split()) >= 3)
    shelf.stop(TALK)
    turn = ended(shelf)
    check_written(turn, "remote", FAR, "cancelled")
    assert "went to Hugging Face" in said(turn)


@pytest.mark.parametrize(
    ("fault", "after", "why", "deadlines"),
    [(fault, 3, why, deadlines) for fault, why, deadlines in BREAKS]
    + [(fault, 0, "Ollama|broke off", deadlines) for fault, _, deadlines in BREAKS if fault != "stall"],
)
def test_what_happens_to_one_persons_answer_does_not_touch_the_one_waiting_behind_it(
    scene: Scene, fault: str, after: int, why: str, deadlines: Deadlines
) -> None:
    first, second = scene.shelf(YOU), scene.shelf()
    with FakeOllama(Script(answer=ANSWER, fault=fault, fault_after=after)) as broken:
        broken.slot.acquire()  # the model is held until both questions are there
        scene.engines(host=broken.url, deadlines=deadlines)
        first.ask(TALK, QUESTION)
        until(lambda: broken.bodies("/api/chat"))
        scene.engines()
        second.ask(TALK, QUESTION)
        until(lambda: second.turns(TALK)[-1].stage is Stage.WAITING)
        broken.slot.release()
        theirs, mine = ended(first), ended(second)
    if after:
        check_written(theirs, "ollama", MODEL, "interrupted")
        assert re.search(why, said(theirs)), said(theirs)
    else:
        check_extractive(theirs, why)
    check_kept(scene, theirs, YOU)
    check_written(mine, "ollama", MODEL)
    assert not mine.changes
    check_kept(scene, mine)


def test_two_people_who_ask_at_once_both_get_whole_answers(scene: Scene) -> None:
    for key in (ME, YOU):
        scene.shelf(key).ask(TALK, QUESTION)
    for key in (ME, YOU):
        check_written(ended(scene.shelf(key)), "ollama", MODEL)


def test_a_full_queue_is_told_and_the_question_is_answered_from_the_documents_own_sentences(scene: Scene) -> None:
    queue = scene.library.rag.scribe.queue
    tickets = [queue.enter(f"somebody {number}") for number in range(21)]  # one has the turn, twenty wait
    turn = asked(scene.shelf())
    for ticket in tickets:
        queue.leave(ticket)
    check_extractive(turn, "20 questions are waiting")


def test_a_second_question_while_the_first_is_answered_is_refused_and_the_first_goes_on(scene: Scene) -> None:
    scene.misbehaves(token_s=0.01)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    with pytest.raises(QuestionError, match="Wait for it"):
        shelf.ask(TALK, "And the year before?")
    check_written(ended(shelf), "ollama", MODEL)
    assert len(shelf.turns(TALK)) == 1


@pytest.mark.parametrize(
    "leave",
    [lambda shelf: shelf.delete_conversation(TALK), Shelf.cancel_all],
    ids=["deleted conversation", "put away"],
)
def test_leaving_an_answer_that_is_being_written_frees_the_model(scene: Scene, leave: Callable[[Shelf], None]) -> None:
    scene.misbehaves(**STALLS)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: shelf.turns(TALK)[-1].text)
    leave(shelf)
    until(scene.ollama.left.is_set)
    until(scene.queue_is_free)


def test_when_the_line_is_too_long_the_remote_engine_is_asked(scene: Scene) -> None:
    queue = scene.library.rag.scribe.queue
    tickets = [queue.enter(f"somebody {number}") for number in range(21)]
    scene.engines(remote=[FAR])
    turn = asked(scene.shelf())
    for ticket in tickets:
        queue.leave(ticket)
    assert turn.engine == "remote"


def test_the_model_here_is_free_while_another_machine_writes(scene: Scene) -> None:
    scene.misbehaves(fault="503")
    scene.router.behaviour, scene.router.after = "stall", 3
    scene.engines(remote=[FAR])
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: bool(shelf.turns(TALK)[-1].text))
    assert scene.library.rag.scribe.queue.load() == (False, 0)
    shelf.stop(TALK)
    ended(shelf)


def test_an_answer_goes_on_while_the_person_asks_in_another_conversation(scene: Scene) -> None:
    scene.misbehaves(token_s=0.02)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    other = shelf.new_conversation()
    shelf.ask(other, QUESTION)
    until(lambda: shelf.turns(other)[-1].done)
    check_written(shelf.turns(other)[-1], "ollama", MODEL)
    check_written(ended(shelf), "ollama", MODEL)
    shelf.delete_conversation(other)


def test_who_is_gone_while_the_question_waits_in_line_gives_the_turn_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    mine = scene.shelf()
    mine.ask(TALK, QUESTION)
    until(lambda: mine.turns(TALK)[-1].stage is Stage.WAITING)
    monkeypatch.setattr(mine, "_seen_at", float("-inf"))
    until(lambda: queue.load() == (True, 0))
    queue.leave(ticket)
    turn = ended(mine)
    check_extractive(turn, "The page was closed")
    check_kept(scene, turn)
