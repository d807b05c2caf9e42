"""Where the chips of an answer lead: their addresses, and what the viewer needs to open them without asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.types import Citation, EvidenceSpan, Rect
from src.library.shelf import Shelf
from src.screen.session import Place, Session
from src.views import TurnView

# Whose numbering a marker belongs to: the finished answer's, that of the quotes shown before it, or that of the words
# that are being written.
ANSWER, QUOTES, WRITING = "a", "q", "w"

Box = tuple[float, float, float, float]
"""(left, top, width, height) as shares of the page's width and height."""


@dataclass(frozen=True, slots=True)
class Source:
    """A citation as the viewer opens it."""

    anchor: str
    document: str  # its id
    page: int
    quote: str
    boxes: tuple[Box, ...]  # one a line; () where it is not known where the words stand


def anchor(turn: TurnView, source: str, marker: int) -> str:
    return f"{turn.id}.{source}.{marker}"


def source_groups(turns: Sequence[TurnView], shelf: Shelf) -> list[list[Source]]:
    """The citations that can be opened, in reading order: a group for every answer, the newest last."""
    readable = {view.document_id: view.name for view in shelf.documents() if view.searchable}
    groups = []
    for turn in turns:
        for kind, citations in _numberings(turn, readable, shelf):
            found = [_source(anchor(turn, kind, c.marker), c, shelf) for c in citations if c.document_id in readable]
            groups += [found] if found else []
    return groups


def _numberings(
    turn: TurnView, names: dict[str, str], shelf: Shelf
) -> list[tuple[str, tuple[Citation, ...] | list[Citation]]]:
    if turn.answer is not None:
        return [(ANSWER, turn.answer.citations)]
    quotes = turn.extractive.citations if turn.extractive else ()
    return [(QUOTES, quotes), (WRITING, written_citations(turn, names, shelf))]


def written_citations(turn: TurnView, names: dict[str, str], shelf: Shelf) -> list[Citation]:
    """What the words so far point at: whole passages, until the answer is done and its exact words are known."""
    return [_citation(n, span, names, shelf) for n, span in enumerate(turn.spans, 1) if span.document_id in names]


def _citation(marker: int, span: EvidenceSpan, names: dict[str, str], shelf: Shelf) -> Citation:
    label = shelf.page_label(span.document_id, span.page)
    name = names[span.document_id]
    return Citation(marker, span.document_id, name, span.page, label, span.text, span.start, span.end)


def _source(address: str, citation: Citation, shelf: Shelf) -> Source:
    size = shelf.page_size(citation.document_id, citation.page)
    boxes = shares(shelf.rects(citation), size)
    return Source(address, citation.document_id, citation.page, citation.quote, boxes)


def shares(rects: Sequence[Rect], size: tuple[float, float]) -> tuple[Box, ...]:
    """Rectangles in points as shares of a page of `size` (width, height) points.

    >>> shares([(10.0, 50.0, 60.0, 75.0)], (100.0, 200.0))
    ((0.1, 0.25, 0.5, 0.125),)
    """
    width, height = size
    if width <= 0 or height <= 0:
        return ()
    return tuple((x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height) for x0, y0, x1, y1 in rects)


def follow_answer(turns: Sequence[TurnView], session: Session) -> None:
    """Let the viewer show the first source of a new answer; of a refusal, once it is final, the closest place.

    It sees to it that what a person opens meanwhile stays.
    """
    if not turns:
        return
    turn = turns[-1]
    kind, answer = (ANSWER, turn.answer) if turn.answer else (QUOTES, turn.extractive)
    name = f"{turn.id}.{kind}"
    if answer is None or not answer.citations or session.followed == name:
        return
    if not answer.answerable and not turn.done:
        return
    first = answer.citations[0]
    session.place = Place(first.document_id, first.page, anchor(turn, kind, first.marker), turn.id)
    session.followed = name
