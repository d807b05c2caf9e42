"""Everybody's shelves: who sees what, and for how long.

A `Library` serves everybody; a `Shelf` is one person's. Nothing on a shelf can be reached without its key, and the
finished work on a file is reused only for the person who already has that file: a quick answer must not tell a
stranger that somebody else holds the same one.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from shared_utils.errors import FootnoteError
from shared_utils.pdf.viewer import PageImage
from shared_utils.storage.document_store import DocumentStore
from shared_utils.types import Citation, Rect
from src.conversations import Conversations
from src.documents import Documents
from src.jobs import FairPool
from src.rag_with_generation import Rag
from src.settings import Settings
from src.views import ConversationView, DocumentView, EngineView, TurnView
from src.writing import Writer

_log = logging.getLogger(__name__)

_TIDY_EVERY_S = 5.0
_TOUCH_EVERY_S = 60.0  # how often a visit is written down
_PUT_AWAY_AFTER_S = 1800.0  # an idle shelf's indexes leave the memory; the store brings them back


class Library:
    """Everybody's shelves over one store. Close it to stop its threads."""

    def __init__(
        self,
        rag: Rag,
        store: DocumentStore,
        settings: Settings,
        writers: Callable[[], Sequence[Writer]],
        engine: Callable[[], EngineView],
    ) -> None:
        self.rag = rag
        self.store = store
        self.settings = settings
        self.writers = writers
        self.engine = engine
        self.readers = FairPool("reader", workers=2)
        self.embedders = FairPool("embedder", workers=1)
        self._shelves: dict[str, Shelf] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._janitor = threading.Thread(target=self._tidy, name="janitor", daemon=True)
        self._janitor.start()

    def shelf(self, key: str) -> Shelf:
        """The shelf of whoever holds `key` (16 characters or more): made, or brought back from the store."""
        with self._lock:
            if key not in self._shelves:
                self._shelves[key] = Shelf(key, self)
            shelf = self._shelves[key]
        shelf.touch()
        return shelf

    def close(self) -> None:
        """Cancel what runs, stop the threads, close the store. Closing twice does no harm."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._janitor.join()
        for shelf in list(self._shelves.values()):
            shelf.cancel_all()
        self.readers.close()
        self.embedders.close()
        self.rag.viewer.close()
        self.store.close()

    def _tidy(self) -> None:
        """Wipe what was removed and, where a time is set, the shelves of people who have not come back."""
        while not self._closed.wait(_TIDY_EVERY_S):
            try:
                for key, shelf in list(self._shelves.items()):
                    shelf.wipe_removed()
                    if shelf.expired() or shelf.idle(_PUT_AWAY_AFTER_S):
                        with self._lock:
                            del self._shelves[key]
                        shelf.cancel_all()
                if self.settings.keep_hours:
                    self.store.expire_workspaces(self.settings.keep_hours * 3600, time.time())
            except FootnoteError:
                _log.exception("tidying up failed; it is tried again")


class Shelf:
    """One person's documents and conversations. Every method may be called from any thread."""

    def __init__(self, key: str, library: Library) -> None:
        self._key = key
        self._library = library
        self._lock = threading.Lock()
        self._version = 0
        self._seen_at = time.monotonic()
        self._touched_at = float("-inf")
        person = secrets.token_hex(8)  # names this shelf in queues, without its key
        self._documents = Documents(
            key, person, library.rag, library.store, library.settings, library.readers, library.embedders, self._changed
        )
        self._conversations = Conversations(
            key,
            person,
            library.rag,
            library.store,
            lambda: library.writers(),
            library.settings.remote_answers,
            self._documents.searchable,
            self._changed,
        )

    def version(self) -> int:
        """Grows whenever something this person can see has changed. Asking counts as being here."""
        self.touch()
        return self._version

    def _changed(self) -> None:
        with self._lock:
            self._version += 1

    # -------------------------------------------------------------------------------------------- for how long

    def touch(self) -> None:
        """The person is here: their shelf does not expire."""
        now = self._seen_at = time.monotonic()
        if self._library.settings.keep_hours and now - self._touched_at > _TOUCH_EVERY_S:
            self._touched_at = now
            self._library.store.touch_workspace(self._key)

    def expired(self) -> bool:
        hours = self._library.settings.keep_hours
        return bool(hours) and time.monotonic() - self._seen_at > hours * 3600

    def idle(self, for_s: float) -> bool:
        """Nobody has looked for so long, and nothing is being done."""
        working = any(not view.settled for view in self.documents()) or any(not turn.done for turn in self.turns())
        return not working and time.monotonic() - self._seen_at > for_s

    def wipe_removed(self) -> None:
        self._documents.wipe_removed()

    def cancel_all(self) -> None:
        """Stop everything that runs for this person."""
        self._documents.cancel_all()
        self._conversations.stop()

    # -------------------------------------------------------------------------------------------- documents

    def documents(self) -> tuple[DocumentView, ...]:
        return self._documents.views()

    def add(self, name: str, data: bytes) -> str:
        """See `Documents.add`. Raises FootnoteError where a limit refuses the file."""
        return self._documents.add(name, data)

    def retry(self, entry_id: str, password: str | None = None) -> None:
        self._documents.retry(entry_id, password)

    def remove(self, entry_id: str) -> None:
        self._documents.remove(entry_id)

    def restore(self, entry_id: str) -> None:
        self._documents.restore(entry_id)

    def page_count(self, document_id: str) -> int:
        return self._documents.page_count(document_id)

    def page_label(self, document_id: str, page: int) -> str:
        return self._documents.page_label(document_id, page)

    def page_height(self, document_id: str, page: int) -> float:
        """In points, as `rects` counts; 0 where it is not known."""
        return self._documents.page_height(document_id, page)

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        return self._documents.rects(citation)

    def page_image(self, document_id: str, page: int, *, width_px: int, highlights: Sequence[Rect] = ()) -> PageImage:
        return self._documents.page_image(document_id, page, width_px=width_px, highlights=highlights)

    def file(self, document_id: str) -> bytes:
        return self._documents.file(document_id)

    # -------------------------------------------------------------------------------------------- questions

    def turns(self) -> tuple[TurnView, ...]:
        return self._conversations.turns()

    def ask(self, question: str, *, only: str = "", ask_anyway: bool = False) -> str:
        """See `Conversations.ask`. Raises QuestionError while another question is being answered."""
        return self._conversations.ask(question, only=only, ask_anyway=ask_anyway)

    def stop(self) -> None:
        self._conversations.stop()

    def engine(self) -> EngineView:
        """Who would answer this person now."""
        view = self._library.engine()
        if view.engine == "remote" and self.keeps_here():
            return replace(
                view, engine="extractive", model="", line="Everything stays here · answers quote the documents"
            )
        return view

    def keeps_here(self) -> bool:
        """Whether this person lets no passage leave the machine."""
        return self._conversations.keep_here

    def keep_here(self, value: bool) -> None:
        self._conversations.keep_here = value
        self._changed()

    def regenerate(self, *, ask_anyway: bool = False) -> None:
        self._conversations.regenerate(ask_anyway=ask_anyway)

    def conversations(self) -> tuple[ConversationView, ...]:
        return self._conversations.views()

    def conversation_id(self) -> str:
        return self._conversations.current

    def new_conversation(self) -> None:
        self._conversations.new()

    def open_conversation(self, conversation_id: str) -> None:
        self._conversations.open(conversation_id)

    def suggestions(self) -> tuple[str, ...]:
        """Questions that the latest document's own sections suggest. Empty once a conversation has begun."""
        documents = [indexed.document for indexed in self._documents.searchable() if indexed.complete]
        if self._conversations.turns() or not documents:
            return ()
        titles = dict.fromkeys(entry.title.strip() for entry in documents[-1].outline if entry.title.strip())
        return tuple(f"What does it say about “{title}”?" for title in list(titles)[:3])
