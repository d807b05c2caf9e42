"""One line for the models over all processes on one database: the rules of `answer_queue`, the places in the store.

Every step is a transaction that holds the line, brings it up to now and looks where somebody stands; whoever moves
tells all. The order is a function of everybody in line, so it is worked out over the whole of it, never row by row.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from statistics import median

from shared_utils.errors import GeneratorUnavailable, StorageError
from shared_utils.network import stands_for
from shared_utils.storage.line import HeldLine, LineStore, LineTicket, Served
from shared_utils.types import Cancelled
from src.answering.answer_queue import (
    KEPT_DURATIONS,
    Place,
    Room,
    Ticket,
    after_turn,
    fair_order,
    lost_turn,
    seconds_until_free,
)

_log = logging.getLogger(__name__)

_POLL_S = 0.25  # how often a waiting question looks at Stop
_LOOK_S = 1.0  # how often it looks at its place where nobody has told it to
_LOAD_S = 0.5  # how long what `load` told holds where nobody has moved
_GONE_S = 3.0  # a process is gone when it holds no connection and nothing of it was seen for so long


class SharedLine:
    """As `AnswerQueue`, over all processes. A process that ends, however it ends, leaves its places at once.

    `places` tells how many questions all model servers together can answer at this moment, as this process sees it.
    """

    def __init__(
        self,
        store: LineStore,
        *,
        room: Room | None = None,
        abandoned_after_s: float = 15.0,
        longest_turn_s: float = 330.0,
        first_expected_s: float = 40.0,
        places: Callable[[], int] = lambda: 1,
    ) -> None:
        self._store = store
        self._room = room or Room()
        self._abandoned_after_s = abandoned_after_s
        self._longest_turn_s = longest_turn_s
        self._first_expected_s = first_expected_s
        self._places = places
        self._changed = threading.Condition()
        self._moves = 0  # how often anybody moved, as far as was heard
        self._load: tuple[float, int, tuple[bool, int]] = (float("-inf"), -1, (False, 0))
        self._unleft: set[int] = set()  # left while the store was out of reach
        store.subscribe(self._moved)

    def enter(self, person: str, expected_s: float | None = None, network: str = "") -> Ticket:
        """See `AnswerQueue.enter`. Raises GeneratorUnavailable where the line cannot be reached."""
        try:
            with self._store.held() as held:
                state = self._advanced(held)
                sender = stands_for(network)
                self._room.admit(state.waiting, person, sender, state.seconds_before)
                known = held.durations or (self._first_expected_s,)
                ticket = _ticket(held.add(person, sender, median(known) if expected_s is None else expected_s))
                state.waiting.append(ticket)
                state.give_turns()
                return ticket
        except StorageError as exc:
            raise GeneratorUnavailable(exc.message) from exc

    def place(self, ticket: Ticket) -> Place | None:
        """See `AnswerQueue.place`. Raises StorageError."""
        with self._store.held() as held:
            held.see(ticket.number)
            state = self._advanced(held, seen=ticket.number)
            if any(other.number == ticket.number for other, _ in state.turns):
                return Place(0, 0.0)
            order = state.order()
            numbers = [other.number for other in order]
            if ticket.number not in numbers:
                return None
            ahead = order[: numbers.index(ticket.number)]
            return Place(len(ahead) + 1, state.seconds_before(ahead))

    def wait(self, ticket: Ticket, cancelled: Cancelled) -> Iterator[Place]:
        """See `AnswerQueue.wait`. A database that is out of reach for a moment costs nobody their place.

        Raises TurnLost, and GeneratorUnavailable where the database stays away.
        """
        shown: int | None = None
        reached_at = time.monotonic()
        while not cancelled():
            moves = self._moves
            try:
                place = self.place(ticket)
                reached_at = time.monotonic()
            except StorageError as exc:
                if time.monotonic() - reached_at > self._abandoned_after_s:
                    raise GeneratorUnavailable(exc.message) from exc
                self._await_move(self._moves, cancelled)
                continue
            if place is None:
                raise lost_turn()
            if place.position != shown:
                shown = place.position
                yield place
            if place.position == 0:
                return
            self._await_move(moves, cancelled)

    def leave(self, ticket: Ticket, reads_on_s: float = 0.0) -> None:  # noqa: ARG002
        """See `AnswerQueue.leave`; the next is sent at once even where the server reads on: it may be sent to another
        one. Where the store is out of reach, it is left with the next step."""
        self._unleft.add(ticket.number)
        try:
            with self._store.held() as held:
                self._advanced(held)
        except StorageError:
            self._unleft.add(ticket.number)
            _log.exception("a turn could not be given up in the store; it is with the next step, or runs out")

    def load(self) -> tuple[bool, int]:
        """See `AnswerQueue.load`; as of half a second ago where nobody has moved; what was known last where the
        store is out of reach."""
        at, moves, known = self._load
        if moves == self._moves and time.monotonic() - at < _LOAD_S:
            return known
        moves = self._moves
        with suppress(StorageError), self._store.held() as held:
            state = self._advanced(held)
            known = bool(state.turns), len(state.waiting)
        self._load = (time.monotonic(), moves, known)
        return known

    def _moved(self) -> None:
        with self._changed:
            self._moves += 1
            self._changed.notify_all()

    def _await_move(self, moves: int, cancelled: Cancelled) -> None:
        until = time.monotonic() + _LOOK_S
        with self._changed:
            while self._moves == moves and not cancelled() and time.monotonic() < until:
                self._changed.wait(_POLL_S)

    def _advanced(self, held: HeldLine, seen: int = 0) -> _State:
        """Bring everything up to now: end what overran or was left, drop what is gone, give the turn to the next."""
        unleft = set(self._unleft)
        state = _State(held, max(1, self._places()))
        dropped = []
        for kept in held.tickets:
            gone = not kept.alive and (kept.started_s is not None or kept.seen_s > _GONE_S)
            if kept.number in unleft:
                dropped.append(kept.number)
                if kept.started_s is not None:
                    state.durations = (*state.durations, kept.started_s)[-KEPT_DURATIONS:]
            elif kept.started_s is not None:
                if gone or kept.started_s > self._longest_turn_s:
                    dropped.append(kept.number)
                else:
                    state.turns.append((_ticket(kept), kept.started_s))
            elif gone or (kept.seen_s > self._abandoned_after_s and kept.number != seen):
                dropped.append(kept.number)
            else:
                state.waiting.append(_ticket(kept))
        if dropped:
            held.drop(dropped)
            held.keep(state.kept_served(), state.durations)
        state.give_turns()
        self._unleft -= unleft
        return state


class _State:
    """The line in the middle of a step."""

    def __init__(self, held: HeldLine, places: int) -> None:
        self._held = held
        self._open_places = places
        self.waiting: list[Ticket] = []
        self.turns: list[tuple[Ticket, float]] = []  # and for how many seconds
        self.durations = tuple(held.durations)
        self.served = {network: Ticket(number, person, 0.0, network) for network, person, number in held.served}

    def order(self) -> list[Ticket]:
        return fair_order(self.waiting, list(self.served.values()))

    def give_turns(self) -> None:
        while self.waiting and len(self.turns) < self._open_places:
            ticket = self.order()[0]
            self.waiting.remove(ticket)
            self.turns.append((ticket, 0.0))
            self.served = after_turn(self.served, ticket, self.waiting)
            self._held.start(ticket.number)
            self._held.keep(self.kept_served(), self.durations)

    def seconds_before(self, ahead: Sequence[Ticket]) -> float:
        running_s = [max(ticket.expected_s - started_s, 0.0) for ticket, started_s in self.turns]
        return seconds_until_free(running_s, [ticket.expected_s for ticket in ahead], self._open_places)

    def kept_served(self) -> list[Served]:
        return [(network, ticket.person, ticket.number) for network, ticket in self.served.items()]


def _ticket(kept: LineTicket) -> Ticket:
    return Ticket(kept.number, kept.person, kept.expected_s, kept.network)
