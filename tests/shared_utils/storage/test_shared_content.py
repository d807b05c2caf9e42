"""What every store promises to people who hold the same file and do not know of each other."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from shared_utils.message import NOTHING
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.storage.store import ReadingState, Store
from shared_utils.types import Page, PageVerdict
from tests.postgres import fresh_database
from tests.shared_utils.storage.samples import ANNA, BEN, OUTLINE, page, pdf, vectors

SCAN = replace(page(2), verdict=PageVerdict.SCANNED, text="", runs=(), word_boxes=())


def _read(store: Store, *pages: Page) -> str:
    """Anna's file, read to its end; returns the document id."""
    document_id = store.put_file(pdf(1))
    store.add_to_workspace(ANNA, document_id, "anna.pdf")
    store.save_opened(document_id, "Annual Report", OUTLINE, len(pages))
    store.save_pages(document_id, pages)
    store.save_reading_finished(document_id, "ready", NOTHING, 0.25)
    return document_id


def _pages(store: Store, document_id: str) -> Sequence[Page]:
    document = store.load_document(document_id, "")
    assert document is not None
    return document.pages


def test_another_reading_leaves_one_that_ended_as_it_is(store: Store) -> None:
    document_id = _read(store, page(1), page(2))
    store.save_vectors(document_id, "m", vectors(1))
    before = store.load_document(document_id, "")
    store.put_file(pdf(1))
    store.save_opened(document_id, "", (), 1)
    store.save_pages(document_id, [replace(page(1), text="cut short"), SCAN])
    assert store.load_document(document_id, "") == before
    assert store.reading_state(document_id) == ReadingState(2, (1, 2), "ready", NOTHING, 0.25)
    assert store.load_vectors(document_id, "m") is not None


def test_a_page_without_words_gives_way_to_one_with_words_and_vectors_of_before_go(store: Store) -> None:
    document_id = _read(store, page(1), SCAN)
    store.save_pages(document_id, [page(2)])
    assert _pages(store, document_id) == (page(1), page(2))
    store.save_pages(document_id, [SCAN])
    assert _pages(store, document_id) == (page(1), page(2))


def test_words_that_were_recognised_survive_another_reading_that_has_not_come_so_far(store: Store) -> None:
    document_id = store.put_file(pdf(1))
    store.save_opened(document_id, "", OUTLINE, 2)
    store.save_pages(document_id, [page(1), page(2)])
    store.save_pages(document_id, [page(1), SCAN])
    assert _pages(store, document_id) == (page(1), page(2))


def test_vectors_never_belong_to_other_words_than_the_pages(tmp_path: Path, postgres_server: str) -> None:
    with DocumentStore(tmp_path / "data") as folder, fresh_database(postgres_server) as url:
        document_id = _read(folder, page(1), SCAN)
        folder.save_vectors(document_id, "m", vectors(1))
        folder.save_pages(document_id, [page(2)])
        assert folder.load_vectors(document_id, "m") is None
        assert _pages(folder, document_id) == (page(1), page(2))
        # other machines search these vectors by the numbers of passages that they know: so the pages stay
        with PostgresStore(url, tmp_path / "copies") as database:
            document_id = _read(database, page(1), SCAN)
            database.save_vectors(document_id, "m", vectors(1))
            database.save_pages(document_id, [page(2)])
            assert database.load_vectors(document_id, "m") is not None
            assert _pages(database, document_id) == (page(1), SCAN)


# ------------------------------------------------------------------------------------------------ who has a file


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of each file that is synced to disk, -1 for a folder, in order."""
    sizes: list[int] = []
    sync = os.fsync

    def noted(handle: int) -> None:
        known = os.fstat(handle)
        sizes.append(-1 if stat.S_ISDIR(known.st_mode) else known.st_size)
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    return sizes


def test_putting_a_file_that_somebody_has_is_as_much_work_as_putting_a_new_one(
    tmp_path: Path, synced: list[int]
) -> None:
    with DocumentStore(tmp_path) as store:
        changes = [store._database._connection.total_changes]
        for key in (ANNA, BEN):
            store.add_to_workspace(key, store.put_file(pdf(1, 500_000)), "report.pdf")
            changes.append(store._database._connection.total_changes)
    new, known = synced[: len(synced) // 2], synced[len(synced) // 2 :]
    assert new == known == [len(pdf(1, 500_000)), -1]
    assert changes[1] - changes[0] == changes[2] - changes[1] > 0
    assert len(list((tmp_path / "files").iterdir())) == 1


def test_a_file_does_not_tell_its_owner_that_somebody_else_has_put_it_too(tmp_path: Path) -> None:
    with DocumentStore(tmp_path) as store:
        path = store.file_path(store.put_file(pdf(1)))
        os.utime(path, (1_000, 1_000))
        store.put_file(pdf(1))
        assert path.stat().st_mtime == 1_000


def test_a_file_that_was_cut_on_the_disk_is_whole_again_when_it_is_put_again(tmp_path: Path) -> None:
    with DocumentStore(tmp_path) as store:
        path = store.file_path(store.put_file(pdf(1)))
        path.write_bytes(b"%PDF")
        store.put_file(pdf(1))
        assert path.read_bytes() == pdf(1)


def test_a_database_is_sent_and_keeps_a_file_that_it_has_like_a_new_one(tmp_path: Path, postgres_server: str) -> None:
    def log_position() -> int:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
        assert row is not None
        return int(row[0])

    size = 3_000_000
    with fresh_database(postgres_server) as url, PostgresStore(url, tmp_path) as store:
        written = []
        for _ in range(2):
            before = log_position()
            store.put_file(pdf(1, size))
            written.append(log_position() - before)
        assert min(written) > size
