"""What tables are found in, and what is found.

Inside this package lengths are tenths of a point in the reading frame: x along the text, y downwards. Words are
numbered by the page's text: `text[start:end]`. What leaves it (`Cell.rect`, `Table.rect`) is points from the top left
of the page as displayed, like every `Rect`.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared_utils.types import Rect

Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1)."""

Word = tuple[int, int, int, int, int, int]
"""(start, end, x0, y0, x1, y1). Plain tuples: a filing has 150,000 of them."""


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page's words where they are drawn, and the straight lines between them."""

    text: str
    words: tuple[Word, ...]
    rules: tuple[Box, ...] = ()
    drawings: tuple[Box, ...] = ()  # around curves and slanted lines
    bold: frozenset[int] = frozenset()  # starts of words known to be bold: the first and last of a line
    width: float = 0.0  # points, as displayed
    height: float = 0.0
    turned: int = 0  # quarter turns, counter-clockwise, from the page as displayed to the frame


def displayed(page: PlacedPage, box: Box) -> Rect:
    """A box of the reading frame in points from the top left of the page as displayed."""
    x0, y0, x1, y1 = (edge / 10 for edge in box)
    if page.turned == 0:
        return x0, y0, x1, y1
    if page.turned == 1:  # the text runs upwards
        return y0, page.height - x1, y1, page.height - x0
    if page.turned == 2:
        return page.width - x1, page.height - y1, page.width - x0, page.height - y0
    return page.width - y1, x0, page.width - y0, x1
