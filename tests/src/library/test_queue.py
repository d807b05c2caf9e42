"""Questions that wait behind the one being answered: asked in their turn, taken back, kept over a restart."""

from __future__ import annotations

import threading

import pytest

from shared_utils.errors import QuestionError
from src.library.conversations import MOST_QUEUED, Conversations
from src.library.turn_codec import Asking, Queued, decode_turn, encode_turn
from src.library.turns import Turn
from src.views import asked_view
from tests.src.library.shelves import TALK, OpenLibrary, endless, shelf_with_sample
from tests.waiting import until

FIRST, SECOND, THIRD = "How many ships called at the port?", "What did dredging cost?", "Who chairs the board?"


def test_what_waits_is_shown_and_asked_in_its_turn_even_after_a_stop(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library(endless()))
    running = shelf.ask(TALK, FIRST, wait=True)
    assert shelf.ask(TALK, SECOND, wait=True) == running
    shelf.ask(TALK, THIRD, wait=True)
    assert shelf.turns(TALK)[-1].queued == (SECOND, THIRD)
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    shelf.stop(TALK)
    until(lambda: len(shelf.turns(TALK)) == 2)
    assert [turn.question for turn in shelf.turns(TALK)] == [FIRST, SECOND]
    assert shelf.turns(TALK)[-1].queued == (THIRD,)
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    shelf.stop(TALK)
    until(lambda: len(shelf.turns(TALK)) == 3)
    shelf.stop(TALK)
    until(lambda: shelf.turns(TALK)[-1].done)


def test_a_look_at_the_moment_of_the_end_finds_what_waited(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, looks, ask_next = shelf_with_sample(open_library(endless())), list[list[str]](), Conversations._ask_next

    def looked_at(conversations: Conversations, turn: Turn) -> None:
        look = threading.Thread(target=lambda: looks.append([each.question for each in shelf.turns(TALK)]))
        look.start()
        look.join(0.2)  # it has to wait until both have happened
        ask_next(conversations, turn)

    monkeypatch.setattr(Conversations, "_ask_next", looked_at)
    shelf.ask(TALK, FIRST, wait=True)
    shelf.ask(TALK, SECOND, wait=True)
    shelf.stop(TALK)
    until(lambda: bool(looks))
    assert looks[0] == [FIRST, SECOND]
    shelf.stop(TALK)
    until(lambda: not shelf.answering())


def test_a_question_is_taken_back_with_its_words(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library(endless()))
    for question in (FIRST, SECOND, THIRD):
        shelf.ask(TALK, question, wait=True)
    assert shelf.unqueue(TALK, 0) == SECOND
    assert shelf.unqueue(TALK, 5) == ""
    assert shelf.turns(TALK)[-1].queued == (THIRD,)
    shelf.delete_conversation(TALK)
    until(lambda: not shelf.answering())
    assert shelf.turns(TALK) == ()


def test_the_line_has_an_end(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library(endless()))
    for n in range(MOST_QUEUED + 1):
        shelf.ask(TALK, f"Question {n}?", wait=True)
    with pytest.raises(QuestionError, match="waiting already"):
        shelf.ask(TALK, "One too many?", wait=True)
    shelf.delete_conversation(TALK)
    until(lambda: not shelf.answering())


def test_a_line_outlives_the_process() -> None:
    asking = Asking(among=("a", "b"), queued=(Queued(SECOND, ("a",)), Queued(THIRD)))
    view, again = decode_turn(encode_turn(asked_view("t" * 16, FIRST, 0.0, 1.0), asking), 0.0)
    assert again == asking
    assert view.among == ("a", "b")


def test_of_a_list_that_was_stopped_only_what_waits_behind_it_is_asked() -> None:
    asking = Asking(then=(SECOND,), listed=True, queued=(Queued(THIRD),))
    listed = asking.following(stopped=False)
    assert listed is not None
    assert (listed[0], listed[1].queued) == (SECOND, (Queued(THIRD),))
    assert asking.following(stopped=True) == (THIRD, Asking())
    assert Asking().following(stopped=False) is None


def test_only_the_chosen_documents_are_asked(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    shelf.ask(TALK, FIRST, among=("0" * 64,))
    until(lambda: shelf.turns(TALK)[-1].done)
    assert "Add a PDF" in str(shelf.turns(TALK)[-1].error)


def test_marks_of_a_person_are_kept_and_come_back(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, FIRST)
    until(lambda: shelf.turns(TALK)[-1].done)
    turn = shelf.turns(TALK)[0].id
    shelf.rename(TALK, "  The   port ")
    shelf.pin(TALK, turn, pinned=True)
    shelf.rate(TALK, turn, -1, "It is the wrong year.")
    library.close()
    again = open_library().shelf("m" * 24)
    assert [c.title for c in again.conversations()] == ["The port"]
    assert [(talk, note.question) for talk, note in again.notes()] == [(TALK, FIRST)]
    assert again.turns(TALK)[0].reason == "It is the wrong year."
    again.rate(TALK, turn, 0)
    again.rename(TALK, "")
    assert again.turns(TALK)[0].reason == ""
    assert [c.title for c in again.conversations()] == [FIRST]
