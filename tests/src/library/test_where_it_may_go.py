"""Which models may be sent a person's passages, by where they run, and what is kept of where an answer was written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.types import Where
from src.answering.writing import Writer
from src.library.preferences import Preferences
from src.presentation.markdown import conversation_markdown
from tests.fakes import FakeEngines, FakeGenerator, writer_here
from tests.src.library.shelves import MINE, TALK, OpenLibrary, answered, remote_writer, shelf_with_sample
from tests.src.library.stored_turns import KEPT_BEFORE_PLACES

QUESTION = "How many ships called at the port?"


def elsewhere_writer(where: Where) -> Writer:
    """A model server that is not the remote engine, and not here."""
    return replace(writer_here(FakeGenerator(["1,206 ships."], runs=where)), where=where)


@pytest.mark.parametrize("where", [Where.OWN_NETWORK, Where.ELSEWHERE])
def test_whoever_keeps_everything_here_is_not_answered_by_a_server_on_another_machine(
    open_library: OpenLibrary, where: Where
) -> None:
    shelf = shelf_with_sample(open_library(FakeEngines([elsewhere_writer(where)])))
    shelf.prefer(Preferences(keep_here=True))
    shelf.ask(TALK, QUESTION)
    turn = answered(shelf)
    assert (turn.engine, turn.passages_left) == ("extractive", 0)
    assert turn.answer is not None
    assert any("keep everything on this server" in str(note) for note in turn.answer.notes)
    assert not any(shelf.expected_first_word_s().values())
    shelf.prefer(Preferences())
    shelf.regenerate(TALK)
    turn = answered(shelf)
    assert (turn.engine, turn.where, turn.sent_to) == ("ollama", where, where)
    assert turn.passages_left > 0


def test_of_servers_in_several_places_those_here_write_for_who_keeps_everything_here(open_library: OpenLibrary) -> None:
    mixed = replace(elsewhere_writer(Where.OWN_NETWORK), where=None, here=writer_here(FakeGenerator(["Here."])))
    shelf = shelf_with_sample(open_library(FakeEngines([mixed])))
    shelf.prefer(Preferences(keep_here=True))
    shelf.ask(TALK, QUESTION)
    turn = answered(shelf)
    assert (turn.where, turn.passages_left, turn.sent_to) == (Where.THIS_MACHINE, 0, None)
    assert turn.answer is not None
    assert turn.answer.raw_text == "Here."


def test_only_the_remote_engine_counts_among_its_answers(open_library: OpenLibrary) -> None:
    engines = FakeEngines([elsewhere_writer(Where.OWN_NETWORK)])
    shelf = shelf_with_sample(open_library(engines, remote_answers=1))
    for _ in range(2):
        shelf.ask(TALK, QUESTION)
        assert answered(shelf).engine == "ollama"
    engines.present = [remote_writer()]
    shelf.ask(TALK, QUESTION)
    assert answered(shelf).engine == "remote"


def test_where_an_answer_was_written_outlives_the_process(open_library: OpenLibrary) -> None:
    library = open_library(FakeEngines([elsewhere_writer(Where.OWN_NETWORK)]))
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, QUESTION)
    before = answered(shelf)
    library.close()
    (turn,) = open_library().shelf(MINE).turns(TALK)
    assert (turn.engine, turn.where) == ("ollama", Where.OWN_NETWORK)
    assert (turn.passages_left, turn.sent_to) == (before.passages_left, Where.OWN_NETWORK)


def test_a_conversation_kept_before_places_were_known_opens_and_is_exported_without_a_claim(
    open_library: OpenLibrary,
) -> None:
    library = open_library()
    kept = library.store.conversations
    assert kept.begin(MINE, TALK, "t1", KEPT_BEFORE_PLACES, owner="once", lease_s=20.0)
    kept.finish(MINE, "t1", KEPT_BEFORE_PLACES, owner="once")
    (turn,) = library.shelf(MINE).turns(TALK)
    assert (turn.engine, turn.model, turn.where) == ("endpoint", "qwen3:8b", None)
    text = conversation_markdown([turn])
    assert "Written by qwen3:8b · 512 tokens read" in text
    assert "machine" not in text
    assert "network" not in text
