"""A question answered outside of any shelf, as the command line does: the use-case's events as one finished turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from shared_utils.errors import QuestionError
from shared_utils.generation.where import farthest
from src.answering.ingestion import IndexedDocument
from src.answering.writing import Writer
from src.events import AnswerEvent, AnswerFinished, EngineChanged, StageStarted
from src.rag_with_generation import Rag
from src.views import TurnView, asked_view


def answered(
    rag: Rag,
    question: str,
    documents: Sequence[IndexedDocument],
    writers: Callable[[], Sequence[Writer]],
    watch: Callable[[AnswerEvent], None] = lambda _: None,
) -> TurnView:
    """The turn, done: a question that could not be asked says why in `error`. `watch` is shown every event."""
    turn = asked_view("", question, rag.now(), time.time())
    try:
        for event in _events(rag, question, documents, writers):
            watch(event)
            turn = _after(turn, event)
    except QuestionError as exc:
        turn = replace(turn, error=str(exc))
    return replace(turn, stage=None)


def _events(
    rag: Rag, question: str, documents: Sequence[IndexedDocument], writers: Callable[[], Sequence[Writer]]
) -> Iterator[AnswerEvent]:
    return rag.ask(question, documents, writers=writers, cancelled=lambda: False)


def _after(turn: TurnView, event: AnswerEvent) -> TurnView:
    match event:
        case StageStarted():
            left = event.where if event.passages_leave else None
            passages = max(turn.passages_left, event.passages_leave)
            return replace(turn, passages_left=passages, sent_to=farthest(turn.sent_to, left))
        case EngineChanged():
            return replace(turn, changes=(*turn.changes, event.reason))
        case AnswerFinished():
            stats = event.answer.stats
            return replace(
                turn,
                answer=event.answer,
                timings=event.timings,
                engine=stats.backend,
                model=stats.model,
                where=stats.where,
            )
        case _:
            return turn
