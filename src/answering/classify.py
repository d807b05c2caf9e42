"""What kind of question it is, the part it is confined to, its language: by rules, in about a millisecond.

A confidence is how often questions that were told so by the rule are of that kind: measured on questions whose kind
people had told where there were enough of them, else the share of hits with one hit and one miss added (Laplace's rule
of succession). benchmarks/classify.py measures it anew.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from shared_utils.calculation.asked import asked
from shared_utils.message import NOTHING
from shared_utils.retrieval.figures import asks_for_figure
from shared_utils.retrieval.question_kind import QuestionKind, question_kind
from shared_utils.text.languages import told_language
from src.answering.about_files import asked_of_files
from src.answering.developed import asks_development
from src.answering.follow_up import standalone
from src.answering.ingestion import IndexedDocument
from src.answering.routing import Route, route
from src.answering.yes_no import asks_yes_no
from src.events import AskedKind, Classified

_SIDE_BY_SIDE = re.compile(r"\b(?:compar|vergleich|confront|vergelijk)\w*|\b(?:vs|versus)\b", re.IGNORECASE)
CONFIDENCE: Mapping[AskedKind, float] = MappingProxyType(
    {
        AskedKind.LOOK_UP: 0.80,
        AskedKind.VALUE: 0.71,
        AskedKind.CALCULATION: 0.88,
        AskedKind.SERIES: 0.86,
        AskedKind.YES_NO: 0.72,
        AskedKind.LIST: 0.88,
        AskedKind.COMPARISON: 0.88,
        AskedKind.SUMMARY: 0.92,
        AskedKind.FILES: 0.85,
        AskedKind.SMALL_TALK: 0.91,
    }
)


def kind_of(question: str) -> AskedKind:
    """By the words alone.

    >>> kind_of("How did revenue develop?"), kind_of("Is smoking allowed?"), kind_of("Hello!")
    (<AskedKind.SERIES: 'series'>, <AskedKind.YES_NO: 'yes_no'>, <AskedKind.SMALL_TALK: 'small talk'>)
    """
    told = question_kind(question)
    if told is QuestionKind.SMALL_TALK:
        return AskedKind.SMALL_TALK
    if asked_of_files(question):
        return AskedKind.FILES
    if told is QuestionKind.SUMMARY:
        return AskedKind.SUMMARY
    if asks_development(question):
        return AskedKind.SERIES
    if asks_yes_no(question):
        return AskedKind.YES_NO
    is_computed = asked(question) is not None
    if told is QuestionKind.COMPARISON and (not is_computed or _SIDE_BY_SIDE.search(question)):
        return AskedKind.COMPARISON
    if is_computed:
        return AskedKind.CALCULATION
    if told is QuestionKind.LIST:
        return AskedKind.LIST
    return AskedKind.VALUE if asks_for_figure(question) else AskedKind.LOOK_UP


def classified(question: str, taken: Route | None = None) -> Classified:
    """A question with the part that its route confines it to, if it is known."""
    began = time.perf_counter()
    kind = kind_of(question)
    part = taken.label if taken is not None and taken.within is not None else NOTHING
    language = told_language(question) or ""
    return Classified(kind, part, language, CONFIDENCE[kind], (time.perf_counter() - began) * 1000)


def classify(question: str, documents: Sequence[IndexedDocument]) -> Classified:
    """The same, the part looked for in documents; its milliseconds count that, too."""
    began = time.perf_counter()
    taken = route(question, standalone(question, ()), documents) if documents else None
    told = classified(question, taken)
    return Classified(told.kind, told.part, told.language, told.confidence, (time.perf_counter() - began) * 1000)
