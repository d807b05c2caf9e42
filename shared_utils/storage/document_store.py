"""What outlives the process: each file's content once, and for every person the list of what is theirs.

    <root>/footnote.sqlite     text, people, conversations (and its -wal and -shm while open)
    <root>/files/<id>.pdf      the bytes as uploaded
    <root>/vectors/<id>.npy    float32 (n, d)
    <root>/lock                held, shared, by every process that has the folder open
    <root>/reserve             room on the disk that only opening and deleting may use
    <root>/damaged-<time>/     what a damaged database left behind; never deleted by us

*Content* is shared by all who hold the same bytes, so it must hold nothing about them: never give `save_opened` or
`save_reading_finished` a word that a person chose, such as the name of their file. *Workspaces* are people; only the
holder of a workspace's secret key can list, count or remove what is in it.

Methods raise StorageError (full, locked, damaged, not writable) and DocumentGone (deleted meanwhile).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from shared_utils.errors import DocumentGone, StorageError
from shared_utils.storage.conversation_store import ConversationStore
from shared_utils.storage.database import Database, is_damage, plain_errors
from shared_utils.storage.files import TEMPORARY_SUFFIX, put_in_place, write_aside
from shared_utils.storage.page_codec import decode_outline, decode_page, encode_outline, encode_page
from shared_utils.storage.vectors import checksum, decode_vectors, encode_vectors
from shared_utils.storage.workspaces import note_change, touch, touch_changed, workspace_id
from shared_utils.types import Document, OutlineEntry, Page, Vectors

_RESERVE_BYTES = 8 * 2**20  # twice what SQLite lets its log grow to before it writes it back
_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ReadingState:
    """How far reading a file has come. `status` is None until it has finished."""

    page_count: int | None  # as the file claims; None until it has been opened
    pages_read: tuple[int, ...]  # 1-based numbers of the pages that are stored, ascending
    status: str | None
    reason: str
    read_s: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in somebody's workspace, under the name they gave it."""

    id: str  # unguessable
    document_id: str
    name: str
    added_at: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Usage:
    """What limits count. `bytes` are those of the PDFs; `pages` are as the files claim."""

    files: int
    pages: int
    bytes: int


class DocumentStore:
    """One data folder. Safe for many threads, and for several processes at once.

    `moved_aside` is where a damaged database and its files were put when this store was opened, or None.
    `clock` gives seconds since the epoch.
    """

    def __init__(self, root: Path, clock: Callable[[], float] = time.time) -> None:
        self._root = root
        self._files = root / "files"
        self._vectors = root / "vectors"
        self._reserve = root / "reserve"
        self._clock = clock
        self.moved_aside: Path | None = None
        with plain_errors():
            self._make_folders()
            self._lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                alone = self._wait_for_folder()
                with self._room_to_delete():
                    self._database = self._open_database(alone)
                    self.conversations = ConversationStore(self._database, self._room_to_delete, clock)
                    if alone:
                        self._clear_remains()
                        self.conversations.release_all()
                fcntl.flock(self._lock, fcntl.LOCK_SH)
            except BaseException:
                os.close(self._lock)
                raise

    # -------------------------------------------------------------------------------------------- opening

    def _make_folders(self) -> None:
        for folder in (self._root, self._files, self._vectors):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def _room_to_delete(self) -> Iterator[None]:
        """Give up the reserve meanwhile: SQLite needs room even to delete, so a full disk could never be emptied."""
        with plain_errors():
            self._reserve.unlink(missing_ok=True)
        try:
            yield
        finally:
            with suppress(OSError):  # no room for it now: the next time, perhaps
                self._reserve.write_bytes(bytes(_RESERVE_BYTES))

    def _wait_for_folder(self) -> bool:
        """Whether nobody else has the folder open: then, until we share the lock, nobody else gets in."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            return False
        return True

    def _open_database(self, alone: bool) -> Database:
        path = self._root / "footnote.sqlite"
        try:
            database = Database(path)
        except sqlite3.DatabaseError as exc:
            if not (alone and is_damage(exc)):
                raise
        else:
            if not alone or self._is_sound(database):
                return database
            database.close()
        self._move_aside()
        return Database(path)

    def _is_sound(self, database: Database) -> bool:
        # An empty database beside files is one that was lost or cut to nothing. To go on with it would sweep them.
        return database.is_sound() and not (database.was_empty and any(self._files.iterdir()))

    def _move_aside(self) -> None:
        """Put the database and all it knew about where nothing of ours will touch it."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock()))
        aside = self._root / f"damaged-{stamp}-{secrets.token_hex(4)}"
        aside.mkdir(mode=0o700)
        for path in (*self._root.glob("footnote.sqlite*"), self._files, self._vectors):
            path.rename(aside / path.name)
        self._make_folders()
        self.moved_aside = aside

    def _clear_remains(self) -> None:
        """Delete what a killed process left: content that reached no workspace, files without content."""
        with self._database.read() as db:
            stored = [row[0] for row in db.execute("SELECT id FROM content")]
            held = {row[0] for row in db.execute("SELECT document_id FROM entry")}
        self._erase(document_id for document_id in stored if document_id not in held)
        for path in (*self._files.iterdir(), *self._vectors.iterdir()):
            if path.suffix == TEMPORARY_SUFFIX or path.stem not in held:
                path.unlink()

    def close(self) -> None:
        self._database.close()
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # -------------------------------------------------------------------------------------------- content

    def put_file(self, data: bytes, password: str = "") -> str:
        """Keep a file's bytes; returns its id. The same bytes again are stored once.

        With the `password` that opens it, the id is of both: whoever has an encrypted file but not its password must
        not be shown what others read in it. Neither this nor reading makes the content last: `add_to_workspace` does.
        """
        document_id = _content_id(data, password)
        path = self._path(document_id)
        if self._holds(document_id, path, len(data)):
            return document_id
        with plain_errors():
            temporary = write_aside(self._files, data)
            try:
                with self._database.write() as db:
                    # Inside the write lock, or a deletion of the same content could take the new file with it.
                    put_in_place(temporary, path)
                    db.execute(
                        "INSERT INTO content (id, bytes, stored_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                        (document_id, len(data), self._clock()),
                    )
            finally:
                temporary.unlink(missing_ok=True)
        return document_id

    def _holds(self, document_id: str, path: Path, size: int) -> bool:
        with self._database.read() as db:
            known = db.execute("SELECT 1 FROM content WHERE id = ?", (document_id,)).fetchone() is not None
            return known and path.exists() and path.stat().st_size == size

    def file_path(self, document_id: str) -> Path:
        """Where the PDF lies, to be read only. Raises DocumentGone when it is not there."""
        path = self._path(document_id)
        if not path.exists():
            raise _gone()
        return path

    def save_opened(self, document_id: str, title: str, outline: Sequence[OutlineEntry], page_count: int) -> None:
        """Begin a reading, or take one up again: pages that are stored stay, the outcome of an earlier one does not.

        `title` is the file's own, "" when it has none, and never the name somebody gave it.
        """
        with self._database.write() as db:
            changed = db.execute(
                "UPDATE content SET title = ?, outline = ?, page_count = ?, status = NULL, reason = '', read_s = NULL "
                "WHERE id = ?",
                (_storable(title), encode_outline(outline), page_count, document_id),
            ).rowcount
            _expect_document(changed)
            db.execute("DELETE FROM page WHERE document_id = ? AND number > ?", (document_id, page_count))

    def save_page(self, document_id: str, page: Page) -> None:
        """Keep one page as it is read, in a transaction of its own."""
        self.save_pages(document_id, (page,))

    def save_pages(self, document_id: str, pages: Iterable[Page]) -> None:
        """Keep pages, replacing earlier versions of the same numbers, all or none."""
        rows = [(document_id, page.number, encode_page(page)) for page in pages]
        with self._database.write() as db:
            db.executemany(
                "INSERT INTO page (document_id, number, body) VALUES (?, ?, ?) "
                "ON CONFLICT (document_id, number) DO UPDATE SET body = excluded.body",
                rows,
            )

    def save_reading_finished(self, document_id: str, status: str, reason: str, read_s: float) -> None:
        """Record how reading ended. `reason` is shown to everybody who holds the file: no names of theirs in it."""
        with self._database.write() as db:
            changed = db.execute(
                "UPDATE content SET status = ?, reason = ?, read_s = ? WHERE id = ?",
                (status, _storable(reason), read_s, document_id),
            ).rowcount
            _expect_document(changed)

    def reading_state(self, document_id: str) -> ReadingState | None:
        """How far reading has come, or None for a document that is not stored."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT page_count, status, reason, read_s FROM content WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                return None
            page_count, status, reason, read_s = row
            numbers = db.execute("SELECT number FROM page WHERE document_id = ? ORDER BY number", (document_id,))
            return ReadingState(page_count, tuple(number for (number,) in numbers), status, reason, read_s)

    def load_document(self, document_id: str, name: str) -> Document | None:
        """The document with the pages stored so far, or None when it is not stored or was never opened."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT title, outline FROM content WHERE id = ? AND page_count IS NOT NULL", (document_id,)
            ).fetchone()
            bodies = db.execute(
                "SELECT body FROM page WHERE document_id = ? ORDER BY number", (document_id,)
            ).fetchall()
        if row is None:
            return None
        title, outline = row
        try:
            pages = tuple(decode_page(body) for (body,) in bodies)
            return Document(document_id, name, title or name, pages, decode_outline(outline))
        except ValueError as exc:
            raise StorageError(
                f"What was stored of {name} is damaged. Remove the document and add it again to have it read anew."
            ) from exc

    def save_vectors(self, document_id: str, model: str, vectors: Vectors) -> None:
        """Keep a document's vectors, replacing any earlier ones.

        `model` names all that they depend on: the embedding model, and how the text was cut into chunks.
        """
        data = encode_vectors(vectors)
        with plain_errors():
            temporary = write_aside(self._vectors, data)
            try:
                with self._database.write() as db:
                    db.execute(
                        "INSERT INTO vectors (document_id, model, checksum) VALUES (?, ?, ?) "
                        "ON CONFLICT (document_id) DO UPDATE SET model = excluded.model, checksum = excluded.checksum",
                        (document_id, model, checksum(data)),
                    )
                    # A kill before the commit leaves a file that fails its checksum, which counts as none.
                    put_in_place(temporary, self._vector_path(document_id))
            finally:
                temporary.unlink(missing_ok=True)

    def load_vectors(self, document_id: str, model: str) -> Vectors | None:
        """The vectors that `save_vectors` was given, or None when they are absent, of another model or damaged."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT checksum FROM vectors WHERE document_id = ? AND model = ?", (document_id, model)
            ).fetchone()
        if row is None:
            return None
        with plain_errors():
            try:
                data = self._vector_path(document_id).read_bytes()
            except FileNotFoundError:
                return None
        return decode_vectors(data, row[0])

    # -------------------------------------------------------------------------------------------- people

    def touch_workspace(self, key: str) -> None:
        """Note that the holder of `key` is here, so that their workspace does not expire. Makes it if need be."""
        with self._database.write() as db:
            touch(db, key, self._clock())

    def add_to_workspace(self, key: str, document_id: str, name: str) -> str:
        """Put a document into a workspace; returns the entry's id. One that is there already is renamed.

        Raises DocumentGone when the content was deleted since `put_file`: put the file again.
        """
        with self._database.write() as db:
            id_ = touch_changed(db, key, self._clock())
            row = db.execute(
                "INSERT INTO entry (id, workspace_id, document_id, name, added_at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (workspace_id, document_id) DO UPDATE SET name = excluded.name RETURNING id",
                (secrets.token_urlsafe(16), id_, document_id, _storable(name), self._clock()),
            ).fetchone()
        return str(row[0])

    def workspace_documents(self, key: str) -> tuple[Entry, ...]:
        """What is in a workspace, in the order it was added."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id, document_id, name, added_at FROM entry WHERE workspace_id = ? ORDER BY rowid",
                (workspace_id(key),),
            )
            return tuple(Entry(*row) for row in rows)

    def remove_from_workspace(self, key: str, entry_id: str) -> bool:
        """Take a document out of a workspace; False when it holds no such entry.

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

    def preferences(self, key: str) -> str:
        """What `save_preferences` was given last; "" where it never was."""
        with self._database.read() as db:
            row = db.execute("SELECT preferences FROM workspace WHERE id = ?", (workspace_id(key),)).fetchone()
        return "" if row is None else str(row[0])

    def save_preferences(self, key: str, text: str) -> None:
        """Keep what a person prefers, in the caller's own words."""
        with self._database.write() as db:
            id_ = touch_changed(db, key, self._clock())
            db.execute("UPDATE workspace SET preferences = ? WHERE id = ?", (_storable(text), id_))

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
            if not _expired(db, oldest) and not _stray(db, oldest):
                return 0  # as almost always: whoever asks every few seconds should cost the disk nothing
        with self._room_to_delete():
            with self._database.write() as db:
                expired = _expired(db, oldest)
                held = {document_id for id_ in expired for document_id in _delete_workspace(db, id_)}
                held.update(_stray(db, oldest))
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

    # -------------------------------------------------------------------------------------------- inside

    def _erase(self, document_ids: Iterable[str]) -> None:
        """Delete those contents that no workspace holds: their files, their text, and its last traces in the log.

        The caller has committed that somebody let go of them; a kill before the end leaves content that nobody holds,
        which the next start clears away. Files first: on a full disk they make the room that deleting text takes.
        """
        for document_id in document_ids:
            # Under the write lock, where nobody can put the same content or take hold of it.
            with self._database.write() as db:
                if db.execute("SELECT 1 FROM entry WHERE document_id = ?", (document_id,)).fetchone() is None:
                    self._path(document_id).unlink(missing_ok=True)
                    self._vector_path(document_id).unlink(missing_ok=True)
                    db.execute("DELETE FROM content WHERE id = ?", (document_id,))
        self._database.forget_log()

    def _path(self, document_id: str) -> Path:
        return self._files / f"{_checked(document_id)}.pdf"

    def _vector_path(self, document_id: str) -> Path:
        return self._vectors / f"{_checked(document_id)}.npy"


def _content_id(data: bytes, password: str) -> str:
    digest = hashlib.sha256(data)
    if password:
        digest.update(b"\0password\0" + password.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _expired(db: sqlite3.Connection, oldest: float) -> list[str]:
    """The workspaces last touched before `oldest`."""
    return [row[0] for row in db.execute("SELECT id FROM workspace WHERE seen_at < ?", (oldest,))]


def _stray(db: sqlite3.Connection, oldest: float) -> list[str]:
    """The contents stored before `oldest` that nobody holds."""
    rows = db.execute(
        "SELECT id FROM content WHERE stored_at < ? "
        "AND NOT EXISTS (SELECT 1 FROM entry WHERE document_id = content.id)",
        (oldest,),
    )
    return [row[0] for row in rows]


def _delete_workspace(db: sqlite3.Connection, id_: str) -> list[str]:
    """Delete a person with their entries and turns; returns the ids of the documents they held."""
    held = [row[0] for row in db.execute("SELECT document_id FROM entry WHERE workspace_id = ?", (id_,))]
    db.execute("DELETE FROM workspace WHERE id = ?", (id_,))
    return held


def _checked(document_id: str) -> str:
    """The id, if it is one: nothing else may become part of a path."""
    if not _ID.fullmatch(document_id):
        raise _gone()
    return document_id


def _expect_document(rows_changed: int) -> None:
    if not rows_changed:
        raise _gone()


def _gone() -> DocumentGone:
    return DocumentGone("The document is not stored here any more. Add it again to go on.")


def _storable(text: str) -> str:
    """SQLite's text is strict UTF-8, and PDFs yield lone surrogates: what cannot be encoded is shown as "?"."""
    return text.encode("utf-8", "replace").decode()
