"""One job of a worker: the file, how far it has come, and what is kept of it while it is being read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field

from shared_utils.errors import FootnoteError
from shared_utils.storage.reading_jobs import ReadingJob, ReadingJobs
from shared_utils.storage.store import Store
from shared_utils.types import Page
from src.answering.ingestion import IndexedDocument, SourceFile
from src.events import PageRead
from src.library.claims import PagesClaim
from src.library.fair_pool import Turn, Work
from src.library.limits import Used, refuse_network_beyond_limits, refuse_pages_beyond_limits
from src.library.reading import Entry, Reading
from src.library.reading_progress import Told, decode_told, encode_told
from src.library.services import ReadingServices
from src.settings import Settings
from src.views import DocumentState


def nobody_in_particular() -> str:
    """The store shares workers out among networks, so that this process need not."""
    return ""


@dataclass
class Held:
    """A job of this worker. Changed by the thread that reads it; `changed` is called whenever it has been."""

    job: ReadingJob
    entry: Entry
    small_lane: bool  # it was taken where only small files are
    changed: Callable[[], None]
    whole: bool = False
    kept: int = 0  # see `Told.kept`
    dirty: bool = True
    network: Callable[[], str] = field(default=nobody_in_particular)

    @property
    def key(self) -> str:
        """What claims are made under: a worker knows nobody's key."""
        return self.job.entry_id

    @property
    def name(self) -> str:
        return self.job.person

    @property
    def waits_for_pages(self) -> bool:
        """Whether it takes the place of a file that is being read, as scans and vectors do not."""
        return self.entry.state in (DocumentState.QUEUED, DocumentState.READING)

    def body(self) -> str:
        """What is told of it now."""
        entry = self.entry
        return encode_told(
            Told(
                entry.state,
                entry.pages,
                dict(entry.verdicts),
                entry.embedded,
                entry.seconds_left,
                entry.reason,
                entry.needs_password,
                self.kept,
            )
        )


def held(job: ReadingJob, store: Store, changed: Callable[[Held], None], *, small_lane: bool) -> Held:
    """A job that was just taken. Raises DocumentGone where its file was erased."""
    source = SourceFile(job.document_id, job.name, store.local_path(job.document_id))
    entry = Entry(job.entry_id, source, looked_at=job.looked_at)
    kept = 0
    if job.whole:
        with suppress(ValueError):  # of another version, whose count is not known
            kept = decode_told(job.body).kept
    one = Held(job, entry, small_lane, lambda: changed(one), job.whole, kept)
    return one


class JobReading(Reading):
    """As `Reading`, for one job: pages are kept while they are read, as soon as they can be asked."""

    def __init__(self, one: Held, services: ReadingServices) -> None:
        super().__init__(one, services, threading.RLock())
        self._one = one
        self._published: IndexedDocument | None = None
        self._kept_numbers: set[int] = set()  # of pages that are kept while the others are being read

    def begin(self) -> None:
        """From the beginning, or from what is kept of it."""
        if self._one.whole:
            self.load(self._one.entry)
        else:
            self.read(self._one.entry)

    def _load(self, entry: Entry, turn: Turn) -> Work | None:
        with suppress(FootnoteError):  # it is asked for again where it is opened, and then that is told
            self._store.file_path(entry.source.id)  # before its pages are looked for: they may have to be made of it
        return super()._load(entry, turn)

    def _page_read(self, entry: Entry, event: PageRead, began: float) -> None:
        super()._page_read(entry, event, began)
        indexed = entry.indexed
        if indexed is None or indexed.complete or indexed is self._published:
            return
        self._published = indexed
        with suppress(FootnoteError):  # then they are kept with the next
            self._keep_so_far(indexed)

    def _keep_so_far(self, indexed: IndexedDocument) -> None:
        document = indexed.document
        self._store.save_pages(document.id, (p for p in document.pages if p.number not in self._kept_numbers))
        self._kept_numbers = {page.number for page in document.pages}
        self._one.kept += 1  # after the verdicts of these pages: who hears of the one looks for the others
        self._one.changed()

    def _keep_pages(self, indexed: IndexedDocument, claimed: PagesClaim) -> None:
        super()._keep_pages(indexed, claimed)
        self._one.whole = True
        self._one.kept += 1

    def _keep_recognised(self, entry: Entry, page: Page) -> None:
        super()._keep_recognised(entry, page)
        self._one.kept += 1


class WorkersClaims:
    """`PageClaims` over all workers: what is claimed is kept in the store at once, under a lock that all share."""

    def __init__(
        self, store: Store, jobs: ReadingJobs, limits: Settings, held_now: Callable[[str], Held | None]
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._limits = limits
        self._held_now = held_now

    @contextmanager
    def reading(self, key: str, network: str, source: SourceFile) -> Iterator[PagesClaim]:  # noqa: ARG002
        """See `Claims.reading`; `key` is the entry's id."""
        held_now = self._held_now(key)
        left = held_now.job.network_left if held_now else None

        def claim_pages(pages: int) -> None:
            with self._jobs.claiming():
                state = self._store.reading_state(source.id)
                counted = (state.page_count or 0) if state else 0  # it was opened before, and the store counts it
                more = max(0, pages - counted)
                used = Used(self._jobs.usage(key), None, self._store.total_usage())
                refuse_pages_beyond_limits(self._limits, source.name, more, used)
                refuse_network_beyond_limits(source.name, more, left)
                if state is not None and state.status is None:
                    self._store.save_opened(source.id, "", (), pages)

        yield PagesClaim(claim_pages, nullcontext)
