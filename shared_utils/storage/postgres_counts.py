"""What all processes on one PostgreSQL count and learn together: `SharedCounts`."""

from __future__ import annotations

from shared_utils.storage.postgres_database import PostgresDatabase

_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S
_NOW = "extract(epoch FROM clock_timestamp())::float8"  # the database's clock counts: machines' may differ


class PostgresCounts:
    """Thread-safe. A bucket is one number, the time at which it is full again: the generic cell rate algorithm
    (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), so that taking a token is one statement."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def take_token(self, name: str, per_minute: float, burst: float) -> float:
        """See `SharedCounts.take_token`."""
        token_s, least = 60 / per_minute, max(1.0, burst)
        with self._database.write() as db:
            taken = db.execute(
                f"INSERT INTO bucket AS kept (name, full_at) VALUES (?1, {_NOW} + ?2) "  # noqa: S608
                f"ON CONFLICT (name) DO UPDATE SET full_at = GREATEST(kept.full_at, {_NOW}) + ?2 "
                f"WHERE GREATEST(kept.full_at, {_NOW}) + ?2 - {_NOW} <= ?3 RETURNING 1",
                (name, token_s, token_s * least),
            ).fetchone()
            if taken is not None:
                return 0.0
            row = db.execute(
                f"SELECT full_at + ?2 - ?3 - {_NOW} FROM bucket WHERE name = ?1",  # noqa: S608
                (name, token_s, token_s * least),
            ).fetchone()
        return max(0.001, float(row[0])) if row else 0.001

    def begin_library(self, network: str, most_an_hour: int) -> float:
        """See `SharedCounts.begin_library`."""
        with self._database.write() as db:
            # two processes count one network one after the other
            db.execute("SELECT pg_advisory_xact_lock(hashtext(?))", (f"begun_library {network}",))
            db.execute(f"DELETE FROM begun_library WHERE at <= {_NOW} - ?", (_HOUR_S,))  # noqa: S608
            count, age = db.execute(
                f"SELECT COUNT(*), {_NOW} - MIN(at) FROM begun_library WHERE network = ?",  # noqa: S608
                (network,),
            ).fetchone() or (0, 0.0)
            if count >= most_an_hour:
                return max(1.0, _HOUR_S - float(age))
            db.execute(f"INSERT INTO begun_library (network, at) VALUES (?, {_NOW})", (network,))  # noqa: S608
        return 0.0

    def learnt(self, name: str) -> str:
        with self._database.read() as db:
            row = db.execute("SELECT body FROM learnt WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def learn(self, name: str, body: str) -> None:
        with self._database.write() as db:
            db.execute(
                "INSERT INTO learnt (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
                (name, body),
            )

    def tell_numbers(self, process: str, body: str) -> None:
        """See `SharedCounts.tell_numbers`."""
        with self._database.write() as db:
            db.execute(
                f"INSERT INTO process_numbers (process, body, at) VALUES (?, ?, {_NOW}) "  # noqa: S608
                "ON CONFLICT (process) DO UPDATE SET body = excluded.body, at = excluded.at",
                (process, body),
            )

    def numbers(self) -> list[tuple[str, str, float]]:
        """See `SharedCounts.numbers`."""
        with self._database.read() as db:
            rows = db.execute(f"SELECT process, body, {_NOW} - at FROM process_numbers").fetchall()  # noqa: S608
        return [(str(process), str(body), float(age_s)) for process, body, age_s in rows]

    def tidy(self) -> None:
        """A bucket that is full is as good as none; numbers are kept for a day."""
        with self._database.write() as db:
            db.execute(f"DELETE FROM process_numbers WHERE at < {_NOW} - ?", (_DAY_S,))  # noqa: S608
            db.execute(f"DELETE FROM bucket WHERE full_at < {_NOW}")  # noqa: S608
            db.execute(f"DELETE FROM reading_turn WHERE at < {_NOW} - ?", (_HOUR_S,))  # noqa: S608
