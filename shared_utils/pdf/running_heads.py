"""Running heads, feet and page numbers: lines that a document repeats at the edges of its pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared_utils.pdf.composition import Composed, Line
from shared_utils.types import Span

EDGE_LINES = 3  # looked at from the top and from the bottom
EDGE_SHARE = 0.12  # of the page's height: repeated lines further inside are content
REPEATED_SHARE = 0.3  # of the pages
REPEATED_AT_LEAST = 3  # pages
STEADY_SHARE = 0.5  # of the neighbouring repeats in which a number must stay or count with the pages

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Repeat:
    """A line at the edge of page `number` (an index into the pages), with the numbers that stand in it."""

    page: int
    number: int
    span: Span
    values: tuple[int, ...]


def running_lines(pages: Sequence[tuple[int, int, Composed]]) -> list[tuple[Span, ...]]:
    """For each (page number, height, text), the lines that run through the document, digits apart.

    "Page 7 of 40" runs: each of its numbers stays, or counts with the pages. "Serial 0035" on every page does not:
    its number is what a reader looks for.
    """
    repeats: Mapping[tuple[bool, str], list[_Repeat]] = defaultdict(list)
    for index, (number, height, composed) in enumerate(pages):
        for is_top, line in _edges(composed.lines, height):
            words = " ".join(composed.text[line.start : line.end].split())
            values = tuple(int(digits[-9:]) for digits in _NUMBER.findall(words))
            key = (is_top, _NUMBER.sub("#", words))
            repeats[key].append(_Repeat(index, number, Span(line.start, line.end), values))
    needed = max(REPEATED_AT_LEAST, REPEATED_SHARE * sum(bool(composed.lines) for _, _, composed in pages))
    found: list[set[Span]] = [set() for _ in pages]
    for same in repeats.values():
        if len({repeat.page for repeat in same}) >= needed and _numbers_run(same):
            for repeat in same:
                found[repeat.page].add(repeat.span)
    return [tuple(sorted(spans, key=lambda span: span.start)) for spans in found]


def _edges(lines: Sequence[Line], height: int) -> list[tuple[bool, Line]]:
    """The lines (is at the top, line) that stand where running heads and feet stand."""
    if not height or not any(line.height for line in lines):  # no geometry: the order has to do
        middle = len(lines) // 2
        top, bottom = lines[: min(EDGE_LINES, middle)], lines[max(middle, len(lines) - EDGE_LINES) :]
        return [(True, line) for line in top] + [(False, line) for line in bottom]
    by_place = sorted(lines, key=lambda line: line.y0)
    top = [line for line in by_place[:EDGE_LINES] if line.y1 <= EDGE_SHARE * height]
    bottom = [line for line in by_place[-EDGE_LINES:] if line.y0 >= (1 - EDGE_SHARE) * height]
    return [(True, line) for line in top] + [(False, line) for line in bottom]


def _numbers_run(same: Sequence[_Repeat]) -> bool:
    neighbours = list(pairwise(same))
    for place in range(len(same[0].values)):
        steady = sum(
            a.values[place] == b.values[place] or b.values[place] - a.values[place] == b.number - a.number
            for a, b in neighbours
        )
        if steady < STEADY_SHARE * len(neighbours):
            return False
    return True
