"""One SQLite connection for all threads of a process: transactions, errors in plain words, damage set aside."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from shared_utils.errors import DocumentGone, StorageError
from shared_utils.message import message
from shared_utils.storage import owners
from shared_utils.storage.schema import migrate, schema_version

_BUSY_S = 10.0  # how long to wait for another process's transaction; ours take milliseconds
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Database:
    """Transactions on one file. Threads take turns: SQLite has a single writer anyway, and ours are short.

    Raises StorageError, when opened, for a file a newer version wrote; sqlite3.DatabaseError for a damaged one
    (`is_damage` tells).
    """

    def __init__(self, path: Path) -> None:
        self._turn = threading.RLock()
        self._connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            self._configure()
            # Looked at before it is changed: to refuse a newer version must leave the file as it was.
            self.was_empty = schema_version(self._connection) == 0
            owners.attach(self._connection, path)
            with self._transaction("BEGIN IMMEDIATE"):
                migrate(self._connection)
                owners.follow(self._connection)
        except UnicodeDecodeError as exc:  # SQLite names what is wrong in words of the damaged file
            self._connection.close()
            raise _malformed() from exc
        except BaseException:
            self._connection.close()
            raise

    def _configure(self) -> None:
        for pragma in (
            "journal_mode = WAL",
            # After a kill nothing committed is lost. After a power cut the newest commits may be; the file is whole.
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "secure_delete = ON",  # deleted text is overwritten with zeros, not left in free pages
            "temp_store = MEMORY",  # nor does any of it pass through the system's temporary folder
        ):
            self._connection.execute(f"PRAGMA {pragma}").close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the one write lock from its beginning, across threads and processes."""
        with self._turn, plain_errors(), self._transaction("BEGIN IMMEDIATE"):
            yield self._connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A transaction that sees one state of the database throughout."""
        with self._turn, plain_errors(), self._transaction("BEGIN"):
            yield self._connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk may have ended the transaction already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def forget_log(self) -> None:
        """Empty the write-ahead log, where deleted text still stands.

        Waits for other processes that are reading; if one takes too long, the next call does it.
        """
        with self._turn, plain_errors():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def is_sound(self) -> bool:
        """Whether our tables are there as they should be, and SQLite's own check of the whole file finds nothing.

        Reads every page of it.
        """
        with self._turn:
            try:
                if self._connection.execute("PRAGMA main.integrity_check(1)").fetchone()[0] != "ok":
                    return False
                return _columns(self._connection) >= _our_columns()
            except UnicodeDecodeError:
                return False
            except sqlite3.DatabaseError as exc:
                if is_damage(exc):
                    return False
                raise

    def agree_on_owners(self, files: Mapping[str, int], now: float, notice: str) -> int:
        """Make database and copy say the same of who holds what; how many documents only the copy knew.

        For whoever is alone, with a database that is sound. See `owners.recall`.
        """
        with self._turn, plain_errors(), self._transaction("BEGIN IMMEDIATE"):
            recalled = owners.recall(self._connection, files, now, notice)
            owners.agree(self._connection)
        return recalled

    def close(self) -> None:
        with self._turn:
            self._connection.close()


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Table, name and type of every column."""
    rows = connection.execute(
        "SELECT m.name, c.name, c.type FROM main.sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    )
    return set(rows.fetchall())


def _our_columns() -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        return _columns(connection)


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite says that the file is not, or no longer, a database, or that it is not one of ours."""
    damage = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
    return isinstance(error, sqlite3.Error) and _code(error) in damage


def _malformed() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


@contextmanager
def plain_errors() -> Iterator[None]:
    """Translate what SQLite and the file system raise into sentences; a broken rule of ours stays a bug."""
    try:
        yield
    except sqlite3.Error as exc:
        translated = _translated(exc)
        if translated is None:
            raise
        raise translated from exc
    except OSError as exc:
        raise (StorageError(_FULL) if exc.errno in _NO_SPACE else StorageError(_UNUSABLE, why=exc.strerror)) from exc


_FULL = message(
    "The disk that holds the data is full, so this could not be saved. What was saved "
    "before is safe. Delete documents or free some space, then try again."
)
_DAMAGED = message(
    "The data file is damaged. Start the server again: it keeps the damaged file aside and brings all that can be read "
    "of it into a new one."
)
_BUSY = message("Another program is using the data file. Try again in a moment.")
_UNUSABLE = "The data folder cannot be used ({why}). Check that the folder exists and may be written to."


def _translated(error: sqlite3.Error) -> StorageError | DocumentGone | None:
    match _code(error):
        case sqlite3.SQLITE_FULL:
            return StorageError(_FULL)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StorageError(_BUSY)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StorageError(_DAMAGED)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
            return StorageError(_UNUSABLE, why=error)
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        # Every row about a person is made together with that person: what is missing is a document.
        return DocumentGone("The document was deleted while it was being used. Add it again to go on.")
    return None


def _code(error: sqlite3.Error) -> int:
    # The low byte is the kind of error, the rest says more about it. Errors of the Python module itself carry none.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
