"""What the tables' code needs of a database: transactions, and statements in the SQL that SQLite and PostgreSQL share.

Parameters are written `?`, or `?1`, `?2` … where one is used twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Rows(Protocol):
    """The outcome of a statement."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Sql(Protocol):
    """An open transaction."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows: ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Rows: ...


class SqlDatabase(Protocol):
    """Opens transactions. Raises StorageError and DocumentGone with sentences, never the database's own errors."""

    def write(self) -> AbstractContextManager[Sql]:
        """All or nothing. Two that change the same row, a person's above all, come one after the other."""
        ...

    def read(self) -> AbstractContextManager[Sql]:
        """Sees one state of the database throughout."""
        ...

    def forget_log(self) -> None:
        """Empty the log in which deleted text still stands, where that is ours to do."""
        ...
