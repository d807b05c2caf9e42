"""The lines of a page that somebody reads: without running heads and without what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_utils.types import Heading, Page, Span

CELLS_APART = re.compile(r" {3,}")  # what a page's text has between two cells of one line
_LINE = re.compile(r"[^\n]+")
_ENDS = re.compile(r"[.!?。！？؟।…][\"'”’»)\]]*$")
FULL = 0.9  # of the widest line beside it: a shorter one would have had room for the next word
_WIDTH_OF = 4  # lines before and after that tell how wide a column is
_SHORTEST_WRAPPED = 25  # characters; a shorter line did not end for want of room


@dataclass(frozen=True, slots=True)
class Line:
    """`page.text[start:end]`, stripped; never empty."""

    page: int
    start: int
    end: int
    text: str
    is_heading: bool


def lines_of(page: Page) -> list[Line]:
    """The page's lines in reading order."""
    left_out = sorted([*page.boilerplate, *page.hidden], key=_start)
    headings = sorted(page.headings, key=_start)
    found = []
    for match in _LINE.finditer(page.text):
        text = match.group().strip()
        if not text:
            continue
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        end = start + len(text)
        if not _overlaps(left_out, start, end):
            found.append(Line(page.number, start, end, text, _overlaps(headings, start, end)))
    return found


def _overlaps(spans: Iterable[Span | Heading], start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in spans)


def _start(span: Span | Heading) -> int:
    return span.start


def ends_sentence(text: str) -> bool:
    """Whether a line ends where a sentence does."""
    return _ENDS.search(text) is not None


def goes_on(lines: Sequence[Line], place: int) -> bool:
    """Whether the line at `place` goes on with the one before it: that one broke off only for want of room."""
    before, line = lines[place - 1], lines[place]
    if line.text[0].islower() and before.text[-1] not in ".!?:;":
        return True
    if ends_sentence(before.text) or before.text[-1] in ":;" or before.is_heading != line.is_heading:
        return False
    if before.text[-1] in ",-":
        return True
    near = lines[max(0, place - _WIDTH_OF) : place + _WIDTH_OF]
    width = max(len(other.text) for other in near)
    least = _SHORTEST_WRAPPED if before.text.isascii() else _SHORTEST_WRAPPED // 2
    first_word = len(line.text.split(maxsplit=1)[0]) if before.text.isascii() else 2
    return len(before.text) >= least and len(before.text) + 1 + first_word > FULL * width
