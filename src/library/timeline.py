"""The use-case of a timeline: a figure or a theme that is asked for, else the themes of the documents, by date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_utils.message import Message, message
from shared_utils.timeline.collection import Corrected, Timeline, dated_documents, notes_on_dates, sources
from shared_utils.timeline.development import Order
from shared_utils.timeline.themes import theme, themes
from shared_utils.types import QUOTED, Answer
from src.answering.compared import Found
from src.answering.developed import developed, order_of, with_series
from src.answering.drawn import located
from src.answering.ingestion import IndexedDocument, names_of, pages_of
from src.rag_with_generation import Rag


def timeline(
    rag: Rag,
    documents: Sequence[IndexedDocument],
    *,
    figure: str = "",
    about: str = "",
    corrected: Corrected,
) -> Timeline:
    """A `figure` by its name, a theme (`about`) by its words, or, with neither, the themes that change most.

    Takes about a fifth of a second of a core for each document of a hundred pages.
    """
    own = [document.document for document in documents]
    told = dated_documents(own, corrected)
    notes = notes_on_dates(told)
    if figure:
        answer = figure_answer(rag, documents, figure, {one.document_id: one.dated.iso for one in told})
        found = Timeline(told, answer, (), notes)
        return found if answer else replace(found, notes=(_no_figure(figure), *notes))
    if about:
        one = theme(about, sources(own, told))
        found = Timeline(told, None, (one,) if one else (), notes)
        return found if one else replace(found, notes=(_no_theme(about), *notes))
    several = themes(sources(own, told))
    found = Timeline(told, None, several, notes)
    return found if len(found.periods) > 1 else replace(found, notes=(_one_period(), *notes))


def figure_answer(
    rag: Rag, documents: Sequence[IndexedDocument], figure: str, order: Order | None = None
) -> Answer | None:
    """The figure through the years as an answer with its places; None where no table tells it by year. `order`: what
    sorts the documents from old to new, by default the dates that they tell."""
    if not documents:
        return None
    result, pages, names = rag.search(figure, documents), pages_of(documents), names_of(documents)
    found = Found(result.passages, result.evidence, result.figure)
    seen = developed(result.route.searched, found, pages, rag.formulary, order or order_of(documents))
    if seen is None:
        return None
    empty = Answer(figure, True, (), (), "stop", QUOTED, "")
    answer = with_series(empty, seen, names)
    return replace(answer, citations=located(rag.viewer, answer.citations, documents))


def _no_figure(figure: str) -> Message:
    return message(
        "“{figure}” was not found by year in a table or sentence of these documents. Name it as they do.",
        figure=figure,
    )


def _no_theme(theme: str) -> Message:
    return message("None of the dated documents speaks of “{theme}”. Try other words.", theme=theme)


def _one_period() -> Message:
    return message(
        "Themes through the years need documents of at least two dates. Add others, or give these their dates."
    )
