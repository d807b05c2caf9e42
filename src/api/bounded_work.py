"""Work that keeps a core busy: a few at a time, people taking turns, and nobody let in who would wait too long.

Fifty searches at once on two cores do not become faster by being begun at once: each would take as long as all. So they
queue, and whoever would wait beyond reason is told so at once, when trying again is cheap.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from src.api.errors import Refused
from src.library.fair_pool import FairPool, Job

T = TypeVar("T")

_REMEMBERED = 0.2  # the weight of the latest job in the average of how long one takes
_FIRST_GUESS_S = 0.02
_SPREAD_S = 0.2


class BoundedWork:
    """`workers` threads; a job that would wait more than `patience_s` is refused.

    Each job lets those of `first` go before it, for `gives_way_s` at most.
    """

    def __init__(
        self,
        name: str,
        workers: int,
        patience_s: float,
        first: BoundedWork | None = None,
        gives_way_s: float = 0.25,  # short enough that answers are made all the time, however many search
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = FairPool(name, workers)
        self._workers = workers
        self._patience_s = patience_s
        self._clock = clock
        self._first = first
        self._gives_way_s = gives_way_s
        self._lock = threading.Condition()
        self._open = 0  # waiting or being done
        self._job_s = _FIRST_GUESS_S

    def expected_wait_s(self) -> float:
        """How long a job that came now would wait."""
        with self._lock:
            return max(0, self._open + 1 - self._workers) * self._job_s / self._workers

    async def run(self, person: str, job: Callable[[], T]) -> T:
        """The job's result, or what it raises. Raises Refused with status 503 where the queue is too long."""
        if self.expected_wait_s() > self._patience_s:
            # Who is refused together comes back together, and is refused again while nothing is done in between. So
            # each is told at a moment of its own; by then there may be room.
            await asyncio.sleep(random.uniform(0, _SPREAD_S))  # noqa: S311 - no secret
        if (wait_s := self.expected_wait_s()) > self._patience_s:
            raise Refused(503, "busy", "Too many are asking at once. Try again in a moment.", retry_after_s=wait_s)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        with self._lock:
            self._open += 1
        self._pool.submit(Job(person, lambda _: self._do(job, done, loop)))
        return await done

    def _do(self, job: Callable[[], T], done: asyncio.Future[T], loop: asyncio.AbstractEventLoop) -> None:
        began = self._clock()
        try:
            if self._first is not None:
                self._first.wait_until_idle(self._gives_way_s)
            if done.cancelled():  # whoever asked has left
                return
            try:
                result = job()
            except Exception as exc:  # noqa: BLE001 - it is the asker's to catch
                _settle(loop, done, partial(done.set_exception, exc))
            else:
                _settle(loop, done, partial(done.set_result, result))
            took = self._clock() - began
            with self._lock:
                self._job_s += _REMEMBERED * (took - self._job_s)
        finally:
            with self._lock:
                self._open -= 1
                self._lock.notify_all()

    def wait_until_idle(self, at_most_s: float) -> None:
        """Return when nothing waits here or is being done, or after `at_most_s`."""
        with self._lock:
            self._lock.wait_for(lambda: not self._open, at_most_s)

    def close(self) -> None:
        self._pool.close()


def _settle(loop: asyncio.AbstractEventLoop, done: asyncio.Future[T], settle: Callable[[], None]) -> None:
    """Settle a future from another thread, if anybody still waits for it."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(lambda: None if done.done() else settle())


@dataclass(frozen=True, slots=True)
class BoundedQueues:
    """Answers take ten times as long as searches, so each has a queue of its own."""

    searches: BoundedWork
    answers: BoundedWork

    def close(self) -> None:
        self.searches.close()
        self.answers.close()


def bounded_queues(cores: int) -> BoundedQueues:
    """For a machine of so many cores. A search waits a tenth of a second at most, the beginning of an answer ten."""
    searches = BoundedWork("api-search", workers=max(1, cores - 1), patience_s=0.1)
    return BoundedQueues(
        searches, BoundedWork("api-answer", workers=max(1, cores // 2), patience_s=10.0, first=searches)
    )
