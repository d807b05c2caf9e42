"""What outlives the process: each file's content once, and for every person the list of what is theirs.

    <root>/footnote.sqlite     text, people, conversations (and its -wal and -shm while open)
    <root>/files/<id>.pdf      the bytes as uploaded, of whichever kind
    <root>/files/<id>.pages    the PDF that was made of them, where they are none
    <root>/vectors/<id>.npy    float32 (n, d)
    <root>/words/<id>.index    what a document is searched by; made of its pages, so no part of a backup
    <root>/lock                held, shared, by every process that has the folder open
    <root>/reserve             room on the disk that only opening and deleting may use
    <root>/owners.sqlite       who holds what, a second time (owners.py)
    <root>/damaged-<time>/     a damaged database and what could not be brought over from it (repair.py)

What the tables hold is in sql_store.py.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from shared_utils.message import Message, as_text
from shared_utils.storage import owners
from shared_utils.storage.collection_store import CollectionStore
from shared_utils.storage.conversation_store import ConversationStore
from shared_utils.storage.database import Database, is_damage, plain_errors
from shared_utils.storage.files import INDEX_SUFFIX, PAGES_SUFFIX, TEMPORARY_SUFFIX, drop, put_in_place, write_aside
from shared_utils.storage.remote_answers import RemoteAnswers
from shared_utils.storage.repair import DATABASE, about, finish, repair
from shared_utils.storage.salvage import REPAIRED
from shared_utils.storage.share_store import ShareStore
from shared_utils.storage.sql_content import gone
from shared_utils.storage.sql_store import Tables, checked, content_id, is_held
from shared_utils.storage.sqlite_pages import log_is_broken
from shared_utils.storage.vectors import checksum, decode_vectors, encode_vectors
from shared_utils.types import Vectors

_log = logging.getLogger(__name__)

_RESERVE_BYTES = 8 * 2**20  # twice what SQLite lets its log grow to before it writes it back


class DocumentStore(Tables):
    """One data folder. Safe for many threads, and for several processes at once.

    `moved_aside` is where a damaged database was put when this store was opened, or None.
    `clock` gives seconds since the epoch.
    """

    _database: Database

    def __init__(self, root: Path, clock: Callable[[], float] = time.time) -> None:
        self._root = root
        self._files = root / "files"
        self._vectors = root / "vectors"
        self._words = root / "words"
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
                    self.remote_answers = RemoteAnswers(self._database, clock)
                    self.shares = ShareStore(self._database, self._room_to_delete, clock)
                    self.collections = CollectionStore(self._database, self._room_to_delete, clock)
                    if alone:
                        self._clear_remains()
                        self.conversations.release_all()
                fcntl.flock(self._lock, fcntl.LOCK_SH)
            except BaseException:
                os.close(self._lock)
                raise

    # -------------------------------------------------------------------------------------------- opening

    def _make_folders(self) -> None:
        for folder in (self._root, self._files, self._vectors, self._words):
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
        path = self._root / DATABASE
        if not alone:
            return Database(path)
        self.moved_aside = finish(self._root)
        owners.set_aside_if_damaged(path)
        database = None if log_is_broken(path) else self._sound(path)
        if database is None:
            self.moved_aside = repair(self._root, self._clock())
            database = Database(path)
        owners.discard_set_aside(path)
        sizes = {file.stem: file.stat().st_size for file in self._files.glob("*.pdf")}
        if recalled := database.agree_on_owners(sizes, self._clock(), as_text(REPAIRED)):
            _log.warning("the log of the database was lost: %d documents are brought back from their files", recalled)
        return database

    def _sound(self, path: Path) -> Database | None:
        """The database, or None where it is damaged."""
        try:
            database = Database(path)
        except sqlite3.DatabaseError as exc:
            if is_damage(exc):
                return None
            raise
        if self._is_sound(database):
            return database
        database.close()
        return None

    def _is_sound(self, database: Database) -> bool:
        # An empty database beside files is one that was lost or cut to nothing. To go on with it would sweep them.
        return database.is_sound() and not (database.was_empty and any(self._files.iterdir()))

    def _clear_remains(self) -> None:
        """Delete what a killed process left: content that reached no workspace, files without content."""
        with self._database.read() as db:
            stored = [row[0] for row in db.execute("SELECT id FROM content")]
            held = {row[0] for row in db.execute("SELECT document_id FROM entry")}
        self._erase(document_id for document_id in stored if document_id not in held)
        for path in (*self._files.iterdir(), *self._vectors.iterdir(), *self._words.iterdir()):
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
        """See `ContentStore.put_file`.

        Written and synced whether or not the same bytes are here: else the time it takes would tell whether they are.
        """
        document_id = content_id(data, password)
        path = self._path(document_id)
        with plain_errors():
            temporary = write_aside(self._files, data)
            try:
                with self._database.write() as db:
                    # Inside the write lock, or a deletion of the same content could take the new file with it.
                    if _size(path) == len(data):
                        drop(temporary)  # and not the older one: the time a file bears is sent to whoever opens it
                    else:
                        put_in_place(temporary, path)
                    db.execute(
                        "INSERT INTO content (id, bytes, stored_at) VALUES (?, ?, ?) "
                        "ON CONFLICT (id) DO UPDATE SET stored_at = excluded.stored_at",
                        (document_id, len(data), self._clock()),
                    )
            finally:
                temporary.unlink(missing_ok=True)
        return document_id

    def file_path(self, document_id: str) -> Path:
        """Where the PDF lies, to be read only. Raises DocumentGone when it is not there."""
        path = self._path(document_id)
        if not path.exists():
            raise gone()
        return path

    def local_path(self, document_id: str) -> Path:
        return self.file_path(document_id)

    def save_vectors(self, document_id: str, model: str, vectors: Vectors) -> None:
        """See `VectorStore.save_vectors`."""
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
        """See `VectorStore.load_vectors`."""
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

    def count_vectors(self, document_id: str, model: str) -> int:
        vectors = self.load_vectors(document_id, model)
        return 0 if vectors is None else len(vectors)

    def index_path(self, document_id: str) -> Path:
        """See `VectorStore.index_path`."""
        return self._words / f"{checked(document_id)}{INDEX_SUFFIX}"

    def vector_source(self, model: str) -> None:  # noqa: ARG002 - one machine searches its own memory
        return None

    def trouble(self) -> Message:
        """See `Store.trouble`: what became of a database that was damaged, until its remains are moved away."""
        return about(self._root)

    def tidy(self) -> None:
        """Nothing is left over while a process has the folder open; the next start looks."""

    # -------------------------------------------------------------------------------------------- inside

    def _erase(self, document_ids: Iterable[str]) -> None:
        """See `Tables._erase`: the files, the text, and its last traces in the log.

        Files first: on a full disk they make the room that deleting text takes.
        """
        for document_id in document_ids:
            # Under the write lock, where nobody can put the same content or take hold of it.
            with self._database.write() as db:
                if not is_held(db, document_id):
                    self._path(document_id).unlink(missing_ok=True)
                    self._path(document_id).with_suffix(PAGES_SUFFIX).unlink(missing_ok=True)
                    self._vector_path(document_id).unlink(missing_ok=True)
                    self.index_path(document_id).unlink(missing_ok=True)
                    db.execute("DELETE FROM content WHERE id = ?", (document_id,))
        self._database.forget_log()

    def _path(self, document_id: str) -> Path:
        return self._files / f"{checked(document_id)}.pdf"

    def _vector_path(self, document_id: str) -> Path:
        return self._vectors / f"{checked(document_id)}.npy"


def _size(path: Path) -> int | None:
    """Bytes; None where there is no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
