"""One person's conversations: questions asked in a thread each, kept when they are answered."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from shared_utils.errors import FootnoteError, QuestionError
from shared_utils.storage.document_store import DocumentStore
from shared_utils.types import Answer, Evidence
from src.events import AnswerFinished, AnswerText, EngineChanged, EvidenceFound, ExtractiveAnswer, Stage, StageStarted
from src.ingestion import IndexedDocument
from src.rag_with_generation import Rag
from src.turn_codec import TurnRecord, decode_turn, encode_turn
from src.views import ConversationView, TurnView
from src.writing import PastTurn, Writer

_log = logging.getLogger(__name__)

_REMEMBERED_TURNS = 4  # of a conversation, offered to the prompt; the prompt keeps what fits


@dataclass
class _Turn:
    """A question being answered. Its view is replaced as a whole, under the shelf's lock."""

    view: TurnView
    ask_anyway: bool
    only: str  # the one document that is asked; "" = all
    conversation: str  # its id; the person may have gone on to another by the time the answer is there
    evidence: Evidence | None = None  # what could be read for it; a follow-up may read the same again
    cancel: threading.Event = field(default_factory=threading.Event)


class Conversations:
    """The conversations on one shelf, one of them current. Every method may be called from any thread."""

    def __init__(
        self,
        key: str,
        person: str,
        rag: Rag,
        store: DocumentStore,
        writers: Callable[[], Sequence[Writer]],
        remote_answers: int,
        documents: Callable[[], list[IndexedDocument]],
        changed: Callable[[], None],
    ) -> None:
        self.keep_here = False  # the person's choice: no passage leaves this machine
        self._remote_answers_left = remote_answers
        self._key = key
        self._person = person
        self._rag = rag
        self._store = store
        self._writers = writers
        self._documents = documents
        self._changed = changed
        self._lock = threading.RLock()
        self._turns: list[_Turn] = []
        self._current = secrets.token_urlsafe(16)
        earlier = store.conversations(key)
        if earlier:
            self.open(earlier[0].id)

    @property
    def current(self) -> str:
        """The current conversation's id; it is stored once it has an answer."""
        return self._current

    def turns(self) -> tuple[TurnView, ...]:
        """The current conversation, oldest first."""
        with self._lock:
            return tuple(turn.view for turn in self._turns)

    def views(self) -> tuple[ConversationView, ...]:
        """Every conversation that has an answer, the latest first."""
        views = []
        for stored in self._store.conversations(self._key):
            first = decode_turn(self._store.turns(self._key, stored.id)[0])
            views.append(ConversationView(stored.id, first.question, stored.turns))
        return tuple(views)

    def ask(self, question: str, *, only: str = "", ask_anyway: bool = False) -> str:
        """Begin to answer; returns the turn's id at once. `only` is the id of the one document to ask, "" for all.

        Raises QuestionError while another question is being answered.
        """
        with self._lock:
            if any(not turn.view.done for turn in self._turns):
                raise QuestionError("An answer is being written. Wait for it, or stop it first.")
            now = time.monotonic()
            turn = _Turn(_asked(secrets.token_urlsafe(12), question, now), ask_anyway, only, self._current)
            history = self._history()
            self._turns.append(turn)
            self._changed()
        threading.Thread(
            target=self._answer,
            args=(turn, self._asked_documents(only), history),
            name=f"answer-{turn.view.id[:6]}",
            daemon=True,
        ).start()
        return turn.view.id

    def stop(self) -> None:
        """Stop the answer that is being written; the words so far stay."""
        with self._lock:
            for turn in self._turns:
                turn.cancel.set()

    def regenerate(self, *, ask_anyway: bool = False) -> None:
        """Ask the last question again; its answer takes the place of the earlier one."""
        with self._lock:
            if not self._turns or not self._turns[-1].view.done:
                return
            again = self._turns.pop()
        if again.view.answer is not None:
            self._store.delete_last_turn(self._key, self._current)
        self.ask(again.view.question, only=again.only, ask_anyway=ask_anyway)

    def new(self) -> None:
        with self._lock:
            self.stop()
            self._turns = []
            self._current = secrets.token_urlsafe(16)
            self._changed()

    def open(self, conversation_id: str) -> None:
        """Show an earlier conversation; one that is not this person's is simply empty."""
        records = [decode_turn(body) for body in self._store.turns(self._key, conversation_id)]
        with self._lock:
            if conversation_id == self._current or not records:
                return
            self.stop()
            self._turns = [_Turn(_remembered(record), False, "", conversation_id) for record in records]
            self._current = conversation_id
            self._changed()

    def _answer(self, turn: _Turn, documents: Sequence[IndexedDocument], history: Sequence[PastTurn]) -> None:
        question = turn.view.question
        try:
            events = self._rag.ask(
                question,
                documents,
                writers=self._allowed_writers,
                history=history,
                person=self._person,
                ask_anyway=turn.ask_anyway,
                cancelled=turn.cancel.is_set,
            )
            for event in events:
                match event:
                    case StageStarted():
                        self._show(
                            turn,
                            stage=event.stage,
                            engine=event.engine,
                            model=event.model,
                            stage_started_at=time.monotonic(),
                            seconds_left=event.seconds_left,
                            position=event.position,
                        )
                    case EvidenceFound():
                        turn.evidence = event.evidence
                    case ExtractiveAnswer():
                        self._show(turn, extractive=event.answer)
                    case AnswerText():
                        self._show(turn, text=event.text, spans=event.spans)
                    case EngineChanged():
                        self._show(turn, changes=(*turn.view.changes, event.reason))
                    case AnswerFinished():
                        self._finish(turn, answer=event.answer, timings=event.timings)
        except FootnoteError as exc:
            self._finish(turn, error=str(exc))
        except Exception:  # noqa: BLE001 - a bug must show as one, and must not leave the page waiting for ever
            _log.exception("answering failed")
            self._finish(turn, error="Something went wrong inside Footnote. Your question is kept: ask again.")

    def _finish(
        self, turn: _Turn, *, answer: Answer | None = None, timings: dict[str, float] | None = None, error: str = ""
    ) -> None:
        view = replace(turn.view, stage=None, answer=answer, timings=timings or {}, error=error, seconds_left=None)
        if answer is not None:
            view = replace(view, engine=answer.stats.backend, model=answer.stats.model)
            record = TurnRecord(view.id, view.question, answer, view.extractive, view.changes, view.timings, view.error)
            try:  # before it shows as done: asked again at once, it must be there to be replaced
                self._store.save_turn(self._key, turn.conversation, encode_turn(record))
            except FootnoteError:
                _log.exception("a turn could not be kept; it is on the page until that is closed")
        with self._lock:
            if view.engine == "remote" and answer is not None:
                self._remote_answers_left -= 1
            turn.view = view
            self._changed()

    # -------------------------------------------------------------------------------------------- helpers

    def _history(self) -> list[PastTurn]:
        answered = [(t, t.view.answer) for t in self._turns if t.view.answer is not None and t.view.answer.answerable]
        return [PastTurn(t.view.question, _plain(a), t.evidence) for t, a in answered[-_REMEMBERED_TURNS:]]

    def _asked_documents(self, only: str) -> list[IndexedDocument]:
        return [indexed for indexed in self._documents() if only in ("", indexed.document.id)]

    def _allowed_writers(self) -> list[Writer]:
        may_leave = not self.keep_here and self._remote_answers_left > 0
        return [writer for writer in self._writers() if writer.local or may_leave]

    def _show(self, turn: _Turn, **changes: object) -> None:
        with self._lock:
            turn.view = replace(turn.view, **changes)  # type: ignore[arg-type]
            self._changed()


def _asked(turn_id: str, question: str, now: float) -> TurnView:
    return TurnView(
        id=turn_id,
        question=question,
        stage=Stage.RETRIEVING,
        engine="",
        model="",
        stage_started_at=now,
        asked_at=now,
        seconds_left=None,
        position=0,
        text="",
        extractive=None,
        answer=None,
        changes=(),
        timings={},
    )


def _remembered(record: TurnRecord) -> TurnView:
    view = _asked(record.id, record.question, 0.0)
    stats = record.answer.stats if record.answer else None
    return replace(
        view,
        stage=None,
        engine=stats.backend if stats else "",
        model=stats.model if stats else "",
        answer=record.answer,
        extractive=record.extractive,
        changes=record.changes,
        timings=record.timings,
        error=record.error,
    )


def _plain(answer: Answer) -> str:
    return " ".join(sentence.text for sentence in answer.sentences)
