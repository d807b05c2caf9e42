"""How often the remote engine was asked today: for each person, and for everybody together.

A day is one of UTC. A person's count goes with their workspace, everybody's stays: a new key brings no new day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared_utils.storage.sql import Sql, SqlDatabase
from shared_utils.storage.workspaces import touch, workspace_id

_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Asked:
    """How often today, and in how many seconds counting begins anew."""

    person: int
    total: int
    again_s: float


class RemoteAnswers:
    """Thread-safe, and safe for several processes on one database. `clock` gives seconds since the epoch."""

    def __init__(self, database: SqlDatabase, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def asked(self, key: str) -> Asked:
        with self._database.read() as db:
            person = db.execute(
                "SELECT remote_answers FROM workspace WHERE id = ? AND remote_day = ?", (workspace_id(key), self._day())
            ).fetchone()
            total = db.execute("SELECT answers FROM remote_day WHERE day = ?", (self._day(),)).fetchone()
        return Asked(int(person[0]) if person else 0, int(total[0]) if total else 0, self.again_s())

    def take(self, key: str, most_of_one: int, most_of_all: int) -> bool:
        """Count one more, unless that is more than there may be: then nothing changes, and it is False."""
        with self._database.write() as db:
            workspace, day = touch(db, key, self._clock()), self._day()
            total, person = _count(db, workspace, day, 1)
            if person > most_of_one or total > most_of_all:
                _count(db, workspace, day, -1)
                return False
            db.execute("DELETE FROM remote_day WHERE day < ?", (day,))
        return True

    def again_s(self) -> float:
        """Seconds until counting begins anew."""
        return _DAY_S - self._clock() % _DAY_S

    def _day(self) -> int:
        return int(self._clock() // _DAY_S)


def _count(db: Sql, workspace: str, day: int, change: int) -> tuple[int, int]:
    """Everybody's count and this person's, after the change. Everybody's row comes first: two wait for each other."""
    total = db.execute(
        "INSERT INTO remote_day (day, answers) VALUES (?, ?) "
        "ON CONFLICT (day) DO UPDATE SET answers = remote_day.answers + excluded.answers RETURNING answers",
        (day, change),
    ).fetchone()
    person = db.execute(
        "UPDATE workspace SET remote_answers = CASE WHEN remote_day = ?1 THEN remote_answers ELSE 0 END + ?2, "
        "remote_day = ?1 WHERE id = ?3 RETURNING remote_answers",
        (day, change, workspace),
    ).fetchone()
    return int(total[0]), int(person[0])
