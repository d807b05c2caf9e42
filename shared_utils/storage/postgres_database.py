"""PostgreSQL for all threads of a process: a pool of connections, transactions, errors in plain words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import count
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from shared_utils.errors import DocumentGone, StorageError
from shared_utils.message import message
from shared_utils.storage.postgres_schema import migrate
from shared_utils.storage.postgres_signals import Signals

_CONNECT_S = 5
_WAIT_FOR_CONNECTION_S = 10.0
_MOST_CONNECTIONS = 8  # of one web process; transactions take milliseconds, so threads rarely wait
_LOCKED_OUT_MS = 10_000  # how long to wait for another process's transaction, as SQLite does
_SILENT_MS = 20_000  # a server that vanished without a word is given up after so long

Connection = psycopg.Connection[Any]


class PostgresDatabase:
    """Transactions on the database at `url`, whose tables are made or brought up to date first.

    Raises StorageError when it cannot be reached or was made by a newer version. The URL may hold a password: no
    message and no log line repeats it.
    """

    def __init__(self, url: str) -> None:
        with plain_errors():
            options = connection_options(url)
            with psycopg.connect(**options) as connection:
                migrate(connection)
                self.clock_ahead_s = _clock_ahead(connection)
            self._backends: set[int] = set()
            self.signals = Signals(options, self._backends)
            self._pool = ConnectionPool(
                kwargs={**options, "cursor_factory": psycopg.RawCursor},
                configure=self._configured,
                check=ConnectionPool.check_connection,  # a server that was restarted costs nobody their request
                min_size=1,
                max_size=_MOST_CONNECTIONS,
                timeout=_WAIT_FOR_CONNECTION_S,
                name="footnote-store",
                open=True,
            )

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction; rows that another one is changing are waited for."""
        with self._transaction(psycopg.IsolationLevel.READ_COMMITTED, read_only=False) as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the database throughout."""
        with self._transaction(psycopg.IsolationLevel.REPEATABLE_READ, read_only=True) as transaction:
            yield transaction

    @contextmanager
    def _transaction(self, level: psycopg.IsolationLevel, *, read_only: bool) -> Iterator[Transaction]:
        with plain_errors(), self._pool.connection() as connection:
            connection.isolation_level = level
            connection.read_only = read_only
            yield Transaction(connection)

    def forget_log(self) -> None:
        """PostgreSQL clears deleted rows away by itself, in its own time (autovacuum)."""

    def close(self) -> None:
        self.signals.close()
        self._pool.close()

    def _configured(self, connection: Connection) -> None:
        self._backends.add(connection.info.backend_pid)
        _configure(connection)


class Transaction:
    """An open transaction that takes SQLite's placeholders. `connection` is for what only PostgreSQL can do."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def execute(self, sql: str, parameters: Any = (), /) -> psycopg.Cursor[Any]:
        return self.connection.execute(_numbered(sql).encode(), parameters)

    def executemany(self, sql: str, parameters: Any, /) -> psycopg.Cursor[Any]:
        cursor = self.connection.cursor()
        cursor.executemany(_numbered(sql).encode(), parameters)
        return cursor


@lru_cache(maxsize=256)
def _numbered(sql: str) -> str:
    """SQLite's placeholders as PostgreSQL's.

    >>> _numbered("SELECT ? + ?"), _numbered("SELECT ?1 + ?1")
    ('SELECT $1 + $2', 'SELECT $1 + $1')
    """
    numbers = count(1)
    return re.sub(r"\?(\d*)", lambda found: f"${found[1] or next(numbers)}", sql)


def database_clock(ahead_s: float, local: Callable[[], float] = time.time) -> Callable[[], float]:
    """Seconds since the epoch by the database's clock, from our own: leases must mean the same on every machine."""
    return partial(_shifted, local, ahead_s)


def _shifted(local: Callable[[], float], ahead_s: float) -> float:
    return local() + ahead_s


def _clock_ahead(connection: Connection) -> float:
    asked = time.time()
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    return float(row[0]) - (asked + time.time()) / 2 if row else 0.0


def connection_options(url: str) -> dict[str, Any]:
    """What to connect with. Raises StorageError for an address that is none."""
    try:
        named = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # not chained: the library's message quotes the address, password and all
        raise StorageError(
            "The address of the database is none of PostgreSQL's. Such a one looks like "
            "postgresql://user:password@host:5432/name."
        ) from None
    defaults = {
        "connect_timeout": _CONNECT_S,
        "application_name": "footnote",
        "keepalives_idle": 30,
        "tcp_user_timeout": _SILENT_MS,
    }
    return {**defaults, **named}


def _configure(connection: Connection) -> None:
    connection.execute(f"SET lock_timeout = {_LOCKED_OUT_MS}".encode())
    register_vector(connection)
    connection.commit()


@contextmanager
def plain_errors() -> Iterator[None]:
    """Translate what PostgreSQL raises into sentences; a broken rule of ours stays a bug."""
    try:
        yield
    except (psycopg.Error, PoolTimeout, PoolClosed) as exc:
        translated = _translated(exc)
        if translated is None:
            raise
        raise translated from exc


_BUSY = message("Somebody else is changing the same thing in the database. Try again in a moment.")
_OUT_OF_REACH = message(
    "The database cannot be reached. What was saved before is safe. Try again in a moment; if it lasts, whoever runs "
    "this server should look at PostgreSQL and at the address that it was given."
)
_FULL = message(
    "The disk of the database is full, so this could not be saved. What was saved before is safe. "
    "Delete documents or free some space, then try again."
)
_UNUSABLE = (
    "The database may not be written to ({why}). Check the rights of the user in its address, and that the address is "
    "the primary server's, not a replica's."
)


def _translated(error: Exception) -> StorageError | DocumentGone | None:
    match error:
        case errors.ForeignKeyViolation():
            # Every row about a person is made together with that person: what is missing is a document.
            return DocumentGone("The document was deleted while it was being used. Add it again to go on.")
        case errors.DiskFull() | errors.OutOfMemory():
            return StorageError(_FULL)
        case (
            errors.LockNotAvailable()
            | errors.DeadlockDetected()
            | errors.SerializationFailure()
            | errors.QueryCanceled()
        ):
            return StorageError(_BUSY)
        case errors.InsufficientPrivilege() | errors.ReadOnlySqlTransaction():
            return StorageError(_UNUSABLE, why=error.sqlstate)
        case psycopg.OperationalError() | psycopg.InterfaceError() | PoolTimeout() | PoolClosed():
            return StorageError(_OUT_OF_REACH)
    return None
