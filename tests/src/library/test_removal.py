"""Removed stays removed: in every process, and after each of its ends, until it is undone or wiped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shared_utils.errors import DocumentGone, StorageError
from src.answering.ingestion import IndexedDocument
from src.answering.keeping import Keeping
from src.library.documents import UNDO_S
from src.library.library import Library
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from tests.conftest import DrawPdf
from tests.fakes import FakeClock
from tests.src.library.shelves import MINE, TALK, THEIRS, OpenLibrary, answered, bytes_of, settled, shelf_with_sample
from tests.waiting import until

ROOT = Path(__file__).parents[3]
QUESTION = "How many ships called at the port?"

_REMOVES = """
import sys
from pathlib import Path
from src.settings import Settings
from tests.prepared_models import MODELS
from src.wiring import build_library

library = build_library(Settings(models_dir=MODELS, data_dir=Path(sys.argv[1]), ollama_url="http://127.0.0.1:9"))
shelf = library.shelf(sys.argv[2])
shelf.remove(shelf.documents()[0].entry_id)
print("removed", flush=True)
sys.stdin.read()
"""


def nothing_left(library: Library, shelf: Shelf, data: Path) -> None:
    assert shelf.documents() == ()
    assert shelf.searchable() == []
    assert library.store.total_usage().files == 0
    library.close()
    assert b"Nordhaven" not in bytes_of(data / "store")


def test_what_was_removed_before_a_kill_is_neither_shown_nor_asked_and_is_wiped_in_its_time(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    library = open_library()
    shelf_with_sample(library)
    library.close()
    command = [sys.executable, "-c", _REMOVES, str(tmp_path / "data"), MINE]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == "removed\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdin.close()
    child.stdout.close()

    library = open_library()
    shelf = library.shelf(MINE)
    assert shelf.documents() == ()
    assert library.store.total_usage().files == 1  # it could still be undone
    shelf.ask(TALK, QUESTION)
    assert "Add a PDF" in str(answered(shelf).error)
    later = time.time() + UNDO_S
    library.store._clock = lambda: later  # type: ignore[attr-defined]
    library.tidy()
    nothing_left(library, shelf, tmp_path / "data")


def test_what_is_overdue_is_wiped_at_the_start_although_its_owner_never_returns(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    clock = FakeClock()
    library = open_library(clock=clock)
    shelf = shelf_with_sample(library)
    library.store.mark_removed(MINE, shelf.documents()[0].entry_id)  # as a process does that is killed then
    library.close()
    clock.sleep(UNDO_S)
    open_library(clock=clock).close()
    assert b"Nordhaven" not in bytes_of(tmp_path / "data" / "store")


def test_an_orderly_end_wipes_what_was_removed_and_nothing_else(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path
) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    other = shelf.add("other.pdf", draw_pdf("other.pdf", [["Xyzzy stays."]]).read_bytes())
    theirs = shelf_with_sample(library, THEIRS).documents()[0]
    until(lambda: settled(shelf))
    shelf.remove(shelf.documents()[0].entry_id)
    shelf.remove(other)
    shelf.restore(other)
    library.close()
    library = open_library()
    assert [view.name for view in library.shelf(MINE).documents()] == ["other.pdf"]
    assert library.store.file_path(theirs.document_id).exists()
    library.store.remove_from_workspace(THEIRS, library.store.workspace_documents(THEIRS)[0].id)
    library.close()
    assert b"Nordhaven" not in bytes_of(tmp_path / "data" / "store")


def test_another_process_sees_a_removal_and_its_undoing(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    elsewhere = open_library().shelf(MINE)
    until(lambda: settled(elsewhere))
    (view,) = elsewhere.documents()
    shelf.remove(view.entry_id)
    assert elsewhere.searchable() == []  # at once, without being told to look
    elsewhere.catch_up()
    assert elsewhere.documents() == ()
    with pytest.raises(DocumentGone):
        elsewhere.file(view.document_id)
    shelf.restore(view.entry_id)
    elsewhere.catch_up()
    until(lambda: settled(elsewhere))
    assert [known.entry_id for known in elsewhere.documents()] == [view.entry_id]


def test_a_removal_can_be_undone_by_another_process(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    elsewhere = open_library().shelf(MINE)
    (view,) = shelf.documents()
    shelf.remove(view.entry_id)
    elsewhere.catch_up()
    elsewhere.restore(view.entry_id)
    until(lambda: settled(elsewhere))
    assert [known.entry_id for known in elsewhere.documents()] == [view.entry_id]
    shelf.catch_up()
    assert [(known.entry_id, known.settled) for known in shelf.documents()] == [(view.entry_id, True)]


def test_a_process_that_ends_does_not_wipe_what_another_has_put_back(open_library: OpenLibrary) -> None:
    ending = open_library()
    shelf = shelf_with_sample(ending)
    elsewhere = open_library().shelf(MINE)
    entry = shelf.documents()[0].entry_id
    shelf.remove(entry)
    elsewhere.restore(entry)
    ending.close()
    assert [view.entry_id for view in open_library().shelf(MINE).documents()] == [entry]


def test_undo_is_offered_exactly_as_long_as_it_works(open_library: OpenLibrary) -> None:
    clock = FakeClock()
    library = open_library(clock=clock)
    shelf = shelf_with_sample(library)
    entry = shelf.documents()[0].entry_id
    assert not shelf.can_restore(entry)
    shelf.remove(entry)
    clock.sleep(UNDO_S - 1)
    library.tidy()
    assert shelf.can_restore(entry)
    before = shelf.version()
    clock.sleep(1)
    library.tidy()
    assert not shelf.can_restore(entry)
    assert shelf.version() != before  # so the page looks again, and takes the offer back


def test_a_removal_that_cannot_be_kept_is_told_and_removes_nothing(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)

    def full(key: str, entry_id: str) -> bool:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(library.store, "mark_removed", full)
    with pytest.raises(StorageError):
        shelf.remove(shelf.documents()[0].entry_id)
    assert [view.settled for view in shelf.documents()] == [True]


def _page(shelf: Shelf, document_id: str) -> object:
    return shelf.page_image(document_id, 1, width_px=100)


def _original(shelf: Shelf, document_id: str) -> object:
    return shelf.file(document_id)


@pytest.mark.parametrize("look", [_page, _original])
def test_a_removed_document_shows_no_page_and_no_file(
    open_library: OpenLibrary, look: Callable[[Shelf, str], object]
) -> None:
    shelf = shelf_with_sample(open_library())
    (view,) = shelf.documents()
    assert look(shelf, view.document_id)
    shelf.remove(view.entry_id)
    with pytest.raises(DocumentGone):
        look(shelf, view.document_id)


def test_what_a_document_is_searched_by_is_kept_beside_it_and_never_longer(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    view = shelf.documents()[0]
    kept = library.store.index_path(view.document_id)
    whole = kept.read_bytes()
    library.close()

    library = open_library()
    shelf = library.shelf(MINE)
    until(lambda: settled(shelf))
    assert kept.read_bytes() == whole  # opened, and not made again
    shelf.remove(view.entry_id)
    library.store.erase_removed(0.0)
    assert not kept.exists()

    store = library.store

    def deleted_meanwhile(indexed: IndexedDocument, keeping: Keeping) -> IndexedDocument:
        entry = store.workspace_documents(MINE)[0]
        store.remove_from_workspace(MINE, entry.id)
        keeping.path.write_bytes(whole)
        return indexed

    monkeypatch.setattr("src.library.kept_index.keep_index", deleted_meanwhile)
    shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    assert not kept.exists()
