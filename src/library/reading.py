"""The work on one person's files that goes on in the background: read, recognised, embedded, and kept as it is done."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from shared_utils.errors import DocumentError, EmbeddingError, EncryptedPdf, FootnoteError
from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.pdf.reader import save_decrypted_copy
from shared_utils.storage.kept_pages import facts_of
from shared_utils.storage.store import ReadingState
from shared_utils.types import Page, PageVerdict
from src.answering.file_report import outcome, unread_pages
from src.answering.giving_way import giving_way
from src.answering.ingestion import IndexedDocument, SourceFile, WorkStopped, finished
from src.events import Embedding, FileStatus, IngestEvent, PageRead, ReadingStarted, Searchable
from src.library.claims import PagesClaim
from src.library.fair_pool import FairPool, Job, Turn, Work
from src.library.kept_index import keep_whole, open_whole
from src.library.services import Reader, ReadingServices
from src.settings import MEGABYTE
from src.views import DocumentState, DocumentView

_log = logging.getLogger(__name__)

_SMALL_BYTES = MEGABYTE  # a file that is no larger is taken for small until it takes too long
_RECOGNISING_TURN_S = 10.0  # then a file's pictures wait, where another file does: it can be asked meanwhile
OUR_FAULT = message("Something went wrong inside Footnote while reading this file. The log says more; try it again.")


@dataclass
class Entry:
    """A document on a shelf. Written by one background job at a time, read under the shelf's lock."""

    id: str
    source: SourceFile
    state: DocumentState = DocumentState.QUEUED
    pages: int = 0
    verdicts: dict[int, PageVerdict] = field(default_factory=dict)  # page number -> verdict
    looked_at: int = 1  # the page that matters most now: the one drawn or cited last
    embedded: int = 0
    seconds_left: float | None = None
    reason: Message = NOTHING
    needs_password: bool = False
    lasts: bool = False  # the same bytes fail again
    indexed: IndexedDocument | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    removed: bool = False  # out of sight; it can be put back until it is wiped
    restoring: bool = False  # it was kept, and is being brought back

    def view(self) -> DocumentView:
        chunks = len(self.indexed.index.chunks) if self.indexed else 0
        return DocumentView(
            entry_id=self.id,
            document_id=self.source.id,
            name=self.source.name,
            title=self.indexed.document.title if self.indexed else self.source.name,
            state=self.state,
            pages=self.pages,
            page_verdicts=tuple(verdict for _, verdict in sorted(self.verdicts.items())),
            chunks=chunks,
            embedded=self.embedded,
            seconds_left=self.seconds_left,
            reason=self.reason,
            needs_password=self.needs_password,
            lasts=self.lasts,
        )


class Reading:
    """Works on the entries of one shelf, which are written under its `lock`. A job that outstays its turn where only
    small files are read ends, and begins again among the large ones."""

    def __init__(self, person: Reader, services: ReadingServices, lock: threading.RLock) -> None:
        self._person = person
        self._rag = services.rag
        self._store = services.store
        self._vectors_elsewhere = services.store.vector_source(services.rag.vector_model)
        self._readers = services.readers
        self._embedders = services.embedders
        self._metrics = services.metrics
        self._beat = services.heartbeats.beat
        self._lock = lock
        self._claims = services.claims
        self._changed = person.changed

    def read(self, entry: Entry) -> None:
        """Read a file from its beginning."""
        self._submit(self._readers, entry, partial(self._read, entry))

    def load(self, entry: Entry) -> None:
        """Bring a file back as far as it was kept: finished work is loaded, the rest is read again."""
        self._submit(self._readers, entry, partial(self._load, entry))

    def unlock(self, entry: Entry, password: str, replace_by: Callable[[str], Entry | None]) -> None:
        """Read a copy of a locked file without its password, so that the password need not be kept.

        `replace_by` takes the copy's document id and gives the entry that stands for it, None where nobody wants it.
        """
        self._submit(self._readers, entry, partial(self._unlock, entry, password, replace_by))

    def _submit(self, pool: FairPool, entry: Entry, job: Work, *, small: bool | None = None) -> None:
        """Queue work on an entry, which settles whatever happens in it: a bug must not leave a bar standing still.

        Whether it is small is told by the file's size where nothing else is said.
        """

        def settled(work: Work, turn: Turn) -> Work | None:
            try:
                rest = work(turn)
            except Exception:
                self._update(entry, state=DocumentState.FAILED, seconds_left=None, reason=OUR_FAULT)
                raise
            return partial(settled, rest) if rest is not None else None

        small = is_small(entry.source) if small is None else small
        person = self._person
        pool.submit(Job(person.name, partial(settled, job), person.network(), subject=entry.id, small=small))

    def _read(self, entry: Entry, turn: Turn) -> Work | None:
        began = time.monotonic()

        def stopped() -> bool:
            return entry.cancel.is_set() or turn.is_over()

        try:
            if entry.cancel.is_set():
                return None
            self._store.file_path(entry.source.id)
            whole = False
            events = self._rag.read(entry.source, partial(self._publish, entry), cancelled=stopped)
            with self._claims.reading(self._person.key, self._person.network(), entry.source) as pages:
                for event in self._metrics.reading(events):
                    match event:
                        case ReadingStarted():
                            pages.claim(event.pages)
                            self._update(entry, state=DocumentState.READING, pages=event.pages)
                        case PageRead():
                            self._page_read(entry, event, began)
                        case Searchable() if entry.indexed is not None:
                            whole = True
                            self._keep_pages(entry.indexed, pages)
                            self._update(entry, verdicts=verdicts_of(entry.indexed))
        except FootnoteError as exc:  # the file cannot be read, or what was read cannot be kept
            self._refused(entry, exc)
            return None
        if not whole:
            return self._again(entry)
        read_s = time.monotonic() - began
        if entry.indexed is not None and self._rag.has_scans(entry.indexed):  # one page may take a minute
            self._submit(self._readers, entry, partial(self._recognise, entry, read_s), small=False)
            return None
        return self._recognise(entry, read_s, turn)

    def _again(self, entry: Entry) -> Work | None:
        """Reading anew what was cut short because its turn was over. What was found is searched meanwhile."""
        if entry.cancel.is_set():
            return None
        self._update(entry, state=DocumentState.QUEUED, verdicts={}, seconds_left=None)
        return partial(self._read, entry)

    def _recognise(self, entry: Entry, read_s: float, turn: Turn) -> Work | None:
        """Begin to find the words of scanned pages, each kept as it is found, and go on for a turn."""
        if entry.indexed is None or entry.cancel.is_set():
            return None
        events = self._rag.recognise(
            entry.indexed,
            partial(self._publish, entry),
            nearest_to=lambda: entry.looked_at,
            cancelled=entry.cancel.is_set,
        )
        slowly = giving_way(self._metrics.recognising(events), self._rag.scribe.at_work.busy, entry.cancel.is_set)
        return self._go_on_recognising(entry, read_s, slowly, turn)

    def _go_on_recognising(self, entry: Entry, read_s: float, events: Iterator[IngestEvent], turn: Turn) -> Work | None:
        began = time.monotonic()
        try:
            self._store.file_path(entry.source.id)
            for event in events:
                page = entry.indexed.page(event.page) if entry.indexed and isinstance(event, PageRead) else None
                if page is None:
                    continue
                self._keep_recognised(entry, page)
                self._update(entry, state=DocumentState.RECOGNISING)
                spent_s = time.monotonic() - began
                if turn.is_over() or (spent_s > _RECOGNISING_TURN_S and turn.is_wanted()):
                    read_s += spent_s
                    return partial(self._go_on_recognising, entry, read_s, events)
            if entry.indexed is None or entry.cancel.is_set():
                return None
            report = finished(entry.indexed, read_s + time.monotonic() - began, 0.0, self._rag.recogniser.hint())
            self._keep_outcome(entry.indexed, report.read_s)
        except FootnoteError as exc:
            self._fail(entry, exc.message)
            return None
        if report.status is FileStatus.FAILED:
            self._fail(entry, report.reason, entry.indexed.document.pages)
            return None
        self._update(entry, indexed=keep_whole(self._rag, self._store, entry.indexed))
        self._update(entry, state=DocumentState.EMBEDDING, reason=report.reason, seconds_left=None)
        self._submit(self._embedders, entry, partial(self._embed, entry, report.status))
        return None

    def _publish(self, entry: Entry, indexed: IndexedDocument) -> None:
        self._update(entry, indexed=indexed)

    def _fail(self, entry: Entry, reason: Message, pages: Sequence[Page] | None = None) -> None:
        """Of `pages` that hold no words, and none that are still unread, nothing more can be made."""
        lasts = pages is not None and not unread_pages(pages)
        self._update(entry, state=DocumentState.FAILED, reason=reason, lasts=lasts, seconds_left=None)

    def _refused(self, entry: Entry, error: FootnoteError) -> None:
        """What it needs, and whether another try can help, are told by the kind of the error, not by its words."""
        self._update(
            entry,
            state=DocumentState.FAILED,
            reason=error.message,
            needs_password=isinstance(error, EncryptedPdf),
            lasts=isinstance(error, DocumentError) and error.lasts,
            seconds_left=None,
        )

    def _page_read(self, entry: Entry, event: PageRead, began: float) -> None:
        with self._lock:
            entry.verdicts[event.page] = event.verdict
            left = event.pages - len(entry.verdicts)
            entry.seconds_left = (time.monotonic() - began) / len(entry.verdicts) * left
        self._changed()

    def _keep_pages(self, indexed: IndexedDocument, claimed: PagesClaim) -> None:
        """The title goes along only where it is the file's own, not the name a person gave."""
        document = indexed.document
        title = "" if document.title == document.name else document.title
        with claimed.handing_over():
            self._store.save_opened(document.id, title, document.outline, len(document.pages), document.made_on)
        self._store.save_pages(document.id, document.pages)

    def _keep_recognised(self, entry: Entry, page: Page) -> None:
        self._store.save_page(entry.source.id, page)
        with self._lock:
            entry.verdicts[page.number] = page.verdict

    def _keep_outcome(self, indexed: IndexedDocument, read_s: float) -> None:
        """Of what is kept, in which another reading of the same bytes may have known more of a page than this one."""
        kept = self._kept_pages(indexed)
        status, reason = outcome(indexed.document.pages if kept is None else kept, self._rag.recogniser.hint())
        self._store.save_reading_finished(indexed.document.id, status, reason, read_s)

    def _kept_pages(self, indexed: IndexedDocument) -> Sequence[Page] | None:
        document = self._store.load_document(indexed.document.id, indexed.document.name)
        return document.pages if document else None

    def _embed(self, entry: Entry, status: FileStatus, turn: Turn) -> Work | None:
        """Begin to make vectors, and go on for a turn."""
        if entry.indexed is None or entry.cancel.is_set():
            return None
        events = self._rag.embed(entry.indexed, partial(self._publish, entry), cancelled=entry.cancel.is_set)
        slowly = giving_way(events, self._rag.scribe.at_work.busy, entry.cancel.is_set)
        return self._go_on_embedding(entry, status, entry.indexed, slowly, turn)

    def _go_on_embedding(
        self, entry: Entry, status: FileStatus, indexed: IndexedDocument, events: Iterator[IngestEvent], turn: Turn
    ) -> Work | None:
        settled = DocumentState.READY if status is FileStatus.READY else DocumentState.PARTIAL
        try:
            for event in events:
                if isinstance(event, Embedding):
                    self._update(entry, embedded=event.done, seconds_left=event.seconds_left)
                if turn.is_over():
                    return partial(self._go_on_embedding, entry, status, indexed, events)
            vectors = entry.indexed.index.vectors if entry.indexed else None
            # where a better reading of the same bytes is kept, these are not its vectors
            if vectors is not None and self._kept_pages(indexed) == indexed.document.pages:
                self._store.save_vectors(indexed.document.id, self._rag.vector_model, vectors)
                if self._vectors_elsewhere is not None:
                    self._update(entry, indexed=self._with_kept_vectors(indexed))
        except EmbeddingError as exc:
            self._update(
                entry,
                state=settled,
                seconds_left=None,
                reason=joined(entry.reason, message("Found by words only: {reason}", reason=exc.message)),
            )
            return None
        except FootnoteError:
            _log.exception("vectors could not be kept; they are made again after a restart")
        if not entry.cancel.is_set():
            self._update(entry, state=settled, seconds_left=None)
        return None

    def _unlock(
        self, entry: Entry, password: str, replace_by: Callable[[str], Entry | None], turn: Turn
    ) -> Work | None:
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "unlocked.pdf"
            try:
                self._store.file_path(entry.source.id)
                save_decrypted_copy(
                    entry.source.path,
                    password,
                    copy,
                    self._rag.limits,
                    cancelled=lambda: entry.cancel.is_set() or turn.is_over(),
                )
                document_id = self._store.put_file(copy.read_bytes(), password)
            except FootnoteError as exc:
                if turn.is_over() and not isinstance(exc, EncryptedPdf):
                    return partial(self._unlock, entry, password, replace_by)
                self._refused(entry, exc)
                return None
        unlocked = replace_by(document_id)
        if unlocked is not None:
            self.read(unlocked)
        return None

    def _load(self, entry: Entry, turn: Turn) -> Work | None:
        if entry.cancel.is_set():
            return None
        state = self._store.reading_state(entry.source.id)
        try:
            indexed = self._opened(entry, state, turn)
        except WorkStopped:
            return None if entry.cancel.is_set() else partial(self._load, entry)
        if indexed is None or state is None:
            return self._read(entry, turn)
        self._update(entry, indexed=indexed, pages=len(indexed.document.pages), verdicts=verdicts_of(indexed))
        if state.status is None:  # cut short while scans were recognised: the pages found so far are kept
            self._submit(self._readers, entry, partial(self._recognise, entry, state.read_s or 0.0), small=False)
            return None
        if state.status == FileStatus.FAILED:
            self._fail(entry, state.reason, indexed.document.pages)
            return None
        indexed = self._with_kept_vectors(indexed)
        status = FileStatus(state.status)
        self._update(
            entry,
            indexed=indexed,
            reason=state.reason,
            state=DocumentState.EMBEDDING,
        )
        if indexed.index.dense is None:
            self._submit(self._embedders, entry, partial(self._embed, entry, status))
        else:
            settled = DocumentState.READY if status is FileStatus.READY else DocumentState.PARTIAL
            self._update(entry, state=settled, embedded=len(indexed.index.chunks))
        return None

    def _opened(self, entry: Entry, state: ReadingState | None, turn: Turn) -> IndexedDocument | None:
        """See `open_whole`."""
        stopped = lambda: entry.cancel.is_set() or turn.is_over()  # noqa: E731
        return open_whole(self._rag, self._store, entry.source, state, stopped)

    def _with_kept_vectors(self, indexed: IndexedDocument) -> IndexedDocument:
        """The document with its vectors, if the store has them: searched there if it can, else in memory."""
        document_id, index, model = indexed.document.id, indexed.index, self._rag.vector_model
        if self._vectors_elsewhere is not None:
            if self._store.count_vectors(document_id, model) == len(index.chunks):
                index = index.with_stored_vectors(self._vectors_elsewhere)
            return replace(indexed, index=index)
        vectors = self._store.load_vectors(document_id, model)
        if vectors is not None and len(vectors) == len(index.chunks):
            index = index.with_vectors(vectors)
        return replace(indexed, index=index)

    def _update(self, entry: Entry, **changes: object) -> None:
        self._beat()
        with self._lock:
            for name, value in changes.items():
                setattr(entry, name, value)
            waits = entry.state is DocumentState.QUEUED or (entry.indexed is None and not entry.view().settled)
            entry.restoring = entry.restoring and waits
        self._changed()  # with nothing held: whoever is told may ask for the entries


def verdicts_of(indexed: IndexedDocument) -> dict[int, PageVerdict]:
    """Page number -> verdict."""
    return {page.number: page.verdict for page in facts_of(indexed.document.pages)}


def is_small(source: SourceFile) -> bool:
    """As far as its bytes tell; one that has yet to be fetched is taken at its best."""
    with suppress(OSError):
        return source.path.stat().st_size <= _SMALL_BYTES
    return True
