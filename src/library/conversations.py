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
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from shared_utils.errors import FootnoteError, QuestionError
from shared_utils.message import message
from shared_utils.storage.conversation_store import LetGo, StoredTurn
from src.answering.answers import STOPPED_EARLY
from src.answering.conversation import PastTurn
from src.answering.ingestion import IndexedDocument
from src.answering.read_ahead import read_ahead
from src.events import AnswerEvent, EvidenceFound, Stage
from src.library.leave import Leave
from src.library.preferences import Pace
from src.library.services import Person, Services
from src.library.turn_codec import Asking, Queued, encode_so_far, encode_turn
from src.library.turns import NOBODY_WAITED, Turn, asked_among, history_of, kept_turns, merged, running_here
from src.views import ConversationView, TurnView, after, asked_view, over

_log = logging.getLogger(__name__)

_SILENT_S = 300.0  # every step of an answer asks far more often whether it was stopped
LEASE_S = 20.0  # how long a question stays with a process that shows no sign of life
TELL_EVERY_S = 1.0  # of the words of an answer whose person may look at them through another process
MOST_QUEUED = 5  # questions in line behind one that is being answered
SHARES = {Pace.QUICK: 0.5, Pace.BALANCED: 1.0, Pace.THOROUGH: 2.0}  # of the evidence and of the time it may take
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Conversations:
    """Every method may be called from any thread."""

    def __init__(self, person: Person, services: Services) -> None:
        self._person = person
        self._services = services
        self._store = services.store.conversations
        self._leave = Leave(person, services)
        self._lock = threading.RLock()
        self._turns_of: dict[str, list[Turn]] = {}  # conversation id -> its turns, oldest first
        self._changed_elsewhere: set[str] = set()  # of these, what is looked at again before it is shown
        self._titles: dict[str, str] = {}
        self._at_work: set[threading.Thread] = set()
        self._closing = False

    # -------------------------------------------------------------------------------------------- looking

    def turns(self, conversation_id: str) -> tuple[TurnView, ...]:
        """Oldest first; () for a conversation that is not this person's."""
        with self._lock:
            return tuple(turn.shown() for turn in self._turns(conversation_id))

    def views(self) -> tuple[ConversationView, ...]:
        """Every conversation, the latest first."""
        stored = self._store.conversations(self._person.key)
        return tuple(ConversationView(c.id, self._title(c.id), c.turns, c.updated_at) for c in stored)

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
            self._titles[conversation_id] = (first[0].view.title or first[0].view.question) if first else ""
        return self._titles[conversation_id]

    def _turns(self, conversation_id: str) -> list[Turn]:
        """The turns of a conversation, from the store the first time, and after another process has changed it."""
        if conversation_id not in self._turns_of:
            self._turns_of[conversation_id] = self._kept(conversation_id)
        elif conversation_id in self._changed_elsewhere:
            with suppress(FootnoteError):  # the store is out of reach: what is known is shown
                self._look_again(conversation_id)
        return self._turns_of[conversation_id]

    def _look_again(self, conversation_id: str) -> None:
        known, kept = self._turns_of[conversation_id], self._kept(conversation_id)
        self._turns_of[conversation_id] = now = merged(known, kept)
        self._changed_elsewhere.discard(conversation_id)
        for turn in known:
            if turn.mine and not turn.view.done and turn not in now:
                turn.cancel.set()  # deleted elsewhere: nobody is to read its answer

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
        among: Sequence[str] = (),
        wait: bool = False,
    ) -> str:
        """Begin to answer; returns the turn's id at once. A conversation begins with its first question.

        `only` is the id of the one document to ask, "" for all, `among` the ids of several; `alone` leaves out what was
        asked before; `then` are the questions that follow by themselves, each when the one before it is answered,
        until one is stopped. While another question of this conversation is being answered, this one stands in line
        if it may `wait`, and the id is that of the running turn; else QuestionError is raised.
        """
        if not _ID.fullmatch(conversation_id):
            raise QuestionError("There is no such conversation. Start a new one.")
        asking = Asking(only, ask_anyway, alone, tuple(then), listed=bool(then), among=tuple(among))
        with self._lock:
            if wait and (running := running_here(self._turns(conversation_id))):
                self._queue(running, (Queued(question, asking.among),))
                return running.view.id
            return self._begin(conversation_id, question, asking, replacing=None)

    def unqueue(self, conversation_id: str, place: int) -> str:
        """Take the question at `place`, 0-based, out of the line; returns its words, "" where it is not there."""
        with self._lock:
            running = running_here(self._turns(conversation_id))
            waiting = running.asking.queued if running else ()
            if running is None or not 0 <= place < len(waiting):
                return ""
            self._keep_queue(running, (*waiting[:place], *waiting[place + 1 :]))
            return waiting[place].question

    def _queue(self, running: Turn, more: Sequence[Queued]) -> None:
        if len(running.asking.queued) + len(more) > MOST_QUEUED:
            raise QuestionError(
                "{n} questions are waiting already. Wait for an answer, or take one back.", n=MOST_QUEUED
            )
        self._keep_queue(running, (*running.asking.queued, *more))

    def _keep_queue(self, running: Turn, queued: tuple[Queued, ...]) -> None:
        running.asking = replace(running.asking, queued=queued)
        body = encode_turn(running.view, running.asking)
        try:
            self._store.rewrite(self._person.key, running.view.id, body, owner=self._services.owner)
        except FootnoteError:
            _log.exception("a question in line could not be kept; it waits all the same")
        self._person.changed()

    def regenerate(self, conversation_id: str, *, ask_anyway: bool = False, only: str | None = None) -> None:
        """Ask the last question again, in its answer's place. `only` is as in `ask`; None leaves it as it was."""
        with self._lock:
            turns = self._turns(conversation_id)
            if turns and turns[-1].view.done:
                last = turns[-1]
                asking = replace(last.asking, ask_anyway=ask_anyway, only=last.asking.only if only is None else only)
                self._begin(conversation_id, last.view.question, asking, replacing=last)

    def stop(self, conversation_id: str) -> None:
        """Stop the answer that is being written; the words so far stay."""
        with self._lock:
            for turn in self._turns(conversation_id):
                turn.cancel.set()

    def mark(self, conversation_id: str, turn_id: str, change: Callable[[TurnView], TurnView]) -> None:
        """Keep what a person says about a turn: of one that is being answered, as soon as that is done."""
        with self._lock:
            turn = next((t for t in self._turns(conversation_id) if t.view.id == turn_id), None)
            if turn is None:
                return
            turn.view = change(turn.view)
            if turn.view.done:
                self._store.rewrite(self._person.key, turn_id, encode_turn(turn.view, turn.asking))
            self._titles.pop(conversation_id, None)
            self._person.changed()

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation for good; what is being answered in it stops."""
        with self._lock:
            self._changed_elsewhere.discard(conversation_id)
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
        view = replace(view, among=asking.among, title=replacing.view.title if replacing else "")
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
        if self._services.leaving.is_set():
            return
        for left in self._store.adopt(self._person.key, owner=self._services.owner, lease_s=LEASE_S):
            self.go_on(left)

    def go_on(self, left: StoredTurn) -> None:
        """Answer a question that this process has taken over."""
        found = kept_turns([left.body], left.conversation_id)
        if not found:
            return
        turn = replace(found[0], mine=True)
        with self._lock:
            before = [other for other in self._turns(left.conversation_id) if other.view.id != turn.view.id]
            self._start(turn, before)

    def catch_up(self) -> None:
        """Other processes have changed something: what is being answered here is looked at now, the rest when somebody
        asks for it."""
        with self._lock:
            self._changed_elsewhere = set(self._turns_of)
            for conversation_id, turns in list(self._turns_of.items()):
                if running_here(turns):
                    self._look_again(conversation_id)
            self._titles.clear()
        self._person.changed()

    # -------------------------------------------------------------------------------------------- going

    def cancel_all(self) -> None:
        """Stop whatever runs; the words so far stay."""
        with self._lock:
            for turns in self._turns_of.values():
                for turn in turns:
                    turn.cancel.set()

    def let_go(self) -> list[LetGo]:
        """The process is about to end: what is being answered stops, and this is what another one goes on with."""
        self._closing = True
        with self._lock:
            mine = [turn for turns in self._turns_of.values() for turn in turns if turn.mine and not turn.view.done]
            for turn in mine:
                turn.cancel.set()
        return [LetGo(self._person.key, turn.view.id, encode_so_far(turn.view, turn.asking)) for turn in mine]

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
            self._answer(turn, asked_among(self._person.documents(), turn.asking), history)
        except FootnoteError as exc:
            self._finish(turn, over(turn.view, time.monotonic(), exc.message))
        except Exception:  # noqa: BLE001 - a bug must show as one, and must not leave the page waiting for ever
            _log.exception("answering failed")
            error = message("Something went wrong inside Footnote. Your question is kept: ask again.")
            self._finish(turn, over(turn.view, time.monotonic(), error))
        finally:
            self._read_ahead(turn)
            self._at_work.discard(threading.current_thread())

    def _read_ahead(self, turn: Turn) -> None:
        """See `read_ahead`. Whoever asks something else, here or in line, ends it."""

        def gone_on() -> bool:
            self._services.heartbeats.beat()
            turns = self._turns_of.get(turn.conversation)
            return self._closing or not turns or turns[-1] is not turn

        try:
            if turn.evidence is not None and not turn.cancel.is_set() and not gone_on():
                documents = asked_among(self._person.documents(), turn.asking)
                history = history_of(self._turns_of.get(turn.conversation, ()))
                read_ahead(self._services.rag.scribe, history, documents, self._leave.writers(turn), gone_on)
        except FootnoteError:
            _log.info("an answer was not read ahead", exc_info=True)

    def _ask_next(self, turn: Turn) -> None:
        """Go on with the list that a question belongs to, unless that was stopped, and with those that wait in line."""
        try:
            following = turn.asking.following(stopped=turn.cancel.is_set())
            here = turn.conversation in self._turns_of and turn in self._turns(turn.conversation)
            if self._closing or following is None or not here:
                return
            question, asking = following
            self._begin(turn.conversation, question, asking, replacing=None)
        except Exception:  # noqa: BLE001 - whatever it is, the answer before it stands; the person can go on with the rest
            _log.exception("the next question could not be asked")

    def _answer(self, turn: Turn, documents: Sequence[IndexedDocument], history: Sequence[PastTurn]) -> None:
        preferences = self._person.preferences()
        events = self._services.rag.ask(
            turn.view.question,
            documents,
            writers=lambda: self._leave.writers(turn),
            why_nobody=self._leave.why_nobody,
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
        with self._lock:  # what waits in line is asked in the same moment: a look in between would find neither
            finished = replace(turn, view=view)
            try:  # before it shows as done: asked again at once, it must be there to be replaced
                self._store_answer(finished)
            except FootnoteError:
                _log.exception("a turn could not be kept; it is on the page until that is closed")
            turn.view, turn.stored = view, finished.stored
            self._ask_next(turn)
            self._person.changed()

    def _store_answer(self, turn: Turn) -> None:
        body = encode_turn(turn.view, turn.asking)
        if not turn.stored:  # there was no room for the question; perhaps there is now
            turn.stored = self._store.begin(
                self._person.key, turn.conversation, turn.view.id, body, owner=self._services.owner, lease_s=LEASE_S
            )
        self._store.finish(self._person.key, turn.view.id, body, owner=self._services.owner)

    # -------------------------------------------------------------------------------------------- helpers

    def _show(self, turn: Turn, view: TurnView) -> None:
        with self._lock:
            turn.view = view
            self._person.changed()
        if self._person.is_elsewhere() and time.monotonic() - turn.told_at > TELL_EVERY_S:
            turn.told_at = time.monotonic()
            with suppress(FootnoteError):  # the next words tell of these, too
                body = encode_so_far(view, turn.asking)
                self._store.rewrite(self._person.key, view.id, body, owner=self._services.owner)
