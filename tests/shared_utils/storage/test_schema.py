from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared_utils.errors import FootnoteError, StorageError
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.schema import MIGRATIONS, migrate, schema_version
from shared_utils.storage.sql_store import content_id
from shared_utils.storage.workspaces import workspace_id
from tests.shared_utils.storage.samples import ANNA, pdf

_NEXT = (*MIGRATIONS, ("ALTER TABLE content ADD COLUMN language TEXT NOT NULL DEFAULT 'und'",))


@pytest.fixture
def old_database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database of today's version, holding one document, opened as a later version would."""
    with DocumentStore(tmp_path) as store:
        store.add_to_workspace(ANNA, store.put_file(pdf(1)), "report.pdf")
    with closing(sqlite3.connect(tmp_path / "footnote.sqlite", isolation_level=None)) as connection:
        yield connection


def test_an_older_database_is_brought_up_to_date_and_keeps_its_rows(old_database: sqlite3.Connection) -> None:
    migrate(old_database, _NEXT)
    assert schema_version(old_database) == len(_NEXT)
    assert old_database.execute("SELECT bytes, language FROM content").fetchall() == [(len(pdf(1)), "und")]


def test_a_store_of_the_version_before_removals_were_kept_opens_with_everything_in_it(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir(parents=True)
    document_id = content_id(pdf(1), "")
    (tmp_path / "files" / f"{document_id}.pdf").write_bytes(pdf(1))
    with closing(sqlite3.connect(tmp_path / "footnote.sqlite", isolation_level=None)) as db:
        migrate(db, MIGRATIONS[:2])
        db.execute("INSERT INTO content (id, bytes, stored_at) VALUES (?, ?, 1)", (document_id, len(pdf(1))))
        db.execute("INSERT INTO workspace (id, seen_at) VALUES (?, 1)", (workspace_id(ANNA),))
        row = ("e", workspace_id(ANNA), document_id, "report.pdf")
        db.execute("INSERT INTO entry (id, workspace_id, document_id, name, added_at) VALUES (?, ?, ?, ?, 1)", row)
    with DocumentStore(tmp_path) as store:
        assert [(entry.id, entry.name) for entry in store.workspace_documents(ANNA)] == [("e", "report.pdf")]
        assert store.mark_removed(ANNA, "e")
        assert store.workspace_documents(ANNA) == ()


def test_a_migration_that_fails_leaves_everything_as_it_was(old_database: sqlite3.Connection) -> None:
    before = old_database.execute("SELECT sql FROM sqlite_master").fetchall()
    old_database.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError):
        migrate(old_database, (*_NEXT, ("ALTER TABLE no_such_table ADD COLUMN x",)))
    old_database.execute("ROLLBACK")
    assert old_database.execute("SELECT sql FROM sqlite_master").fetchall() == before
    assert schema_version(old_database) == len(MIGRATIONS)


def test_migrating_twice_changes_nothing(old_database: sqlite3.Connection) -> None:
    before = old_database.execute("PRAGMA schema_version").fetchone()
    migrate(old_database)
    assert old_database.execute("PRAGMA schema_version").fetchone() == before


def test_a_newer_database_is_refused_in_words_and_left_untouched(
    tmp_path: Path, old_database: sqlite3.Connection
) -> None:
    migrate(old_database, _NEXT)
    old_database.close()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(StorageError, match="newer version of this program") as caught:
        DocumentStore(tmp_path)
    assert isinstance(caught.value, FootnoteError)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
