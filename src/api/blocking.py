"""Threads of the API's own for whatever blocks, so that it never takes those that serve the page's files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from src.api.errors import Refused

T = TypeVar("T")

_CALLS = 16  # short ones: a look at a shelf, a row in the store
_LOADS = 2  # files that are in memory at once
_STREAMS = 64  # answers and files that are followed at once, each waiting in a thread most of the time


class Blocking:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._calls = CapacityLimiter(_CALLS)
        self._loads = CapacityLimiter(_LOADS)
        self._waits = CapacityLimiter(_STREAMS)
        self._streams = 0

    async def call(self, job: Callable[[], T]) -> T:
        """The result of a short job."""
        return await to_thread.run_sync(job, limiter=self._calls)

    async def load(self, job: Callable[[], T]) -> T:
        """The result of a job that holds a whole file in memory."""
        return await to_thread.run_sync(job, limiter=self._loads)

    async def wait(self, job: Callable[[], T]) -> T:
        """The result of a job that waits for something; whoever is cancelled meanwhile does not wait for it to end."""
        return await to_thread.run_sync(job, limiter=self._waits, abandon_on_cancel=True)

    @contextmanager
    def stream(self) -> Iterator[None]:
        """A place among those whose changes are followed. Raises Refused where all are taken."""
        if self._streams >= _STREAMS:
            raise Refused(
                503, "busy", f"{_STREAMS} answers are being followed at once, as many as can be.", retry_after_s=5
            )
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1
