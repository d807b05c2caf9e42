"""Other work gives way while a model of this machine reads and writes: it waits between its pieces, yet goes on.

The processes that read files and draw pages have a lower priority than the model (`shared_utils/pdf/sandbox.py`); what
the web process computes itself, vectors above all, has not, and its threads make those of the model wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from shared_utils.types import Cancelled

T = TypeVar("T")

_WAITS = 4.0  # times as long as a piece took: a fifth of the time is left to it
_LONGEST_WAIT_S = 5.0  # after one piece
_LOOK_S = 0.05


class AtWork:
    """Whether a model is at work on this machine. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    def busy(self) -> bool:
        return self._count > 0

    @contextmanager
    def working(self, *, here: bool) -> Iterator[None]:
        """While it lasts a model is; unless it is not `here`."""
        with self._lock:
            self._count += here
        try:
            yield
        finally:
            with self._lock:
                self._count -= here


def giving_way(
    pieces: Iterator[T],
    busy: Callable[[], bool],
    stopped: Cancelled,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[T]:
    """The same pieces of work. After each, as long as `busy()`, the next is waited with: four times as long as it took,
    and at most five seconds, so that work goes on however many answers are written."""
    while True:
        began = clock()
        try:
            piece = next(pieces)
        except StopIteration:
            return
        until = clock() + min(_WAITS * (clock() - began), _LONGEST_WAIT_S)
        yield piece
        while busy() and not stopped() and (left := until - clock()) > 0:
            sleep(min(_LOOK_S, left))
