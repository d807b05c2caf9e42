"""A question and its answer in a conversation: what is kept of it, what comes back, what the next one knows."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared_utils.types import Answer, Evidence
from src.answering.writing import PastTurn
from src.events import StageTime
from src.library.turn_codec import Asking, TurnRecord
from src.views import TurnView, asked_view

_REMEMBERED_TURNS = 4  # of a conversation, offered to the prompt; the prompt keeps what fits


@dataclass
class Turn:
    """A question and its answer. Its view is replaced as a whole, under the lock."""

    view: TurnView
    asking: Asking
    conversation: str
    mine: bool = False  # this process answers it, or has
    stored: bool = True
    remote_asked: bool = False  # it counts among the answers one person may have from the remote engine
    left: bool = False  # given up because nobody waited for it
    evidence: Evidence | None = None  # what could be read for it; a follow-up may read the same again
    cancel: threading.Event = field(default_factory=threading.Event)


def merged(known: Sequence[Turn], kept: Sequence[Turn]) -> list[Turn]:
    """What the store holds, but our own turns as we know them; those it has no room for stay at the end."""
    ours = {turn.view.id: turn for turn in known if turn.mine and (turn.view.done or not turn.cancel.is_set())}
    ids = {turn.view.id for turn in kept}
    stored = [ours.get(turn.view.id, turn) for turn in kept]
    return stored + [turn for turn in known if turn.view.id not in ids and not turn.stored]


def ended(stages: Sequence[StageTime], at_s: float) -> tuple[StageTime, ...]:
    """The stages, the last of which ends now. `at_s` counts from the question."""
    if not stages or stages[-1].seconds is not None:
        return tuple(stages)
    return (*stages[:-1], replace(stages[-1], seconds=at_s - stages[-1].started_s))


def history_of(turns: Sequence[Turn]) -> list[PastTurn]:
    """What the next question may refer to: the last turns that were answered."""
    answered = [(t, t.view.answer) for t in turns if t.view.answer is not None and t.view.answer.answerable]
    return [PastTurn(t.view.question, _plain(a), t.evidence) for t, a in answered[-_REMEMBERED_TURNS:]]


def kept_turn(record: TurnRecord, conversation_id: str) -> Turn:
    """A turn as it was stored."""
    view = asked_view(record.id, record.question, time.monotonic(), record.asked_on, record.asking.then)
    if record.pending:
        return Turn(view, record.asking, conversation_id)
    stats = record.answer.stats if record.answer else None
    view = replace(
        view,
        stage=None,
        engine=stats.backend if stats else None,
        model=stats.model if stats else "",
        where=stats.where if stats else None,
        answer=record.answer,
        extractive=record.extractive,
        changes=record.changes,
        timings=record.timings,
        error=record.error,
        rating=record.rating,
        stages=record.stages,
        passages_left=record.passages_left,
        sent_to=record.sent_to,
    )
    return Turn(view, record.asking, conversation_id)


def record_of(turn: Turn) -> TurnRecord:
    """What is stored of a turn: of one that is being answered, the question alone."""
    view = turn.view
    if not view.done:
        return TurnRecord(view.id, view.question, asking=turn.asking, asked_on=view.asked_on, pending=True)
    return TurnRecord(
        view.id,
        view.question,
        view.answer,
        view.extractive,
        view.changes,
        view.timings,
        view.error,
        turn.asking,
        view.asked_on,
        view.rating,
        stages=view.stages,
        passages_left=view.passages_left,
        sent_to=view.sent_to,
    )


def _plain(answer: Answer) -> str:
    return " ".join(sentence.text for sentence in answer.sentences)
