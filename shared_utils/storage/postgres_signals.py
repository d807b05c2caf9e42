"""What the processes on one PostgreSQL tell each other at once (LISTEN and NOTIFY), and which of them live.

A process holds one connection for it, and on that connection an advisory lock that names it: when the process ends,
however it ends, its kernel closes the connection and PostgreSQL lets the lock go. Nothing has to run out.
https://www.postgresql.org/docs/current/sql-notify.html
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

import psycopg

_log = logging.getLogger(__name__)

CHANNEL = "footnote"
PROCESSES = 0x466E50  # the class of the locks that name processes
WORKERS = 0x466E52  # of those among them that read files
_LOOKED_UP_S = 0.5  # how often the listening thread looks whether it should end
_AGAIN_S = 1.0  # after the connection was lost

Told = Callable[[str], None]


def alive_of(class_: int) -> str:
    """The query for the processes that hold a lock of this class, each by its number."""
    return (
        "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "  # noqa: S608
        f"AND classid = {class_} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )


ALIVE = alive_of(PROCESSES)


class Signals:
    """Listens in a thread of its own from the first `subscribe` on. Thread-safe.

    A payload is a topic, a colon and what it is about. `options` open a connection; `own` tells the process ids of the
    server's backends that serve this process.
    """

    def __init__(self, options: Mapping[str, Any], own: Collection[int]) -> None:
        self.process = 1 + secrets.randbelow(2**31 - 2)
        self._options = options
        self._own = own
        self._classes = [PROCESSES]  # of the locks that this process holds while it lives
        self._told: list[tuple[str, Told, bool]] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._connected = threading.Event()
        self._thread: threading.Thread | None = None

    def hold(self, class_: int) -> None:
        """Hold a lock of this class, too, from the next connection on: before the first `subscribe`."""
        self._classes.append(class_)

    def subscribe(self, topic: str, told: Told, *, own: bool) -> None:
        """Call `told` with what a signal of this topic is about, from the listening thread: it must not wait.

        "" means that signals may have been missed: anything may have changed. `own`: also what this process sends.
        Returns when it listens, or after a moment where the database does not answer.
        """
        with self._lock:
            self._told.append((topic, told, own))
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)
                self._thread.start()
        self._connected.wait(_AGAIN_S)

    def close(self) -> None:
        """Stop to listen; to the others this process is gone. Closing twice does no harm."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(4 * _LOOKED_UP_S)

    def _listen(self) -> None:
        lost = False
        while not self._closed.is_set():
            try:
                with psycopg.connect(**self._options, autocommit=True) as connection:
                    for class_ in self._classes:
                        connection.execute("SELECT pg_advisory_lock(%s, %s)", (class_, self.process))
                    connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._connected.set()
                    if lost:
                        self._tell("", own=False)
                        lost = False
                    self._hear(connection)
            except psycopg.Error as exc:  # the class alone: a message may name the server
                if not lost:
                    _log.warning("the database's signals are not heard (%s); it is tried again", type(exc).__name__)
                lost = True
                self._closed.wait(_AGAIN_S)

    def _hear(self, connection: psycopg.Connection[Any]) -> None:
        while not self._closed.is_set():
            for signal in connection.notifies(timeout=_LOOKED_UP_S):
                self._tell(signal.payload, own=signal.pid in self._own)
                if self._closed.is_set():
                    return

    def _tell(self, payload: str, *, own: bool) -> None:
        topic, _, about = payload.partition(":")
        with self._lock:
            subscribed = list(self._told)
        for wanted, call, also_own in subscribed:
            if (payload and wanted != topic) or (own and not also_own):
                continue
            with suppress(Exception):  # one who fails keeps nobody else from hearing
                call(about)
