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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Protocol

from shared_utils.errors import FootnoteError
from shared_utils.pdf.viewer import PageImage
from shared_utils.storage.store import Store
from shared_utils.types import Citation, Document, Rect
from src.answering.ingestion import IndexedDocument
from src.answering.suggestions import Topic, next_topics, opening_topics, question
from src.answering.writing import Scribe, Writer, staying
from src.i18n import ENGLISH, Say
from src.library.conversations import LEASE_S, SHARES, Conversations, Person, Services
from src.library.documents import Documents
from src.library.fair_pool import FairPool
from src.library.preferences import Pace, Preferences, decode_preferences, encode_preferences
from src.metrics import Metrics
from src.models.status import ModelStatus
from src.rag_with_generation import Rag
from src.settings import Settings
from src.views import ConversationView, DocumentView, EngineView, ModelChoice, TurnView

_log = logging.getLogger(__name__)

_SUGGESTIONS = 3
_TOPICS_TRIED = 9  # each costs a search, some hundredths of a second
_SUGGESTED_KEPT = 50
_TIDY_EVERY_S = 5.0
_TOUCH_EVERY_S = 60.0  # how often a visit is written down
_PUT_AWAY_AFTER_S = 1800.0  # an idle shelf's indexes leave the memory; the store brings them back
_HERE_S = 90.0  # a person not seen for so long has left; a tab in the background shows itself once a minute
_LOADING_S = 60.0  # how long a question taken up again waits for its documents


class EngineRoom(Protocol):
    """Who could write now. See `src.models.engines.Engines`."""

    def writers(self, choice: str = "") -> Sequence[Writer]: ...

    def choices(self) -> tuple[ModelChoice, ...]: ...

    def digests(self) -> Mapping[str, str]: ...

    def why_nobody(self) -> str: ...

    def status(self) -> ModelStatus: ...

    def view(self, scribe: Scribe, choice: str = "", *, may_leave: bool = True) -> EngineView: ...


class Library:
    """Everybody's shelves over one store. Close it to stop its threads."""

    def __init__(
        self,
        rag: Rag,
        store: Store,
        settings: Settings,
        engines: EngineRoom,
    ) -> None:
        self.rag = rag
        self.store = store
        self.settings = settings
        self.engines = engines
        self.metrics = Metrics()
        self.writers: Callable[[str], Sequence[Writer]] = engines.writers
        self.owner = secrets.token_hex(8)  # names this process among those on the store
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
            shelf.leave()
        self.readers.close()
        self.embedders.close()
        with suppress(FootnoteError):  # else the lease runs out by itself
            self.store.conversations.release(self.owner)
        self.rag.viewer.close()
        self.store.close()

    def _tidy(self) -> None:
        """Show that this process lives, look at what others have done, wipe what was removed, and, where a time is
        set, the shelves of people who have not come back."""
        while not self._closed.wait(_TIDY_EVERY_S):
            try:
                if any(shelf.answering() for shelf in list(self._shelves.values())):
                    self.store.conversations.renew(self.owner, LEASE_S)
                for key, shelf in list(self._shelves.items()):
                    shelf.wipe_removed()
                    if shelf.is_here():
                        shelf.catch_up()
                    if shelf.expired() or shelf.idle(_PUT_AWAY_AFTER_S):
                        with self._lock:
                            del self._shelves[key]
                        shelf.cancel_all()
                self.store.tidy()
                if self.settings.keep_hours:
                    self.store.expire_workspaces(self.settings.keep_hours * 3600, time.time())
            except FootnoteError:
                _log.exception("tidying up failed; it is tried again")


class Shelf:
    """One person's documents and conversations. Every method may be called from any thread."""

    def __init__(self, key: str, library: Library) -> None:
        self._key = key
        self._library = library
        self._changes = threading.Condition()
        self._version = 0
        self._revision = library.store.revision(key)
        self._seen_at = time.monotonic()
        self._touched_at = float("-inf")
        self._preferences = decode_preferences(library.store.preferences(key))
        person = self._name = secrets.token_hex(8)
        self._documents = Documents(
            key,
            person,
            library.rag,
            library.store,
            library.settings,
            library.readers,
            library.embedders,
            library.metrics,
            self._changed,
        )
        self._conversations = Conversations(
            Person(
                key,
                person,
                self.preferences,
                self._documents.searchable,
                self._await_documents,
                self.is_here,
                self._changed,
            ),
            Services(
                library.rag,
                library.store.conversations,
                library.owner,
                lambda choice: library.writers(choice),
                lambda: library.engines.why_nobody(),
                library.settings.remote_answers,
                library.metrics,
            ),
        )
        self._conversations.adopt()
        self._suggested: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def name(self) -> str:
        """Names this person in the queues of this process, without their key."""
        return self._name

    # -------------------------------------------------------------------------------------------- what is new

    def version(self) -> int:
        """Grows whenever something this person can see has changed. Asking counts as being here."""
        self.touch()
        return self._version

    def wait(self, version: int, timeout_s: float) -> int:
        """The version, as soon as it is another than `version`, or after `timeout_s`. Waiting counts as being here."""
        self.touch()
        with self._changes:
            self._changes.wait_for(lambda: self._version != version, timeout_s)
            return self._version

    def _changed(self) -> None:
        with self._changes:
            self._version += 1
            self._changes.notify_all()

    def catch_up(self) -> None:
        """Look at what other processes on the store have done for this person, and take up what they left behind."""
        self._conversations.adopt()
        revision = self._library.store.revision(self._key)
        if revision != self._revision:
            self._revision = revision
            self._preferences = decode_preferences(self._library.store.preferences(self._key))
            self._documents.catch_up()
            self._conversations.catch_up()

    def _await_documents(self) -> None:
        """Return when every document has been loaded as far as it was kept, or after a minute."""
        with self._changes:
            self._changes.wait_for(self._documents.loaded, _LOADING_S)

    # -------------------------------------------------------------------------------------------- for how long

    def touch(self) -> None:
        """The person is here: their shelf does not expire, and their place in line is kept."""
        now = self._seen_at = time.monotonic()
        if self._library.settings.keep_hours and now - self._touched_at > _TOUCH_EVERY_S:
            self._touched_at = now
            self._library.store.touch_workspace(self._key)

    def is_here(self) -> bool:
        return time.monotonic() - self._seen_at < _HERE_S

    def expired(self) -> bool:
        hours = self._library.settings.keep_hours
        return bool(hours) and time.monotonic() - self._seen_at > hours * 3600

    def answering(self) -> bool:
        return self._conversations.running()

    def idle(self, for_s: float) -> bool:
        """Nobody has looked for so long, and nothing is being done."""
        working = any(not view.settled for view in self.documents()) or self.answering()
        return not working and time.monotonic() - self._seen_at > for_s

    def wipe_removed(self) -> None:
        self._documents.wipe_removed()

    def cancel_all(self) -> None:
        """Stop everything that runs for this person."""
        self._documents.cancel_all()
        self._conversations.cancel_all()

    def leave(self) -> None:
        """The process ends: what is being done is taken up again by the next."""
        self._documents.cancel_all()
        self._conversations.leave()

    # -------------------------------------------------------------------------------------------- documents

    def documents(self) -> tuple[DocumentView, ...]:
        return self._documents.views()

    def searchable(self) -> list[IndexedDocument]:
        """What can be searched at this moment, half-read documents included."""
        return self._documents.searchable()

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

    def page_labels(self, document_id: str) -> dict[int, str]:
        return self._documents.page_labels(document_id)

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        return self._documents.page_size(document_id, page)

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        return self._documents.rects(citation)

    def page_image(
        self, document_id: str, page: int, *, width_px: int, highlights: Sequence[Rect] = (), is_small: bool = False
    ) -> PageImage:
        return self._documents.page_image(
            document_id, page, width_px=width_px, highlights=highlights, is_small=is_small
        )

    def file(self, document_id: str) -> bytes:
        return self._documents.file(document_id)

    def file_path(self, document_id: str) -> Path:
        return self._documents.file_path(document_id)

    # -------------------------------------------------------------------------------------------- conversations

    def new_conversation(self) -> str:
        """An id that nobody can guess. The conversation exists once it has a question."""
        return secrets.token_urlsafe(16)

    def latest_conversation(self) -> str:
        """The one spoken in last; "" where there is none."""
        return self._conversations.latest()

    def conversations(self) -> tuple[ConversationView, ...]:
        """The latest first."""
        return self._conversations.views()

    def delete_conversation(self, conversation_id: str) -> None:
        self._conversations.delete(conversation_id)

    def turns(self, conversation_id: str) -> tuple[TurnView, ...]:
        """Oldest first; () for a conversation that is not this person's. Looking counts as being here."""
        self._seen_at = time.monotonic()
        return self._conversations.turns(conversation_id)

    def ask(
        self,
        conversation_id: str,
        question: str,
        *,
        only: str = "",
        ask_anyway: bool = False,
        alone: bool = False,
        then: Sequence[str] = (),
    ) -> str:
        """See `Conversations.ask`. Raises QuestionError while that conversation has an answer running."""
        self.touch()
        return self._conversations.ask(
            conversation_id, question, only=only, ask_anyway=ask_anyway, alone=alone, then=then
        )

    def regenerate(self, conversation_id: str, *, ask_anyway: bool = False) -> None:
        """See `Conversations.regenerate`."""
        self.touch()
        self._conversations.regenerate(conversation_id, ask_anyway=ask_anyway)

    def stop(self, conversation_id: str) -> None:
        self._conversations.stop(conversation_id)

    def rate(self, conversation_id: str, turn_id: str, rating: int) -> None:
        """See `Conversations.rate`."""
        self._conversations.rate(conversation_id, turn_id, rating)

    # -------------------------------------------------------------------------------------------- engines, choices

    def engine(self) -> EngineView:
        """Who would answer this person now."""
        mine = self.preferences()
        return self._library.engines.view(self._library.rag.scribe, mine.model, may_leave=not mine.keep_here)

    def model_choices(self) -> tuple[ModelChoice, ...]:
        """What this person may choose to be answered by, this server's own choice first."""
        return self._library.engines.choices()

    def model_digests(self) -> Mapping[str, str]:
        """Name -> digest of the local models."""
        return self._library.engines.digests()

    def expected_first_word_s(self) -> dict[Pace, float | None]:
        """How long the first word would take at each pace, from what has been learnt; None where nothing has."""
        mine = self.preferences()
        offered = self._library.writers(mine.model)
        writers = staying(offered) if mine.keep_here else offered
        return {pace: self._library.rag.expected_first_word_s(writers, SHARES[pace]) for pace in Pace}

    def preferences(self) -> Preferences:
        return self._preferences

    def prefer(self, preferences: Preferences) -> None:
        """Keep what the person chose. Raises StorageError; it holds for this process all the same."""
        self._preferences = preferences
        self._changed()
        self._library.store.save_preferences(self._key, encode_preferences(preferences))

    def suggestions(self, conversation_id: str, say: Say = ENGLISH) -> tuple[str, ...]:
        """A few questions to go on with, read off the documents; each is one that they can answer.

        () while an answer is being made, and while no document has been read to its end.
        """
        turns = self.turns(conversation_id)
        documents = [indexed for indexed in self._documents.searchable() if indexed.complete]
        if not documents or any(not turn.done for turn in turns):
            return ()
        known = (say.language, conversation_id, turns[-1].id if turns else "", *(d.document.id for d in documents))
        if known not in self._suggested:
            if len(self._suggested) >= _SUGGESTED_KEPT:
                self._suggested.clear()
            topics = _topics(turns, [indexed.document for indexed in documents])
            questions = (question(topic, say) for topic in islice(topics, _TOPICS_TRIED))
            answerable = (text for text in questions if self._library.rag.search(text, documents).answerable)
            self._suggested[known] = tuple(islice(answerable, _SUGGESTIONS))
        return self._suggested[known]


def _topics(turns: Sequence[TurnView], documents: Sequence[Document]) -> Iterator[Topic]:
    """What goes on from the last answer; where there is none, what the newest document is about."""
    asked = [turn.question for turn in turns]
    answer = turns[-1].answer if turns else None
    if answer is not None and answer.answerable:
        return next_topics(asked, answer.citations, documents)
    return opening_topics(documents[-1], asked)
