"""The pages of a report: each cited page drawn once, with all its highlights; strips of it beside the quotes.

One SVG image holds a page's picture, and the strips use it: a page that is cited ten times is in the file once.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared_utils.errors import FootnoteError
from shared_utils.types import Citation, Rect
from src.i18n import Say
from src.presentation.describe import page_name
from src.presentation.escaping import html_text, plain
from src.presentation.pages import Pages

WIDTH_PX = 1240  # 150 dots an inch on A4: sharp in a strip, some 30 to 150 KB
PICTURES_AT_MOST = 150  # half a minute of drawing
BYTES_AT_MOST = 25_000_000
_NUMBER_ROOM = 9.0  # points that a footnote's number in the margin takes
_MIMES = ("image/png", "image/jpeg")
_AROUND = 22.0  # points shown around the highlighted words
_NARROWEST = 0.6  # of the page's width: the strips of a document are drawn at about the same size
_STRIP_AT_MOST = 300.0  # points; a longer passage is seen on its page

PageKey = tuple[str, int]
"""(document id, page number)"""


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page with everything that is cited from it. `picture` is a data URI, or "" with the reason in `why`."""

    id: str
    document: str
    page: int
    label: str
    width: float  # points, as displayed
    height: float
    picture: str
    why: str
    marks: dict[int, tuple[Rect, ...]] = field(default_factory=dict)  # note number -> its lines


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


def _page(name: str, notes: Sequence[Citation], pages: Pages, say: Say, *, beyond: bool) -> CitedPage:
    first = notes[0]
    empty = CitedPage(name, first.document, first.page, first.page_label, 0.0, 0.0, "", "")
    if beyond:
        return _without(empty, say("This report holds as many pictures as one file should. Open the PDF at this page."))
    try:
        image = pages.page_image(first.document_id, first.page, width_px=WIDTH_PX, is_small=True)
        marks = {note.marker: pages.rects(note) for note in notes}
    except FootnoteError as exc:
        return _without(empty, say.message(str(exc)))
    if image.mime not in _MIMES or not (image.width > 0 and image.height > 0):  # the child that draws is not trusted
        return _without(empty, say("This page cannot be shown. Open the PDF itself."))
    data = base64.b64encode(image.data).decode()
    return CitedPage(
        name,
        first.document,
        first.page,
        first.page_label,
        image.width,
        image.height,
        f"data:{image.mime};base64,{data}",
        "",
        marks,
    )


def _without(page: CitedPage, why: str) -> CitedPage:
    return CitedPage(page.id, page.document, page.page, page.label, 0.0, 0.0, "", why)


# ------------------------------------------------------------------------------------------------ drawn


def figure(page: CitedPage, notes: Sequence[int], say: Say) -> str:
    """The whole page with its highlights, and under it which footnotes they belong to."""
    name = html_text(page_name(page.page, page.label, say))
    chips = " ".join(f'<a class="chip" href="#c{note}">{note}</a>' for note in notes)
    caption = f"<figcaption><b>{html_text(page.document)}</b> {name} · {chips}</figcaption>"
    if not page.picture:
        return f'<figure id="{page.id}"><p class="remark">{html_text(page.why)}</p>{caption}</figure>'
    words = html_text(say("Page {page} of {name}.", page=page.page, name=plain(page.document)))
    size = f"{page.width:.2f} {page.height:.2f}"
    image = (
        f'<image id="{page.id}-image" href="{page.picture}" width="{page.width:.2f}" height="{page.height:.2f}" '
        'preserveAspectRatio="none"/>'
    )
    marks = "".join(_marks(page.marks))
    return (
        f'<figure id="{page.id}"><span class="page"><svg viewBox="0 0 {size}" role="img" aria-label="{words}">'
        f"{image}{marks}</svg></span>{caption}</figure>"
    )


def strip(page: CitedPage, note: int, say: Say) -> str:
    """The cited words as they stand on the page, leading to the whole of it; "" where it is not known where."""
    rects = page.marks.get(note, ())
    if not (page.picture and rects):
        return ""
    top = max(0.0, min(y0 for _, y0, _, _ in rects) - _AROUND)
    bottom = min(page.height, max(y1 for _, _, _, y1 in rects) + _AROUND, top + _STRIP_AT_MOST)
    left, width = _columns(page)
    words = html_text(say("Show the whole page of source {number}", number=note))
    return (
        f'<a class="page strip" href="#m{note}" aria-label="{words}">'
        f'<svg viewBox="{left:.2f} {top:.2f} {width:.2f} {max(bottom - top, 1.0):.2f}" aria-hidden="true">'
        f'<use href="#{page.id}-image"/>{"".join(map(_rect, rects))}</svg></a>'
    )


def _columns(page: CitedPage) -> tuple[float, float]:
    """(left edge, width) of what strips show of a page: all that is highlighted on it, without the empty margins."""
    edges = [(x0, x1) for rects in page.marks.values() for x0, _, x1, _ in rects]
    left = max(0.0, min(x0 for x0, _ in edges) - _AROUND)
    right = min(page.width, max(x1 for _, x1 in edges) + _AROUND)
    missing = max(0.0, _NARROWEST * page.width - (right - left))
    left = max(0.0, left - missing / 2)
    return left, max(1.0, min(page.width - left, right - left + missing))


def _marks(marks: Mapping[int, Sequence[Rect]]) -> Iterator[str]:
    """Each footnote's lines, with its number in the margin; numbers that would stand on each other move aside."""
    taken: list[tuple[float, float]] = []
    for note, rects in marks.items():
        if not rects:
            continue
        x, y = min(rect[0] for rect in rects) - 4, (rects[0][1] + rects[0][3]) / 2 + 3
        while any(abs(x - at_x) < _NUMBER_ROOM and abs(y - at_y) < _NUMBER_ROOM for at_x, at_y in taken):
            x -= _NUMBER_ROOM
        taken.append((x, y))
        number = f'<text x="{max(x, _NUMBER_ROOM):.2f}" y="{y:.2f}" text-anchor="end">{note}</text>'
        yield f'<g id="m{note}">{"".join(map(_rect, rects))}{number}</g>'


def _rect(rect: Rect) -> str:
    x0, y0, x1, y1 = rect
    return f'<rect x="{x0:.2f}" y="{y0:.2f}" width="{max(0.0, x1 - x0):.2f}" height="{max(0.0, y1 - y0):.2f}" rx="1"/>'
