"""Deleted means deleted: not one stored byte of it is left in any file of the folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.files import PAGES_SUFFIX
from tests.shared_utils.storage.samples import ANNA, BEN, page, pdf, save_turn, vectors

_NEEDLE = 24  # bytes: no chance hit, and short enough to lie within one page of the database file


def _needles(root: Path) -> set[bytes]:
    """Pieces of every value that was stored about documents, people and conversations, as it lies on the disk."""
    with closing(sqlite3.connect(root / "footnote.sqlite")) as db:
        values = [body for table in ("page", "turn") for (body,) in db.execute(f"SELECT body FROM {table}")]  # noqa: S608
        values += [row[0].encode() for row in db.execute("SELECT name FROM entry UNION SELECT title FROM content")]
    values += [path.read_bytes() for folder in ("files", "vectors", "words") for path in (root / folder).iterdir()]
    return {value[at : at + _NEEDLE] for value in values for at in range(0, len(value) - _NEEDLE, 97)}


def _left(root: Path, needles: set[bytes]) -> int:
    haystack = b"\n".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    return sum(needle in haystack for needle in needles)


def _fill(store: DocumentStore, key: str, seed: int) -> str:
    document_id = store.put_file(pdf(seed))
    store.file_path(document_id).with_suffix(PAGES_SUFFIX).write_bytes(pdf(seed + 50))
    entry_id = store.add_to_workspace(key, document_id, f"the name of the file of person {seed}.pdf")
    store.save_opened(document_id, f"A title found in the metadata of file {seed}", (), 12)
    for number in range(1, 13):
        store.save_page(document_id, page(number, seed))
    store.save_vectors(document_id, "m", vectors(seed, rows=50))
    store.index_path(document_id).write_bytes(pdf(seed + 90))
    return entry_id


def _delete_workspace(store: DocumentStore, entry_id: str) -> None:
    store.delete_workspace(ANNA)


def _remove_entry(store: DocumentStore, entry_id: str) -> None:
    assert store.remove_from_workspace(ANNA, entry_id)


def _expire(store: DocumentStore, entry_id: str) -> None:
    store.touch_workspace(BEN)
    assert store.expire_workspaces(0, now=1e12) == 2


@pytest.mark.parametrize("delete", [_delete_workspace, _remove_entry, _expire])
def test_no_byte_of_a_deleted_document_is_left_in_the_folder(
    tmp_path: Path, delete: Callable[[DocumentStore, str], None]
) -> None:
    with DocumentStore(tmp_path) as store:
        entry_id = _fill(store, ANNA, 1)
        needles = _needles(tmp_path)
        assert _left(tmp_path, needles) > 0.9 * len(needles)
        delete(store, entry_id)
        assert _left(tmp_path, needles) == 0


def test_deleting_one_document_leaves_the_others_whole(tmp_path: Path) -> None:
    with DocumentStore(tmp_path) as store:
        _fill(store, BEN, 2)
        bens = _needles(tmp_path)
        entry_id = _fill(store, ANNA, 1)
        before = _left(tmp_path, bens)
        store.remove_from_workspace(ANNA, entry_id)
        assert _left(tmp_path, bens) == before


@pytest.mark.parametrize("whole_workspace", [True, False])
def test_no_byte_of_a_deleted_conversation_is_left_in_the_folder(tmp_path: Path, whole_workspace: bool) -> None:
    with DocumentStore(tmp_path) as store:
        for number in range(30):
            save_turn(store, ANNA, "c", page(number).text)
        needles = _needles(tmp_path)
        assert _left(tmp_path, needles) > 0.9 * len(needles)
        if whole_workspace:
            store.delete_workspace(ANNA)
        else:
            store.conversations.delete(ANNA, "c")
        assert _left(tmp_path, needles) == 0
