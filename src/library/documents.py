"""One person's documents: taken in, read in the background, kept, drawn, deleted."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from shared_utils.errors import DocumentGone, EmbeddingError, EncryptedPdf, FootnoteError, PdfTooLarge
from shared_utils.pdf.reader import save_decrypted_copy
from shared_utils.pdf.viewer import PageImage
from shared_utils.storage.store import Entry, Store
from shared_utils.types import Citation, PageVerdict, Rect
from src.answering.ingestion import IndexedDocument, SourceFile, finished, index_document
from src.events import Embedding, FileStatus, PageRead, ReadingStarted, Searchable
from src.library.fair_pool import FairPool, Work
from src.metrics import Metrics
from src.rag_with_generation import Rag
from src.settings import MEGABYTE as _MEGABYTE
from src.settings import Settings
from src.views import DocumentState, DocumentView

_log = logging.getLogger(__name__)

UNDO_S = 30.0  # how long a removed document can be brought back before it is wiped
_OUR_FAULT = "Something went wrong inside Footnote while reading this file. The log says more; try it again."


@dataclass
class _Entry:
    """A document on a shelf. Written by one background job at a time, read under the shelf's lock."""

    id: str
    source: SourceFile
    state: DocumentState = DocumentState.QUEUED
    pages: int = 0
    verdicts: dict[int, PageVerdict] = field(default_factory=dict)  # page number -> verdict
    looked_at: int = 1  # the page that matters most now: the one drawn or cited last
    embedded: int = 0
    seconds_left: float | None = None
    reason: str = ""
    needs_password: bool = False
    indexed: IndexedDocument | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    removed_at: float | None = None
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
        )


class Documents:
    """The documents on one shelf. Every method may be called from any thread; `changed` is told of whatever shows."""

    def __init__(
        self,
        key: str,
        person: str,
        rag: Rag,
        store: Store,
        settings: Settings,
        readers: FairPool,
        embedders: FairPool,
        metrics: Metrics,
        changed: Callable[[], None],
    ) -> None:
        self._key = key
        self._person = person  # names this shelf in queues, without its key
        self._rag = rag
        self._store = store
        self._vectors_elsewhere = store.vector_source(rag.vector_model)
        self._settings = settings
        self._readers = readers
        self._embedders = embedders
        self._metrics = metrics
        self._changed = changed
        self._lock = threading.RLock()
        self._entries: dict[str, _Entry] = {}
        self._restore()

    def views(self) -> tuple[DocumentView, ...]:
        with self._lock:
            return tuple(entry.view() for entry in self._present())

    def searchable(self) -> list[IndexedDocument]:
        """What can be asked at this moment, half-read documents included."""
        with self._lock:
            return [e.indexed for e in self._present() if e.indexed is not None and e.indexed.index.chunks]

    # -------------------------------------------------------------------------------------------- in and out

    def add(self, name: str, data: bytes) -> str:
        """Take a file in; returns its entry's id. What is wrong with its content shows in its view.

        The same bytes again are the entry that is there already, under the new name.
        Raises FootnoteError where a limit refuses it.
        """
        self._refuse_beyond_limits(name, len(data))
        document_id = self._store.put_file(data)
        entry_id = self._store.add_to_workspace(self._key, document_id, name)
        source = SourceFile(document_id, name, self._store.file_path(document_id))
        with self._lock:
            known = self._entries.get(entry_id)
            if known is not None:
                known.removed_at = None
                known.source = source
                if known.state is not DocumentState.FAILED:
                    self._changed()
                    return entry_id
            self._entries[entry_id] = entry = _Entry(entry_id, source)
            self._changed()
        self._submit(self._readers, entry, partial(self._read, entry))
        return entry_id

    def retry(self, entry_id: str, password: str | None = None) -> None:
        """Read a failed file again, with its password if there is one. The password is used once and not kept."""
        with self._lock:
            entry = self._entry(entry_id)
            fresh = _Entry(entry.id, entry.source)
            self._entries[entry_id] = fresh
            self._changed()
        job = partial(self._read, fresh) if password is None else partial(self._unlock, fresh, password)
        self._submit(self._readers, fresh, job)

    def remove(self, entry_id: str) -> None:
        """Take a document off the shelf. For UNDO_S seconds it can be restored, then it is wiped."""
        with self._lock:
            entry = self._entry(entry_id)
            entry.removed_at = time.monotonic()
            entry.cancel.set()
        self._changed()

    def restore(self, entry_id: str) -> None:
        """Undo `remove`; what was cut short is taken up again. Raises DocumentGone when it is too late."""
        with self._lock:
            entry = self._entry(entry_id)
            entry.removed_at = None
            unfinished = not entry.view().settled
            if unfinished:
                entry = self._entries[entry_id] = _Entry(entry_id, entry.source)
            else:
                entry.cancel.clear()
        self._changed()
        if unfinished:
            self._submit(self._readers, entry, partial(self._load, entry))

    def wipe_removed(self, after_s: float = UNDO_S) -> None:
        """Delete for good what was removed `after_s` seconds ago or earlier."""
        with self._lock:
            now = time.monotonic()
            due = [e for e in self._entries.values() if e.removed_at is not None and now - e.removed_at >= after_s]
            for entry in due:
                entry.cancel.set()
                del self._entries[entry.id]
        for entry in due:
            self._store.remove_from_workspace(self._key, entry.id)

    def loaded(self) -> bool:
        """Whether everything that was kept can be asked again, or has failed."""
        with self._lock:
            return not any(entry.restoring for entry in self._present())

    def catch_up(self) -> None:
        """Look again at what another process has put on this shelf, renamed or taken from it."""
        with self._lock:
            stored = {entry.id: entry for entry in self._store.workspace_documents(self._key)}
            for entry in self._present():
                if entry.id in stored:
                    entry.source = replace(entry.source, name=stored[entry.id].name)
                else:
                    entry.cancel.set()
                    del self._entries[entry.id]
            for kept in stored.values():
                if kept.id not in self._entries:
                    self._bring_back(kept)
            self._changed()

    def cancel_all(self) -> None:
        with self._lock:
            for entry in self._entries.values():
                entry.cancel.set()

    # -------------------------------------------------------------------------------------------- pages

    def page_count(self, document_id: str) -> int:
        return len(self._indexed(document_id).document.pages)

    def page_label(self, document_id: str, page: int) -> str:
        found = self._indexed(document_id).page(page)
        return found.label if found else str(page)

    def page_labels(self, document_id: str) -> dict[int, str]:
        """Page number -> the label printed on it, where that is not its number."""
        pages = self._indexed(document_id).document.pages
        return {page.number: page.label for page in pages if page.label not in ("", str(page.number))}

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        """Width and height in points, as `rects` counts; 0 where it is not known."""
        found = self._indexed(document_id).page(page)
        return (found.width, found.height) if found else (0.0, 0.0)

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        """Where a citation's words are drawn; () where that is not known."""
        return citation.rects or self._rag.locate(citation, self._original(citation.document_id, citation.page))

    def page_image(
        self, document_id: str, page: int, *, width_px: int, highlights: Sequence[Rect] = (), is_small: bool = False
    ) -> PageImage:
        """A page as a picture. Raises FootnoteError with a sentence when it cannot be drawn."""
        path = self._original(document_id, page).path
        return self._rag.viewer.draw(path, page, width_px=width_px, highlights=highlights, is_small=is_small)

    def file(self, document_id: str) -> bytes:
        """The original. Raises DocumentGone."""
        return self._original(document_id).path.read_bytes()

    def file_path(self, document_id: str) -> Path:
        """Where the original lies, for a server that sends it piece by piece. Raises DocumentGone."""
        return self._original(document_id).path

    # -------------------------------------------------------------------------------------------- background work

    def _submit(self, pool: FairPool, entry: _Entry, job: Work) -> None:
        """Queue work on an entry, which settles whatever happens in it: a bug must not leave a bar standing still."""

        def settled() -> None:
            try:
                job()
            except Exception:
                self._update(entry, state=DocumentState.FAILED, seconds_left=None, reason=_OUR_FAULT)
                raise

        pool.submit(self._person, settled)

    def _read(self, entry: _Entry) -> None:
        began = time.monotonic()
        try:
            self._store.file_path(entry.source.id)
            events = self._rag.read(entry.source, partial(self._publish, entry), cancelled=entry.cancel.is_set)
            for event in self._metrics.reading(events):
                match event:
                    case ReadingStarted():
                        self._update(entry, state=DocumentState.READING, pages=event.pages)
                    case PageRead():
                        self._page_read(entry, event, began)
                    case Searchable() if entry.indexed is not None:
                        self._keep_pages(entry.indexed)
        except FootnoteError as exc:  # the file cannot be read, or what was read cannot be kept
            self._fail(entry, str(exc), needs_password=isinstance(exc, EncryptedPdf))
            return
        self._recognise(entry, time.monotonic() - began)

    def _recognise(self, entry: _Entry, read_s: float) -> None:
        """The words of scanned pages, each kept as it is found; then the file is read."""
        began = time.monotonic()
        if entry.indexed is None or entry.cancel.is_set():
            return
        try:
            self._store.file_path(entry.source.id)
            events = self._rag.recognise(
                entry.indexed,
                partial(self._publish, entry),
                nearest_to=lambda: entry.looked_at,
                cancelled=entry.cancel.is_set,
            )
            for event in self._metrics.recognising(events):
                page = entry.indexed.page(event.page) if isinstance(event, PageRead) else None
                if page is not None:
                    self._store.save_page(entry.source.id, page)
                    with self._lock:
                        entry.verdicts[page.number] = page.verdict
                    self._update(entry, state=DocumentState.RECOGNISING)
            if entry.cancel.is_set():
                return
            report = finished(entry.indexed, read_s + time.monotonic() - began, 0.0, self._rag.recogniser.hint())
            self._store.save_reading_finished(entry.source.id, report.status, report.reason, report.read_s)
        except FootnoteError as exc:
            self._fail(entry, str(exc))
            return
        if report.status is FileStatus.FAILED:
            self._fail(entry, report.reason)
            return
        self._update(entry, state=DocumentState.EMBEDDING, reason=report.reason, seconds_left=None)
        self._submit(self._embedders, entry, partial(self._embed, entry, report.status))

    def _publish(self, entry: _Entry, indexed: IndexedDocument) -> None:
        self._update(entry, indexed=indexed)

    def _fail(self, entry: _Entry, reason: str, *, needs_password: bool = False) -> None:
        self._update(entry, state=DocumentState.FAILED, reason=reason, needs_password=needs_password, seconds_left=None)

    def _page_read(self, entry: _Entry, event: PageRead, began: float) -> None:
        with self._lock:
            entry.verdicts[event.page] = event.verdict
            left = event.pages - len(entry.verdicts)
            entry.seconds_left = (time.monotonic() - began) / len(entry.verdicts) * left
        self._changed()

    def _keep_pages(self, indexed: IndexedDocument) -> None:
        """The title goes along only where it is the file's own, not the name a person gave."""
        document = indexed.document
        title = "" if document.title == document.name else document.title
        self._store.save_opened(document.id, title, document.outline, len(document.pages))
        self._store.save_pages(document.id, document.pages)

    def _embed(self, entry: _Entry, status: FileStatus) -> None:
        indexed = entry.indexed
        if indexed is None or entry.cancel.is_set():
            return
        settled = DocumentState.READY if status is FileStatus.READY else DocumentState.PARTIAL
        try:
            for event in self._rag.embed(
                indexed, lambda i: self._update(entry, indexed=i), cancelled=entry.cancel.is_set
            ):
                if isinstance(event, Embedding):
                    self._update(entry, embedded=event.done, seconds_left=event.seconds_left)
            vectors = entry.indexed.index.vectors if entry.indexed else None
            if vectors is not None:
                self._store.save_vectors(indexed.document.id, self._rag.vector_model, vectors)
                if self._vectors_elsewhere is not None:
                    self._update(entry, indexed=self._with_kept_vectors(indexed))
        except EmbeddingError as exc:
            self._update(
                entry, state=settled, seconds_left=None, reason=f"{entry.reason} Found by words only: {exc}".strip()
            )
            return
        except FootnoteError:
            _log.exception("vectors could not be kept; they are made again after a restart")
        if not entry.cancel.is_set():
            self._update(entry, state=settled, seconds_left=None)

    def _unlock(self, entry: _Entry, password: str) -> None:
        """Put a copy without the password in the locked file's place, so that the password need not be kept."""
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "unlocked.pdf"
            try:
                self._store.file_path(entry.source.id)
                save_decrypted_copy(entry.source.path, password, copy, self._rag.limits)
                document_id = self._store.put_file(copy.read_bytes(), password)
            except FootnoteError as exc:
                self._fail(entry, str(exc), needs_password=isinstance(exc, EncryptedPdf))
                return
        entry_id = self._store.add_to_workspace(self._key, document_id, entry.source.name)
        unlocked = _Entry(entry_id, SourceFile(document_id, entry.source.name, self._store.file_path(document_id)))
        with self._lock:
            # the unlocked copy stands where the locked file stood
            self._entries = {
                (unlocked.id if key == entry.id else key): (unlocked if key == entry.id else kept)
                for key, kept in self._entries.items()
            }
            self._changed()
        self._store.remove_from_workspace(self._key, entry.id)
        self._read(unlocked)

    def _restore(self) -> None:
        """Bring back what this person has in the store: finished work is loaded, the rest is read again."""
        for stored in self._store.workspace_documents(self._key):
            self._bring_back(stored)

    def _bring_back(self, stored: Entry) -> None:
        with suppress(DocumentGone):
            source = SourceFile(stored.document_id, stored.name, self._store.local_path(stored.document_id))
            with self._lock:
                entry = self._entries[stored.id] = _Entry(stored.id, source, restoring=True)
            self._submit(self._readers, entry, partial(self._load, entry))

    def _load(self, entry: _Entry) -> None:
        state = self._store.reading_state(entry.source.id)
        document = self._store.load_document(entry.source.id, entry.source.name)
        if document is None or state is None or len(document.pages) != state.page_count or not document.pages:
            self._read(entry)
            return
        indexed = index_document(document, entry.source.path)
        verdicts = {page.number: page.verdict for page in document.pages}
        self._update(entry, indexed=indexed, pages=len(document.pages), verdicts=verdicts)
        if state.status is None:  # cut short while scans were recognised: the pages found so far are kept
            self._recognise(entry, state.read_s or 0.0)
            return
        if state.status == FileStatus.FAILED:
            self._fail(entry, state.reason)
            return
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

    # -------------------------------------------------------------------------------------------- helpers

    def _present(self) -> list[_Entry]:
        return [entry for entry in self._entries.values() if entry.removed_at is None]

    def _entry(self, entry_id: str) -> _Entry:
        if entry_id not in self._entries:
            raise DocumentGone("This document has been deleted. Add the file again to go on with it.")
        return self._entries[entry_id]

    def _indexed(self, document_id: str, page: int | None = None) -> IndexedDocument:
        with self._lock:
            for entry in self._entries.values():
                if entry.source.id == document_id and entry.indexed is not None:
                    entry.looked_at = page or entry.looked_at
                    return entry.indexed
        raise DocumentGone("This document has been deleted. Add the file again to see its pages.")

    def _original(self, document_id: str, page: int | None = None) -> IndexedDocument:
        """As `_indexed`, for whoever opens its file: on a machine that did not take it in, it is fetched first."""
        indexed = self._indexed(document_id, page)
        self._store.file_path(document_id)
        return indexed

    def _update(self, entry: _Entry, **changes: object) -> None:
        with self._lock:
            for name, value in changes.items():
                setattr(entry, name, value)
            waits = entry.state is DocumentState.QUEUED or (entry.indexed is None and not entry.view().settled)
            entry.restoring = entry.restoring and waits
            self._changed()

    def _refuse_beyond_limits(self, name: str, size: int) -> None:
        limits, used, total = self._settings, self._store.usage(self._key), self._store.total_usage()
        if size > limits.max_file_mb * _MEGABYTE:
            raise PdfTooLarge(
                f"{name} has {size / _MEGABYTE:.0f} MB; at most {limits.max_file_mb} MB can be taken. "
                "Split it, or save it with smaller pictures."
            )
        if used.files >= limits.max_files:
            raise PdfTooLarge(f"You keep {used.files} files, the most there may be. Remove one to add {name}.")
        if used.bytes + size > limits.max_person_mb * _MEGABYTE:
            raise PdfTooLarge(
                f"With {name} your files would have more than {limits.max_person_mb} MB together. Remove some first."
            )
        if used.pages >= limits.max_person_pages:
            raise PdfTooLarge(
                f"Your files have {used.pages:,} pages, the most there may be. Remove some to add {name}."
            )
        if total.bytes + size > limits.max_total_mb * _MEGABYTE or total.pages >= limits.max_total_pages:
            raise PdfTooLarge(f"This server is full, so {name} was not taken. Try again later, or run your own copy.")
