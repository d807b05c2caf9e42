"""Who holds what, a second time, in a small database beside the first: a damaged one costs nobody a document.

SQLite keeps it in step by triggers, in the same transactions: what leaves the one leaves the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

NAME = "owners.sqlite"
SET_ASIDE = f"damaged-{NAME}"
_COLUMNS = "id, workspace_id, document_id, name, added_at, removed_at"  # as in `entry`: salvage reads both alike
_TABLES = (
    """CREATE TABLE IF NOT EXISTS owners.held (
        id TEXT PRIMARY KEY,
        workspace_id TEXT NOT NULL,
        document_id TEXT NOT NULL,
        name TEXT NOT NULL,
        added_at REAL NOT NULL,
        removed_at REAL
    ) STRICT""",
    # Of two states of a person's entries the one of the greater revision is the newer.
    "CREATE TABLE IF NOT EXISTS owners.person (id TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT",
)
# Not INSERT OR REPLACE: in a trigger the statement that fires it decides about conflicts.
_KEEP = (
    "DELETE FROM held WHERE id = new.id; INSERT INTO held VALUES "
    "(new.id, new.workspace_id, new.document_id, new.name, new.added_at, new.removed_at);"
)
_KEEP_PERSON = "DELETE FROM person WHERE id = new.id; INSERT INTO person VALUES (new.id, new.revision);"
_TRIGGERS = (  # a trigger may write to another database's table only if it is temporary, and names the table alone
    f"CREATE TEMP TRIGGER held_added AFTER INSERT ON main.entry BEGIN {_KEEP} END",
    f"CREATE TEMP TRIGGER held_changed AFTER UPDATE ON main.entry BEGIN {_KEEP} END",
    "CREATE TEMP TRIGGER held_left AFTER DELETE ON main.entry BEGIN DELETE FROM held WHERE id = old.id; END",
    f"CREATE TEMP TRIGGER person_added AFTER INSERT ON main.workspace BEGIN {_KEEP_PERSON} END",
    f"CREATE TEMP TRIGGER person_changed AFTER UPDATE OF revision ON main.workspace BEGIN {_KEEP_PERSON} END",
    "CREATE TEMP TRIGGER person_left AFTER DELETE ON main.workspace BEGIN DELETE FROM person WHERE id = old.id; END",
)
_NEWER = (  # people of whom the database lost what was done last, with its log
    "SELECT person.id FROM person LEFT JOIN main.workspace ON workspace.id = person.id "
    "WHERE person.revision > COALESCE(workspace.revision, 0)"
)


def attach(connection: sqlite3.Connection, database: Path) -> None:
    """Open the copy beside `database` on its connection, which must not be in a transaction."""
    connection.execute("ATTACH ? AS owners", (str(database.with_name(NAME)),))
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
        connection.execute(f"PRAGMA owners.{pragma}").close()


def follow(connection: sqlite3.Connection) -> None:
    """From here on the copy follows `entry`, whose table must be there."""
    for table in _TABLES:
        connection.execute(table)
    for trigger in _TRIGGERS:
        connection.execute(trigger)


def recall(connection: sqlite3.Connection, files: Mapping[str, int], now: float, notice: str) -> int:
    """Bring back what the database forgot and the copy knows, as far as the files are there; how many documents.

    `files` gives the bytes of each document id that is stored; `now` is in seconds since the epoch; `notice` is left to
    the people concerned. A kill alone never makes the copy the newer one: SQLite commits it last.
    """
    newer = [id_ for (id_,) in connection.execute(_NEWER).fetchall()]
    recalled = 0
    for person in newer:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM held WHERE workspace_id = ? ORDER BY added_at",  # noqa: S608 - the columns are ours
            (person,),
        ).fetchall()
        (revision,) = connection.execute("SELECT revision FROM person WHERE id = ?", (person,)).fetchone()
        before = {id_ for (id_,) in connection.execute("SELECT id FROM main.entry WHERE workspace_id = ?", (person,))}
        connection.execute("DELETE FROM main.entry WHERE workspace_id = ?", (person,))
        connection.execute(
            "INSERT INTO main.workspace (id, seen_at, revision, notice) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, notice = excluded.notice",
            (person, now, revision, notice),
        )
        for row in rows:
            document_id = row[2]
            if document_id in files:
                connection.execute(
                    "INSERT INTO main.content (id, bytes, stored_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                    (document_id, files[document_id], now),
                )
                connection.execute(f"INSERT INTO main.entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608
                recalled += row[0] not in before
    return recalled


def agree(connection: sqlite3.Connection) -> None:
    """Make the copy say what the database says: beside one of before, or one that has been repaired."""
    connection.execute("DELETE FROM held WHERE id NOT IN (SELECT id FROM main.entry)")
    connection.execute(
        f"INSERT OR REPLACE INTO held SELECT {_COLUMNS} FROM main.entry "  # noqa: S608 - the columns are ours
        f"EXCEPT SELECT {_COLUMNS} FROM held"
    )
    connection.execute("DELETE FROM person WHERE id NOT IN (SELECT id FROM main.workspace)")
    connection.execute(
        "INSERT OR REPLACE INTO person SELECT id, revision FROM main.workspace EXCEPT SELECT id, revision FROM person"
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
