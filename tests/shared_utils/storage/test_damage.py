from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from shared_utils.errors import StorageError
from shared_utils.storage.document_store import DocumentStore
from tests.shared_utils.storage.samples import ANNA, page, pdf


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A closed store with one document of many pages."""
    with DocumentStore(tmp_path) as store:
        document_id = store.put_file(pdf(1))
        store.add_to_workspace(ANNA, document_id, "report.pdf")
        store.save_opened(document_id, "", (), 40)
        store.save_pages(document_id, [page(number) for number in range(1, 41)])
    return tmp_path / "footnote.sqlite"


def _overwrite_the_middle(data: bytes) -> bytes:
    middle = len(data) // 2 // 4096 * 4096
    return data[:middle] + b"\xa5" * 8192 + data[middle + 8192 :]


_DAMAGES = [
    pytest.param(lambda data: b"this is not a database " * 1000, id="something else"),
    pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
    pytest.param(lambda data: data[:50], id="cut inside the header"),
    pytest.param(lambda data: b"", id="emptied"),
    pytest.param(_overwrite_the_middle, id="overwritten in the middle"),
]


@pytest.mark.parametrize("damage", _DAMAGES)
def test_a_damaged_database_is_moved_aside_and_who_holds_what_is_brought_into_a_new_one(
    tmp_path: Path, database: Path, damage: Callable[[bytes], bytes]
) -> None:
    database.write_bytes(damage(database.read_bytes()))
    with DocumentStore(tmp_path) as store:
        assert store.moved_aside is not None
        (entry,) = store.workspace_documents(ANNA)
        assert entry.name == "report.pdf"
        assert store.file_path(entry.document_id).read_bytes() == pdf(1)
        assert (store.moved_aside / "footnote.sqlite").stat().st_size >= len(damage(b""))
        document_id = store.put_file(pdf(2))
        store.add_to_workspace(ANNA, document_id, "new.pdf")
        first_aside = store.moved_aside
    with DocumentStore(tmp_path) as store:
        assert store.moved_aside is None
        assert [entry.name for entry in store.workspace_documents(ANNA)] == ["report.pdf", "new.pdf"]
    assert first_aside.exists()


def test_what_is_moved_aside_is_the_damaged_file_to_the_byte(tmp_path: Path, database: Path) -> None:
    damaged = _overwrite_the_middle(database.read_bytes())
    database.write_bytes(damaged)
    with DocumentStore(tmp_path) as store:
        assert store.moved_aside is not None
        assert (store.moved_aside / "footnote.sqlite").read_bytes() == damaged


def test_a_damaged_database_in_use_by_another_process_is_reported_and_stays(tmp_path: Path, database: Path) -> None:
    database.write_bytes(b"this is not a database " * 1000)
    with (tmp_path / "lock").open("r+") as other_process:
        fcntl.flock(other_process, fcntl.LOCK_SH)
        with pytest.raises(StorageError, match="Start the server again"):
            DocumentStore(tmp_path)
    assert database.exists()


def test_a_missing_database_costs_nobody_a_document(tmp_path: Path, database: Path) -> None:
    database.unlink()
    with DocumentStore(tmp_path) as store:
        assert [entry.name for entry in store.workspace_documents(ANNA)] == ["report.pdf"]


def test_files_whose_owner_nobody_knows_are_kept_aside(tmp_path: Path, database: Path) -> None:
    database.unlink()
    (tmp_path / "owners.sqlite").unlink()
    with DocumentStore(tmp_path) as store:
        assert store.moved_aside is not None
        assert [path.read_bytes() for path in (store.moved_aside / "files").iterdir()] == [pdf(1)]
        assert store.total_usage().files == 0
        assert "files without a known owner 1" in str(store.trouble())


def test_damage_found_while_running_is_a_sentence(tmp_path: Path, database: Path) -> None:
    database.write_bytes(_overwrite_the_middle(database.read_bytes()))
    with (tmp_path / "lock").open("r+") as other_process:
        fcntl.flock(other_process, fcntl.LOCK_SH)  # so that opening does not look for damage
        with DocumentStore(tmp_path) as store:
            (entry,) = store.workspace_documents(ANNA)
            with pytest.raises(StorageError, match="Start the server again"):
                store.load_document(entry.document_id, entry.name)


def test_rot_inside_a_page_that_sqlite_cannot_see_is_a_sentence(tmp_path: Path, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("UPDATE page SET body = CAST(substr(body, 1, 100) || zeroblob(length(body) - 100) AS BLOB)")
    with DocumentStore(tmp_path) as store:
        (entry,) = store.workspace_documents(ANNA)
        with pytest.raises(StorageError, match=r"report\.pdf is damaged"):
            store.load_document(entry.document_id, entry.name)
