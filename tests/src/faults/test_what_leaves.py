"""What leaves this machine is announced, counted, and may be forbidden until the last moment; documents that go."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx2
import pytest

from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import Where
from src.events import Stage
from src.library.preferences import Preferences
from src.library.sample import sample_pdf
from tests.conftest import DrawPdf
from tests.fake_ollama import FakeOllama, Script
from tests.fakes import FakeGenerator, writer_here
from tests.src.faults.stage import (
    ANSWER,
    FAR,
    FARTHER,
    HURRIED,
    MODEL,
    PATIENT,
    QUESTION,
    TALK,
    Router,
    Scene,
    asked,
    check_extractive,
    check_written,
    ended,
    said,
)
from tests.waiting import until

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.mark.parametrize("when", [Stage.READING, Stage.WRITING])
def test_a_document_removed_and_wiped_while_it_is_asked_loses_its_places_not_the_answer(
    scene: Scene, draw_pdf: DrawPdf, when: Stage
) -> None:
    told = "The tide gates closed 23 times in 2025, against 15 times in 2024."
    pages = [[told], ["Grain left the silo by rail."], ["The chapel on the hill was painted white."]]
    shelf = scene.library.shelf(when.ljust(24, "d"))
    entry = shelf.add("gates.pdf", draw_pdf("gates.pdf", pages).read_bytes())
    until(lambda: all(view.settled for view in shelf.documents()))
    with FakeOllama(Script(answer=ANSWER, token_s=0.02)) as slow:
        scene.engines(host=slow.url)
        if when is Stage.READING:
            slow.slot.acquire()
        shelf.ask(TALK, QUESTION, ask_anyway=True)
        until(lambda: shelf.turns(TALK)[-1].stage is when)
        shelf.remove(entry)
        shelf._documents.wipe_removed()
        if when is Stage.READING:
            slow.slot.release()
        check_written(ended(shelf), "ollama", MODEL)
    scene.engines()
    assert "Add a PDF" in str(asked(shelf).error)
    shelf.add(*sample_pdf())
    until(lambda: all(view.settled for view in shelf.documents()))
    check_written(asked(shelf), "ollama", MODEL)


def test_a_document_added_while_another_is_asked_is_not_part_of_that_answer_but_of_the_next(
    scene: Scene, draw_pdf: DrawPdf
) -> None:
    shelf = scene.library.shelf("a" * 24)
    shelf.add(*sample_pdf())
    until(lambda: all(view.settled for view in shelf.documents()))
    scene.ollama.slot.acquire()
    shelf.ask(TALK, "Who feeds the harbour seal called Bruno?", ask_anyway=True)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.READING)
    seal = [["The harbour seal called Bruno is fed by Ada Lindqvist at noon."]]
    shelf.add("seal.pdf", draw_pdf("seal.pdf", seal).read_bytes())
    until(lambda: all(view.settled for view in shelf.documents()))
    scene.ollama.slot.release()
    ended(shelf)
    assert "Lindqvist" not in _sent(scene)
    asked(shelf, "Who feeds the harbour seal called Bruno?")
    assert "Lindqvist" in _sent(scene)


def test_who_keeps_everything_here_is_never_answered_from_elsewhere(scene: Scene) -> None:
    scene.misbehaves(fault="503")
    scene.engines(remote=[FAR])
    scene.shelf().prefer(Preferences(keep_here=True))
    turn = asked(scene.shelf())
    scene.shelf().prefer(Preferences())
    check_extractive(turn, "busy")
    assert scene.router.asked == []


@pytest.mark.parametrize(("behaviour", "deadlines"), [("cut", PATIENT), ("silent", HURRIED)])
def test_whatever_becomes_of_a_remote_answer_it_is_said_that_passages_left(
    scene: Scene, behaviour: str, deadlines: Deadlines
) -> None:
    scene.router.behaviour, scene.router.after = behaviour, 3
    scene.engines(local=False, remote=[FAR], deadlines=deadlines)
    assert "went to Hugging Face" in said(asked(scene.shelf()))


def test_the_remote_engine_is_announced_with_its_name_before_it_is_sent_anything(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int]] = []
    shelf = scene.shelf()
    listen = Router.__call__

    def hear(router: Router, request: httpx2.Request) -> httpx2.Response:
        view = shelf.turns(TALK)[-1]
        told.append((view.model, view.passages_left))
        return listen(router, request)

    monkeypatch.setattr(Router, "__call__", hear)
    scene.router.served = (FARTHER,)
    scene.engines(local=False, remote=[FAR, FARTHER])
    turn = asked(shelf)
    asked_for = [(model, passages) for model, passages in told if model]
    assert [model for model, _ in asked_for] == [FAR, FARTHER]
    assert all(passages > 0 for _, passages in asked_for)
    check_written(turn, "remote", FARTHER)


def test_who_decides_to_keep_everything_here_while_waiting_in_line_is_obeyed(scene: Scene) -> None:
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    scene.misbehaves(fault="503")
    scene.engines(remote=[FAR])
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.WAITING)
    shelf.prefer(Preferences(keep_here=True))
    queue.leave(ticket)
    turn = ended(shelf)
    shelf.prefer(Preferences())
    check_extractive(turn, "keep everything on this server")
    assert scene.router.asked == []
    assert "went to Hugging Face" not in said(turn)
    assert turn.passages_left == 0


def test_a_document_removed_while_waiting_in_line_does_not_leave_the_machine(scene: Scene, draw_pdf: DrawPdf) -> None:
    shelf = scene.library.shelf("w" * 24)
    told = "The tide gates closed 23 times in 2025, against 15 times in 2024."
    entry = shelf.add("gates.pdf", draw_pdf("gates.pdf", [[told]]).read_bytes())
    until(lambda: all(view.settled for view in shelf.documents()))
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    scene.misbehaves(fault="503")
    scene.engines(remote=[FAR])
    shelf.ask(TALK, QUESTION, ask_anyway=True)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.WAITING)
    shelf.remove(entry)
    queue.leave(ticket)
    check_extractive(ended(shelf), "A document was removed")
    assert scene.router.asked == []


@pytest.fixture
def neighbour(scene: Scene) -> FakeGenerator:
    """The only model is on another machine in the network, and its turn is somebody else's."""
    generator = FakeGenerator(["The gates closed 23 times."], runs=Where.OWN_NETWORK)
    scene.writers[:] = [replace(writer_here(generator), where=Where.OWN_NETWORK)]
    return generator


def test_who_decides_to_keep_everything_here_in_line_for_a_server_on_another_machine_is_obeyed(
    scene: Scene, neighbour: FakeGenerator
) -> None:
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.WAITING)
    shelf.prefer(Preferences(keep_here=True))
    queue.leave(ticket)
    turn = ended(shelf)
    shelf.prefer(Preferences())
    check_extractive(turn, "keep everything on this server")
    assert neighbour.prompts == []
    assert (turn.passages_left, turn.sent_to) == (0, None)


def test_a_document_removed_in_line_is_not_sent_to_a_server_on_another_machine(
    scene: Scene, neighbour: FakeGenerator, draw_pdf: DrawPdf
) -> None:
    shelf = scene.library.shelf("v" * 24)
    told = "The tide gates closed 23 times in 2025, against 15 times in 2024."
    entry = shelf.add("gates.pdf", draw_pdf("gates.pdf", [[told]]).read_bytes())
    until(lambda: all(view.settled for view in shelf.documents()))
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    shelf.ask(TALK, QUESTION, ask_anyway=True)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.WAITING)
    shelf.remove(entry)
    queue.leave(ticket)
    turn = ended(shelf)
    check_extractive(turn, "A document was removed")
    assert neighbour.prompts == []
    assert turn.passages_left == 0


def test_who_decides_to_keep_everything_here_between_two_remote_models_is_obeyed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = scene.shelf()
    listen = Router.__call__

    def hear(router: Router, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            shelf.prefer(Preferences(keep_here=True))
        return listen(router, request)

    monkeypatch.setattr(Router, "__call__", hear)
    scene.router.served = (FARTHER,)
    scene.engines(local=False, remote=[FAR, FARTHER])
    turn = asked(shelf)
    shelf.prefer(Preferences())
    check_extractive(turn, "keep everything on this server")
    assert scene.router.asked == [FAR]
    assert "went to Hugging Face" in said(turn)  # to the first of the two


def test_every_sending_counts_answered_or_not_and_then_it_is_said_that_there_may_be_no_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = scene.shelf("c" * 24)
    monkeypatch.setattr(scene.library._services.remote, "_most_of_one", 1)
    shelf.add(*sample_pdf())
    until(lambda: all(view.settled for view in shelf.documents()))
    scene.router.behaviour = "503"
    scene.engines(local=False, remote=[FAR])
    check_extractive(asked(shelf), "problem of its own")
    scene.router.behaviour = "fine"
    check_extractive(asked(shelf), "the most there may be")
    assert scene.router.asked == [FAR]


def test_a_refused_sending_is_still_said_to_have_left(scene: Scene) -> None:
    scene.router.behaviour = "429"
    scene.engines(local=False, remote=[FAR])
    turn = asked(scene.shelf())
    check_extractive(turn, "limits how often")
    assert "went to Hugging Face" in said(turn)


def _sent(scene: Scene) -> str:
    return json.dumps(scene.ollama.bodies("/api/chat")[-1])
