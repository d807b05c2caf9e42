"""One person's conversations. A question is kept when it is asked, its answer when it is there.

Whichever process finds a question whose own process is gone asks it again: after a restart, a crash, or on another
machine over the same store.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from shared_utils.errors import FootnoteError, QuestionError
from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.storage.conversation_store import StoredTurn
from shared_utils.types import EngineKind, Where
from src.answering.answers import STOPPED_EARLY
from src.answering.ingestion import IndexedDocument
from src.answering.writing import PastTurn, Writer, guarded, staying
from src.events import AnswerEvent, EvidenceFound, Stage
from src.library.preferences import Pace
from src.library.services import Person, Services
from src.library.turn_codec import Asking, encode_turn
from src.library.turns import Turn, history_of, kept_turns, merged
from src.models.wish import wish_of
from src.views import ConversationView, TurnView, after, asked_view, over

_log = logging.getLogger(__name__)

_SILENT_S = 300.0  # every step of an answer asks far more often whether it was stopped
LEASE_S = 20.0  # how long a question stays with a process that shows no sign of life
SHARES = {Pace.QUICK: 0.5, Pace.BALANCED: 1.0, Pace.THOROUGH: 2.0}  # of the evidence and of the time it may take
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")

NOBODY_WAITED = message(
    "The page was closed while this question waited in line, so its turn went to the next "
    "person. Press “Answer again” to have it written."
)


class Conversations:
    """Every method may be called from any thread."""

    def __init__(self, person: Person, services: Services) -> None:
        self._person = person
        self._services = services
        self._store = services.store.conversations
        self._remote = services.remote
        self._lock = threading.RLock()
        self._turns_of: dict[str, list[Turn]] = {}  # conversation id -> its turns, oldest first
        self._titles: dict[str, str] = {}
        self._at_work: set[threading.Thread] = set()
        self._closing = False

    # -------------------------------------------------------------------------------------------- looking

    def turns(self, conversation_id: str) -> tuple[TurnView, ...]:
        """Oldest first; () for a conversation that is not this person's."""
        with self._lock:
            return tuple(turn.view for turn in self._turns(conversation_id))

    def views(self) -> tuple[ConversationView, ...]:
        """Every conversation, the latest first."""
        stored = self._store.conversations(self._person.key)
        return tuple(ConversationView(c.id, self._title(c.id), c.turns) for c in stored)

    def latest(self) -> str:
        """The id of the conversation spoken in last; "" where there is none."""
        stored = self._store.conversations(self._person.key)
        return stored[0].id if stored else ""

    def running(self) -> bool:
        with self._lock:
            mine = (turn for turns in self._turns_of.values() for turn in turns if turn.mine)
            return bool(self._at_work) or any(not turn.view.done for turn in mine)

    def _title(self, conversation_id: str) -> str:
        if conversation_id not in self._titles:
            body = self._store.first_turn(self._person.key, conversation_id)
            first = kept_turns([body] if body else [], conversation_id)
            self._titles[conversation_id] = first[0].view.question if first else ""
        return self._titles[conversation_id]

    def _turns(self, conversation_id: str) -> list[Turn]:
        """The turns of a conversation, from the store the first time."""
        if conversation_id not in self._turns_of:
            self._turns_of[conversation_id] = self._kept(conversation_id)
        return self._turns_of[conversation_id]

    def _kept(self, conversation_id: str) -> list[Turn]:
        return kept_turns(self._store.turns(self._person.key, conversation_id), conversation_id)

    # -------------------------------------------------------------------------------------------- asking

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
        """Begin to answer; returns the turn's id at once. A conversation begins with its first question.

        `only` is the id of the one document to ask, "" for all; `alone` leaves out what was asked before; `then` are
        the questions that follow by themselves, each when the one before it is answered, until one is stopped.
        Raises QuestionError while another question of this conversation is being answered.
        """
        if not _ID.fullmatch(conversation_id):
            raise QuestionError("There is no such conversation. Start a new one.")
        asking = Asking(only, ask_anyway, alone, tuple(then), listed=bool(then))
        with self._lock:
            return self._begin(conversation_id, question, asking, replacing=None)

    def regenerate(self, conversation_id: str, *, ask_anyway: bool = False) -> None:
        """Ask the last question again; its answer takes the place of the earlier one."""
        with self._lock:
            turns = self._turns(conversation_id)
            if turns and turns[-1].view.done:
                last = turns[-1]
                asking = replace(last.asking, ask_anyway=ask_anyway)
                self._begin(conversation_id, last.view.question, asking, replacing=last)

    def stop(self, conversation_id: str) -> None:
        """Stop the answer that is being written; the words so far stay."""
        with self._lock:
            for turn in self._turns(conversation_id):
                turn.cancel.set()

    def rate(self, conversation_id: str, turn_id: str, rating: int) -> None:
        """Keep the person's thumb on a finished answer: 1, -1, or 0 to take it back."""
        with self._lock:
            turn = next((t for t in self._turns(conversation_id) if t.view.id == turn_id and t.view.done), None)
            if turn is not None:
                turn.view = replace(turn.view, rating=max(-1, min(1, rating)))
                self._store.rewrite(self._person.key, turn_id, encode_turn(turn.view, turn.asking))
                self._person.changed()

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation for good; what is being answered in it stops."""
        with self._lock:
            for turn in self._turns_of.pop(conversation_id, []):
                turn.cancel.set()
            self._titles.pop(conversation_id, None)
            self._store.delete(self._person.key, conversation_id)
            self._person.changed()

    def _begin(self, conversation_id: str, question: str, asking: Asking, *, replacing: Turn | None) -> str:
        turns = self._turns(conversation_id)
        if any(not turn.view.done for turn in turns):
            raise QuestionError("An answer is being written. Wait for it, or stop it first.")
        view = asked_view(secrets.token_urlsafe(12), question, time.monotonic(), time.time(), asking.then)
        turn = Turn(view, asking, conversation_id, mine=True)
        turn.stored = self._store_question(turn, replacing)
        before = [earlier for earlier in turns if earlier is not replacing]
        self._start(turn, before)
        return view.id

    def _store_question(self, turn: Turn, replacing: Turn | None) -> bool:
        """False where it cannot be kept: it is answered all the same. Raises QuestionError if it may not be asked."""
        try:
            begun = self._store.begin(
                self._person.key,
                turn.conversation,
                turn.view.id,
                encode_turn(turn.view, turn.asking),
                owner=self._services.owner,
                lease_s=LEASE_S,
                replacing=replacing.view.id if replacing else "",
            )
        except FootnoteError:
            _log.exception("a question could not be kept; it is on the page until that is closed")
            return False
        if not begun:
            self.catch_up()
            raise QuestionError("An answer is being written. Wait for it, or stop it first.")
        return True

    # -------------------------------------------------------------------------------------------- other processes

    def adopt(self) -> None:
        """Take over the questions whose process is gone."""
        for left in self._store.adopt(self._person.key, owner=self._services.owner, lease_s=LEASE_S):
            self._resume(left)

    def catch_up(self) -> None:
        """Look again at what other processes have changed."""
        with self._lock:
            for conversation_id, known in self._turns_of.items():
                self._turns_of[conversation_id] = merged(known, self._kept(conversation_id))
        self._person.changed()

    def _resume(self, left: StoredTurn) -> None:
        found = kept_turns([left.body], left.conversation_id)
        if not found:
            return
        turn = replace(found[0], mine=True)
        with self._lock:
            before = [other for other in self._turns(left.conversation_id) if other.view.id != turn.view.id]
            self._start(turn, before)

    # -------------------------------------------------------------------------------------------- going

    def cancel_all(self) -> None:
        """Stop whatever runs; the words so far stay."""
        with self._lock:
            for turns in self._turns_of.values():
                for turn in turns:
                    turn.cancel.set()

    def leave(self) -> None:
        """The process ends: stop what runs without calling it answered, so that the question is taken up again."""
        self._closing = True
        self.cancel_all()
        for thread in list(self._at_work):
            thread.join(timeout=5.0)

    # -------------------------------------------------------------------------------------------- answering

    def _start(self, turn: Turn, before: Sequence[Turn]) -> None:
        """Begin to answer `turn`, which stands after those `before` it."""
        self._turns_of[turn.conversation] = [*before, turn]
        history = [] if turn.asking.alone else history_of(before)
        self._person.changed()
        thread = threading.Thread(
            target=self._work, args=(turn, history), name=f"answer-{turn.view.id[:6]}", daemon=True
        )
        self._at_work.add(thread)
        thread.start()

    def _work(self, turn: Turn, history: Sequence[PastTurn]) -> None:
        with self._services.heartbeats.working("answer", _SILENT_S):
            self._answer_in_any_case(turn, history)

    def _answer_in_any_case(self, turn: Turn, history: Sequence[PastTurn]) -> None:
        try:
            self._person.await_documents()  # right after a start they are still coming back
            self._answer(turn, self._asked_documents(turn.asking.only), history)
        except FootnoteError as exc:
            self._finish(turn, over(turn.view, time.monotonic(), exc.message))
        except Exception:  # noqa: BLE001 - a bug must show as one, and must not leave the page waiting for ever
            _log.exception("answering failed")
            error = message("Something went wrong inside Footnote. Your question is kept: ask again.")
            self._finish(turn, over(turn.view, time.monotonic(), error))
        finally:
            self._ask_next(turn)
            self._at_work.discard(threading.current_thread())

    def _ask_next(self, turn: Turn) -> None:
        """Go on with the list that a question belongs to, unless it was stopped or deleted."""
        if not turn.asking.then or self._closing:
            return
        question, *then = turn.asking.then
        try:
            with self._lock:
                if not turn.cancel.is_set():
                    self._begin(turn.conversation, question, replace(turn.asking, then=tuple(then)), replacing=None)
        except FootnoteError:  # another question came between, or the disk is full; the person can go on with the rest
            _log.exception("the next question of a list could not be asked")

    def _answer(self, turn: Turn, documents: Sequence[IndexedDocument], history: Sequence[PastTurn]) -> None:
        preferences = self._person.preferences()
        events = self._services.rag.ask(
            turn.view.question,
            documents,
            writers=lambda: self._allowed_writers(turn),
            why_nobody=self._why_nobody,
            why_stopped=lambda: NOBODY_WAITED if turn.left else STOPPED_EARLY,
            history=history,
            person=self._person.name,
            network=self._person.network(),
            ask_anyway=turn.asking.ask_anyway,
            share=SHARES[preferences.pace],
            cancelled=lambda: self._given_up(turn),
        )
        for event in self._services.metrics.answering(events):
            self._hear(turn, event)

    def _hear(self, turn: Turn, event: AnswerEvent) -> None:
        self._services.heartbeats.beat()
        if isinstance(event, EvidenceFound):
            turn.evidence = event.evidence
        view = after(turn.view, event, time.monotonic())
        if view.done:
            self._finish(turn, view)
        else:
            self._show(turn, view)

    def _given_up(self, turn: Turn) -> bool:
        """Stopped; or still in line while nobody waits for it any more. Nobody has to wait beside a list."""
        self._services.heartbeats.beat()
        in_line = turn.view.stage is Stage.WAITING and not turn.asking.listed
        if in_line and not turn.cancel.is_set() and not self._person.is_here():
            turn.left = True
            turn.cancel.set()
        return turn.cancel.is_set()

    def _finish(self, turn: Turn, view: TurnView) -> None:
        if self._closing and turn.cancel.is_set():
            return  # it stays pending in the store, for whoever comes next
        finished = replace(turn, view=view)
        try:  # before it shows as done: asked again at once, it must be there to be replaced
            self._store_answer(finished)
        except FootnoteError:
            _log.exception("a turn could not be kept; it is on the page until that is closed")
        with self._lock:
            turn.view, turn.stored = view, finished.stored
            self._person.changed()

    def _store_answer(self, turn: Turn) -> None:
        body = encode_turn(turn.view, turn.asking)
        if not turn.stored:  # there was no room for the question; perhaps there is now
            turn.stored = self._store.begin(
                self._person.key, turn.conversation, turn.view.id, body, owner=self._services.owner, lease_s=LEASE_S
            )
        self._store.finish(self._person.key, turn.view.id, body, owner=self._services.owner)

    # -------------------------------------------------------------------------------------------- helpers

    def _asked_documents(self, only: str) -> list[IndexedDocument]:
        return [indexed for indexed in self._person.documents() if only in ("", indexed.document.id)]

    def _allowed_writers(self, turn: Turn) -> list[Writer]:
        preferences = self._person.preferences()
        offered = self._services.engines.writers(preferences.model)
        near = staying(offered) if preferences.keep_here else offered
        writers = [writer for writer in near if not self._why_not_ask(writer.engine.name, writer.where)]
        return [guarded(writer, partial(self._why_not_send, turn, writer.engine.name)) for writer in writers]

    def _why_nobody(self) -> Message:
        """Why no model may write for this person now; nothing where they wanted none."""
        preferences = self._person.preferences()
        if wish_of(preferences.model).engine is EngineKind.EXTRACTIVE:
            return NOTHING
        offered = self._services.engines.writers(preferences.model)
        reasons = [self._services.engines.why_nobody(), *(self._why_not_ask(w.engine.name, w.where) for w in offered)]
        return joined(*dict.fromkeys(reasons))

    def _why_not_ask(self, engine: EngineKind, where: Where | None, *, counted: bool = False) -> Message:
        """What forbids to ask an engine, for any question.

        `counted`: for a question that the remote engine was asked already: its next model is asked on the same account.
        """
        if where is not Where.THIS_MACHINE and self._person.preferences().keep_here:
            return message("You chose to keep everything on this server, so no model on another machine was asked.")
        if engine is EngineKind.REMOTE and not counted:
            return self._remote.why_not(self._person.key)
        return NOTHING

    def _why_not_send(self, turn: Turn, engine: EngineKind, where: Where) -> Message:
        """What forbids, at this moment, that a question's passages are sent to a model there.

        Asked again just before they would be: minutes may have passed in line, and a mind may have been changed.
        """
        if where is Where.THIS_MACHINE:
            return NOTHING
        if reason := self._why_not_ask(engine, where, counted=turn.remote_asked):
            return reason
        present = {indexed.document.id for indexed in self._person.documents()}
        spans = turn.evidence.spans if turn.evidence else ()
        if any(span.document_id not in present for span in spans):
            return message("A document was removed meanwhile, so no model on another machine was asked.")
        if engine is EngineKind.REMOTE and not turn.remote_asked:
            if reason := self._remote.take(self._person.key):
                return reason
            turn.remote_asked = True  # whatever becomes of the answer, it was asked for
        return NOTHING

    def _show(self, turn: Turn, view: TurnView) -> None:
        with self._lock:
            turn.view = view
            self._person.changed()
