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

COUNTER_WORDS = 2  # "Page 7 of 40"

_NUMBER = re.compile(r"\d+")
_PARTS = re.compile(r"\s{3,}|\s+[-–—|·•:/]\s+|[,;|·•]\s+")
_LETTERS = re.compile(r"[^\W\d_]+")


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
            span = Span(line.start, line.end)
            key, values = _folded(composed.text, span)
            repeats[is_top, key].append(_Repeat(index, number, span, values))
    needed = max(REPEATED_AT_LEAST, REPEATED_SHARE * sum(bool(composed.lines) for _, _, composed in pages))
    found: list[set[Span]] = [set() for _ in pages]
    for same in repeats.values():
        if len({repeat.page for repeat in same}) >= needed and _numbers_run(same):
            for repeat in same:
                found[repeat.page].add(repeat.span)
    return [tuple(sorted(spans, key=lambda span: span.start)) for spans in found]


def repeated(pages: Sequence[Composed], running: Sequence[Sequence[Span]]) -> list[tuple[Span, ...]]:
    """Of each page's running lines those that say nothing new, to be left out of what is searched.

    Where a line stands first it stays if it says what stands nowhere else: a case number, the date of a filing, the
    name of a survey. Page counters are left out everywhere; where pages hold nothing but running lines, nothing is.
    """
    told: dict[str, set[tuple[int, ...]]] = defaultdict(set)
    for page, spans in zip(pages, running, strict=True):
        for span in spans:
            key, values = _folded(page.text, span)
            told[key].add(values)
    seen = {key for key, values in told.items() if len(values) > 1 and len(_LETTERS.findall(key)) <= COUNTER_WORDS}
    body = _body(pages, running) if told.keys() - seen else ""
    again: list[tuple[Span, ...]] = []
    for page, spans in zip(pages, running, strict=True):
        keys = [_folded(page.text, span)[0] for span in spans]
        again.append(
            tuple(
                span
                for span, key in zip(spans, keys, strict=True)
                if key in seen or _stands_in(body, page.text[span.start : span.end])
            )
        )
        seen.update(keys)
    if all(len(spans) == len(page.lines) for page, spans in zip(pages, running, strict=True)):
        return [()] * len(pages)
    return again


def _body(pages: Sequence[Composed], running: Sequence[Sequence[Span]]) -> str:
    """All lines that do not run, in one, spaces and case apart."""
    starts = [{span.start for span in spans} for spans in running]
    lines = (
        page.text[line.start : line.end]
        for page, left_out in zip(pages, starts, strict=True)
        for line in page.lines
        if line.start not in left_out
    )
    return " ".join(" ".join(lines).split()).casefold()


def _stands_in(body: str, line: str) -> bool:
    """Whether each part of a running line stands in the body, too: its title, its author."""
    parts = (" ".join(part.split()).casefold() for part in _PARTS.split(line))
    return all(part in body for part in parts if part)


def _folded(text: str, span: Span) -> tuple[str, tuple[int, ...]]:
    """The line with a sign for every number, and the numbers."""
    words = " ".join(text[span.start : span.end].split())
    return _NUMBER.sub("#", words), tuple(int(digits[-9:]) for digits in _NUMBER.findall(words))


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
