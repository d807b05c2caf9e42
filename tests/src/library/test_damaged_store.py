"""After the database was damaged: documents come back and answer, and people are told what happened."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared_utils.message import NOTHING
from src.library.sample import sample_pdf
from src.views import DocumentState
from tests.src.library.shelves import MINE, TALK, OpenLibrary, answered, settled, shelf_with_sample
from tests.waiting import until


def test_a_database_that_is_lost_as_a_whole_costs_no_document(
    open_library: OpenLibrary, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = open_library()
    (before,) = shelf_with_sample(library).documents()
    library.close()
    database = tmp_path / "data" / "store" / "footnote.sqlite"
    database.write_bytes(b"this is not a database " * 1000)

    with caplog.at_level(logging.WARNING):
        shelf = open_library().shelf(MINE)
    assert "documents brought back 1, of them read anew 1; lost 0" in caplog.text
    assert MINE not in caplog.text
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.entry_id, view.name, view.state) == (before.entry_id, sample_pdf()[0], DocumentState.READY)
    shelf.ask(TALK, "How many ships called at the port?")
    answer = answered(shelf).answer
    assert answer is not None
    assert "1,206" in answer.citations[0].quote
    assert "One document is read anew" in str(shelf.notice())
    shelf.clear_notice()
    assert shelf.notice() == NOTHING


def test_a_turn_that_rotted_costs_no_other_turn_and_no_page(open_library: OpenLibrary, tmp_path: Path) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    for question in ("How many ships called at the port?", "How much cargo was handled?"):
        shelf.ask(TALK, question)
        answered(shelf)
    library.close()
    with closing(sqlite3.connect(tmp_path / "data" / "store" / "footnote.sqlite", isolation_level=None)) as db:
        rotten = "UPDATE turn SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB) WHERE number = 1"
        assert db.execute(rotten, ('"question"', '"questiom"')).rowcount == 1
    shelf = open_library().shelf(MINE)
    assert [turn.question for turn in shelf.turns(TALK)] == ["How much cargo was handled?"]
    assert len(shelf.conversations()) == 1
