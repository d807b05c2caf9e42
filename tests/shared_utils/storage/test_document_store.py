"""What the store in a folder promises beyond what every store does (test_store.py)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.message import NOTHING
from shared_utils.storage.database import Database
from shared_utils.storage.document_store import DocumentStore
from tests.shared_utils.storage.samples import ANNA, OUTLINE, page, pdf, save_turn


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    with DocumentStore(tmp_path / "data") as store:
        yield store


def _add(store: DocumentStore, key: str, data: bytes, name: str = "report.pdf", pages: int = 2) -> tuple[str, str]:
    """Put, read and add a file; returns (document id, entry id)."""
    document_id = store.put_file(data)
    entry_id = store.add_to_workspace(key, document_id, name)
    store.save_opened(document_id, "Annual Report", OUTLINE, pages)
    store.save_pages(document_id, [page(number) for number in range(1, pages + 1)])
    store.save_reading_finished(document_id, "ready", NOTHING, 0.25)
    return document_id, entry_id


class TestContent:
    def test_a_file_lost_or_cut_on_disk_is_whole_again_when_it_is_put_again(self, store: DocumentStore) -> None:
        document_id = store.put_file(pdf(1))
        for damage in (Path.unlink, lambda path: os.truncate(path, 5)):
            damage(store.file_path(document_id))
            store.put_file(pdf(1))
            assert store.file_path(document_id).read_bytes() == pdf(1)

    def test_content_that_reached_no_workspace_is_swept_at_the_next_start(self, tmp_path: Path) -> None:
        with DocumentStore(tmp_path) as store:
            stray = store.put_file(pdf(1))
            (tmp_path / "files" / "tmpabc.part").write_bytes(b"half a file")
        with DocumentStore(tmp_path) as store:
            assert store.reading_state(stray) is None
        assert list((tmp_path / "files").iterdir()) == []

    def test_a_second_store_on_the_folder_sweeps_nothing(self, store: DocumentStore, tmp_path: Path) -> None:
        document_id = store.put_file(pdf(1))
        with DocumentStore(tmp_path / "data") as second:
            assert second.reading_state(document_id) is not None
        store.add_to_workspace(ANNA, document_id, "report.pdf")

    def test_only_the_owner_of_the_process_may_look_into_the_folder(self, store: DocumentStore, tmp_path: Path) -> None:
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
        assert store.file_path(store.put_file(pdf(1))).stat().st_mode & 0o077 == 0


class TestPeople:
    def test_the_secret_key_itself_is_nowhere_on_disk(self, store: DocumentStore, tmp_path: Path) -> None:
        _add(store, ANNA, pdf(1))
        save_turn(store, ANNA, "c1", "{}")
        for path in (tmp_path / "data").rglob("*"):
            assert not path.is_file() or ANNA.encode() not in path.read_bytes()


class TestExpiry:
    def test_looking_for_the_expired_writes_nothing_when_nobody_is(self, store: DocumentStore, tmp_path: Path) -> None:
        _add(store, ANNA, pdf(1))
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
        assert store.expire_workspaces(3_600, now=0) == 0
        after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
        assert after == before


class TestTransactions:
    def test_a_transaction_that_fails_leaves_nothing_behind(self, tmp_path: Path) -> None:
        database = Database(tmp_path / "footnote.sqlite")

        def fail_halfway() -> None:
            with database.write() as db:
                db.execute("INSERT INTO workspace (id, seen_at) VALUES ('anna', 0)")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fail_halfway()
        with database.read() as db:
            assert db.execute("SELECT * FROM workspace").fetchall() == []
        database.close()
