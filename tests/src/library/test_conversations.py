"""A shelf's conversations: asked, stopped, asked again, rated, deleted, and what may leave for them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared_utils.errors import QuestionError
from src.answering.writing import Writer
from src.library.preferences import Preferences
from tests.fakes import FakeEngines, FakeGenerator, writer_here
from tests.src.library.shelves import (
    MINE,
    TALK,
    OpenLibrary,
    answered,
    endless,
    remote_writer,
    shelf_with_sample,
)
from tests.waiting import until


def test_a_question_that_cannot_be_asked_is_kept_with_the_reason(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    shelf.ask(TALK, "Anything at all?")
    turn = answered(shelf)
    assert turn.answer is None
    assert "Add a PDF" in str(turn.error)


def test_stop_ends_an_answer_keeps_its_words_and_lets_the_next_question_in(
    open_library: OpenLibrary,
) -> None:
    library = open_library(endless())
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    with pytest.raises(QuestionError, match="Wait for it"):
        shelf.ask(TALK, "And now?")
    shelf.stop(TALK)
    turn = answered(shelf)
    assert turn.answer is not None
    assert turn.answer.finish_reason == "cancelled"
    assert "more" in turn.answer.raw_text
    assert library.rag.scribe.queue.load() == (False, 0)


def test_a_bug_while_answering_ends_the_turn_with_a_sentence(
    open_library: OpenLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(FakeEngines):
        def writers(self, choice: str = "") -> Sequence[Writer]:
            raise ZeroDivisionError

    shelf = shelf_with_sample(open_library(Broken()))
    shelf.ask(TALK, "How many ships called at the port?")
    assert "inside Footnote" in str(answered(shelf).error)
    assert "ZeroDivisionError" in caplog.text


def test_asking_again_replaces_the_answer_and_a_new_conversation_starts_empty(
    open_library: OpenLibrary,
) -> None:
    shelf = shelf_with_sample(open_library())
    shelf.ask(TALK, "How many ships called at the port?")
    first = answered(shelf)
    shelf.regenerate(TALK)
    again = answered(shelf)
    assert again.id != first.id
    assert len(shelf.turns(TALK)) == 1
    assert shelf.turns(TALK)[-1].question == first.question
    assert shelf.turns(shelf.new_conversation()) == ()


def test_a_thumb_is_kept_and_can_be_taken_back(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    shelf.rate(TALK, answered(shelf).id, 1)
    assert shelf.turns(TALK)[-1].rating == 1
    library.close()
    shelf = open_library().shelf(MINE)
    assert shelf.turns(TALK)[-1].rating == 1
    shelf.rate(TALK, shelf.turns(TALK)[-1].id, 0)
    assert shelf.turns(TALK)[-1].rating == 0


def test_a_deleted_conversation_is_gone_with_what_was_being_answered_in_it(open_library: OpenLibrary) -> None:
    library = open_library(endless())
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    shelf.delete_conversation(TALK)
    until(lambda: library.rag.scribe.queue.load() == (False, 0))
    until(lambda: not shelf.answering())
    assert shelf.turns(TALK) == ()
    assert shelf.conversations() == ()
    assert shelf.latest_conversation() == ""


def test_a_question_asked_alone_knows_nothing_of_those_before(open_library: OpenLibrary) -> None:
    fake = FakeGenerator(("Yes [1].",))
    shelf = shelf_with_sample(open_library(FakeEngines([writer_here(fake, "fake")])))
    for alone in (False, False, True):
        shelf.ask(TALK, "How many ships called at the port?", alone=alone)
        answered(shelf)
    asked = [prompt for prompt in fake.prompts if prompt.max_output_tokens > 1]  # the others are read ahead
    first, second, alone_again = [prompt.messages for prompt in asked]
    assert first == alone_again != second


def test_whoever_keeps_everything_here_sends_nothing_away(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library(FakeEngines([remote_writer()])))
    shelf.prefer(Preferences(keep_here=True))
    shelf.ask(TALK, "How many ships called at the port?")
    assert answered(shelf).engine == "extractive"
    shelf.prefer(Preferences())
    shelf.regenerate(TALK)
    assert answered(shelf).engine == "remote"


def test_the_remote_engine_answers_one_person_only_so_often(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library(FakeEngines([remote_writer()]), remote_answers=1))
    engines = []
    for _ in range(2):
        shelf.ask(TALK, "How many ships called at the port?")
        engines.append(answered(shelf).engine)
    assert engines == ["remote", "extractive"]


def test_an_answer_that_was_asked_for_again_is_kept_once(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    answered(shelf)
    shelf.regenerate(TALK)
    answered(shelf)
    library.close()
    assert len(open_library().shelf(MINE).turns(TALK)) == 1


def test_whoever_wants_to_read_everything_sees_what_was_left_out(open_library: OpenLibrary) -> None:
    fake = FakeGenerator(("There are 44 moons over the port. 1,206 ships called at the port in 2025 [1].",))
    shelf = shelf_with_sample(open_library(FakeEngines([writer_here(fake, "fake")])))
    shelf.ask(TALK, "How many ships called at the port?")
    answer = answered(shelf).answer
    assert answer is not None
    assert [s.text for s in answer.sentences if s.left_out] == ["There are 44 moons over the port."]
    shelf.prefer(Preferences(everything=True))
    (turn,) = shelf.turns(TALK)
    assert turn.answer is not None
    assert not any(sentence.left_out for sentence in turn.answer.sentences)
