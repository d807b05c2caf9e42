"""A few threads for many people's work: turns alternate between networks, and within each between people, so fifty
files of one hold nobody up, and a hundred keys of one are no hundred people.

What is small never stands behind what is big: a worker is kept for it. Whether work is small is only known afterwards,
so whoever is at work there gives the place up once a turn has passed and other small work waits; what is left is
queued as big. This is a multilevel feedback queue (https://en.wikipedia.org/wiki/Multilevel_feedback_queue).
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from shared_utils.processes.heartbeats import Heartbeats

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """A job's time on a worker. Asked often by the job, which shows that it goes on; once over, it stays over."""

    _wanted: Callable[[], bool]  # whether another job waits for this worker
    _until: float  # seconds on the monotonic clock
    _beat: Callable[[], None] = lambda: None
    _give_way: Callable[[], None] = lambda: None
    _over: bool = False

    def is_over(self) -> bool:
        """Whether the job should end now and return what is left of it: its time is up, and somebody waits."""
        self._beat()
        self._give_way()
        self._over = self._over or (time.monotonic() > self._until and self._wanted())
        return self._over

    def is_wanted(self) -> bool:
        """Whether another job waits for this worker, for a job that gives way before it must."""
        self._beat()
        return self._wanted()


Work = Callable[[Turn], "Work | None"]
"""A job. Where its turn was over before it was done, it returns what is left to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """`subject` names what is worked on: no two jobs on the same one run at once. `network` "" is nobody's in
    particular, and then no share of the workers is counted."""

    person: str
    work: Work
    network: str = ""
    subject: str = ""
    small: bool = False


_SILENT_S = 300.0  # no page, no batch of passages and no model takes so long to load


class FairPool:
    """`workers` threads for every job, and `for_small` more that take only small ones. Thread-safe; a job that raises
    is logged.

    A job on one of the workers ends its turn after `turn_s` where another waits, a small one on a worker kept for
    small ones after `small_turn_s`. Of several workers, one network has at most all but one. A job shows with
    `heartbeats.beat()` that it goes on, and waits in `give_way()` for what is more urgent.
    """

    def __init__(
        self,
        name: str,
        workers: int,
        *,
        for_small: int = 0,
        turn_s: float = math.inf,
        small_turn_s: float = 2.0,
        heartbeats: Heartbeats | None = None,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._give_way = give_way
        self._heartbeats = heartbeats or Heartbeats()
        self._most_of_one = max(1, workers - 1)
        self._turn_s = {False: turn_s, True: small_turn_s}  # by whether the worker is kept for small jobs
        self._waiting: OrderedDict[str, OrderedDict[str, deque[Job]]] = OrderedDict()  # network -> person -> jobs
        self._counts: Counter[bool] = Counter()  # of those that wait, by whether they are small
        self._running: list[Job] = []
        self._held: Counter[str] = Counter()  # network -> workers for every job that work for it
        self._changed = threading.Condition()
        self._closed = False
        kinds = [*(False for _ in range(workers)), *(True for _ in range(for_small))]
        self._threads = [
            threading.Thread(target=self._work, args=(kind,), name=f"{name}-{n}", daemon=True)
            for n, kind in enumerate(kinds, start=1)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Queue `job` behind the others of its person."""
        with self._changed:
            people = self._waiting.setdefault(job.network, OrderedDict())
            people.setdefault(job.person, deque()).append(job)
            self._counts[job.small] += 1
            self._changed.notify_all()  # not every worker may take it

    def close(self, wait_s: float = 5.0) -> None:
        """Take no further job, and wait so long for those that run; their owner cancels them first."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._counts.clear()
            self._changed.notify_all()
        until = time.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self, for_small: bool) -> None:
        while (job := self._next(for_small)) is not None:
            rest: Work | None = None
            try:
                until = time.monotonic() + self._turn_s[for_small]
                turn = Turn(lambda: self._is_wanted(for_small), until, self._heartbeats.beat, self._give_way)
                with self._heartbeats.working(self._name, _SILENT_S):
                    rest = job.work(turn)
            except Exception:  # noqa: BLE001 - a bug in one job must not end the thread that serves everybody
                _log.exception("a background job failed")
            finally:
                self._done(job, for_small)
            if rest is not None and not self._closed:
                self.submit(replace(job, work=rest, small=job.small and not for_small))

    def _next(self, for_small: bool) -> Job | None:
        """The job whose turn it is on a worker of this kind, as soon as there is one; None when the pool is closed."""
        with self._changed:
            while not self._closed:
                job = next(self._eligible(for_small), None)
                if job is not None:
                    self._take(job)
                    self._held[job.network] += not for_small
                    return job
                self._changed.wait()
            return None

    def _eligible(self, for_small: bool) -> Iterator[Job]:
        """Each person's first job that such a worker may take, whoever was served longest ago first."""
        busy = {job.subject for job in self._running if job.subject}
        for network, people in self._waiting.items():
            if not for_small and network and self._held[network] >= self._most_of_one:
                continue
            for jobs in people.values():
                yield from (job for job in jobs if (job.small or not for_small) and job.subject not in busy)

    def _take(self, job: Job) -> None:
        """Whoever is served goes to the end, and so does their network."""
        people = self._waiting.pop(job.network)
        jobs = people.pop(job.person)
        jobs.remove(job)
        if jobs:
            people[job.person] = jobs
        if people:
            self._waiting[job.network] = people
        self._counts[job.small] -= 1
        self._running.append(job)

    def _done(self, job: Job, for_small: bool) -> None:
        with self._changed:
            self._running.remove(job)
            self._held[job.network] -= not for_small
            self._held += Counter()  # forgets those that hold none
            self._changed.notify_all()

    def _is_wanted(self, for_small: bool) -> bool:
        return self._counts[True] > 0 or (not for_small and self._counts[False] > 0)
