"""The pages of a report: each cited page drawn once, with all its highlights; strips of it beside the quotes.

One SVG image holds a page's picture, and the strips use it: a page that is cited ten times is in the file once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shared_utils.errors import FootnoteError
from shared_utils.types import Citation, Rect
from src.i18n import Say
from src.presentation.describe import page_name
from src.presentation.pages import Pages

WIDTH_PX = 1240  # 150 dots an inch on A4: sharp in a strip, some 30 to 150 KB
PICTURES_AT_MOST = 150  # half a minute of drawing
BYTES_AT_MOST = 19_000_000  # 25 MB in the file, as base64
_NUMBER_ROOM = 9.0  # points that a footnote's number in the margin takes
_MIMES = ("image/png", "image/jpeg")
_AROUND = 22.0  # points shown around the highlighted words
_NARROWEST = 0.6  # of the page's width: the strips of a document are drawn at about the same size
_STRIP_AT_MOST = 300.0  # points; a longer passage is seen on its page

PageKey = tuple[str, int]
"""(document id, page number)"""


@dataclass(frozen=True, slots=True)
class Box:
    """Points from the top left of the displayed page."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote's words where they stand on the page."""

    lines: tuple[Box, ...]
    number_x: float  # of the footnote's number in the margin: where it ends
    number_y: float
    strip: Box  # what is shown of the page beside the quote
    label: str  # of that strip


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page with everything that is cited from it. `picture` is empty where it cannot be shown; `why` tells."""

    id: str
    document: str
    where: str  # "p. 7, printed v"
    notes: tuple[int, ...]
    why: str = ""
    label: str = ""
    mime: str = ""
    picture: bytes = b""
    width: float = 0.0  # points, as displayed
    height: float = 0.0
    marks: Mapping[int, Mark] = field(default_factory=dict)  # by note; only those whose place is known


def cited_pages(notes: Iterable[Citation], pages: Pages, say: Say) -> dict[PageKey, CitedPage]:
    """Every page that is cited, in the order of the documents' first citation and of their pages."""
    by_page: dict[PageKey, list[Citation]] = {}
    for note in notes:
        by_page.setdefault((note.document_id, note.page), []).append(note)
    order = {document: place for place, document in enumerate(dict.fromkeys(document for document, _ in by_page))}
    made: dict[PageKey, CitedPage] = {}
    left = BYTES_AT_MOST
    for number, key in enumerate(sorted(by_page, key=lambda key: (order[key[0]], key[1])), start=1):
        beyond = number > PICTURES_AT_MOST or left <= 0
        made[key] = _page(f"page-{number}", by_page[key], pages, say, beyond=beyond)
        left -= len(made[key].picture)
    return made


def _page(id_: str, notes: Sequence[Citation], pages: Pages, say: Say, *, beyond: bool) -> CitedPage:
    first = notes[0]
    where = page_name(first.page, first.page_label, say)
    page = CitedPage(id_, first.document, where, tuple(note.marker for note in notes))
    if beyond:
        why = say("This report holds as many pictures as one file should. Open the PDF at this page.")
        return replace(page, why=why)
    try:
        image = pages.page_image(first.document_id, first.page, width_px=WIDTH_PX, is_small=True)
        rects = {note.marker: found for note in notes if (found := pages.rects(note))}
    except FootnoteError as exc:
        return replace(page, why=say(exc.message))
    if image.mime not in _MIMES or not (image.width > 0 and image.height > 0):  # the child that draws is not trusted
        return replace(page, why=say("This page cannot be shown. Open the PDF itself."))
    return replace(
        page,
        label=say("Page {page} of {name}.", page=first.page, name=first.document),
        mime=image.mime,
        picture=image.data,
        width=image.width,
        height=image.height,
        marks=_marks(rects, image.width, image.height, say),
    )


def _marks(by_note: Mapping[int, Sequence[Rect]], width: float, height: float, say: Say) -> dict[int, Mark]:
    """Each footnote's lines, with its number in the margin; numbers that would stand on each other move aside."""
    if not by_note:
        return {}
    taken: list[tuple[float, float]] = []
    made = {}
    left, shown = _columns([rect for rects in by_note.values() for rect in rects], width)
    for note, rects in by_note.items():
        x, y = min(rect[0] for rect in rects) - 4, (rects[0][1] + rects[0][3]) / 2 + 3
        while any(abs(x - at_x) < _NUMBER_ROOM and abs(y - at_y) < _NUMBER_ROOM for at_x, at_y in taken):
            x -= _NUMBER_ROOM
        taken.append((x, y))
        top = max(0.0, min(y0 for _, y0, _, _ in rects) - _AROUND)
        bottom = min(height, max(y1 for _, _, _, y1 in rects) + _AROUND, top + _STRIP_AT_MOST)
        made[note] = Mark(
            lines=tuple(Box(x0, y0, max(0.0, x1 - x0), max(0.0, y1 - y0)) for x0, y0, x1, y1 in rects),
            number_x=max(x, _NUMBER_ROOM),
            number_y=y,
            strip=Box(left, top, shown, max(bottom - top, 1.0)),
            label=say("Show the whole page of source {number}", number=note),
        )
    return made


def _columns(rects: Sequence[Rect], page_width: float) -> tuple[float, float]:
    """(left edge, width) of what strips show of a page: all that is highlighted on it, without the empty margins."""
    left = max(0.0, min(x0 for x0, _, _, _ in rects) - _AROUND)
    right = min(page_width, max(x1 for _, _, x1, _ in rects) + _AROUND)
    missing = max(0.0, _NARROWEST * page_width - (right - left))
    left = max(0.0, left - missing / 2)
    return left, max(1.0, min(page_width - left, right - left + missing))
