"""One person's documents: taken in, read in the background, kept, drawn, deleted."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from shared_utils.errors import DocumentGone, NotFailed
from shared_utils.pdf.viewer import PageImage, Tile
from shared_utils.storage.kept_pages import facts_of
from shared_utils.storage.store import Entry as StoredEntry
from shared_utils.types import Citation, Document, Page, Rect, Span
from src.answering.ingestion import IndexedDocument, SourceFile
from src.library.claims import HandingOver
from src.library.guide import Guide, grown, guide_of
from src.library.read_by_workers import reading_for
from src.library.reading import Entry
from src.library.services import Person, Services
from src.views import DocumentState, DocumentView

UNDO_S = 30.0  # how long a removed document can be brought back before it is wiped
_ATTEMPTS = 2  # to put a file in again whose content was erased for somebody else in the same moment


class Documents:
    """The documents on one shelf. Every method may be called from any thread."""

    def __init__(self, person: Person, services: Services) -> None:
        self._key = person.key
        self._changed = person.changed
        self._rag = services.rag
        self._store = services.store
        self._lock = threading.RLock()
        self._filing = threading.Lock()  # held, before `_lock`, where the store's list and ours must change as one
        self._entries: dict[str, Entry] = {}
        self._claims = services.claims
        self._network = person.network
        self._guides: dict[str, tuple[IndexedDocument, Guide]] = {}  # entry id -> what it was made from, and it
        self._reading = reading_for(person, services, self._lock)
        for stored in self._store.workspace_documents(self._key):
            self._bring_back(stored)

    def load(self) -> None:
        """Begin to bring back what was kept. Until then its entries are there and hold nothing."""
        with self._lock:
            unread = [entry for entry in self._entries.values() if entry.restoring]
        for entry in unread:
            self._reading.load(entry)

    def views(self) -> tuple[DocumentView, ...]:
        with self._lock:
            return tuple(entry.view() for entry in self._present())

    def searchable(self) -> list[IndexedDocument]:
        """What can be asked at this moment, half-read documents included."""
        with self._lock:
            return [e.indexed for e in self._present() if e.indexed is not None and e.indexed.index.chunks]

    def guides(self) -> tuple[Guide, ...]:
        """What is known of every document that can be asked, in the order they were added; each is made once a state
        of its document."""
        with self._lock:
            there = [(e.id, e.indexed) for e in self._present() if e.indexed is not None and e.indexed.index.chunks]
        made: dict[str, tuple[IndexedDocument, Guide]] = {}
        for entry_id, indexed in there:
            known = self._guides.get(entry_id)
            if known is not None and known[0].document is indexed.document:
                made[entry_id] = known
            elif known is not None and not indexed.complete:
                made[entry_id] = (indexed, grown(known[1], indexed.document))
            else:
                made[entry_id] = (indexed, guide_of(indexed.document))
        self._guides = made
        return tuple(guide for _, guide in made.values())

    # -------------------------------------------------------------------------------------------- in and out

    def add(self, name: str, data: bytes) -> str:
        """Take a file in; returns its entry's id. What is wrong with its content shows in its view.

        The same bytes again are the entry that is there already, under its own name. Other bytes under a name that is
        taken are told apart by a number: "report (2).pdf".
        Raises FootnoteError where a limit refuses it.
        """
        with self._claims.adding(self._key, self._network(), name, len(data)) as handing_over, self._filing:
            document_id, entry_id, name = self._kept(name, data, handing_over)
            source = SourceFile(document_id, name, self._store.file_path(document_id))
            with self._lock:
                known = self._entries.get(entry_id)
                if known is None or known.state is DocumentState.FAILED:
                    self._reading.read(self._fresh(entry_id, source))
                else:
                    known.source = source
                    self._put_back(known)
        self._changed()
        return entry_id

    def _kept(self, name: str, data: bytes, handing_over: HandingOver) -> tuple[str, str, str]:
        """The ids of a file's content and entry, once both are in the store, and what it is called here."""
        for _ in range(_ATTEMPTS):
            with suppress(DocumentGone):  # its last holder's copy was erased in this moment, and this one with it
                return self._put(name, data, handing_over)
        return self._put(name, data, handing_over)

    def _put(self, name: str, data: bytes, handing_over: HandingOver) -> tuple[str, str, str]:
        document_id = self._store.put_file(data)
        with self._lock:
            names = {entry.source.id: entry.source.name for entry in self._present()}
        name = names.pop(document_id, "") or name_apart(name, names.values())
        with handing_over():
            return document_id, self._store.add_to_workspace(self._key, document_id, name), name

    def retry(self, entry_id: str, password: str | None = None) -> None:
        """Read a failed file again, with its password if there is one. The password is used once and not kept.

        Raises NotFailed for one that is being read, or was read.
        """
        with self._lock:
            entry = self._entry(entry_id)
            if entry.state is not DocumentState.FAILED:
                raise NotFailed(
                    "{name} has not failed, so there is nothing to try again. To have it read anew, remove it and add "
                    "it again.",
                    name=entry.source.name,
                )
            fresh = self._fresh(entry.id, entry.source)
        self._changed()
        if password is None:
            self._reading.read(fresh)
        else:
            self._reading.unlock(fresh, password, lambda document_id: self._unlocked(fresh, document_id))

    def remove(self, entry_id: str) -> None:
        """Take a document off the shelf, in every process and for good unless it is restored before it is wiped.

        Raises DocumentGone where it is not there, StorageError where that cannot be kept: then it stays.
        """
        with self._filing:
            if not self._store.mark_removed(self._key, entry_id):
                raise _gone()
            with self._lock:
                entry = self._entries.get(entry_id)
                if entry is not None:
                    entry.removed = True
                    entry.cancel.set()
        self._changed()

    def restore(self, entry_id: str) -> None:
        """Undo `remove`; what was cut short is taken up again. Raises DocumentGone when it is too late."""
        with self._filing:
            if not self._store.unmark_removed(self._key, entry_id):
                raise _gone()
            with self._lock:
                entry = self._entries.get(entry_id)
                if entry is not None:
                    self._put_back(entry)
        if entry is None:  # removed by another process, or before this one began
            self.catch_up()
        self._changed()

    def can_restore(self, entry_id: str) -> bool:
        """Whether `restore` would bring this document back now. Raises StorageError."""
        return entry_id in self._store.removed_documents(self._key)

    def forget_wiped(self) -> None:
        """Let go of what was removed and has been wiped since, by whichever process."""
        with self._lock:
            removed = {entry.id for entry in self._entries.values() if entry.removed}
        if not removed:
            return
        wiped = removed - self._store.removed_documents(self._key)
        with self._lock:
            gone = [id_ for id_ in wiped if id_ in self._entries and self._entries[id_].removed]
            for id_ in gone:
                del self._entries[id_]
        if gone:
            self._changed()

    def wipe_removed(self) -> None:
        """Wipe at once what was removed here: the process ends, and with it the offer to bring it back."""
        with self._filing:
            with self._lock:
                removed = [entry.id for entry in self._entries.values() if entry.removed]
            self._store.erase_removed(0.0, among=removed)
        self.forget_wiped()

    def loaded(self) -> bool:
        """Whether everything that was kept can be asked again, or has failed."""
        with self._lock:
            return not any(entry.restoring for entry in self._present())

    def catch_up(self) -> None:
        """Look again at what another process has put on this shelf, renamed or taken from it."""
        with self._lock:
            stored = {entry.id: entry for entry in self._store.workspace_documents(self._key)}
            for entry in list(self._entries.values()):
                if entry.id in stored:
                    entry.source = replace(entry.source, name=stored[entry.id].name)
                    self._put_back(entry)  # where another process has undone what was removed here
                elif not entry.removed:
                    entry.cancel.set()
                    del self._entries[entry.id]
            for kept in stored.values():
                if kept.id not in self._entries and (fresh := self._bring_back(kept)):
                    self._reading.load(fresh)
        self._changed()

    def cancel_all(self) -> None:
        with self._lock:
            for entry in self._entries.values():
                entry.cancel.set()

    def _bring_back(self, stored: StoredEntry) -> Entry | None:
        with suppress(DocumentGone):
            source = SourceFile(stored.document_id, stored.name, self._store.local_path(stored.document_id))
            with self._lock:
                entry = self._entries[stored.id] = Entry(stored.id, source, restoring=True)
            return entry
        return None

    def _put_back(self, entry: Entry) -> None:
        """Undo `remove`. Work that was cut short goes on in a fresh entry: the old one's may still be ending."""
        if not entry.removed:
            return
        entry.removed = False
        if entry.view().settled:
            entry.cancel.clear()
        else:
            self._reading.load(self._fresh(entry.id, entry.source))

    def _fresh(self, entry_id: str, source: SourceFile) -> Entry:
        """An entry in the place of the one there was, whose work ends. Called under the lock."""
        if entry_id in self._entries:
            self._entries[entry_id].cancel.set()
        fresh = self._entries[entry_id] = Entry(entry_id, source)
        return fresh

    def _unlocked(self, locked: Entry, document_id: str) -> Entry | None:
        """The entry of a copy without its password, where the locked file stood; None where that was removed."""
        with self._filing, self._lock:
            if self._entries.get(locked.id) is not locked or locked.removed:
                return None
            entry_id = self._store.add_to_workspace(self._key, document_id, locked.source.name)
            source = SourceFile(document_id, locked.source.name, self._store.file_path(document_id))
            unlocked = Entry(entry_id, source)
            self._entries = {
                (unlocked.id if key == locked.id else key): (unlocked if key == locked.id else kept)
                for key, kept in self._entries.items()
            }
            self._store.remove_from_workspace(self._key, locked.id)
        self._changed()
        return unlocked

    # -------------------------------------------------------------------------------------------- pages

    def page_count(self, document_id: str) -> int:
        return len(self._indexed(document_id).document.pages)

    def page_label(self, document_id: str, page: int) -> str:
        found = self._indexed(document_id).page(page)
        return found.label if found else str(page)

    def page_labels(self, document_id: str) -> dict[int, str]:
        """Page number -> the label printed on it, where that is not its number."""
        pages = facts_of(self._indexed(document_id).document.pages)
        return {page.number: page.label for page in pages if page.label not in ("", str(page.number))}

    def page_shapes(self, document_id: str) -> list[tuple[int, float]]:
        """(first page, height over width) of every stretch of pages of one shape; [] where none is known yet."""
        shapes: list[tuple[int, float]] = []
        for page in facts_of(self._indexed(document_id).document.pages):
            shape = round(page.height / page.width, 4) if page.width > 0 else 0.0
            if shape > 0 and (not shapes or shapes[-1][1] != shape):
                shapes.append((page.number, shape))
        return shapes

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        """Width and height in points, as `rects` counts; 0 where it is not known."""
        found = self._indexed(document_id).page(page)
        return (found.width, found.height) if found else (0.0, 0.0)

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        """Where a citation's words are drawn; () where that is not known."""
        return citation.rects or self._rag.locate(citation, self._original(citation.document_id, citation.page))

    def document(self, document_id: str) -> Document:
        """What was read of it. Raises DocumentGone."""
        return self._indexed(document_id).document

    def places(self, document_id: str, page: Page, spans: Sequence[Span]) -> tuple[tuple[Rect, ...], ...]:
        """For each span of `page.text`, where its words are drawn; () where that is not known."""
        return self._rag.viewer.locate(self._original(document_id).path, page, spans)

    def page_image(
        self,
        document_id: str,
        page: int,
        *,
        width_px: int,
        highlights: Sequence[Rect] = (),
        is_small: bool = False,
        tile: Tile | None = None,
    ) -> PageImage:
        """A page as a picture. Raises FootnoteError with a sentence when it cannot be drawn."""
        path = self._original(document_id, page).path
        return self._rag.viewer.draw(path, page, width_px=width_px, highlights=highlights, is_small=is_small, tile=tile)

    def original_path(self, document_id: str) -> Path:
        """Where the file lies as it was added, of whichever kind. Raises DocumentGone."""
        self._indexed(document_id)
        return self._store.file_path(document_id)

    def file(self, document_id: str) -> bytes:
        """The PDF that is shown. Raises DocumentGone."""
        return self._original(document_id).path.read_bytes()

    def file_path(self, document_id: str) -> Path:
        """Where the PDF that is shown lies, for a server that sends it piece by piece. Raises DocumentGone."""
        return self._original(document_id).path

    # -------------------------------------------------------------------------------------------- helpers

    def _present(self) -> list[Entry]:
        return [entry for entry in self._entries.values() if not entry.removed]

    def _entry(self, entry_id: str) -> Entry:
        entry = self._entries.get(entry_id)
        if entry is None or entry.removed:
            raise _gone()
        return entry

    def _indexed(self, document_id: str, page: int | None = None) -> IndexedDocument:
        with self._lock:
            for entry in self._present():
                if entry.source.id == document_id and entry.indexed is not None:
                    entry.looked_at = page or entry.looked_at
                    return entry.indexed
        raise DocumentGone("This document has been deleted. Add the file again to see its pages.")

    def _original(self, document_id: str, page: int | None = None) -> IndexedDocument:
        """As `_indexed`, for whoever opens its file: on a machine that did not take it in, it is fetched first."""
        indexed = self._indexed(document_id, page)
        path = self._store.file_path(document_id)
        return replace(indexed, path=self._rag.converter.pdf_of(indexed.document.name, path))


def _gone() -> DocumentGone:
    return DocumentGone("This document has been deleted. Add the file again to go on with it.")


def name_apart(name: str, taken: Collection[str]) -> str:
    """The name, with a number before its ending where another file has it.

    >>> name_apart("report.pdf", ["report.pdf", "notes.pdf"]), name_apart("report.pdf", [])
    ('report (2).pdf', 'report.pdf')
    """
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    numbered = (f"{stem} ({number}){dot}{ending}" for number in range(2, len(taken) + 2))
    return next((each for each in (name, *numbered) if each not in taken), name)
