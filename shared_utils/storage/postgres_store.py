"""Everything that outlives the process in one PostgreSQL database, shared by as many web processes as there are.

Files lie in the database too, in parts, so that a machine that joins needs nothing but the address; what it reads and
draws it copies into a folder of its own for as long as it is used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from shared_utils.storage.collection_store import CollectionStore
from shared_utils.storage.conversation_store import ConversationStore
from shared_utils.storage.local_copies import LocalCopies
from shared_utils.storage.postgres_counts import PostgresCounts
from shared_utils.storage.postgres_database import PostgresDatabase, database_clock
from shared_utils.storage.postgres_jobs import PostgresJobs
from shared_utils.storage.postgres_line import PostgresLine
from shared_utils.storage.postgres_near import PostgresNear
from shared_utils.storage.postgres_vectors import PostgresVectors
from shared_utils.storage.remote_answers import RemoteAnswers
from shared_utils.storage.share_store import ShareStore
from shared_utils.storage.sql import Sql
from shared_utils.storage.sql_content import gone
from shared_utils.storage.sql_store import Tables, checked, content_id, is_held, stray_contents
from shared_utils.types import Vectors

_PART_BYTES = 2**20
_TIDY_EVERY_S = 60.0
_STRAY_S = 24 * 3600.0  # content that reached no workspace in a day has lost its uploader


class PostgresStore(Tables):
    """The database at `url`; `copies` is a folder for copies of files. Safe for many threads, processes and machines.

    `clock` gives seconds since the epoch; by default it is the database's, which all machines share.
    """

    _database: PostgresDatabase

    def __init__(self, url: str, copies: Path, clock: Callable[[], float] | None = None) -> None:
        self._database = PostgresDatabase(url)
        self._clock = clock or database_clock(self._database.clock_ahead_s)
        self._copies = LocalCopies(copies)
        self._near = PostgresNear(url)
        self._tidied_at = time.monotonic()
        self.conversations = ConversationStore(self._database, nullcontext, self._clock)
        self.remote_answers = RemoteAnswers(self._database, self._clock)
        self.shares = ShareStore(self._database, nullcontext, self._clock)
        self.collections = CollectionStore(self._database, nullcontext, self._clock)

    @property
    def counts(self) -> PostgresCounts:
        """See `Store.counts`."""
        return PostgresCounts(self._database)

    @property
    def reading_jobs(self) -> PostgresJobs:
        """See `Store.reading_jobs`."""
        return PostgresJobs(self._database)

    def model_line(self, name: str) -> PostgresLine:
        """See `Store.model_line`."""
        return PostgresLine(self._database, name)

    def listen(self, told: Callable[[str], None]) -> None:
        """See `Store.listen`."""
        self._database.signals.subscribe("person", told, own=False)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # -------------------------------------------------------------------------------------------- files

    def put_file(self, data: bytes, password: str = "") -> str:
        """See `ContentStore.put_file`."""
        document_id = content_id(data, password)
        starts = range(0, len(data), _PART_BYTES)
        parts = ((document_id, i, data[start : start + _PART_BYTES]) for i, start in enumerate(starts))
        with self._database.write() as db:
            now = self._clock()
            db.execute(
                "INSERT INTO content (id, bytes, stored_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (document_id, len(data), now),
            )
            # held against being erased; who goes on reading the same file is not kept waiting
            if db.execute("SELECT 1 FROM content WHERE id = ? FOR KEY SHARE", (document_id,)).fetchone() is None:
                raise gone()
            # Sent and written whether or not they are here: else the time it takes would tell whether they are.
            db.executemany(
                "INSERT INTO file_part (document_id, number, data) VALUES (?, ?, ?) "
                "ON CONFLICT (document_id, number) DO UPDATE SET data = excluded.data",
                parts,
            )
            # last, because that does keep them waiting
            db.execute("UPDATE content SET stored_at = ? WHERE id = ?", (now, document_id))
        return document_id

    def file_path(self, document_id: str) -> Path:
        """See `ContentStore.file_path`."""
        name = checked(document_id)
        if not self._copies.has(name):
            self._copies.put(name, self._parts_of(name))
        return self._copies.path(name)

    def local_path(self, document_id: str) -> Path:
        return self._copies.path(checked(document_id))

    def _parts_of(self, document_id: str) -> Iterator[bytes]:
        with self._database.read() as db:
            known = db.execute("SELECT 1 FROM content WHERE id = ?", (document_id,)).fetchone()
            count = db.execute("SELECT COUNT(*) FROM file_part WHERE document_id = ?", (document_id,)).fetchone()
            if known is None or count is None:
                raise gone()
            for number in range(count[0]):  # one by one: a large file never stands whole in memory
                part = "SELECT data FROM file_part WHERE document_id = ? AND number = ?"
                yield from (data for (data,) in db.execute(part, (document_id, number)))

    # -------------------------------------------------------------------------------------------- vectors

    def save_vectors(self, document_id: str, model: str, vectors: Vectors) -> None:
        """See `VectorStore.save_vectors`."""
        with self._database.write() as db:
            # two processes that have embedded the same document save one after the other
            if db.execute("SELECT 1 FROM content WHERE id = ? FOR NO KEY UPDATE", (document_id,)).fetchone() is None:
                raise gone()
            db.execute("DELETE FROM vectors WHERE document_id = ?", (document_id,))
            db.execute(
                "INSERT INTO vectors (document_id, model, count, dimension) VALUES (?, ?, ?, ?)",
                (document_id, model, *vectors.shape),
            )
            statement = "COPY passage_vector (document_id, number, embedding) FROM STDIN (FORMAT binary)"
            with db.connection.cursor().copy(statement) as copy:
                copy.set_types(["text", "int4", "vector"])
                for number, vector in enumerate(np.ascontiguousarray(vectors, dtype=np.float32)):
                    copy.write_row((document_id, number, vector))

    def load_vectors(self, document_id: str, model: str) -> Vectors | None:
        """See `VectorStore.load_vectors`."""
        with self._database.read() as db:
            known = db.execute(
                "SELECT count, dimension FROM vectors WHERE document_id = ? AND model = ?", (document_id, model)
            ).fetchone()
            if known is None:
                return None
            rows = db.connection.execute(
                "SELECT embedding FROM passage_vector WHERE document_id = $1 ORDER BY number",
                (document_id,),
                binary=True,
            ).fetchall()
        vectors: Vectors = np.array([row[0].to_numpy() for row in rows], dtype=np.float32).reshape(known)
        return vectors

    def count_vectors(self, document_id: str, model: str) -> int:
        with self._database.read() as db:
            row = db.execute(
                "SELECT count FROM vectors WHERE document_id = ? AND model = ?", (document_id, model)
            ).fetchone()
        return int(row[0]) if row else 0

    def index_path(self, document_id: str) -> Path:
        """See `VectorStore.index_path`."""
        return self._copies.index_path(checked(document_id))

    def vector_source(self, model: str) -> PostgresVectors:
        return PostgresVectors(self._database, model)

    # -------------------------------------------------------------------------------------------- tidying

    def tidy(self) -> None:
        """Once a minute: drop the copies of files that were deleted, here or elsewhere, and of those long unused; and
        have the vectors of a database that has become large indexed."""
        if time.monotonic() - self._tidied_at < _TIDY_EVERY_S:
            return
        self._tidied_at = time.monotonic()
        self.clear_remains()
        self._near.begin()

    def clear_remains(self) -> None:
        """What `tidy` does, at once."""
        self._copies.drop_unused()
        self.counts.tidy()
        copied = self._copies.names()
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM content WHERE id = ANY (?)", (copied,)).fetchall()
            stray = stray_contents(db, self._clock() - _STRAY_S)
        for name in set(copied) - {id_ for (id_,) in rows}:
            self._copies.drop(name)
        self._erase(stray)

    def _erase(self, document_ids: Iterable[str]) -> None:
        """See `Tables._erase`."""
        for document_id in document_ids:
            with self._database.write() as db:
                # The row is held first: who adds it in this moment waits, and then finds it gone.
                held = db.execute("SELECT 1 FROM content WHERE id = ? FOR UPDATE", (document_id,)).fetchone()
                if held is None or is_held(db, document_id):
                    continue
                self._copies.drop(document_id)
                db.execute("DELETE FROM content WHERE id = ?", (document_id,))

    def _may_better(self, db: Sql, document_id: str) -> bool:
        """Not once there are vectors: other machines search them here, by the numbers of passages that they know."""
        return db.execute("SELECT 1 FROM vectors WHERE document_id = ?", (document_id,)).fetchone() is None

    def _room_to_delete(self) -> AbstractContextManager[None]:
        return nullcontext()
