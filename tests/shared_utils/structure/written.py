"""Pages as they are read, from their text alone."""

from __future__ import annotations

import re

from shared_utils.structure.model import Place
from shared_utils.types import Heading, Page, PageVerdict, Span


def page(text: str, number: int = 1, headings: tuple[str, ...] = (), boilerplate: tuple[str, ...] = ()) -> Page:
    """A page of this text; what is listed stands on it word for word."""

    def place(words: str) -> tuple[int, int]:
        start = text.index(words)
        return start, start + len(words)

    return Page(
        number=number,
        label=str(number),
        text=text,
        verdict=PageVerdict.TEXT,
        headings=tuple(Heading(*place(words), level=2) for words in headings),
        boilerplate=tuple(Span(*place(words)) for words in boilerplate),
    )


def at(pages: list[Page], place: Place | None) -> str:
    """The words at a place, with single blanks; "" for none."""
    if place is None:
        return ""
    (found,) = (one for one in pages if one.number == place.page)
    return re.sub(r"\s+", " ", found.text[place.start : place.end])
