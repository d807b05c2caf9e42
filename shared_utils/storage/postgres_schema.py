"""The tables in PostgreSQL, as the list of steps that made them. A table of its own counts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors

from shared_utils.errors import StorageError

Migration = tuple[str, ...]

_ONE_AT_A_TIME = 0x466F6F746E6F7465  # "Footnote": web processes that start together make the tables once

# A step that has been released is never edited: a change of the tables is one more step at the end.
MIGRATIONS: tuple[Migration, ...] = (
    (
        "CREATE EXTENSION IF NOT EXISTS vector",
        # What a file says, once for all who hold it. Nothing in the next four tables may come from a person.
        """CREATE TABLE content (
            id text PRIMARY KEY,
            bytes integer NOT NULL,
            stored_at double precision NOT NULL,
            title text NOT NULL DEFAULT '',
            outline bytea,
            page_count integer,  -- NULL until the file has been opened
            status text,         -- NULL until reading has finished
            reason text NOT NULL DEFAULT '',
            read_s double precision
        )""",
        """CREATE TABLE file_part (
            document_id text NOT NULL REFERENCES content ON DELETE CASCADE,
            number integer NOT NULL,
            data bytea NOT NULL,
            PRIMARY KEY (document_id, number)
        )""",
        # PDFs are compressed already: PostgreSQL need not try again
        "ALTER TABLE file_part ALTER COLUMN data SET STORAGE EXTERNAL",
        """CREATE TABLE page (
            document_id text NOT NULL REFERENCES content ON DELETE CASCADE,
            number integer NOT NULL,
            body bytea NOT NULL,
            PRIMARY KEY (document_id, number)
        )""",
        "ALTER TABLE page ALTER COLUMN body SET STORAGE EXTERNAL",
        """CREATE TABLE vectors (
            document_id text PRIMARY KEY REFERENCES content ON DELETE CASCADE,
            model text NOT NULL,
            count integer NOT NULL,
            dimension integer NOT NULL
        )""",
        # No fixed dimension, so that another embedding model can be chosen; no approximate index, because a search
        # looks at one person's documents only, and looks at all of them (docs/adr/0052).
        """CREATE TABLE passage_vector (
            document_id text NOT NULL REFERENCES vectors ON DELETE CASCADE,
            number integer NOT NULL,  -- the passage's row, 0-based
            embedding vector NOT NULL,
            PRIMARY KEY (document_id, number)
        )""",
        # People. `workspace.id` is the sha256 of their secret key: who reads this cannot act as them.
        """CREATE TABLE workspace (
            id text PRIMARY KEY,
            seen_at double precision NOT NULL,
            revision bigint NOT NULL DEFAULT 0,
            preferences text NOT NULL DEFAULT ''
        )""",
        """CREATE TABLE entry (
            id text PRIMARY KEY,
            rowid bigint GENERATED ALWAYS AS IDENTITY,  -- the order of adding, under SQLite's name
            workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
            document_id text NOT NULL REFERENCES content,
            name text NOT NULL,
            added_at double precision NOT NULL,
            UNIQUE (workspace_id, document_id)
        )""",
        "CREATE INDEX entry_of_document ON entry (document_id)",
        """CREATE TABLE turn (
            rowid bigint GENERATED ALWAYS AS IDENTITY,
            workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
            conversation_id text NOT NULL,
            number integer NOT NULL,
            saved_at double precision NOT NULL,
            body bytea NOT NULL,
            turn_id text NOT NULL,
            owner text,  -- the process that answers it, until it is answered
            lease_until double precision,
            PRIMARY KEY (workspace_id, conversation_id, number)
        )""",
        "CREATE INDEX turn_by_id ON turn (workspace_id, turn_id)",
        "CREATE INDEX turn_of_owner ON turn (owner) WHERE owner IS NOT NULL",
    ),
    (
        # When its person removed it: from then on it is nobody's to see, and after a while it is erased.
        "ALTER TABLE entry ADD COLUMN removed_at double precision",
        "CREATE INDEX entry_removed ON entry (removed_at) WHERE removed_at IS NOT NULL",
        # What its person has to be told about their library, until they have read it.
        "ALTER TABLE workspace ADD COLUMN notice text NOT NULL DEFAULT ''",
    ),
    (
        "ALTER TABLE workspace ADD COLUMN remote_day bigint NOT NULL DEFAULT 0",
        "ALTER TABLE workspace ADD COLUMN remote_answers bigint NOT NULL DEFAULT 0",
        "CREATE TABLE remote_day (day bigint PRIMARY KEY, answers bigint NOT NULL)",
    ),
    (
        # Who waits for the models, over all processes. Nobody waits through a crash of the database: no log is kept.
        """CREATE UNLOGGED TABLE model_line (
            name text PRIMARY KEY,
            served text NOT NULL DEFAULT '[]',  -- JSON: whose turn each network had last, the latest last
            durations double precision[] NOT NULL DEFAULT '{}'  -- seconds that the last answers took
        )""",
        """CREATE UNLOGGED TABLE model_ticket (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            line text NOT NULL REFERENCES model_line ON DELETE CASCADE,
            process bigint NOT NULL,  -- the number of the advisory lock that its process holds while it lives
            person text NOT NULL,
            network text NOT NULL,
            expected_s double precision NOT NULL,
            seen_at double precision NOT NULL,
            started_at double precision  -- NULL while it waits
        )""",
        "CREATE INDEX model_ticket_of_line ON model_ticket (line)",
        # What one process changes of a person, the others hear of at once.
        """CREATE FUNCTION footnote_tell() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('footnote', 'person:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END);
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER footnote_told AFTER INSERT OR DELETE ON workspace
            FOR EACH ROW EXECUTE FUNCTION footnote_tell()""",
        """CREATE TRIGGER footnote_told_changed AFTER UPDATE ON workspace
            FOR EACH ROW WHEN (OLD.revision IS DISTINCT FROM NEW.revision) EXECUTE FUNCTION footnote_tell()""",
        # How fast somebody may ask (token buckets), how many libraries a network began, how fast models are.
        """CREATE UNLOGGED TABLE bucket (
            name text PRIMARY KEY,
            full_at double precision NOT NULL  -- when it is full again if nobody takes any more
        )""",
        """CREATE TABLE begun_library (
            network text NOT NULL,
            at double precision NOT NULL
        )""",
        "CREATE INDEX begun_library_of_network ON begun_library (network, at)",
        "CREATE TABLE learnt (name text PRIMARY KEY, body text NOT NULL)",
        # What each process has counted, for whoever operates them; kept for a day after it ended.
        """CREATE TABLE process_numbers (
            process text PRIMARY KEY,
            body text NOT NULL,
            at double precision NOT NULL
        )""",
    ),
    (
        # The day a file's own data say it was made, in ISO form; '' where they say none, or nobody looked.
        "ALTER TABLE content ADD COLUMN made_on text NOT NULL DEFAULT ''",
    ),
    (
        # A conversation as it stood, for whoever has its link. `id` is the sha256 of the link's token.
        """CREATE TABLE share (
            id text PRIMARY KEY,
            workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
            conversation_id text NOT NULL,
            nonce text NOT NULL,  -- with the person's key it gives the token
            made_at double precision NOT NULL,
            expires_at double precision,  -- NULL: never
            parts integer NOT NULL,
            bytes integer NOT NULL,
            UNIQUE (workspace_id, conversation_id)
        )""",
        """CREATE TABLE share_part (
            share_id text NOT NULL REFERENCES share ON DELETE CASCADE,
            number integer NOT NULL,
            data bytea NOT NULL,
            PRIMARY KEY (share_id, number)
        )""",
        "ALTER TABLE share_part ALTER COLUMN data SET STORAGE EXTERNAL",
        # The documents that it shows: with the first that is erased, it goes.
        """CREATE TABLE share_source (
            share_id text NOT NULL REFERENCES share ON DELETE CASCADE,
            entry_id text NOT NULL REFERENCES entry ON DELETE CASCADE,
            PRIMARY KEY (share_id, entry_id)
        )""",
        "CREATE INDEX share_source_of_entry ON share_source (entry_id)",
        "CREATE INDEX share_expiry ON share (expires_at) WHERE expires_at IS NOT NULL",
        """CREATE FUNCTION footnote_share_ends() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM share WHERE id = OLD.share_id;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER footnote_share_ends AFTER DELETE ON share_source
            FOR EACH ROW EXECUTE FUNCTION footnote_share_ends()""",
    ),
    (
        # Files that wait for a worker, and how far it has come. `progress` is the worker's own JSON.
        """CREATE TABLE reading_job (
            entry_id text PRIMARY KEY REFERENCES entry ON DELETE CASCADE,
            number bigint GENERATED ALWAYS AS IDENTITY,
            person text NOT NULL,
            network text NOT NULL,
            small boolean NOT NULL,
            whole boolean NOT NULL,
            network_left integer,
            wanted_at double precision NOT NULL,
            looked_at integer NOT NULL DEFAULT 1,
            attempts integer NOT NULL DEFAULT 0,
            process bigint,  -- the number of the advisory lock that its worker holds while it lives
            seen_at double precision NOT NULL DEFAULT 0,
            ended boolean NOT NULL DEFAULT false,
            progress text NOT NULL DEFAULT ''
        )""",
        # When each person's file was taken last. Nobody waits through a crash of the database: no log is kept.
        """CREATE UNLOGGED TABLE reading_turn (
            person text PRIMARY KEY,
            network text NOT NULL,
            at double precision NOT NULL
        )""",
        "CREATE INDEX reading_turn_of_network ON reading_turn (network, at)",
    ),
    (
        # A person's named groups of documents. With a document that is erased, its place in them goes.
        """CREATE TABLE collection (
            id text PRIMARY KEY,
            workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
            name text NOT NULL,
            made_at double precision NOT NULL,
            removed_at double precision
        )""",
        "CREATE INDEX collection_of_workspace ON collection (workspace_id)",
        "CREATE INDEX collection_removed ON collection (removed_at) WHERE removed_at IS NOT NULL",
        """CREATE TABLE collection_entry (
            collection_id text NOT NULL REFERENCES collection ON DELETE CASCADE,
            entry_id text NOT NULL REFERENCES entry ON DELETE CASCADE,
            PRIMARY KEY (collection_id, entry_id)
        )""",
        "CREATE INDEX collection_entry_of_entry ON collection_entry (entry_id)",
    ),
    (
        # Named anew whenever a page has changed, so that what was made of them is known to be of these.
        "ALTER TABLE content ADD COLUMN pages_called text NOT NULL DEFAULT ''",
        "UPDATE content SET pages_called = md5(id || random()::text)",
    ),
)


def migrate(connection: psycopg.Connection[Any], migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Take the missing steps, all or none, in the connection's transaction.

    Raises StorageError, having changed nothing, for a database that a newer version wrote or that has no pgvector.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ONE_AT_A_TIME,))
    connection.execute("CREATE TABLE IF NOT EXISTS footnote_schema (version integer NOT NULL)")
    row = connection.execute("SELECT version FROM footnote_schema").fetchone()
    version = int(row[0]) if row else 0
    if version > len(migrations):
        raise StorageError(
            "The database was written by a newer version of this program (data version {theirs}, this one "
            "knows {ours}). Start the newer version again, or choose another database.",
            theirs=version,
            ours=len(migrations),
        )
    if version == len(migrations):
        return
    try:
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement.encode())
    except (errors.UndefinedFile, errors.FeatureNotSupported) as exc:
        raise StorageError(
            "This PostgreSQL has no pgvector, which passages are searched with. Install it (Debian: "
            "postgresql-16-pgvector), or use the image pgvector/pgvector, then start again."
        ) from exc
    connection.execute("DELETE FROM footnote_schema")
    connection.execute("INSERT INTO footnote_schema (version) VALUES (%s)", (len(migrations),))
