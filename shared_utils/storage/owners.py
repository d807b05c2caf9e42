"""Who holds what, a second time, in a small database beside the first: a damaged one costs nobody a document.

SQLite keeps it in step by triggers, in the same transactions: what leaves the one leaves the other.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

NAME = "owners.sqlite"
SET_ASIDE = f"damaged-{NAME}"
_COLUMNS = "id, workspace_id, document_id, name, added_at, removed_at"  # as in `entry`: salvage reads both alike
_TABLE = """CREATE TABLE IF NOT EXISTS owners.held (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    name TEXT NOT NULL,
    added_at REAL NOT NULL,
    removed_at REAL
) STRICT"""
_KEEP = (  # not INSERT OR REPLACE: in a trigger the statement that fires it decides about conflicts
    "DELETE FROM held WHERE id = new.id; INSERT INTO held VALUES "
    "(new.id, new.workspace_id, new.document_id, new.name, new.added_at, new.removed_at);"
)
_TRIGGERS = (  # a trigger may write to another database's table only if it is temporary, and names the table alone
    f"CREATE TEMP TRIGGER held_added AFTER INSERT ON main.entry BEGIN {_KEEP} END",
    f"CREATE TEMP TRIGGER held_changed AFTER UPDATE ON main.entry BEGIN {_KEEP} END",
    "CREATE TEMP TRIGGER held_left AFTER DELETE ON main.entry BEGIN DELETE FROM held WHERE id = old.id; END",
)


def attach(connection: sqlite3.Connection, database: Path) -> None:
    """Open the copy beside `database` on its connection, which must not be in a transaction."""
    connection.execute("ATTACH ? AS owners", (str(database.with_name(NAME)),))
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
        connection.execute(f"PRAGMA owners.{pragma}").close()


def follow(connection: sqlite3.Connection) -> None:
    """From here on the copy follows `entry`, whose table must be there."""
    connection.execute(_TABLE)
    for trigger in _TRIGGERS:
        connection.execute(trigger)


def agree(connection: sqlite3.Connection) -> None:
    """Make the copy say what `entry` says: after a crash between two logs, and beside a database of before."""
    connection.execute("DELETE FROM held WHERE id NOT IN (SELECT id FROM main.entry)")
    connection.execute(
        f"INSERT OR REPLACE INTO held SELECT {_COLUMNS} FROM main.entry "  # noqa: S608 - the columns are ours
        f"EXCEPT SELECT {_COLUMNS} FROM held"
    )


def set_aside_if_damaged(database: Path) -> None:
    """Rename the copy beside `database` if it is not sound: it is made again. Only for whoever is alone."""
    path = database.with_name(NAME)
    if path.exists() and not _is_sound(path):
        for part in list(path.parent.glob(f"{NAME}*")):
            part.rename(part.with_name(part.name.replace(NAME, SET_ASIDE)))


def discard_set_aside(database: Path) -> None:
    """Nobody needs a damaged copy beside a database that is sound."""
    for part in list(database.parent.glob(f"{SET_ASIDE}*")):
        part.unlink()


def _is_sound(path: Path) -> bool:
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(held)")]
        whole = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
        return whole and ", ".join(columns) in ("", _COLUMNS)
    return False
