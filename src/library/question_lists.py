"""A list of questions as a conversation: begun, watched, taken up again. Who asks the next one is the conversation
itself (src/library/conversations.py), so a list outlives its process as every question does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from shared_utils.errors import QuestionError
from src.i18n import ENGLISH, Say
from src.library.shelf import Shelf
from src.presentation.describe import about
from src.views import TurnView


@dataclass(frozen=True, slots=True)
class ListView:
    """How far a list has come."""

    total: int
    done: int
    running: bool
    left: tuple[str, ...]  # what has not been asked yet; while none is running, it waits for `go_on`
    seconds_left: float | None  # None until one has been answered

    @property
    def finished(self) -> bool:
        return self.done == self.total


def begin_list(shelf: Shelf, questions: Sequence[str], *, only: str = "", among: Sequence[str] = ()) -> str:
    """Ask `questions` (from `questions_from`) one after the other, each without regard to the others, in a
    conversation of their own; returns its id at once.

    `Shelf.stop(id)` stops the list, its answers so far stay. `only` is the id of the one document to ask, "" for all,
    `among` the ids of several.
    Raises QuestionError where there are none.
    """
    if not questions:
        raise QuestionError("There is no question yet. Type what you would like to know.")
    conversation_id = shelf.new_conversation()
    shelf.ask(conversation_id, questions[0], only=only, alone=True, then=questions[1:], among=among)
    return conversation_id


def go_on(shelf: Shelf, conversation_id: str, *, only: str = "", among: Sequence[str] = ()) -> None:
    """Ask what a stopped list has left. Raises QuestionError while an answer is running."""
    view = list_view(shelf.turns(conversation_id))
    if view is not None and view.left:
        shelf.ask(conversation_id, view.left[0], only=only, alone=True, then=view.left[1:], among=among)


def list_view(turns: Sequence[TurnView]) -> ListView | None:
    """How far the list of a conversation has come; None where it holds no list."""
    begun = next((turn for turn in turns if turn.then), None)
    if begun is None:
        return None
    questions = (begun.question, *begun.then)
    asked = {turn.question: turn for turn in turns if turn.question in questions}
    answered = [turn for turn in asked.values() if turn.done]
    took = [turn.timings["total_s"] for turn in answered if "total_s" in turn.timings]
    unanswered = len(questions) - len(answered)
    return ListView(
        total=len(questions),
        done=len(answered),
        running=any(not turn.done for turn in asked.values()),
        left=tuple(question for question in questions if question not in asked),
        seconds_left=fmean(took) * unanswered if took else None,
    )


def describe_list(view: ListView, say: Say = ENGLISH) -> str:
    """ "3 of 12 answered · about 4 min left"."""
    counted = say("{done:,} of {total:,} answered", done=view.done, total=view.total)
    if view.finished:
        return counted
    if not view.running and view.left:
        return f"{counted} · {say('stopped')}"
    left = view.seconds_left
    return f"{counted} · {say('about {time} left', time=about(left, say))}" if left is not None else counted
