"""A few threads for many people's work: turns alternate between people, so fifty files of one hold nobody up."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable

from shared_utils.processes.heartbeats import Heartbeats

_log = logging.getLogger(__name__)

Work = Callable[[], object]

_SILENT_S = 300.0  # no page, no batch of passages and no model takes so long to load


class FairPool:
    """`workers` threads that take one job of each person in turn. Thread-safe; a job that raises is logged.

    A job shows with `heartbeats.beat()` that it goes on.
    """

    def __init__(self, name: str, workers: int, heartbeats: Heartbeats | None = None) -> None:
        self._name = name
        self._heartbeats = heartbeats or Heartbeats()
        self._waiting: OrderedDict[str, deque[Work]] = OrderedDict()  # whoever is served goes to the end
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(1, workers + 1)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, person: str, job: Work) -> None:
        """Queue `job` behind the others of `person`."""
        with self._changed:
            self._waiting.setdefault(person, deque()).append(job)
            self._changed.notify()

    def close(self, wait_s: float = 5.0) -> None:
        """Take no further job, and wait for those that run; their owner cancels them first."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(wait_s)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                with self._heartbeats.working(self._name, _SILENT_S):
                    job()
            except Exception:  # noqa: BLE001 - a bug in one job must not end the thread that serves everybody
                _log.exception("a background job failed")

    def _next(self) -> Work | None:
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            if self._closed:
                return None
            person, jobs = self._waiting.popitem(last=False)
            job = jobs.popleft()
            if jobs:
                self._waiting[person] = jobs
            return job
