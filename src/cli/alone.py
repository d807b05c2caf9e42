"""A question answered outside of any shelf, as the command line does: the use-case's events as one finished turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from shared_utils.errors import QuestionError
from src.answering.ingestion import IndexedDocument
from src.answering.writing import Writer
from src.events import AnswerEvent
from src.rag_with_generation import Rag
from src.views import TurnView, after, asked_view, over


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
        for event in rag.ask(question, documents, writers=writers, cancelled=lambda: False):
            watch(event)
            turn = after(turn, event, rag.now())
    except QuestionError as exc:
        turn = over(turn, rag.now(), exc.message)
    return turn
