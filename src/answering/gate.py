"""Whether a question is answered at all: what retrieval tells, what the tables give, which names stand nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.calculation.asked import spelled_years
from shared_utils.calculation.calculate import Calculation, NotComputed
from shared_utils.retrieval.answerability import judge
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.unknown import names_stand, unknown_names
from shared_utils.types import Embedder, Passage
from src.answering.routing import Route


def is_answered(
    taken: Route,
    passages: Sequence[Passage],
    indexes: Sequence[DocumentIndex],
    embedder: Embedder | None,
    figure: Calculation | NotComputed | None,
) -> bool:
    """Whether the documents speak to a question.

    A figure that was worked out of them for the names that are asked answers it, however few of its words they have. A
    code that stands nowhere, nothing but pages after the last, and a ratio of a year for which nothing is told, do not.
    """
    question = taken.searched
    if taken.spreads:
        return True
    if taken.is_beyond or unknown_names(question, indexes):
        return False
    if isinstance(figure, Calculation) and names_stand(question, indexes):
        return True
    if isinstance(figure, NotComputed) and figure.is_untold and spelled_years(question):
        return False
    return judge(question, passages, indexes, embedder).answerable
