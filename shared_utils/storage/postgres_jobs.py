"""Files that wait to be read, in PostgreSQL: a queue of rows that workers take with SKIP LOCKED, and LISTEN and NOTIFY.

https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from shared_utils.storage.postgres_database import PostgresDatabase, Transaction
from shared_utils.storage.postgres_signals import ALIVE, CHANNEL, WORKERS, alive_of
from shared_utils.storage.reading_jobs import ReadingJob, ReadingProgress
from shared_utils.storage.store import Usage

LEASE_S = 20.0  # of a worker whose machine vanished without a word
GONE_S = 3.0  # of one that has no connection: it may be back
WAITS_S = 60.0  # so long after somebody last waited for it, a job stands behind those that are waited for
_CLAIMS = 0x466E51  # the lock under which limits are looked at
_NOW = "extract(epoch FROM clock_timestamp())::float8"  # the database's clock counts: machines' may differ
_FREE = (
    f"(job.process IS NULL OR job.seen_at < {_NOW} - {LEASE_S} "
    f"OR (job.seen_at < {_NOW} - {GONE_S} AND job.process NOT IN ({ALIVE})))"
)
# Whoever was served longest ago comes first, networks before people; who has not been served at all before everybody.
_NEXT = f"""
SELECT job.entry_id, entry.document_id, entry.name, job.person, job.network, job.small, job.whole, job.looked_at,
    job.attempts, job.progress, job.network_left
FROM reading_job AS job JOIN entry ON entry.id = job.entry_id
WHERE NOT job.ended AND entry.removed_at IS NULL AND (job.small OR NOT ?) AND {_FREE}
    AND (job.network = '' OR job.network <> ALL (?))
ORDER BY job.wanted_at < {_NOW} - {WAITS_S},
    (SELECT MAX(at) FROM reading_turn WHERE reading_turn.network = job.network) NULLS FIRST,
    (SELECT at FROM reading_turn WHERE reading_turn.person = job.person) NULLS FIRST,
    job.number
LIMIT 1 FOR UPDATE OF job SKIP LOCKED
"""  # noqa: S608 - constants only


class PostgresJobs:
    """`ReadingJobs` in the database."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._me = database.signals.process

    # -------------------------------------------------------------------------------------------- who waits

    def file(
        self, entry_id: str, *, person: str, network: str, small: bool, whole: bool, network_left: int | None = None
    ) -> None:
        """See `ReadingJobs.file`."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO reading_job AS kept (entry_id, person, network, small, whole, network_left, wanted_at) "  # noqa: S608
                f"VALUES (?, ?, ?, ?, ?, ?, {_NOW}) ON CONFLICT (entry_id) DO UPDATE SET "
                "wanted_at = excluded.wanted_at, "
                "whole = CASE WHEN kept.ended THEN excluded.whole ELSE kept.whole END, "
                "progress = CASE WHEN kept.ended THEN '' ELSE kept.progress END, "
                "attempts = CASE WHEN kept.ended THEN 0 ELSE kept.attempts END, "
                "process = CASE WHEN kept.ended THEN NULL ELSE kept.process END, ended = false",
                (entry_id, person, network, small, whole, network_left),
            )
            _notify(db, "job:")

    def progress(self, entry_ids: Collection[str]) -> dict[str, ReadingProgress]:
        """See `ReadingJobs.progress`."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT entry_id, progress, process IS NOT NULL, ended, EXISTS ({alive_of(WORKERS)}) "  # noqa: S608
                "FROM reading_job WHERE entry_id = ANY (?)",
                (list(entry_ids),),
            ).fetchall()
        return {str(id_): ReadingProgress(str(body), *map(bool, flags)) for id_, body, *flags in rows}

    def want(self, looked_at: Mapping[str, int]) -> None:
        """See `ReadingJobs.want`."""
        with self._database.write() as db:
            db.execute(
                f"UPDATE reading_job SET wanted_at = {_NOW}, looked_at = wanted.page "  # noqa: S608
                "FROM unnest(?::text[], ?::int[]) AS wanted (entry_id, page) "
                "WHERE reading_job.entry_id = wanted.entry_id AND NOT ended",
                (list(looked_at), list(looked_at.values())),
            )

    def listen(self, told: Callable[[str], None]) -> None:
        """See `ReadingJobs.listen`."""
        self._database.signals.subscribe("reading", told, own=True)

    def waiting(self) -> int:
        """See `ReadingJobs.waiting`."""
        with self._database.read() as db:
            row = db.execute(f"SELECT COUNT(*) FROM reading_job AS job WHERE NOT ended AND {_FREE}").fetchone()  # noqa: S608
        return int(row[0]) if row else 0

    def workers(self) -> int:
        """See `ReadingJobs.workers`."""
        with self._database.read() as db:
            row = db.execute(f"SELECT COUNT(*) FROM ({alive_of(WORKERS)}) AS there").fetchone()  # noqa: S608
        return int(row[0]) if row else 0

    # -------------------------------------------------------------------------------------------- who works

    def attend(self, told: Callable[[], None]) -> None:
        """See `ReadingJobs.attend`."""
        self._database.signals.hold(WORKERS)
        self._database.signals.subscribe("job", lambda _: told(), own=True)

    def take(self, *, small_only: bool, without: Collection[str] = ()) -> ReadingJob | None:
        """See `ReadingJobs.take`."""
        with self._database.write() as db:
            row = db.execute(_NEXT, (small_only, list(without))).fetchone()
            if row is None:
                return None
            job = ReadingJob(*row)
            db.execute(
                f"UPDATE reading_job SET process = ?, seen_at = {_NOW}, attempts = attempts + 1 "  # noqa: S608
                "WHERE entry_id = ?",
                (self._me, job.entry_id),
            )
            db.execute(
                f"INSERT INTO reading_turn (person, network, at) VALUES (?, ?, {_NOW}) "  # noqa: S608
                "ON CONFLICT (person) DO UPDATE SET network = excluded.network, at = excluded.at",
                (job.person, job.network),
            )
        return job

    def renew(self, entry_ids: Collection[str]) -> dict[str, int]:
        """See `ReadingJobs.renew`."""
        with self._database.write() as db:
            rows = db.execute(
                f"UPDATE reading_job SET seen_at = {_NOW} FROM entry "  # noqa: S608
                "WHERE entry.id = entry_id AND removed_at IS NULL AND process = ? AND entry_id = ANY (?) "
                "RETURNING entry_id, looked_at",
                (self._me, list(entry_ids)),
            ).fetchall()
        return {str(id_): int(page) for id_, page in rows}

    def tell(self, entry_id: str, body: str, *, whole: bool) -> None:
        """See `ReadingJobs.tell`."""
        self._change(entry_id, f"progress = ?, whole = ?, seen_at = {_NOW}", body, whole)

    def end(self, entry_id: str, body: str) -> None:
        """See `ReadingJobs.end`."""
        self._change(entry_id, "progress = ?, ended = true, process = NULL", body)

    def drop(self, entry_id: str) -> None:
        """See `ReadingJobs.drop`."""
        with self._database.write() as db:
            db.execute("DELETE FROM reading_job WHERE entry_id = ? AND process = ?", (entry_id, self._me))
            _notify(db, f"reading:{entry_id}")

    def let_go(self, entry_ids: Collection[str]) -> None:
        """See `ReadingJobs.let_go`."""
        with self._database.write() as db:
            db.execute(
                "UPDATE reading_job SET process = NULL, attempts = attempts - 1 "
                "WHERE process = ? AND entry_id = ANY (?)",
                (self._me, list(entry_ids)),
            )
            _notify(db, "job:")

    @contextmanager
    def claiming(self) -> Iterator[None]:
        """See `ReadingJobs.claiming`."""
        with self._database.write() as db:
            db.execute("SELECT pg_advisory_xact_lock(?)", (_CLAIMS,))
            yield

    def usage(self, entry_id: str) -> Usage:
        """See `ReadingJobs.usage`."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT COUNT(*), COALESCE(SUM(page_count), 0), COALESCE(SUM(bytes), 0) "
                "FROM entry JOIN content ON content.id = document_id "
                "WHERE workspace_id = (SELECT workspace_id FROM entry WHERE id = ?)",
                (entry_id,),
            ).fetchone()
        return Usage(*row) if row else Usage(0, 0, 0)

    def _change(self, entry_id: str, changes: str, *values: object) -> None:
        with self._database.write() as db:
            db.execute(
                f"UPDATE reading_job SET {changes} WHERE entry_id = ? AND process = ?",  # noqa: S608 - ours
                (*values, entry_id, self._me),
            )
            _notify(db, f"reading:{entry_id}")


def _notify(db: Transaction, payload: str) -> None:
    db.execute("SELECT pg_notify(?, ?)", (CHANNEL, payload))
