from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.errors import QuestionError
from src.events import Stage
from src.i18n import Say
from src.library.library import Library
from src.library.question_lists import begin_list, describe_list, go_on, list_view
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from src.library.turns import NOBODY_WAITED
from tests.fakes import FakeEngines, FakeGenerator, writer_here
from tests.src.library.shelves import OpenLibrary, endless, settled
from tests.waiting import until

MINE = "m" * 24
QUESTIONS = ("How many ships called at the port?", "And how many cruise ships?", "What is the capital of France?")


def shelf_of(library: Library) -> Shelf:
    shelf = library.shelf(MINE)
    if not shelf.documents():
        shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    return shelf


def finished(shelf: Shelf, conversation: str) -> bool:
    view = list_view(shelf.turns(conversation))
    return view is not None and view.finished


def test_every_question_is_asked_in_its_order_and_knows_nothing_of_the_others(
    open_library: OpenLibrary,
) -> None:
    fake = FakeGenerator(("Yes [1].",))
    shelf = shelf_of(open_library(FakeEngines([writer_here(fake, "fake:1b")])))
    conversation = begin_list(shelf, QUESTIONS)
    until(lambda: finished(shelf, conversation))
    assert [turn.question for turn in shelf.turns(conversation)] == list(QUESTIONS)
    assert all(QUESTIONS[0] not in str(prompt.messages) for prompt in fake.prompts[1:])
    view = list_view(shelf.turns(conversation))
    assert view is not None
    assert (view.done, view.total, view.running, view.left) == (3, 3, False, ())
    until(lambda: not shelf.answering())


def test_a_stopped_list_keeps_its_answers_and_can_go_on(open_library: OpenLibrary) -> None:
    engines = endless()
    shelf = shelf_of(open_library(engines))
    conversation = begin_list(shelf, QUESTIONS)
    until(lambda: "more" in shelf.turns(conversation)[-1].text)
    shelf.stop(conversation)
    until(lambda: not shelf.answering())
    stopped = list_view(shelf.turns(conversation))
    assert stopped is not None
    assert (stopped.done, stopped.running, stopped.left) == (1, False, QUESTIONS[1:])
    assert describe_list(stopped) == "1 of 3 answered · stopped"

    engines.present = ()
    go_on(shelf, conversation)
    until(lambda: finished(shelf, conversation))
    assert [turn.question for turn in shelf.turns(conversation)] == list(QUESTIONS)


def test_a_list_goes_on_in_the_next_process_with_the_question_that_was_running(
    open_library: OpenLibrary,
) -> None:
    library = open_library(endless())
    shelf = shelf_of(library)
    conversation = begin_list(shelf, QUESTIONS)
    until(lambda: "more" in shelf.turns(conversation)[-1].text)
    library.close()

    again = open_library().shelf(MINE)
    until(lambda: finished(again, conversation))
    turns = again.turns(conversation)
    assert [turn.question for turn in turns] == list(QUESTIONS)
    assert all(turn.answer is not None for turn in turns)


def test_a_deleted_list_asks_nothing_more(open_library: OpenLibrary) -> None:
    library = open_library(endless())
    shelf = shelf_of(library)
    conversation = begin_list(shelf, QUESTIONS)
    until(lambda: "more" in shelf.turns(conversation)[-1].text)
    shelf.delete_conversation(conversation)
    until(lambda: not shelf.answering())
    assert shelf.turns(conversation) == ()
    assert shelf.conversations() == ()


def test_a_list_keeps_its_place_in_line_while_nobody_looks(open_library: OpenLibrary) -> None:
    writer = writer_here(FakeGenerator(("Yes [1].",)), "fake:1b")
    library = open_library(FakeEngines([writer]))
    shelf = shelf_of(library)
    shelf._conversations._person = replace(shelf._conversations._person, is_here=lambda: False)
    queue = library.rag.scribe.queue
    ahead = queue.enter("somebody else")
    assert queue.place(ahead) is not None
    conversation = begin_list(shelf, QUESTIONS)
    until(lambda: shelf.turns(conversation)[-1].stage is Stage.WAITING)
    queue.leave(ahead)
    until(lambda: finished(shelf, conversation))
    assert all(turn.answer and NOBODY_WAITED not in turn.answer.notes for turn in shelf.turns(conversation))


def test_the_time_left_is_told_from_the_answers_so_far(open_library: OpenLibrary) -> None:
    shelf = shelf_of(open_library())
    conversation = begin_list(shelf, QUESTIONS)
    until(lambda: finished(shelf, conversation))
    first, second, _ = shelf.turns(conversation)
    running = (replace(first, timings={"total_s": 120.0}), replace(second, stage=first.stages[0].stage, timings={}))
    view = list_view(running)
    assert view is not None
    assert (view.running, view.seconds_left, view.left) == (True, 240.0, QUESTIONS[2:])
    assert describe_list(view) == "1 of 3 answered · about 4 min left"
    assert describe_list(view, Say("de")) == "1 von 3 beantwortet · noch etwa 4 min"


def test_an_ordinary_conversation_is_no_list_and_an_empty_list_is_refused(open_library: OpenLibrary) -> None:
    shelf = shelf_of(open_library())
    conversation = shelf.new_conversation()
    shelf.ask(conversation, QUESTIONS[0])
    until(lambda: shelf.turns(conversation)[-1].done)
    assert list_view(shelf.turns(conversation)) is None
    go_on(shelf, conversation)
    assert len(shelf.turns(conversation)) == 1
    with pytest.raises(QuestionError):
        begin_list(shelf, ())
