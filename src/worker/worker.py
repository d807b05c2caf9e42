"""A worker: takes files that wait, reads as many at once as a web process would, and tells how far it is."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from shared_utils.errors import FootnoteError
from shared_utils.message import message
from shared_utils.processes.heartbeats import Heartbeats
from shared_utils.storage.reading_jobs import ReadingJob, ReadingJobs
from shared_utils.storage.store import Store
from src.library.fair_pool import FairPool
from src.library.library import EMBEDDING_TURN_S
from src.library.services import PageClaims
from src.metrics import Metrics
from src.rag_with_generation import Rag
from src.settings import Settings
from src.views import DocumentState
from src.worker.job import Held, JobReading, WorkersClaims, held

_log = logging.getLogger(__name__)

_AT_ONCE = 2  # files of any size of which pages are read; and one more that is small
_MOST_HELD = 6  # with those whose scans are recognised and whose passages are embedded
_MOST_ATTEMPTS = 5  # so many workers were lost over a file, or with it in hand
_TELL_EVERY_S = 0.2
_RENEW_EVERY_S = 1.0
_TIDY_EVERY_S = 5.0
_ENDING_S = 1.0  # for its threads: what it would still keep, another worker keeps, too
_LOST = message(
    "The program that reads files ended several times with this file in hand. Save it anew, or print it into a PDF, "
    "then add it again."
)


@dataclass(frozen=True, slots=True)
class _Bench:
    """`ReadingServices` of a worker."""

    rag: Rag
    store: Store
    claims: PageClaims
    heartbeats: Heartbeats
    readers: FairPool
    embedders: FairPool
    metrics: Metrics = field(default_factory=Metrics)


class Stalled(Exception):
    """Work shows no sign of life any more: only a new process helps. The message names it."""


class Worker:
    """Reads until it is stopped. `run` belongs to one thread; `stop` may be called from any, and from a signal."""

    def __init__(
        self,
        rag: Rag,
        store: Store,
        jobs: ReadingJobs,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        heartbeats = Heartbeats()
        self._jobs = jobs
        self._store = store
        self._clock = clock
        self._held: dict[str, Held] = {}  # by entry id
        self._bench = _Bench(
            rag,
            store,
            WorkersClaims(store, jobs, settings, self._held.get),
            heartbeats,
            readers=FairPool("reader", workers=_AT_ONCE, for_small=1, heartbeats=heartbeats),
            embedders=FairPool("embedder", workers=1, turn_s=EMBEDDING_TURN_S, heartbeats=heartbeats),
        )
        self._owner = secrets.token_hex(8)
        self._woken = threading.Event()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let go of everything at once; others take it up."""
        self._stopped.set()
        self._woken.set()

    def run(self) -> None:
        """Until `stop`. Raises Stalled; what was held is then left for others as after a crash."""
        self._jobs.attend(self._woken.set)
        renewed = tidied = float("-inf")
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                self._tell()
                if self._clock() - renewed >= _RENEW_EVERY_S:
                    self._renew()
                    renewed = self._clock()
                self._take()
                if self._clock() - tidied >= _TIDY_EVERY_S:
                    self._tidy()
                    tidied = self._clock()
            except FootnoteError as exc:  # the database is out of reach; reading goes on
                _log.warning("%s", exc)
            if stalled := self._bench.heartbeats.stalled():
                raise Stalled(", ".join(stalled))
            self._woken.wait(_RENEW_EVERY_S)
            self._stopped.wait(_TELL_EVERY_S if self._held else 0)
        self._hand_over()

    def close(self) -> None:
        """End the threads, after `run` has returned."""
        self._bench.readers.close(_ENDING_S)
        self._bench.embedders.close(_ENDING_S)

    # -------------------------------------------------------------------------------------------- steps

    def _tell(self) -> None:
        """How far each job has come; those that are over leave."""
        for one in list(self._held.values()):
            if not one.dirty:
                continue
            one.dirty = False  # before it is looked at: what changes meanwhile is told the next time
            try:
                if one.entry.view().settled:
                    self._end(one)
                    del self._held[one.key]
                else:
                    self._jobs.tell(one.key, one.body(), whole=one.whole)
            except FootnoteError:
                one.dirty = True
                raise

    def _end(self, one: Held) -> None:
        """What the store tells by itself needs no job any more."""
        indexed = one.entry.indexed
        if one.entry.state is not DocumentState.FAILED and indexed is not None:
            vectors = self._store.count_vectors(one.job.document_id, self._bench.rag.vector_model)
            if vectors == len(indexed.index.chunks):
                self._jobs.drop(one.key)
                return
        self._jobs.end(one.key, one.body())

    def _renew(self) -> None:
        """Hold on to what is being done, and stop what nobody wants from here any more."""
        if not self._held:
            return
        pages = self._jobs.renew(list(self._held))
        for entry_id, one in list(self._held.items()):
            if entry_id in pages:
                one.entry.looked_at = pages[entry_id]
            else:
                one.entry.cancel.set()
                del self._held[entry_id]
                self._jobs.drop(entry_id)  # nothing, where it is another worker's

    def _take(self) -> None:
        while (lane := self._free_lane()) is not None:
            job = self._jobs.take(small_only=lane, without=self._networks_served())
            if job is None:
                return
            self._begin(job, small_lane=lane)

    def _free_lane(self) -> bool | None:
        """Whether only a small file may be taken now; None where none may."""
        reading = [one.small_lane for one in self._held.values() if one.waits_for_pages]
        if len(self._held) < _MOST_HELD and reading.count(False) < _AT_ONCE:
            return False
        return True if len(self._held) < 2 * _MOST_HELD and not any(reading) else None

    def _networks_served(self) -> list[str]:
        """Those that have all places but one already: the last is for others."""
        places = [one.job.network for one in self._held.values() if one.waits_for_pages and not one.small_lane]
        return [network for network in {*places} if network and places.count(network) >= _AT_ONCE - 1]

    def _begin(self, job: ReadingJob, *, small_lane: bool) -> None:
        try:
            one = held(job, self._store, self._changed, small_lane=small_lane)
        except FootnoteError:  # its file was erased: the entry goes, and the job with it
            self._jobs.drop(job.entry_id)
            return
        if job.attempts >= _MOST_ATTEMPTS:
            one.entry.state, one.entry.reason = DocumentState.FAILED, _LOST
            self._jobs.end(job.entry_id, one.body())
            return
        self._held[job.entry_id] = one
        JobReading(one, self._bench).begin()

    def _changed(self, one: Held) -> None:
        one.dirty = True
        self._woken.set()

    def _tidy(self) -> None:
        self._bench.metrics.files(working=True, waiting=self._jobs.waiting())
        self._store.tidy()
        self._tell_numbers()

    def _tell_numbers(self) -> None:
        if (counts := self._store.counts) is not None:
            counts.tell_numbers(self._owner, self._bench.metrics.text().decode())

    def _hand_over(self) -> None:
        for one in self._held.values():
            one.entry.cancel.set()
        with suppress(FootnoteError):  # else they are taken when this process is gone
            self._jobs.let_go(list(self._held))
            self._tell_numbers()
