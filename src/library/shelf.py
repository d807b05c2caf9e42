"""One person's shelf: their documents, their conversations, what they chose, and whether they are here."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from shared_utils.errors import FootnoteError
from shared_utils.message import Message
from shared_utils.pdf.viewer import PageImage, Tile
from shared_utils.storage.workspaces import WorkspaceId
from shared_utils.types import Citation, Document, Page, Rect, Span
from src.answering.holding import everything
from src.answering.ingestion import IndexedDocument
from src.answering.writing import staying
from src.i18n import ENGLISH, Say
from src.library.changes import Changes
from src.library.collections import Collections
from src.library.conversations import SHARES, Conversations
from src.library.documents import Documents
from src.library.guide import Guide
from src.library.preferences import Pace, Preferences, decode_preferences, encode_preferences
from src.library.services import Person, Services, name_of
from src.library.suggested import Suggested
from src.views import ConversationView, DocumentState, DocumentView, EngineView, ModelChoice, TurnView

_TOUCH_EVERY_S = 60.0  # how often a visit is written down
_HERE_S = 90.0  # a person not seen for so long has left; a tab in the background shows itself once a minute
_REASON_CHARS = 500
_TITLE_CHARS = 120
_LOADING_S = 60.0  # how long a question taken up again waits for its documents


class Shelf:
    """One person's documents and conversations. Every method may be called from any thread."""

    def __init__(self, key: WorkspaceId, services: Services, network: str = "") -> None:
        self._key = key
        self._network = network
        self._leaving = services.leaving
        self._rag = services.rag
        self._store = services.store
        self._engines = services.engines
        self._metrics = services.metrics
        self._keep_s = services.settings.keep_hours * 3600  # 0 = for ever
        self._clock = services.clock
        self._changes = Changes()
        self.changed = self._changes.note  # whoever waits looks again
        self._revision = services.store.revision(key)
        self._seen_at = services.clock()
        self._visited = False
        self._touched_at = float("-inf")
        self._preferences = decode_preferences(services.store.preferences(key))
        self._name = name_of(key)
        person = Person(
            key=key,
            name=self._name,
            network=lambda: self._network,
            preferences=self.preferences,
            documents=self.searchable,
            await_documents=self.await_documents,
            is_here=self.is_here,
            is_elsewhere=lambda: not self._visited,
            changed=self.changed,
        )
        self._documents = Documents(person, services)
        self.collections = Collections(person, services)
        self._conversations = Conversations(person, services)
        self._suggested = Suggested(services.rag, services.suggesters, person)
        self._conversations.adopt()  # first of all: somebody waits for it
        self._documents.load()

    @property
    def name(self) -> str:
        """Names this person in the queues of every process, without their key."""
        return self._name

    # -------------------------------------------------------------------------------------------- what is new

    def version(self) -> int:
        """Grows whenever something this person can see has changed. Asking counts as being here."""
        self.touch()
        return self._changes.version

    def wait(self, version: int, timeout_s: float) -> int:
        """The version, as soon as it is another than `version`, or after `timeout_s`. Waiting counts as being here."""
        self.touch()
        return self._changes.after(version, timeout_s)

    def catch_up(self) -> None:
        """Look at what other processes on the store have done for this person, and take up what they left behind."""
        self._conversations.adopt()
        self.look()

    def look(self) -> None:
        """Look at what other processes have changed."""
        revision = self._store.revision(self._key)
        if revision != self._revision:
            self._revision = revision
            self._preferences = decode_preferences(self._store.preferences(self._key))
            self._documents.catch_up()
            self._conversations.catch_up()

    def await_documents(self) -> None:
        """Return when every document has been loaded as far as it was kept, or after a minute.

        The documents are asked with nothing held: whoever changes them holds their lock, and tells of it.
        """
        version, until = self._changes.version, time.monotonic() + _LOADING_S
        while not self._documents.loaded() and (left := until - time.monotonic()) > 0:
            version = self._changes.after(version, left)

    # -------------------------------------------------------------------------------------------- for how long

    def touch(self, network: str = "") -> None:
        """The person is here: their shelf does not expire, and their place in line is kept.

        `network` is where they come from now; "" where that is not counted or not known: then it stays as it was.
        """
        self._network = network or self._network
        now, self._visited = self._clock(), True
        self._seen_at = now
        if self._keep_s and now - self._touched_at > _TOUCH_EVERY_S:
            self._touched_at = now
            self._store.touch_workspace(self._key)

    def is_here(self) -> bool:
        return self._clock() - self._seen_at < _HERE_S

    def expired(self) -> bool:
        return bool(self._keep_s) and self._clock() - self._seen_at > self._keep_s

    def answering(self) -> bool:
        return self._conversations.running()

    def idle(self, for_s: float) -> bool:
        """Nobody has looked for so long, and nothing is being done."""
        working = any(not view.settled for view in self.documents()) or self.answering()
        return not working and self._clock() - self._seen_at > for_s

    def forget_wiped(self) -> None:
        """See `Documents.forget_wiped`."""
        self._documents.forget_wiped()

    def cancel_all(self) -> None:
        """Stop everything that runs for this person."""
        self._documents.cancel_all()
        self._conversations.cancel_all()

    def leaving(self) -> bool:
        """Whether this process is about to end: what is being answered goes on in another one."""
        return self._leaving.is_set()

    @property
    def under_way(self) -> Conversations:
        """What is being answered, for whoever hands it over or takes it up for many people at once."""
        return self._conversations

    def leave(self) -> None:
        """The process ends: what is being done is taken up again by the next, what was removed is wiped."""
        self._documents.cancel_all()
        self._conversations.leave()
        with suppress(FootnoteError):  # it is marked as removed: the next process wipes it
            self._documents.wipe_removed()

    # -------------------------------------------------------------------------------------------- documents

    def documents(self) -> tuple[DocumentView, ...]:
        return self._documents.views()

    def guides(self) -> tuple[Guide, ...]:
        """See `Documents.guides`."""
        return self._documents.guides()

    def searchable(self) -> list[IndexedDocument]:
        """What can be searched at this moment, half-read documents included.

        Asked at once, what another process has removed is not among them: a question must not be answered from it.
        """
        with suppress(FootnoteError):  # the store is out of reach: what is known here is searched
            if self._store.revision(self._key) != self._revision:
                self._documents.catch_up()
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

    def can_restore(self, entry_id: str) -> bool:
        """See `Documents.can_restore`."""
        return self._documents.can_restore(entry_id)

    def notice(self) -> Message:
        """What this person has to be told about their library, until `clear_notice`. Raises StorageError."""
        return self._store.notice(self._key)

    def clear_notice(self) -> None:
        """They have read it. Raises StorageError."""
        self._store.clear_notice(self._key)
        self.changed()

    def page_count(self, document_id: str) -> int:
        return self._documents.page_count(document_id)

    def page_label(self, document_id: str, page: int) -> str:
        return self._documents.page_label(document_id, page)

    def page_labels(self, document_id: str) -> dict[int, str]:
        return self._documents.page_labels(document_id)

    def page_shapes(self, document_id: str) -> list[tuple[int, float]]:
        return self._documents.page_shapes(document_id)

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        return self._documents.page_size(document_id, page)

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        return self._documents.rects(citation)

    def document(self, document_id: str) -> Document:
        return self._documents.document(document_id)

    def places(self, document_id: str, page: Page, spans: Sequence[Span]) -> tuple[tuple[Rect, ...], ...]:
        return self._documents.places(document_id, page, spans)

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
        return self._documents.page_image(
            document_id, page, width_px=width_px, highlights=highlights, is_small=is_small, tile=tile
        )

    def file(self, document_id: str) -> bytes:
        return self._documents.file(document_id)

    def file_path(self, document_id: str) -> Path:
        return self._documents.file_path(document_id)

    def original_path(self, document_id: str) -> Path:
        return self._documents.original_path(document_id)

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
        self._seen_at = self._clock()
        turns = self._conversations.turns(conversation_id)
        if not self._preferences.everything:
            return turns
        return tuple(replace(turn, answer=everything(turn.answer)) for turn in turns)

    def ask(
        self,
        conversation_id: str,
        question: str,
        *,
        only: str = "",
        ask_anyway: bool = False,
        alone: bool = False,
        then: Sequence[str] = (),
        among: Sequence[str] = (),
        wait: bool = False,
    ) -> str:
        """See `Conversations.ask`. Raises QuestionError while that conversation has an answer running."""
        self.touch()
        return self._conversations.ask(
            conversation_id, question, only=only, ask_anyway=ask_anyway, alone=alone, then=then, among=among, wait=wait
        )

    def unqueue(self, conversation_id: str, place: int) -> str:
        """See `Conversations.unqueue`."""
        return self._conversations.unqueue(conversation_id, place)

    def regenerate(self, conversation_id: str, *, ask_anyway: bool = False, only: str | None = None) -> None:
        """See `Conversations.regenerate`."""
        self.touch()
        self._conversations.regenerate(conversation_id, ask_anyway=ask_anyway, only=only)

    def stop(self, conversation_id: str) -> None:
        self._conversations.stop(conversation_id)

    def rate(self, conversation_id: str, turn_id: str, rating: int, reason: str = "") -> None:
        """Keep the person's thumb on a finished answer: 1, -1, or 0 to take it back; `reason`, why it is down."""
        thumb = max(-1, min(1, rating))

        def rated(view: TurnView) -> TurnView:
            if not view.done:
                return view
            return replace(view, rating=thumb, reason=reason[:_REASON_CHARS] if thumb < 0 else "")

        self._conversations.mark(conversation_id, turn_id, rated)
        self._metrics.rated(thumb, with_reason=bool(reason))

    def pin(self, conversation_id: str, turn_id: str, *, pinned: bool) -> None:
        """Put a finished answer among the person's notes, or take it from there."""
        self._conversations.mark(conversation_id, turn_id, lambda v: replace(v, pinned=pinned) if v.done else v)

    def notes(self) -> tuple[tuple[str, TurnView], ...]:
        """(conversation id, turn) of what was pinned, the latest conversation first."""
        return tuple(
            (conversation.id, turn)
            for conversation in self._conversations.views()
            for turn in self.turns(conversation.id)
            if turn.pinned
        )

    def rename(self, conversation_id: str, title: str) -> None:
        """Name a conversation; "" gives it back the name of its first question."""
        turns = self._conversations.turns(conversation_id)
        if turns:
            short = " ".join(title.split())[:_TITLE_CHARS]
            self._conversations.mark(conversation_id, turns[0].id, lambda view: replace(view, title=short))

    # -------------------------------------------------------------------------------------------- engines, choices

    def engine(self) -> EngineView:
        """Who would answer this person now."""
        mine = self.preferences()
        return self._engines.view(self._rag.scribe, mine.model, may_leave=not mine.keep_here)

    def model_choices(self) -> tuple[ModelChoice, ...]:
        """What this person may choose to be answered by, this server's own choice first."""
        return self._engines.choices()

    def model_digests(self) -> Mapping[str, str]:
        """Name -> digest of the local models."""
        return self._engines.digests()

    def expected_first_word_s(self) -> dict[Pace, float | None]:
        """How long the first word would take at each pace, from what has been learnt; None where nothing has."""
        mine = self.preferences()
        offered = self._engines.writers(mine.model)
        writers = staying(offered) if mine.keep_here else offered
        return {pace: self._rag.expected_first_word_s(writers, SHARES[pace]) for pace in Pace}

    def preferences(self) -> Preferences:
        return self._preferences

    def prefer(self, preferences: Preferences) -> None:
        """Keep what the person chose. Raises StorageError; it holds for this process all the same."""
        self._preferences = preferences
        self.changed()
        self._store.save_preferences(self._key, encode_preferences(preferences))

    def corrected_dates(self) -> dict[str, str]:
        """Document id -> the date that this person gave it, in ISO form."""
        return dict(self._preferences.dates)

    def correct_dates(self, dates: Mapping[str, str]) -> None:
        """Keep when documents are from, in ISO form; "" takes a correction back. Raises StorageError."""
        kept = {name: date for name, date in {**self.corrected_dates(), **dates}.items() if date}
        self.prefer(replace(self._preferences, dates=tuple(kept.items())))

    def suggestions(self, conversation_id: str, say: Say = ENGLISH, among: Sequence[str] = ()) -> tuple[str, ...]:
        """A few questions to go on with, read off the documents (`among`: these alone), which answer them themselves.

        () while an answer is made, while no document is read to its end, until they are found: the version grows then.
        """
        turns = self.turns(conversation_id)
        read = [indexed for indexed in self._documents.searchable() if indexed.complete]
        documents = [indexed for indexed in read if not among or indexed.document.id in among]
        if not documents or any(not turn.done for turn in turns):
            return ()
        more = any(view.state in (DocumentState.QUEUED, DocumentState.READING) for view in self.documents())
        return self._suggested.questions(conversation_id, turns, documents, say, more_coming=more)
