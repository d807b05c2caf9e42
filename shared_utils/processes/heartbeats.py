"""Heartbeats: work in threads that should go on shows that it does, so that a health check sees one that has stopped.

Nothing here takes a lock: what it is to notice may be threads that wait for each other's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Work:
    name: str
    silent_s: float
    beaten_at: float


class Heartbeats:
    """When each piece of work last showed a sign of life. Every method may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._work: dict[int, _Work] = {}  # by thread; setting and copying a dict are atomic

    @contextmanager
    def working(self, name: str, silent_s: float) -> Iterator[None]:
        """This thread works on `name`; without a sign of life for `silent_s` it counts as stalled."""
        thread = threading.get_ident()
        outer = self._work.get(thread)
        self._work[thread] = _Work(name, silent_s, self._clock())
        try:
            yield
        finally:
            if outer is None:
                self._work.pop(thread, None)
            else:
                outer.beaten_at = self._clock()
                self._work[thread] = outer

    def beat(self) -> None:
        """A sign of life of this thread; nothing where it does not count as working."""
        work = self._work.get(threading.get_ident())
        if work is not None:
            work.beaten_at = self._clock()

    def stalled(self) -> list[str]:
        """The names of what shows no sign of life, each once, in alphabetical order."""
        now = self._clock()
        return sorted({work.name for work in self._work.copy().values() if now - work.beaten_at > work.silent_s})
