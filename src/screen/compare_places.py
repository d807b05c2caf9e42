"""Where the changes between two editions stand on their pages, as the viewer opens them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from shared_utils.editions.model import Change, Side
from shared_utils.errors import FootnoteError
from shared_utils.structure.model import Place
from shared_utils.types import Document, Rect, Span
from src.library.shelf import Shelf
from src.screen.citations import Source, shares


def change_anchor(number: int, side: str) -> str:
    """The address of one side of a change, "b" or "a", as links name it behind #cite-."""
    return f"change.{number}.{side}"


Cited = tuple[str, Side, Document]
"""An address, the words that it opens, their document."""


def sources_of(
    changes: Sequence[tuple[int, Change]], shelf: Shelf, before: Document, after: Document
) -> list[list[Source]]:
    """What the viewer needs to open both sides of every change."""
    return places_of(
        [
            [
                (change_anchor(number, kind), side, document)
                for kind, side, document in (("b", change.before, before), ("a", change.after, after))
                if side
            ]
            for number, change in changes
        ],
        shelf,
    )


def places_of(groups: Sequence[Sequence[Cited]], shelf: Shelf) -> list[list[Source]]:
    """The same for words of any documents, in groups that the viewer leafs through."""
    documents = {document.id: document for group in groups for _, _, document in group}
    boxes: dict[tuple[str, Place], tuple[Rect, ...]] = {}
    for document in documents.values():
        boxes |= _rects([side for group in groups for _, side, of in group if of.id == document.id], shelf, document)
    return [[_source(*cited, boxes, shelf) for cited in group] for group in groups]


def _source(
    anchor: str, side: Side, document: Document, boxes: dict[tuple[str, Place], tuple[Rect, ...]], shelf: Shelf
) -> Source:
    on_page = [place for place in side.places if place.page == side.page]
    rects = [rect for place in on_page for rect in boxes.get((document.id, place), ())]
    size = shelf.page_size(document.id, side.page)
    return Source(anchor, document.id, side.page, side.text, shares(rects, size))


def _rects(sides: Sequence[Side], shelf: Shelf, document: Document) -> dict[tuple[str, Place], tuple[Rect, ...]]:
    """Where places are drawn, asked page by page."""
    pages = {page.number: page for page in document.pages}
    places = sorted({place for side in sides for place in side.places}, key=lambda p: (p.page, p.start, p.end))
    found: dict[tuple[str, Place], tuple[Rect, ...]] = {}
    for number, group in groupby(places, key=lambda place: place.page):
        here = list(group)
        spans = [Span(place.start, place.end) for place in here]
        try:
            rects = shelf.places(document.id, pages[number], spans)
        except FootnoteError:  # its file is out of reach: the page opens without marks
            continue
        found |= {(document.id, place): boxes for place, boxes in zip(here, rects, strict=True)}
    return found


def marked_rects(side: Side, shelf: Shelf, document: Document) -> tuple[Rect, ...]:
    """Where a side's words are drawn on the page it begins on."""
    found = _rects([side], shelf, document)
    return tuple(
        rect for place in side.places if place.page == side.page for rect in found.get((document.id, place), ())
    )
