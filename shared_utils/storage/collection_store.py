"""Collections: named groups of the documents of one person. A document may be in several, or in none.

A collection holds entries, never content: it says nothing to anybody else who has the same file. A removed document is
not among its documents until it is put back; with one that is erased its place goes, whoever erases it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from shared_utils.errors import CollectionError, CollectionNameTaken
from shared_utils.storage.sql import Sql, SqlDatabase
from shared_utils.storage.sql_content import storable
from shared_utils.storage.workspaces import note_change, touch_changed, workspace_id

MOST = 200  # of one person
_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class StoredCollection:
    """A group of documents under a name."""

    id: str  # unguessable
    name: str
    entries: tuple[str, ...]  # ids, in the order in which the documents were added to the library


class CollectionStore:
    """Thread-safe, and safe for several processes on one database. Raises StorageError.

    `room` is entered around whatever only deletes; `clock` gives seconds since the epoch.
    """

    def __init__(
        self, database: SqlDatabase, room: Callable[[], AbstractContextManager[None]], clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._room = room
        self._clock = clock

    def all(self, key: str) -> tuple[StoredCollection, ...]:
        """The collections of a workspace that are not removed, in the order they were made."""
        person = workspace_id(key)
        with self._database.read() as db:
            named = db.execute(
                "SELECT id, name FROM collection WHERE workspace_id = ? AND removed_at IS NULL ORDER BY made_at, id",
                (person,),
            ).fetchall()
            held = db.execute(
                "SELECT collection_entry.collection_id, entry.id FROM collection "
                "JOIN collection_entry ON collection_entry.collection_id = collection.id "
                "JOIN entry ON entry.id = collection_entry.entry_id "
                "WHERE collection.workspace_id = ? AND entry.removed_at IS NULL ORDER BY entry.rowid",
                (person,),
            ).fetchall()
        entries: dict[str, list[str]] = {str(id_): [] for id_, _ in named}
        for id_, entry in held:
            if id_ in entries:
                entries[id_].append(str(entry))
        return tuple(StoredCollection(str(id_), str(name), tuple(entries[id_])) for id_, name in named)

    def make(self, key: str, name: str, entry_ids: Collection[str]) -> str:
        """Group these entries of the workspace under a name; returns the collection's id.

        Raises CollectionError for a name that is empty or taken, for an entry that is not there, and beyond `MOST`.
        """
        id_, shown = secrets.token_urlsafe(16), _checked_name(name)
        with self._database.write() as db:
            person = touch_changed(db, key, self._clock())
            _refuse_taken(db, person, shown)
            count = db.execute("SELECT COUNT(*) FROM collection WHERE workspace_id = ?", (person,)).fetchone()[0]
            if count >= MOST:
                raise CollectionError("There are {n} collections, as many as can be. Remove one first.", n=count)
            db.execute(
                "INSERT INTO collection (id, workspace_id, name, made_at) VALUES (?, ?, ?, ?)",
                (id_, person, shown, self._clock()),
            )
            _hold(db, person, id_, entry_ids)
        return id_

    def change(
        self, key: str, collection_id: str, name: str | None = None, entry_ids: Collection[str] | None = None
    ) -> None:
        """Give a collection another name, other entries, or both; None leaves what is there.

        Raises CollectionError as `make` does, and where there is no such collection.
        """
        shown = None if name is None else _checked_name(name)
        with self._database.write() as db:
            person = note_change(db, key)
            row = db.execute(
                "SELECT 1 FROM collection WHERE id = ? AND workspace_id = ? AND removed_at IS NULL",
                (collection_id, person),
            ).fetchone()
            if row is None:
                raise no_such_collection()
            if shown is not None:
                _refuse_taken(db, person, shown, but=collection_id)
                db.execute("UPDATE collection SET name = ? WHERE id = ?", (shown, collection_id))
            if entry_ids is not None:
                db.execute("DELETE FROM collection_entry WHERE collection_id = ?", (collection_id,))
                _hold(db, person, collection_id, entry_ids)

    def mark_removed(self, key: str, collection_id: str) -> bool:
        """Take a collection out of sight until it is put back or erased; its documents stay. False: not there."""
        with self._database.write() as db:
            marked = db.execute(
                "UPDATE collection SET removed_at = ? WHERE id = ? AND workspace_id = ? AND removed_at IS NULL",
                (self._clock(), collection_id, note_change(db, key)),
            ).rowcount
        return marked > 0

    def unmark_removed(self, key: str, collection_id: str) -> bool:
        """Undo `mark_removed`; False when it has been erased meanwhile. Raises CollectionError where its name has been
        given to another one."""
        with self._database.write() as db:
            person = note_change(db, key)
            row = db.execute(
                "SELECT name FROM collection WHERE id = ? AND workspace_id = ?", (collection_id, person)
            ).fetchone()
            if row is None:
                return False
            _refuse_taken(db, person, str(row[0]), but=collection_id)
            db.execute("UPDATE collection SET removed_at = NULL WHERE id = ?", (collection_id,))
        return True

    def is_removed(self, key: str, collection_id: str) -> bool:
        """Whether it is out of sight and can be put back."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT 1 FROM collection WHERE id = ? AND workspace_id = ? AND removed_at IS NOT NULL",
                (collection_id, workspace_id(key)),
            ).fetchone()
        return row is not None

    def erase_removed(self, older_than_s: float) -> int:
        """Erase, of everybody's, what was removed `older_than_s` seconds ago or earlier; how many. What carries a time
        that cannot be counts as overdue, as in `Tables.erase_removed`."""
        now, overdue = self._clock(), "removed_at IS NOT NULL AND (removed_at <= ? OR removed_at > ?)"
        times = (now - older_than_s, now + older_than_s)
        with self._database.read() as db:
            if db.execute(f"SELECT 1 FROM collection WHERE {overdue}", times).fetchone() is None:  # noqa: S608 - ours
                return 0  # as almost always: whoever asks every few seconds should cost the disk nothing
        with self._room():
            with self._database.write() as db:
                erased = db.execute(f"DELETE FROM collection WHERE {overdue}", times).rowcount  # noqa: S608 - ours
            self._database.forget_log()
        return erased


def no_such_collection() -> CollectionError:
    return CollectionError("There is no such collection in this library any more.")


def _checked_name(name: str) -> str:
    shown = storable(" ".join(name.split()))[:_NAME_CHARACTERS].strip()
    if not shown:
        raise CollectionError("A collection needs a name. Give it one of up to {n} characters.", n=_NAME_CHARACTERS)
    return shown


def _refuse_taken(db: Sql, person: str, name: str, but: str = "") -> None:
    rows = db.execute("SELECT id, name FROM collection WHERE workspace_id = ? AND removed_at IS NULL", (person,))
    if any(id_ != but and str(taken).casefold() == name.casefold() for id_, taken in rows):
        raise CollectionNameTaken("A collection is called “{name}” already. Choose another name.", name=name)


def _hold(db: Sql, person: str, collection_id: str, entry_ids: Collection[str]) -> None:
    for entry in dict.fromkeys(entry_ids):
        held = db.execute(
            "INSERT INTO collection_entry (collection_id, entry_id) "
            "SELECT ?, id FROM entry WHERE id = ? AND workspace_id = ? AND removed_at IS NULL",
            (collection_id, entry, person),
        ).rowcount
        if not held:
            raise CollectionError("A document of this collection has been removed. Choose its documents again.")
