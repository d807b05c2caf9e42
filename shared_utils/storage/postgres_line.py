"""Who waits for the models and whose turn it is, in PostgreSQL, for all processes together.

with line.held() as state:  # nobody else changes it meanwhile
    state.add(...); state.start(...)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from shared_utils.storage.line import LineTicket, Served
from shared_utils.storage.postgres_database import PostgresDatabase, Transaction
from shared_utils.storage.postgres_signals import ALIVE, CHANNEL

_NOW = "extract(epoch FROM clock_timestamp())::float8"  # the database's clock counts: machines' may differ


class PostgresLine:
    """The line called `name`: a `LineStore`."""

    def __init__(self, database: PostgresDatabase, name: str) -> None:
        self._database = database
        self._name = name

    def subscribe(self, told: Callable[[], None]) -> None:
        """See `LineStore.subscribe`."""

        def heard(name: str) -> None:
            if name in ("", self._name):
                told()

        self._database.signals.subscribe("line", heard, own=True)

    @contextmanager
    def held(self) -> Iterator[PostgresHeldLine]:
        """See `LineStore.held`."""
        with self._database.write() as db:
            db.execute("INSERT INTO model_line (name) VALUES (?) ON CONFLICT (name) DO NOTHING", (self._name,))
            served, durations = db.execute(
                "SELECT served, durations FROM model_line WHERE name = ? FOR UPDATE", (self._name,)
            ).fetchone() or ("[]", [])
            rows = db.execute(
                f"SELECT number, person, network, expected_s, {_NOW} - seen_at, {_NOW} - started_at, "  # noqa: S608
                f"process IN ({ALIVE}) FROM model_ticket WHERE line = ? ORDER BY number",
                (self._name,),
            ).fetchall()
            held = PostgresHeldLine(
                db,
                self._name,
                self._database.signals.process,
                tuple(LineTicket(*row) for row in rows),
                tuple((network, person, number) for network, person, number in json.loads(served)),
                tuple(durations),
            )
            yield held
            if held.moved:
                db.execute("SELECT pg_notify(?, ?)", (CHANNEL, f"line:{self._name}"))


@dataclass(slots=True)
class PostgresHeldLine:
    """See `HeldLine`; `moved` is whether the others have to look again."""

    _db: Transaction
    _name: str
    _process: int
    tickets: tuple[LineTicket, ...]
    served: tuple[Served, ...]
    durations: tuple[float, ...]
    moved: bool = False

    def add(self, person: str, network: str, expected_s: float) -> LineTicket:
        row = self._db.execute(
            "INSERT INTO model_ticket (line, process, person, network, expected_s, seen_at) "  # noqa: S608
            f"VALUES (?, ?, ?, ?, ?, {_NOW}) RETURNING number",
            (self._name, self._process, person, network, expected_s),
        ).fetchall()
        self.moved = True
        return LineTicket(int(row[0][0]), person, network, expected_s, 0.0, None, alive=True)

    def see(self, number: int) -> None:
        self._db.execute(f"UPDATE model_ticket SET seen_at = {_NOW} WHERE number = ?", (number,))  # noqa: S608

    def start(self, number: int) -> None:
        self._db.execute(f"UPDATE model_ticket SET started_at = {_NOW} WHERE number = ?", (number,))  # noqa: S608
        self.moved = True

    def drop(self, numbers: Iterable[int]) -> None:
        self._db.execute("DELETE FROM model_ticket WHERE number = ANY (?)", (list(numbers),))
        self.moved = True

    def keep(self, served: Sequence[Served], durations: Sequence[float]) -> None:
        self._db.execute(
            "UPDATE model_line SET served = ?, durations = ? WHERE name = ?",
            (json.dumps(list(served)), list(durations), self._name),
        )
