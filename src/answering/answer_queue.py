"""Whose turn it is on the model.

One machine of two cores answers one question at a time, several machines as many as they have places for. Turns
alternate between people, so that five questions of one person do not stand in front of everybody else's first; the
queue is bounded, and everyone in it is told their place.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from statistics import median
from typing import Protocol

from shared_utils.errors import GeneratorUnavailable
from shared_utils.message import Message, message
from shared_utils.types import Cancelled

_POLL_S = 0.25  # how often a waiting ticket looks at Stop and its place
KEPT_DURATIONS = 9


class QueueFull(GeneratorUnavailable):
    """Too many questions are waiting already; another engine may still answer."""


class TurnLost(GeneratorUnavailable):
    """Nobody asked about the ticket for so long that its place was given away, or its turn ran out."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One question's claim to a turn. `expected_s` is how long its answer should take."""

    number: int  # in order of arrival
    person: str
    expected_s: float
    network: str = ""  # from which the person comes; "" where it is not counted


@dataclass(frozen=True, slots=True)
class Place:
    """`position` 0 = it is your turn, 1 = you are next; `seconds_left` until then, as far as can be told."""

    position: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class _Turn:
    ticket: Ticket
    started: float


class ModelLine(Protocol):
    """Where questions wait for the model: `AnswerQueue` within one process, `SharedLine` over all on one database."""

    def enter(self, person: str, expected_s: float | None = None, network: str = "") -> Ticket: ...

    def place(self, ticket: Ticket) -> Place | None: ...

    def wait(self, ticket: Ticket, cancelled: Cancelled) -> Iterator[Place]: ...

    def leave(self, ticket: Ticket, reads_on_s: float = 0.0) -> None: ...

    def load(self) -> tuple[bool, int]: ...


@dataclass(frozen=True, slots=True)
class Room:
    """How many may wait: all together, of one person, of one network."""

    capacity: int = 20
    per_person: int = 3
    per_network: int = 6

    def admit(
        self, waiting: Sequence[Ticket], person: str, network: str, seconds_before: Callable[[Sequence[Ticket]], float]
    ) -> None:
        """Raises QueueFull when this person, those who share their network, or everybody, wait for too much already."""
        if sum(ticket.person == person for ticket in waiting) >= self.per_person:
            raise QueueFull("{n} of your questions are waiting already. Wait for one, or stop one.", n=self.per_person)
        if network and sum(ticket.network == network for ticket in waiting) >= self.per_network:
            raise QueueFull(
                "{n} questions from your network are waiting already, about {time}. Ask again a little later.",
                n=self.per_network,
                time=_in_words(seconds_before(waiting)),
            )
        if len(waiting) >= self.capacity:
            raise QueueFull(
                "{n} questions are waiting for the model, about {time}. Ask again a little later.",
                n=len(waiting),
                time=_in_words(seconds_before(waiting)),
            )


class AnswerQueue:
    """Thread-safe. A ticket that nobody asks about for `abandoned_after_s` loses its place; a turn ends by itself
    after `longest_turn_s`, lest a thread that died in the middle of one lock everybody out. `places` tells how many
    questions can be answered at once at this moment."""

    def __init__(
        self,
        *,
        capacity: int = 20,
        per_person: int = 3,
        per_network: int = 6,
        abandoned_after_s: float = 15.0,
        longest_turn_s: float = 330.0,
        first_expected_s: float = 40.0,
        places: Callable[[], int] = lambda: 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room = Room(capacity, per_person, per_network)
        self._abandoned_after_s = abandoned_after_s
        self._longest_turn_s = longest_turn_s
        self._places = places
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: list[Ticket] = []
        self._seen: dict[int, float] = {}  # ticket number -> when it was last asked about
        self._turns: list[_Turn] = []
        self._read_on_until: list[float] = []  # a place whose server reads on after a stop is free only then
        self._served: dict[str, Ticket] = {}  # network -> whose turn it had last; the latest stands last
        self._tickets = 0
        self._durations: deque[float] = deque([first_expected_s], maxlen=KEPT_DURATIONS)

    def enter(self, person: str, expected_s: float | None = None, network: str = "") -> Ticket:
        """Take a ticket. Raises QueueFull when this person, those who share their network, or everybody together, wait
        for too much already.

        `expected_s`: seconds the answer should take, if known; otherwise what answers took of late.
        """
        with self._changed:
            self._advance()
            self._room.admit(self._waiting, person, network, self._seconds_before)
            self._tickets += 1
            expected_s = median(self._durations) if expected_s is None else expected_s
            ticket = Ticket(self._tickets, person, expected_s, network)
            self._waiting.append(ticket)
            self._seen[ticket.number] = self._clock()
            self._advance()
            return ticket

    def place(self, ticket: Ticket) -> Place | None:
        """Where a ticket stands now, and a sign that somebody still waits for it; None when it has lost its place."""
        with self._changed:
            if ticket.number in self._seen:
                self._seen[ticket.number] = self._clock()
            self._advance()
            if any(turn.ticket == ticket for turn in self._turns):
                return Place(0, 0.0)
            order = fair_order(self._waiting, list(self._served.values()))
            if ticket not in order:
                return None
            ahead = order[: order.index(ticket)]
            return Place(len(ahead) + 1, self._seconds_before(ahead))

    def wait(self, ticket: Ticket, cancelled: Cancelled) -> Iterator[Place]:
        """The ticket's place whenever it moves, position 0 last; without it only when cancelled.

        Raises TurnLost when the ticket was dropped. Whoever took it calls `leave` afterwards, in every case.
        """
        shown: int | None = None
        while not cancelled():
            place = self.place(ticket)
            if place is None:
                raise lost_turn()
            if place.position != shown:
                shown = place.position
                yield place
            if place.position == 0:
                return
            with self._changed:
                self._changed.wait(_POLL_S)

    def leave(self, ticket: Ticket, reads_on_s: float = 0.0) -> None:
        """End the ticket's turn, or give up its place. Leaving twice does no harm.

        `reads_on_s`: so long its server still reads what nobody waits for. Where several wait, who is next is decided
        when that is over, so that the order stays fair and a stop costs nothing; one alone is sent at once, and is
        read as soon as the server can.
        """
        with self._changed:
            for turn in [turn for turn in self._turns if turn.ticket == ticket]:
                self._durations.append(self._clock() - turn.started)
                self._turns.remove(turn)
                if reads_on_s > 0:
                    self._read_on_until.append(self._clock() + reads_on_s)
            self._drop([ticket])
            self._advance()

    def load(self) -> tuple[bool, int]:
        """Whether an answer is being written, and how many questions wait behind it."""
        with self._changed:
            self._advance()
            return bool(self._turns), len(self._waiting)

    def _advance(self) -> None:
        """Bring everything up to now: end what overran, drop what was abandoned, give the turn to the next."""
        now = self._clock()
        self._turns = [turn for turn in self._turns if now - turn.started <= self._longest_turn_s]
        self._read_on_until = [until for until in self._read_on_until if until > now]
        self._drop([t for t in self._waiting if now - self._seen[t.number] > self._abandoned_after_s])
        while self._waiting and len(self._turns) < self._free_places():
            ticket = fair_order(self._waiting, list(self._served.values()))[0]
            self._drop([ticket])
            self._turns.append(_Turn(ticket, now))
            self._served = after_turn(self._served, ticket, self._waiting)
        self._changed.notify_all()

    def _drop(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            self._seen.pop(ticket.number, None)
            if ticket in self._waiting:
                self._waiting.remove(ticket)

    def _free_places(self) -> int:
        """Of them, those that nothing is read on in; for one who waits alone these count as free."""
        return self._open_places() - (len(self._read_on_until) if len(self._waiting) > 1 else 0)

    def _open_places(self) -> int:
        """Never none: where no server can be asked, whoever has the turn is told so at once."""
        return max(1, self._places())

    def _seconds_before(self, ahead: Sequence[Ticket]) -> float:
        now = self._clock()
        running_s = [max(turn.ticket.expected_s - (now - turn.started), 0.0) for turn in self._turns]
        running_s += [until - now for until in self._read_on_until]
        return seconds_until_free(running_s, [ticket.expected_s for ticket in ahead], self._open_places())


def lost_turn() -> TurnLost:
    return TurnLost("This question was left waiting for too long and lost its place. Ask it again.")


def seconds_until_free(running_s: Sequence[float], ahead_s: Sequence[float], places: int) -> float:
    """When a place becomes free after those who stand before have had theirs, each taking the first free one.

    >>> seconds_until_free([30.0], [40.0], places=1), seconds_until_free([30.0, 10.0], [40.0, 5.0], places=2)
    (70.0, 35.0)
    """
    free_at = sorted(running_s)[-places:]
    free_at += [0.0] * (places - len(free_at))
    heapify(free_at)
    for duration_s in ahead_s:
        heappush(free_at, heappop(free_at) + duration_s)
    return free_at[0]


def fair_order(waiting: Sequence[Ticket], served: Sequence[Ticket]) -> list[Ticket]:
    """Round by round: every network's first question in order of arrival, then every network's second …; and which is a
    network's first is told in the same way among its people.

    Whoever had the last turn starts one round later, so nobody gets two turns in a row while somebody else waits; and
    since a ticket only ever moves to earlier rounds, nobody waits for ever. `served` has the last turn of each network,
    the latest of all last.

    >>> a1, a2, b1 = Ticket(1, "a", 9), Ticket(2, "a", 9), Ticket(3, "b", 9)
    >>> [ticket.number for ticket in fair_order([a1, a2, b1], served=[a1])]
    [3, 1, 2]
    >>> a1, b1, c1 = Ticket(1, "a", 9, "net"), Ticket(2, "b", 9, "net"), Ticket(3, "c", 9, "other")
    >>> [ticket.number for ticket in fair_order([a1, b1, c1], served=[])]
    [1, 3, 2]
    """
    arrived = sorted(waiting, key=lambda ticket: ticket.number)
    within = _in_rounds(arrived, lambda ticket: (ticket.network, ticket.person), served)
    return _in_rounds(within, lambda ticket: ticket.network, served[-1:])


def after_turn(served: Mapping[str, Ticket], ticket: Ticket, waiting: Iterable[Ticket]) -> dict[str, Ticket]:
    """Network -> whose turn it had last, the latest last, once `ticket` has had its own; kept while any of it wait."""
    networks = {other.network for other in waiting}
    kept = {network: last for network, last in served.items() if network in networks and network != ticket.network}
    return kept | {ticket.network: ticket}


def _in_rounds(
    tickets: Sequence[Ticket], sender: Callable[[Ticket], Hashable], served: Sequence[Ticket]
) -> list[Ticket]:
    """Every sender's first in order of arrival, then every sender's second …, each sender's own in the given order."""
    before: Counter[Hashable] = Counter(map(sender, served))
    rounds: list[tuple[int, Ticket]] = []
    for ticket in tickets:
        rounds.append((before[sender(ticket)], ticket))
        before[sender(ticket)] += 1
    return [ticket for _, ticket in sorted(rounds, key=lambda entry: (entry[0], entry[1].number))]


def _in_words(seconds: float) -> Message:
    if seconds < 90:
        return message("{seconds:.0f} s", seconds=seconds)
    return message("{minutes:.0f} minutes", minutes=seconds / 60)
