"""An answer whose connection broke, followed again: its events have ids, and a client sends the last one that it saw.

https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header. The protocol asks for GET; the
libraries that follow a POST send the same request again with the header.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from src.library.shelf import Shelf
from src.views import TurnView

_END = "end"
_MOST_GONE = 1000  # remembered at once
_ID = re.compile(r"(?P<thread>[A-Za-z0-9_-]{16,64})\.(?P<message>[A-Za-z0-9_-]{8,64})\.(?P<place>\d{1,9}|end)")


@dataclass(frozen=True, slots=True)
class EventId:
    """Names an event of an answer. `place` counts them from 1; "end" is the last."""

    thread_id: str
    message_id: str
    place: str

    def __str__(self) -> str:
        return f"{self.thread_id}.{self.message_id}.{self.place}"

    @property
    def is_last(self) -> bool:
        return self.place == _END


def event_id(thread_id: str, message_id: str, place: int, *, is_last: bool) -> str:
    """
    >>> event_id("aaaaaaaaaaaaaaaa", "bbbbbbbb", 3, is_last=False)
    'aaaaaaaaaaaaaaaa.bbbbbbbb.3'
    """
    return str(EventId(thread_id, message_id, _END if is_last else str(place)))


def read_id(header: str) -> EventId | None:
    """What Last-Event-ID says; None where it is no id of ours.

    >>> read_id("aaaaaaaaaaaaaaaa.bbbbbbbb.end").is_last, read_id("17")
    (True, None)
    """
    found = _ID.fullmatch(header)
    return EventId(found["thread"], found["message"], found["place"]) if found else None


def turn_of(shelf: Shelf, seen: EventId, question: str) -> TurnView | None:
    """The turn that the event belongs to; None where this person has no such turn, or one with another question."""
    turns = (turn for turn in shelf.turns(seen.thread_id) if turn.id == seen.message_id)
    return next((turn for turn in turns if turn.question.strip() == question.strip()), None)


def was_stopped(turn: TurnView) -> bool:
    """It is over, and not because everything was said."""
    return turn.done and (turn.answer is None or turn.answer.finish_reason == "cancelled")


class Followers:
    """How many connections follow each turn: the last to leave stops its answer. Belongs to one event loop."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()
        self._gone: dict[str, None] = {}  # those whose last follower has left, the latest last

    def come(self, turn_id: str) -> None:
        self._of[turn_id] += 1
        self._gone.pop(turn_id, None)

    def leave(self, turn_id: str) -> bool:
        """Whether nobody is left."""
        self._of[turn_id] -= 1
        if self._of[turn_id] > 0:
            return False
        del self._of[turn_id]
        self._gone[turn_id] = None
        if len(self._gone) > _MOST_GONE:
            del self._gone[next(iter(self._gone))]
        return True

    def gone(self, turn_id: str) -> bool:
        """Whether somebody followed it here, and nobody does any more."""
        return turn_id in self._gone
