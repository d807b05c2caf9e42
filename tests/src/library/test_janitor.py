"""What is done every few seconds: leases renewed, shelves put away and forgotten, removed files wiped.

And what happens to a removed file that something else is happening to at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pypdf import PdfWriter

from shared_utils.errors import DocumentGone
from shared_utils.types import Embedder
from src.library.conversations import LEASE_S
from src.library.documents import UNDO_S
from src.library.fair_pool import Job
from src.library.library import PUT_AWAY_AFTER_S
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from src.views import DocumentState
from tests.conftest import DrawPdf
from tests.fakes import FakeClock
from tests.src.library.shelves import MINE, TALK, OpenLibrary, answered, bytes_of, endless, settled, shelf_with_sample
from tests.waiting import until

QUESTION = "How many ships called at the port?"


def begun(shelf: Shelf) -> None:
    """A question that a model without end is answering."""
    shelf.ask(TALK, QUESTION)
    until(lambda: "more" in shelf.turns(TALK)[-1].text)


# ------------------------------------------------------------------------------------------------ leases


def test_a_process_that_is_answering_keeps_its_question_and_loses_it_when_it_shows_no_more_signs_of_life(
    open_library: OpenLibrary,
) -> None:
    clock = FakeClock()
    library = open_library(endless(), clock)
    begun(shelf_with_sample(library))
    elsewhere = open_library(clock=clock).shelf(MINE)
    for _ in range(2):
        clock.sleep(LEASE_S * 0.9)
        library.tidy()
        clock.sleep(LEASE_S * 0.9)
        elsewhere.catch_up()
        assert not elsewhere.answering()
        assert not elsewhere.turns(TALK)[-1].done
    clock.sleep(LEASE_S * 1.1)
    elsewhere.catch_up()
    assert elsewhere.answering()
    turn = answered(elsewhere)
    assert turn.answer is not None
    assert "1,206" in turn.answer.citations[0].quote


def test_a_question_that_was_taken_over_is_not_answered_over_again_by_the_one_who_lost_it(
    open_library: OpenLibrary,
) -> None:
    clock = FakeClock()
    shelf = shelf_with_sample(open_library(endless(), clock))
    begun(shelf)
    elsewhere = open_library(clock=clock)
    clock.sleep(LEASE_S * 1.1)
    before = answered(elsewhere.shelf(MINE)).answer
    shelf.stop(TALK)
    until(lambda: not shelf.answering())
    (kept,) = open_library(clock=clock).shelf(MINE).turns(TALK)
    assert kept.answer == before


# ------------------------------------------------------------------------------------------------ put away


def test_an_idle_shelf_is_put_away_and_comes_back_from_the_store_as_it_was(open_library: OpenLibrary) -> None:
    clock = FakeClock()
    library = open_library(clock=clock)
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, QUESTION)
    before = answered(shelf)
    until(lambda: not shelf.answering())
    clock.sleep(PUT_AWAY_AFTER_S - 1)
    library.tidy()
    assert library.shelf(MINE) is shelf
    clock.sleep(PUT_AWAY_AFTER_S + 1)
    library.tidy()
    again = library.shelf(MINE)
    assert again is not shelf
    until(lambda: settled(again))
    (view,) = again.documents()
    assert (view.state, view.embedded) == (DocumentState.READY, view.chunks)
    assert [turn.answer for turn in again.turns(TALK)] == [before.answer]


def test_a_shelf_on_which_something_is_being_done_is_not_put_away(open_library: OpenLibrary) -> None:
    clock = FakeClock()
    library = open_library(endless(), clock)
    shelf = shelf_with_sample(library)
    begun(shelf)
    clock.sleep(PUT_AWAY_AFTER_S + 1)
    library.tidy()
    assert library.shelf(MINE) is shelf
    assert not shelf.turns(TALK)[-1].done


def test_people_who_do_not_come_back_are_forgotten_after_the_time_set(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    clock = FakeClock()
    library = open_library(endless(), clock, keep_hours=1.0)
    shelf = shelf_with_sample(library)
    begun(shelf)
    clock.sleep(3599)
    library.tidy()
    assert library.store.total_usage().files == 1
    clock.sleep(2)
    library.tidy()
    until(lambda: not shelf.answering())  # nobody waits for it any more
    assert library.rag.scribe.queue.load() == (False, 0)
    assert library.store.total_usage().files == 0
    assert library.shelf(MINE).documents() == ()
    library.close()
    assert b"Nordhaven" not in bytes_of(tmp_path / "data" / "store")


# ------------------------------------------------------------------------------------------------ removed files


def test_a_removed_file_is_wiped_once_its_time_to_be_restored_is_over(open_library: OpenLibrary) -> None:
    clock = FakeClock()
    library = open_library(clock=clock)
    shelf = shelf_with_sample(library)
    entry = shelf.documents()[0].entry_id
    shelf.remove(entry)
    clock.sleep(UNDO_S - 1)
    library.tidy()
    shelf.restore(entry)
    clock.sleep(UNDO_S)
    library.tidy()
    assert [view.state for view in shelf.documents()] == [DocumentState.READY]
    shelf.remove(entry)
    clock.sleep(UNDO_S)
    library.tidy()
    assert library.store.total_usage().files == 0
    with pytest.raises(DocumentGone):
        shelf.restore(entry)


def undone(shelf: Shelf, entry: str) -> None:
    shelf.restore(entry)


def added_again(shelf: Shelf, entry: str) -> None:
    assert shelf.add(*sample_pdf()) == entry


@pytest.mark.parametrize("put_back", [undone, added_again])
@pytest.mark.parametrize("ended", [False, True], ids=["still ending", "ended"])
def test_a_file_put_back_after_its_work_was_cancelled_is_taken_up_anew(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch, put_back: Callable[[Shelf, str], None], ended: bool
) -> None:
    library = open_library()
    at_work, go_on, wait = threading.Event(), threading.Event(), library.rag.embedder.wait

    def held() -> Embedder:
        at_work.set()
        assert go_on.wait(60)
        return wait()

    monkeypatch.setattr(library.rag.embedder, "wait", held)
    shelf = library.shelf(MINE)
    entry = shelf.add(*sample_pdf())
    assert at_work.wait(60)
    shelf.remove(entry)
    if ended:
        go_on.set()
        # there is one thread: this comes after
        over = threading.Event()
        library._services.embedders.submit(
            Job("somebody", lambda _: over.set())
        )  # there is one thread: this comes after
        assert over.wait(60)
    put_back(shelf, entry)
    put_back(shelf, entry)  # twice does no harm
    go_on.set()
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.embedded) == (DocumentState.READY, view.chunks)


def test_while_a_file_is_wiped_it_can_neither_be_restored_nor_lost_when_it_is_added_again(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    library = open_library(clock=clock)
    shelf = shelf_with_sample(library)
    entry = shelf.documents()[0].entry_id
    shelf.remove(entry)
    clock.sleep(UNDO_S)
    erase = library.store._erase  # type: ignore[attr-defined]

    def in_the_middle(document_ids: Iterable[str]) -> None:
        with pytest.raises(DocumentGone):
            shelf.restore(entry)
        shelf.add(*sample_pdf())
        erase(document_ids)

    monkeypatch.setattr(library.store, "_erase", in_the_middle)
    library.tidy()
    until(lambda: settled(shelf))
    assert [view.state for view in shelf.documents()] == [DocumentState.READY]
    assert library.store.usage(MINE).files == 1


def test_a_file_whose_content_is_wiped_while_it_is_added_again_is_taken_in_all_the_same(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    library = open_library(clock=clock)
    shelf = shelf_with_sample(library)
    shelf.remove(shelf.documents()[0].entry_id)
    clock.sleep(UNDO_S)
    add = library.store.add_to_workspace

    def after_the_janitor(key: str, document_id: str, name: str) -> str:
        library.tidy()
        return add(key, document_id, name)

    monkeypatch.setattr(library.store, "add_to_workspace", after_the_janitor)
    shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    assert [view.state for view in shelf.documents()] == [DocumentState.READY]
    assert library.store.usage(MINE).files == 1


def test_a_locked_file_that_is_removed_while_it_is_opened_stays_removed(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = PdfWriter(clone_from=draw_pdf("open.pdf", [["The valve closes at 4.2 bar."]]))
    writer.encrypt("sea-salt-42", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    library = open_library()
    shelf = library.shelf(MINE)
    entry = shelf.add("locked.pdf", (tmp_path / "locked.pdf").read_bytes())
    until(lambda: settled(shelf))
    keep, kept = library.store.put_file, threading.Event()

    def put_file(data: bytes, password: str = "") -> str:
        shelf.remove(entry)
        kept.set()
        return keep(data, password)

    monkeypatch.setattr(library.store, "put_file", put_file)
    shelf.retry(entry, "sea-salt-42")
    assert kept.wait(60)
    library._services.readers.close(wait_s=60)
    assert shelf.documents() == ()
    shelf._documents.wipe_removed()
    assert library.store.usage(MINE).files == 0
