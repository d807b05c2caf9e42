"""One approximate index over the vectors of a large database: pgvector's HNSW (Malkov and Yashunin, 2018).

It is made beside, once there are enough vectors, by whichever process comes first, and kept up by PostgreSQL from then
on. Only a large library is searched in it, among its own documents: a scan of the index goes on
until enough of theirs are found, which takes pgvector 0.8. docs/adr/0123-an-index-over-the-vectors-of-a-database.md.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import numpy as np
import psycopg
from numpy.typing import NDArray

from shared_utils.storage.postgres_database import PostgresDatabase, connection_options
from shared_utils.types import Vectors

LARGE = 50_000  # vectors: below, each document's are scanned in some milliseconds
_LEAST_VERSION = (0, 8)
_ONE_AT_A_TIME = 0x4E656172  # "Near": one process makes it
_BUILD = "SET maintenance_work_mem = '512MB'"

_log = logging.getLogger(__name__)

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class PostgresNear:
    """Has the index made on the database at `url`. Safe for many threads and processes."""

    def __init__(self, url: str, large: int = LARGE) -> None:
        self._options = connection_options(url)
        self._large = large
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Make it if it is due, in a thread: a minute or more for 100,000 vectors."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self.make, name="near-index", daemon=True)
            self._thread.start()

    def make(self) -> bool:
        """Make it if it is due and nobody else does; whether it was made. What goes wrong is logged: the exact scan
        goes on serving."""
        try:
            with psycopg.connect(**self._options, autocommit=True, cursor_factory=psycopg.RawCursor) as connection:
                return self._made(connection)
        except psycopg.Error as exc:  # the address, which may hold a password, stands in no message of these
            _log.warning("no index could be made over the vectors in the database: %s", type(exc).__name__)
            return False

    def _made(self, connection: psycopg.Connection[tuple[object, ...]]) -> bool:
        dimension = _due(connection, self._large)
        if dimension is None or _is_valid(connection, dimension):
            return False
        row = connection.execute("SELECT pg_try_advisory_lock($1)", (_ONE_AT_A_TIME,)).fetchone()
        if row is None or not row[0]:
            return False
        name = _name(dimension)
        connection.execute(_BUILD)
        connection.execute(f"DROP INDEX IF EXISTS {name}".encode())  # what was broken off is of no use
        connection.execute(
            f"CREATE INDEX CONCURRENTLY {name} ON passage_vector USING hnsw ((embedding::vector({dimension})) "
            f"vector_ip_ops) WHERE vector_dims(embedding) = {dimension}".encode()
        )
        return True


def nearest_of_all(
    database: PostgresDatabase, model: str, query: Vectors, document_ids: Sequence[str], top_k: int
) -> list[tuple[Rows, Scores]] | None:
    """See `VectorSource.nearest_of_all`."""
    dimension = query.shape[1]
    near = f"embedding::vector({dimension}) <#> $2::vector({dimension})"
    statement = (
        f"SELECT document_id, number, -({near}) FROM passage_vector "  # noqa: S608 - numbers of ours
        f"WHERE vector_dims(embedding) = {dimension} AND document_id = ANY ($1) ORDER BY {near} LIMIT $3"
    )
    with database.read() as db:
        if not _is_valid(db.connection, dimension):
            return None
        db.connection.execute(f"SET LOCAL hnsw.ef_search = {min(1000, max(40, top_k))}".encode())
        db.connection.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        theirs = db.connection.execute(
            "SELECT document_id, count FROM vectors WHERE document_id = ANY ($1) AND model = $2",
            (list(document_ids), model),
        ).fetchall()
        rows = db.connection.execute(
            statement.encode(), ([name for name, _ in theirs], query[0], top_k), binary=True
        ).fetchall()
    if len(rows) < min(top_k, sum(count for _, count in theirs)):
        return None  # they lie too thin among the others
    found: dict[str, list[tuple[int, float]]] = {name: [] for name in document_ids}
    for name, number, cosine in rows:
        found[name].append((number, cosine))
    return [
        (np.array([n for n, _ in own], dtype=np.int64), np.array([c for _, c in own], dtype=np.float32))
        for own in found.values()
    ]


def _due(connection: psycopg.Connection[tuple[object, ...]], large: int) -> int | None:
    """The dimension of most vectors, where there are enough of them and pgvector can search them so."""
    version = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    if version is None or tuple(int(part) for part in str(version[0]).split(".")[:2]) < _LEAST_VERSION:
        return None
    most = connection.execute(
        "SELECT dimension, SUM(count)::bigint FROM vectors GROUP BY dimension ORDER BY 2 DESC LIMIT 1"
    ).fetchone()
    return int(str(most[0])) if most is not None and int(str(most[1])) >= large else None


def _is_valid(connection: psycopg.Connection[tuple[object, ...]], dimension: int) -> bool:
    row = connection.execute(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", (_name(dimension),)
    ).fetchone()
    return row is not None and bool(row[0])


def _name(dimension: int) -> str:
    return f"passage_vector_near_{dimension}"
