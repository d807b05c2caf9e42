"""The tables, as the list of steps that made them. SQLite's own `user_version` says how many have been taken."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from shared_utils.errors import StorageError

Migration = tuple[str, ...]

# A step that has been released is never edited: a change of the tables is one more step at the end.
MIGRATIONS: tuple[Migration, ...] = (
    (
        # What a file says, once for all who hold it. Nothing in these three tables may come from a person:
        # whoever uploads the same bytes is shown the same rows.
        """CREATE TABLE content (
            id TEXT PRIMARY KEY,
            bytes INTEGER NOT NULL,
            stored_at REAL NOT NULL,
            title TEXT NOT NULL DEFAULT '',
            outline BLOB,
            page_count INTEGER,  -- NULL until the file has been opened
            status TEXT,         -- NULL until reading has finished
            reason TEXT NOT NULL DEFAULT '',
            read_s REAL
        ) STRICT""",
        """CREATE TABLE page (
            document_id TEXT NOT NULL REFERENCES content ON DELETE CASCADE,
            number INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (document_id, number)
        ) STRICT""",
        """CREATE TABLE vectors (
            document_id TEXT PRIMARY KEY REFERENCES content ON DELETE CASCADE,
            model TEXT NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT""",
        # People. `workspace.id` is the sha256 of their secret key: who reads this file cannot act as them.
        """CREATE TABLE workspace (
            id TEXT PRIMARY KEY,
            seen_at REAL NOT NULL
        ) STRICT""",
        """CREATE TABLE entry (
            id TEXT PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspace ON DELETE CASCADE,
            document_id TEXT NOT NULL REFERENCES content,
            name TEXT NOT NULL,
            added_at REAL NOT NULL,
            UNIQUE (workspace_id, document_id)
        ) STRICT""",
        "CREATE INDEX entry_of_document ON entry (document_id)",
        """CREATE TABLE turn (
            workspace_id TEXT NOT NULL REFERENCES workspace ON DELETE CASCADE,
            conversation_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            saved_at REAL NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (workspace_id, conversation_id, number)
        ) STRICT""",
    ),
    (
        # A question is stored when it is asked. `owner` is the process that answers it, until it is answered.
        "ALTER TABLE turn ADD COLUMN turn_id TEXT NOT NULL DEFAULT ''",
        "UPDATE turn SET turn_id = json_extract(CAST(body AS TEXT), '$.id') WHERE json_valid(CAST(body AS TEXT))",
        "ALTER TABLE turn ADD COLUMN owner TEXT",
        "ALTER TABLE turn ADD COLUMN lease_until REAL",
        "CREATE INDEX turn_by_id ON turn (workspace_id, turn_id)",
        "CREATE INDEX turn_of_owner ON turn (owner) WHERE owner IS NOT NULL",
        # Grows with every change, so that another process on this database knows when to look again.
        "ALTER TABLE workspace ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE workspace ADD COLUMN preferences TEXT NOT NULL DEFAULT ''",
    ),
    (
        # When its person removed it: from then on it is nobody's to see, and after a while it is erased.
        "ALTER TABLE entry ADD COLUMN removed_at REAL",
        "CREATE INDEX entry_removed ON entry (removed_at) WHERE removed_at IS NOT NULL",
        # What its person has to be told about their library, until they have read it.
        "ALTER TABLE workspace ADD COLUMN notice TEXT NOT NULL DEFAULT ''",
    ),
    (
        # How often the remote engine was asked on a day (of UTC, counted from 1970): by a person, and by everybody.
        "ALTER TABLE workspace ADD COLUMN remote_day INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE workspace ADD COLUMN remote_answers INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE remote_day (day INTEGER PRIMARY KEY, answers INTEGER NOT NULL) STRICT",
    ),
    (
        # The day a file's own data say it was made, in ISO form; '' where they say none, or nobody looked.
        "ALTER TABLE content ADD COLUMN made_on TEXT NOT NULL DEFAULT ''",
    ),
    (
        # A conversation as it stood, for whoever has its link. `id` is the sha256 of the link's token.
        """CREATE TABLE share (
            id TEXT PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspace ON DELETE CASCADE,
            conversation_id TEXT NOT NULL,
            nonce TEXT NOT NULL,  -- with the person's key it gives the token
            made_at REAL NOT NULL,
            expires_at REAL,  -- NULL: never
            parts INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            UNIQUE (workspace_id, conversation_id)
        ) STRICT""",
        """CREATE TABLE share_part (
            share_id TEXT NOT NULL REFERENCES share ON DELETE CASCADE,
            number INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (share_id, number)
        ) STRICT""",
        # The documents that it shows: with the first that is erased, it goes.
        """CREATE TABLE share_source (
            share_id TEXT NOT NULL REFERENCES share ON DELETE CASCADE,
            entry_id TEXT NOT NULL REFERENCES entry ON DELETE CASCADE,
            PRIMARY KEY (share_id, entry_id)
        ) STRICT""",
        "CREATE INDEX share_source_of_entry ON share_source (entry_id)",
        "CREATE INDEX share_expiry ON share (expires_at) WHERE expires_at IS NOT NULL",
        """CREATE TRIGGER share_ends AFTER DELETE ON share_source BEGIN
            DELETE FROM share WHERE id = old.share_id;
        END""",
    ),
    (
        # A person's named groups of documents. With a document that is erased, its place in them goes.
        """CREATE TABLE collection (
            id TEXT PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspace ON DELETE CASCADE,
            name TEXT NOT NULL,
            made_at REAL NOT NULL,
            removed_at REAL
        ) STRICT""",
        "CREATE INDEX collection_of_workspace ON collection (workspace_id)",
        "CREATE INDEX collection_removed ON collection (removed_at) WHERE removed_at IS NOT NULL",
        """CREATE TABLE collection_entry (
            collection_id TEXT NOT NULL REFERENCES collection ON DELETE CASCADE,
            entry_id TEXT NOT NULL REFERENCES entry ON DELETE CASCADE,
            PRIMARY KEY (collection_id, entry_id)
        ) STRICT""",
        "CREATE INDEX collection_entry_of_entry ON collection_entry (entry_id)",
    ),
    (
        # Named anew whenever a page has changed, so that what was made of them is known to be of these.
        "ALTER TABLE content ADD COLUMN pages_called TEXT NOT NULL DEFAULT ''",
        "UPDATE content SET pages_called = lower(hex(randomblob(8)))",
    ),
)


def schema_version(connection: sqlite3.Connection) -> int:
    """How many steps this database has taken; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Take the missing steps, all or none. Expects to run inside a write transaction.

    Raises StorageError, having changed nothing, for a database that a newer version wrote.
    """
    version = schema_version(connection)
    if version > len(migrations):
        raise StorageError(
            "The data folder was written by a newer version of this program (data version {theirs}, this one "
            "knows {ours}). Start the newer version again, or choose another data folder.",
            theirs=version,
            ours=len(migrations),
        )
    for number, statements in enumerate(migrations[version:], start=version + 1):
        for statement in statements:
            connection.execute(statement)
        # PRAGMA takes no parameters; the number is ours.
        connection.execute(f"PRAGMA user_version = {number}")
