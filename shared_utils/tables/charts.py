"""What looks like a table and is none: charts, and lists of contents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from shared_utils.tables.columns import columns_between, columns_of_line
from shared_utils.tables.lines import Line, Piece
from shared_utils.tables.model import Box, PlacedPage

DRAWN = 0.15  # of a region that a curve covers to make it a chart
FEW = 3
AXIS = 3  # × the height of a line: room for the numbers along a chart
TICKS = 4  # numbers at equal steps that make an axis
_PAGE_NUMBER = re.compile(r"[ivxlc]{1,6}|[A-Z]{0,2}[-–]?\d{1,4}(?:[-–]\d{1,4})?")
_TICK = re.compile(r"[+−–-]?\d[\d.,]*%?")


def is_chart(box: Box, lines: Sequence[Line], page: PlacedPage) -> bool:
    """Whether curves or slanted lines, larger than a sign beside words, make a region a chart's."""
    x0, y0, x1, y1 = box
    height = lines[0].pieces[0].y1 - lines[0].pieces[0].y0
    curves = [d for d in page.drawings if _meet(d, box) and max(d[2] - d[0], d[3] - d[1]) > 2 * height]
    curves = [d for d in curves if d[2] - d[0] < 1.5 * (x1 - x0)]
    large = any((d[2] - d[0]) * (d[3] - d[1]) > DRAWN * (x1 - x0) * (y1 - y0) for d in curves)
    return large or len(curves) >= FEW


def chart_boxes(page: PlacedPage, height: int) -> list[Box]:
    """Where curves larger than a sign stand together, with room for the axes beside them; `height` of a line."""
    found: list[Box] = []
    counts: list[int] = []
    for drawn in page.drawings:
        if max(drawn[2] - drawn[0], drawn[3] - drawn[1]) <= 2 * height:
            continue
        near = [n for n, box in enumerate(found) if _meet(_grown(drawn, height), box)]
        boxes = [drawn, *(found[n] for n in near)]
        count = 1 + sum(counts[n] for n in near)
        found = [box for n, box in enumerate(found) if n not in near]
        counts = [c for n, c in enumerate(counts) if n not in near]
        x0, y0, x1, y1 = zip(*boxes, strict=True)
        found.append((min(x0), min(y0), max(x1), max(y1)))
        counts.append(count)
    return [_grown(box, AXIS * height) for box, count in zip(found, counts, strict=True) if count >= FEW]


def _grown(box: Box, by: int) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _meet(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def without_axes(lines: Sequence[Line]) -> list[Line]:
    """The lines without numbers that stand one below the other, alone or first, at equal steps downwards."""
    stacks: list[list[Piece]] = []
    for line in lines:
        for piece in line.pieces:
            if not _TICK.fullmatch(piece.text):
                continue
            for stack in stacks:
                if abs(stack[-1].x1 - piece.x1) < 15:
                    stack.append(piece)
                    break
            else:
                stacks.append([piece])
    ticks = {id(piece) for stack in stacks if len(stack) >= TICKS and _is_axis(stack) for piece in stack}
    if not ticks:
        return list(lines)
    kept = ((line, tuple(p for p in line.pieces if id(p) not in ticks)) for line in lines)
    return [Line(pieces, line.y0, line.y1) for line, pieces in kept if pieces]


def _is_axis(stack: Sequence[Piece]) -> bool:
    try:
        values = [float(re.sub(r"[,%]", "", piece.text).translate(_MINUS)) for piece in stack]
    except ValueError:
        return False
    steps = [a - b for a, b in pairwise(values)]
    is_even = all(abs(step - steps[0]) <= 0.02 * abs(steps[0]) for step in steps)
    pitches = [b.y0 - a.y0 for a, b in pairwise(stack)]
    return is_even and steps[0] > 0 and steps[0] != 1 and max(pitches) < 1.2 * min(pitches) + 10


_MINUS = str.maketrans({"−": "-", "–": "-"})


def is_contents(lines: Sequence[Line]) -> bool:
    """Whether lines are titles with the pages they begin on, once or twice side by side: as many columns of growing
    page numbers as of titles."""
    several = [line for line in lines if len(line.pieces) > 1]
    columns = columns_between(several)
    if columns.count not in (2, 3, 4):
        return False
    numbers: dict[int, list[str]] = {}
    titles: set[int] = set()
    for line in several:
        for (first, _), piece in zip(columns_of_line(columns, line), line.pieces, strict=True):
            if _PAGE_NUMBER.fullmatch(piece.text):
                numbers.setdefault(first, []).append(piece.text)
            elif any(map(str.isalpha, piece.text)):
                titles.add(first)
    of_pages = [c for c, texts in numbers.items() if c - 1 in titles and len(texts) >= 3 and _is_growing(texts)]
    behind = [piece for line in several for piece in line.pieces[1:] if piece.is_figure]
    in_pages = sum(len(numbers[column]) for column in of_pages)
    return bool(of_pages) and in_pages >= 0.9 * len(behind)


def _is_growing(texts: Sequence[str]) -> bool:
    values = [int(text) for text in texts if text.isdigit()]
    growing = sum(a <= b for a, b in pairwise(values))
    return growing >= 0.9 * (len(values) - 1) and len(set(values)) >= 3
