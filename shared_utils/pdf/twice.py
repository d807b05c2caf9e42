"""Words that a page draws a second time on the same spot: to look bold, or since a program wrote its layer twice.

PDFium leaves out a character that is drawn again right after the first; words drawn again later it gives twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from shared_utils.pdf.lines import GONE, Word

if TYPE_CHECKING:
    from shared_utils.pdf.pages import RawPage

SAME_SPOT = 8  # tenths of a point: an imitated bold is drawn a few tenths beside the first


def second_drawings(raw: str, words: Sequence[Word]) -> frozenset[int]:
    """The first glyphs of the words that say what an earlier word says, where it says it."""
    drawn: dict[str, set[tuple[int, int]]] = defaultdict(set)
    again: set[int] = set()
    for start, end, x0, y0, _, _ in words:
        places = drawn[raw[start:end]]
        x, y = x0 // SAME_SPOT, y0 // SAME_SPOT
        if places and any((x + dx, y + dy) in places for dx, dy in product((0, -1, 1), repeat=2)):
            again.add(start)
        else:
            places.add((x, y))
    return frozenset(again)


def without_second_drawing(raw: RawPage) -> RawPage:
    """The page with each word once, all glyphs numbered as before."""
    again = second_drawings(raw.text, raw.words)
    if not again:
        return raw
    letters = list(raw.text)
    for start, end, *_ in raw.words:
        if start in again:
            letters[start:end] = GONE * (end - start)
    words = tuple(word for word in raw.words if word[0] not in again)
    return replace(raw, text="".join(letters), words=words)


__all__ = ["second_drawings", "without_second_drawing"]
