"""What both stores keep in the same tables: what files say, and who holds what."""

from __future__ import annotations

import hashlib
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager

from shared_utils.message import NOTHING, Message, from_text
from shared_utils.storage.line import LineStore
from shared_utils.storage.reading_jobs import ReadingJobs
from shared_utils.storage.shared_counts import SharedCounts
from shared_utils.storage.sql import Sql
from shared_utils.storage.sql_content import ContentTables, gone, storable
from shared_utils.storage.store import Entry, Usage
from shared_utils.storage.workspaces import note_change, touch, touch_changed, workspace_id

_ID = re.compile(r"[0-9a-f]{64}")


class Tables(ContentTables, ABC):
    """The half of a store that is SQL alone; where files and vectors lie is the other half.

    *Content* is shared by all who hold the same bytes, so it must hold nothing about them. *Workspaces* are people;
    only the holder of a workspace's secret key can list, count or remove what is in it.
    """

    _clock: Callable[[], float]  # seconds since the epoch

    @abstractmethod
    def _erase(self, document_ids: Iterable[str]) -> None:
        """Delete those contents that no workspace holds.

        The caller has committed that somebody let go of them; a kill before the end leaves content that nobody holds,
        which is cleared away later.
        """

    @abstractmethod
    def _room_to_delete(self) -> AbstractContextManager[None]:
        """Entered around whatever deletes."""

    # -------------------------------------------------------------------------------------------- people

    def touch_workspace(self, key: str) -> None:
        """Note that the holder of `key` is here, so that their workspace does not expire. Makes it if need be."""
        with self._database.write() as db:
            touch(db, key, self._clock())

    def add_to_workspace(self, key: str, document_id: str, name: str) -> str:
        """Put a document into a workspace; returns the entry's id. One that is there already, or was removed and is
        not erased yet, is there under the new name.

        Raises DocumentGone when the content was deleted since `put_file`: put the file again.
        """
        with self._database.write() as db:
            id_ = touch_changed(db, key, self._clock())
            row = db.execute(
                "INSERT INTO entry (id, workspace_id, document_id, name, added_at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (workspace_id, document_id) DO UPDATE SET name = excluded.name, removed_at = NULL "
                "RETURNING id",
                (secrets.token_urlsafe(16), id_, document_id, storable(name), self._clock()),
            ).fetchone()
        return str(row[0])

    def workspace_documents(self, key: str) -> tuple[Entry, ...]:
        """What is in a workspace and not removed, in the order it was added."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id, document_id, name, added_at FROM entry "
                "WHERE workspace_id = ? AND removed_at IS NULL ORDER BY rowid",
                (workspace_id(key),),
            )
            return tuple(Entry(*row) for row in rows)

    def remove_from_workspace(self, key: str, entry_id: str) -> bool:
        """Erase a document of a workspace; False when it holds no such entry, removed or not.

        When no other workspace holds the content, its text, vectors and file are deleted. Conversations that quote it
        are the person's own and stay.
        """
        with self._room_to_delete():
            with self._database.write() as db:
                id_ = note_change(db, key)
                removed = db.execute(
                    "DELETE FROM entry WHERE id = ? AND workspace_id = ? RETURNING document_id", (entry_id, id_)
                ).fetchall()
            self._erase(document_id for (document_id,) in removed)
        return bool(removed)

    def mark_removed(self, key: str, entry_id: str) -> bool:
        """Take a document out of sight, for every process, until it is put back or erased; False when it is not there.

        Its removal is kept: a process that ends here, however it ends, leaves it removed.
        """
        with self._database.write() as db:
            id_ = note_change(db, key)
            marked = db.execute(
                "UPDATE entry SET removed_at = ? WHERE id = ? AND workspace_id = ? AND removed_at IS NULL",
                (self._clock(), entry_id, id_),
            ).rowcount
        return marked > 0

    def unmark_removed(self, key: str, entry_id: str) -> bool:
        """Undo `mark_removed`; False when it has been erased meanwhile."""
        with self._database.write() as db:
            id_ = note_change(db, key)
            put_back = db.execute(
                "UPDATE entry SET removed_at = NULL WHERE id = ? AND workspace_id = ?", (entry_id, id_)
            ).rowcount
        return put_back > 0

    def removed_documents(self, key: str) -> frozenset[str]:
        """The ids of the entries of a workspace that are removed and can be put back."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id FROM entry WHERE workspace_id = ? AND removed_at IS NOT NULL", (workspace_id(key),)
            )
            return frozenset(id_ for (id_,) in rows)

    def erase_removed(self, older_than_s: float, among: Collection[str] | None = None) -> int:
        """Erase, of everybody's, what was removed `older_than_s` seconds ago or earlier; how many entries.

        `among`: only these entries. What carries a later time than now could have been removed in `older_than_s` from
        now, say because a clock was put back, counts as overdue: nothing that was removed may stay.
        """
        now = self._clock()
        overdue = "removed_at IS NOT NULL AND (removed_at <= ? OR removed_at > ?)"
        times = (now - older_than_s, now + older_than_s)
        with self._database.read() as db:
            rows = db.execute(f"SELECT id FROM entry WHERE {overdue}", times)  # noqa: S608
            due = [id_ for (id_,) in rows if among is None or id_ in among]
        if not due:
            return 0  # as almost always: whoever asks every few seconds should cost the disk nothing
        erased: list[str] = []
        with self._room_to_delete():
            with self._database.write() as db:
                for id_ in due:  # looked at again: one may have been put back in this moment
                    found = db.execute(
                        f"DELETE FROM entry WHERE id = ? AND {overdue} RETURNING document_id",  # noqa: S608
                        (id_, *times),
                    ).fetchall()
                    erased += [document_id for (document_id,) in found]
            self._erase(erased)
        return len(erased)

    def preferences(self, key: str) -> str:
        """What `save_preferences` was given last; "" where it never was."""
        with self._database.read() as db:
            row = db.execute("SELECT preferences FROM workspace WHERE id = ?", (workspace_id(key),)).fetchone()
        return "" if row is None else str(row[0])

    def save_preferences(self, key: str, text: str) -> None:
        """Keep what a person prefers, in the caller's own words."""
        with self._database.write() as db:
            id_ = touch_changed(db, key, self._clock())
            db.execute("UPDATE workspace SET preferences = ? WHERE id = ?", (storable(text), id_))

    def notice(self, key: str) -> Message:
        """What this person has to be told about their library; nothing where there is nothing, or it was read."""
        with self._database.read() as db:
            row = db.execute("SELECT notice FROM workspace WHERE id = ?", (workspace_id(key),)).fetchone()
        return NOTHING if row is None else from_text(str(row[0]))

    def clear_notice(self, key: str) -> None:
        """They have read it."""
        with self._database.write() as db:
            db.execute("UPDATE workspace SET notice = '' WHERE id = ?", (note_change(db, key),))

    @property
    def counts(self) -> SharedCounts | None:
        """See `Store.counts`: on one machine each process counts for itself."""
        return None

    @property
    def reading_jobs(self) -> ReadingJobs | None:
        """See `Store.reading_jobs`: on one machine the web process reads."""
        return None

    def model_line(self, name: str) -> LineStore | None:
        """See `Store.model_line`: on one machine each process has its own."""

    def listen(self, told: Callable[[str], None]) -> None:
        """See `Store.listen`: nobody tells; whoever wants to know asks for the `revision`."""

    def trouble(self) -> Message:
        """What whoever runs this has to know about what is kept; nothing where all is well."""
        return NOTHING

    def revision(self, key: str) -> int:
        """Grows whenever the entries, turns or preferences of a workspace change, whichever process changes them."""
        with self._database.read() as db:
            row = db.execute("SELECT revision FROM workspace WHERE id = ?", (workspace_id(key),)).fetchone()
        return 0 if row is None else int(row[0])

    def delete_workspace(self, key: str) -> None:
        """Delete a person's list and conversations, and every content that nobody else holds."""
        with self._room_to_delete():
            with self._database.write() as db:
                held = _delete_workspace(db, workspace_id(key))
            self._erase(held)

    def expire_workspaces(self, older_than_s: float, now: float) -> int:
        """Delete the workspaces not touched for `older_than_s` before `now` (seconds since the epoch); how many.

        Content of that age which never reached a workspace goes with them.
        """
        oldest = now - older_than_s
        with self._database.read() as db:
            if not _expired(db, oldest) and not stray_contents(db, oldest):
                return 0  # as almost always: whoever asks every few seconds should cost the disk nothing
        with self._room_to_delete():
            with self._database.write() as db:
                expired = _expired(db, oldest)
                held = {document_id for id_ in expired for document_id in _delete_workspace(db, id_)}
                held.update(stray_contents(db, oldest))
            self._erase(held)
        return len(expired)

    def usage(self, key: str) -> Usage:
        """What one workspace holds, whether or not others hold it too."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT COUNT(*), COALESCE(SUM(page_count), 0), COALESCE(SUM(bytes), 0) "
                "FROM entry JOIN content ON content.id = document_id WHERE workspace_id = ?",
                (workspace_id(key),),
            ).fetchone()
        return Usage(*row)

    def total_usage(self) -> Usage:
        """What the server holds, shared content counted once. For limits: no visitor should be shown it."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT COUNT(*), COALESCE(SUM(page_count), 0), COALESCE(SUM(bytes), 0) FROM content"
            ).fetchone()
        return Usage(*row)


def content_id(data: bytes, password: str) -> str:
    """What stands for a file: of its bytes, and of the password that opened it."""
    digest = hashlib.sha256(data)
    if password:
        digest.update(b"\0password\0" + password.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def checked(document_id: str) -> str:
    """The id, if it is one: nothing else may become part of a path."""
    if not is_id(document_id):
        raise gone()
    return document_id


def is_id(text: str) -> bool:
    """Whether this is the sha256 of something: a file's, or a key's."""
    return bool(_ID.fullmatch(text))


def is_held(db: Sql, document_id: str) -> bool:
    """Whether any workspace holds a content."""
    return db.execute("SELECT 1 FROM entry WHERE document_id = ?", (document_id,)).fetchone() is not None


def _expired(db: Sql, oldest: float) -> list[str]:
    """The workspaces last touched before `oldest`."""
    return [row[0] for row in db.execute("SELECT id FROM workspace WHERE seen_at < ?", (oldest,))]


def stray_contents(db: Sql, oldest: float) -> list[str]:
    """The contents stored before `oldest` that nobody holds."""
    rows = db.execute(
        "SELECT id FROM content WHERE stored_at < ? "
        "AND NOT EXISTS (SELECT 1 FROM entry WHERE document_id = content.id)",
        (oldest,),
    )
    return [row[0] for row in rows]


def _delete_workspace(db: Sql, id_: str) -> list[str]:
    """Delete a person with their entries and turns; returns the ids of the documents they held."""
    held = [row[0] for row in db.execute("SELECT document_id FROM entry WHERE workspace_id = ?", (id_,))]
    db.execute("DELETE FROM workspace WHERE id = ?", (id_,))
    return held
