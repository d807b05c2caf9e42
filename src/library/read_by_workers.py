"""Files whose reading is left to workers: filed in the store, followed, and brought here as far as they are kept.

A password is used here and not kept: what a worker is given is the copy without it.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from shared_utils.errors import DamagedDocument, FootnoteError
from shared_utils.message import Message, message
from shared_utils.network import stands_for
from shared_utils.storage.reading_jobs import ReadingProgress
from shared_utils.types import Document
from src.answering.ingestion import WorkStopped, index_document, stopping
from src.events import FileStatus
from src.library.fair_pool import Turn, Work
from src.library.following import Following
from src.library.kept_index import pages_of
from src.library.reading import OUR_FAULT, Entry, Reading, is_small, verdicts_of
from src.library.reading_progress import Told, decode_told
from src.library.services import Person, Services
from src.views import DocumentState

_MOST_FILINGS = 3  # of one entry on one shelf: what is not kept after so many is not filed for ever
NOBODY_READS = message(
    "No worker is running, so this file waits; it is read as soon as one is. Whoever runs this server starts one with "
    "python -m src.worker."
)
_PAUSE = 2.0  # times as long as bringing pages here took; then the next are brought, while a file is being read


@dataclass
class _Followed:
    """What is known here of an entry that a worker reads. Written by the following thread, and by one job at a time."""

    body: str | None = None
    attended: bool = True
    kept: int = 0  # as `Told.kept` of what was brought here last
    busy: bool = False
    not_before: float = 0.0  # seconds on the monotonic clock


def reading_for(person: Person, services: Services, lock: threading.RLock) -> Reading:
    """Who reads this person's files: this process, or workers where they are followed."""
    if services.following is None:
        return Reading(person, services, lock)
    return ReadByWorkers(person, services, lock, services.following)


class ReadByWorkers(Reading):
    """As `Reading`, which brings back what is kept; everything that would be computed is filed."""

    def __init__(self, person: Person, services: Services, lock: threading.RLock, following: Following) -> None:
        super().__init__(person, services, lock)
        self._claims_of_networks = services.claims
        self._owner = person
        self._following = following
        self._filings: dict[str, int] = {}  # entry id -> how often it was filed

    def read(self, entry: Entry) -> None:
        """See `Reading.read`."""
        self._filings.pop(entry.id, None)
        self._submit(self._readers, entry, partial(self._file, entry, whole=False))

    def _load(self, entry: Entry, turn: Turn) -> Work | None:
        """What a worker has, or had, to do with it is told by the store; else as far as it was kept."""
        if entry.cancel.is_set():
            return None
        with suppress(FootnoteError):
            if self._following.jobs.progress([entry.id]):
                self._follow(entry)
                return None
        return super()._load(entry, turn)

    def _read(self, entry: Entry, turn: Turn) -> Work | None:
        return self._file(entry, turn, whole=False)

    def _recognise(self, entry: Entry, read_s: float, turn: Turn) -> Work | None:  # noqa: ARG002 - the worker's
        return self._file(entry, turn, whole=True)

    def _embed(self, entry: Entry, status: FileStatus, turn: Turn) -> Work | None:  # noqa: ARG002
        return self._file(entry, turn, whole=True)

    def _file(self, entry: Entry, turn: Turn, *, whole: bool) -> Work | None:  # noqa: ARG002 - done at once
        if entry.cancel.is_set():
            return None
        times = self._filings[entry.id] = self._filings.get(entry.id, 0) + 1
        if times > _MOST_FILINGS:
            self._fail(entry, OUR_FAULT)
            return None
        network = self._owner.network()
        try:
            self._following.jobs.file(
                entry.id,
                person=self._owner.name,
                network=stands_for(network) if network else "",
                small=is_small(entry.source),
                whole=whole,
                network_left=self._claims_of_networks.pages_left(self._owner.key, network),
            )
        except FootnoteError as exc:
            self._fail(entry, exc.message)
            return None
        self._follow(entry)
        return None

    # -------------------------------------------------------------------------------------------- following

    def _follow(self, entry: Entry) -> None:
        followed = _Followed()
        self._following.follow(
            entry.id,
            partial(self._hear, entry, followed),
            lambda: entry.looked_at if self._owner.is_here() else None,
        )

    def _hear(self, entry: Entry, followed: _Followed, progress: ReadingProgress | None) -> bool:
        """See `Hear`: shows what is told, and has what is kept brought here."""
        if entry.cancel.is_set():
            return False
        if progress is None:
            self._submit(self._readers, entry, partial(self._settle, entry, None))
            return False
        told: Told | None
        try:
            told = decode_told(progress.body)
        except ValueError:  # of a worker of another version: what it keeps is understood
            told = None
        if progress.ended and (told is None or told.state is not DocumentState.FAILED):
            self._submit(self._readers, entry, partial(self._settle, entry, told))
            return False
        if told is None:
            return True
        if (progress.body, progress.attended) != (followed.body, followed.attended):
            followed.body, followed.attended = progress.body, progress.attended
            waits = not (progress.attended or progress.ended)
            self._update(
                entry,
                state=DocumentState.QUEUED if waits else told.state,
                pages=told.pages or entry.pages,
                verdicts=dict(told.verdicts),
                embedded=told.embedded,
                seconds_left=None if waits else told.seconds_left,
                reason=NOBODY_READS if waits else told.reason,
                needs_password=told.needs_password,
            )
        if progress.ended:
            return False
        if told.kept > followed.kept and not followed.busy and time.monotonic() >= followed.not_before:
            followed.busy = True
            self._submit(self._readers, entry, partial(self._bring, entry, followed, told))
        return True

    def _bring(self, entry: Entry, followed: _Followed, told: Told, turn: Turn) -> Work | None:
        """The pages that are kept so far, to be asked while the rest is being read."""
        began = time.monotonic()
        try:
            document = self._kept(entry)
            if document is None or entry.cancel.is_set():
                return None
            # of what others have read of the same file nothing is shown before it was read for this person, too
            pages = tuple(page for page in document.pages if page.number in told.verdicts)
            stopped = stopping(lambda: entry.cancel.is_set() or turn.is_over())
            indexed = index_document(
                replace(document, pages=pages),
                pages_of(self._rag.converter, entry.source),
                most_passages=self._rag.most_passages,
                checkpoint=stopped,
            )
            whole = told.state is not DocumentState.READING
            self._publish(entry, replace(indexed, complete=whole))
            followed.kept = told.kept
        except WorkStopped:
            return None if entry.cancel.is_set() else partial(self._bring, entry, followed, told)
        except FootnoteError:
            return None  # the store is out of reach, or the file was removed: it is looked at again
        finally:
            followed.not_before = time.monotonic() + _PAUSE * (time.monotonic() - began)
            followed.busy = False
        return None

    def _settle(self, entry: Entry, told: Told | None, turn: Turn) -> Work | None:
        """A worker is done: all that is kept is brought here, and the file stands as it was told, or as it is kept."""
        if entry.cancel.is_set():
            return None
        try:
            state = self._store.reading_state(entry.source.id)
            opened = self._opened(entry, state, turn)
            if opened is None or state is None or state.status is None:
                return self._file(entry, turn, whole=opened is not None)  # removed and put back in one moment
            indexed = self._with_kept_vectors(opened)
            lacks_vectors = indexed.index.chunks and indexed.index.dense is None
            if lacks_vectors and self._filings.get(entry.id, 0) < _MOST_FILINGS - 1:
                return self._file(entry, turn, whole=True)  # another reading of the same bytes was kept meanwhile
        except WorkStopped:
            return None if entry.cancel.is_set() else partial(self._settle, entry, told)
        except FootnoteError as exc:
            self._fail(entry, exc.message)
            return None
        reason: Message = told.reason if told else state.reason
        settled = told.state if told else _settled(FileStatus(state.status))
        self._update(
            entry,
            indexed=indexed,
            pages=len(indexed.document.pages),
            verdicts=verdicts_of(indexed),
            state=settled,
            embedded=len(indexed.index.chunks) if indexed.index.dense is not None else 0,
            seconds_left=None,
            reason=reason,
        )
        return None

    def _kept(self, entry: Entry) -> Document | None:
        with suppress(DamagedDocument):
            return self._store.load_document(entry.source.id, entry.source.name)
        return None


def _settled(status: FileStatus) -> DocumentState:
    match status:
        case FileStatus.READY:
            return DocumentState.READY
        case FileStatus.FAILED:
            return DocumentState.FAILED
        case _:
            return DocumentState.PARTIAL
