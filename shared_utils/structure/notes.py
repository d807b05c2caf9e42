"""Notes at the foot of a page or a table, tied to the marks that refer to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_utils.structure.lines import Line, goes_on, lines_of
from shared_utils.structure.model import Footnote
from shared_utils.types import Page, Span

_NOTE = re.compile(
    r"(?P<mark>\((?:\d{1,2}|[a-z*])\)|\[(?:\d{1,2}|[a-z])\]|[¹²³⁴⁵⁶⁷⁸⁹]+|[*†‡§]{1,3}|\d{1,2}(?=\s*[^\W\d_]))\s*(?=\S)"
)
_LOWER_HALF = 0.35  # of the page's text, from which on a bare number at the start of a line may be a note's mark
_BARE = re.compile(r"\d{1,2}")
_LEAST_CHARS = 12


def footnotes(page: Page) -> tuple[Footnote, ...]:
    """The notes of a page whose mark stands in the text before them, in reading order.

    A bare number is a mark only where it stands right behind a word or a sentence's end, as raised numbers do.
    """
    lines = lines_of(page)
    found = []
    for place, line in enumerate(lines):
        match = _NOTE.match(line.text)
        if match is None or len(line.text) - match.end() < _LEAST_CHARS:
            continue
        mark = match["mark"]
        if _BARE.fullmatch(mark) and line.start < _LOWER_HALF * len(page.text):
            continue
        marks = _marks(page, mark, line.start)
        if marks:
            found.append(Footnote(mark, marks, Span(line.start + match.end(), _end(lines, place))))
    return tuple(found)


def _marks(page: Page, mark: str, before: int) -> tuple[Span, ...]:
    """Where a mark refers from: behind a word, a figure or a sign, never at the start of a line."""
    escaped = re.escape(mark)
    if _BARE.fullmatch(mark):
        pattern = rf"(?<=[^\W\d_]){escaped}(?!\w)|(?<=[.,;:”\"')])(?<!\d[.,]){escaped}(?=\s|$)"
    elif mark[0] in "([":
        pattern = rf"(?<=[^\s]) ?{escaped}(?!\w)"
    else:
        pattern = rf"(?<=\S)\s?{escaped}(?![*†‡§¹²³⁴⁵⁶⁷⁸⁹])"
    return tuple(
        Span(found.end() - len(mark), found.end())
        for found in re.finditer(pattern, page.text[:before])
        if "\n" not in found.group()
    )


def _end(lines: Sequence[Line], place: int) -> int:
    end = lines[place].end
    for number in range(place + 1, len(lines)):
        if _NOTE.match(lines[number].text) or not goes_on(lines, number):
            break
        end = lines[number].end
    return end
