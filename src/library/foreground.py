"""What is done in the background leaves the interpreter to the page that somebody waits for.

Python runs one thread at a time: beside three that read files, one that draws a page gets a fourth of it, and less,
since it queues up again after each of the two hundred pieces that it sends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WAITS = 4.0  # times as long as was worked since the last wait: a fifth of the time is left, however much is drawn
_LONGEST_S = 0.5


class Foreground:
    """Counts the pages that are being drawn. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._drawn = 0
        self._changed = threading.Condition()
        self._own = threading.local()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """While it lasts, a page is."""
        with self._changed:
            self._drawn += 1
        try:
            yield
        finally:
            with self._changed:
                self._drawn -= 1
                self._changed.notify_all()

    def give_way(self) -> None:
        """Called between two pieces of work: returns when no page is being drawn, or after a wait that leaves this
        thread a fifth of its time."""
        if not self._drawn:
            return
        worked_s = self._clock() - getattr(self._own, "since", float("-inf"))
        with self._changed:
            self._changed.wait_for(lambda: not self._drawn, min(_LONGEST_S, _WAITS * worked_s))
        self._own.since = self._clock()
