"""Pages set in columns of text: what stands left of a gutter is read apart from what stands right of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from shared_utils.tables.lines import text_lines
from shared_utils.tables.model import PlacedPage, Word
from shared_utils.tables.prose import prose_pieces

BIN = 10  # tenths of a point
MIDDLE = (0.28, 0.72)  # of the width of the words, where a gutter may lie
NARROWEST = 80  # a gutter
SIDE_WORDS = 25  # on either side of a gutter
PROSE_LINES = 4  # of running text on one side, without which the white is a table's
LETTERS = 0.6  # of the words of running text begin with one
FEW_LETTERS = 0.3  # with fewer, a side holds figures
DEPTH = 2  # gutters beside each other


def parts_of(page: PlacedPage, words: Sequence[Word], depth: int = DEPTH) -> list[list[Word]]:
    """The words in parts that are read for themselves: the two sides of each gutter, and what stands above or below."""
    if depth == 0 or len(words) < 2 * SIDE_WORDS:
        return [list(words)]
    boxes = np.array([word[2:] for word in words], dtype=np.int64)
    gutter = _gutter(boxes)
    if gutter is None:
        return [list(words)]
    rest = list(words)
    parts: list[list[Word]] = []
    for top, bottom in _zones(boxes, gutter):
        inside = [word for word in rest if top < word[3] + word[5] < bottom]
        left, right = [w for w in inside if w[4] <= gutter], [w for w in inside if w[2] >= gutter]
        if _are_set_apart(page, left, right):
            parts += [*parts_of(page, left, depth - 1), *parts_of(page, right, depth - 1)]
            taken = set(inside)
            rest = [word for word in rest if word not in taken]
    return [rest, *parts] if rest else parts


def _gutter(boxes: np.ndarray) -> int | None:
    """The x in the middle of the words that fewest of them cover, in the widest white; None where that is narrow."""
    low, high = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    size = (high - low) // BIN + 2
    steps = np.zeros(size + 1, dtype=np.int64)
    np.add.at(steps, (boxes[:, 0] - low) // BIN, 1)
    np.add.at(steps, (boxes[:, 2] - low) // BIN + 1, -1)
    covered = np.cumsum(steps)[:size]
    first, last = int(MIDDLE[0] * size), int(MIDDLE[1] * size)
    within = covered[first:last]
    if not len(within):
        return None
    allowed = max(int(within.min()), len(boxes) // 40)
    white = np.concatenate(([False], within <= allowed, [False]))
    edges = np.flatnonzero(white[1:] != white[:-1])
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return None
    widest = int(np.argmax(ends - starts))
    if (ends[widest] - starts[widest]) * BIN < NARROWEST:
        return None
    return low + (first + int(starts[widest] + ends[widest]) // 2) * BIN


def _zones(boxes: np.ndarray, gutter: int) -> list[tuple[float, float]]:
    """(top, bottom), doubled, of the strips in which no word crosses the gutter."""
    crossing = (boxes[:, 0] < gutter) & (boxes[:, 2] > gutter)
    middles = np.sort((boxes[:, 1] + boxes[:, 3])[crossing]).tolist()
    return [(top, bottom) for top, bottom in pairwise([-np.inf, *middles, np.inf]) if bottom - top > 400]


def _are_set_apart(page: PlacedPage, left: Sequence[Word], right: Sequence[Word]) -> bool:
    """Whether two sides are columns of a page: words on both, and running text on one; not labels and their figures."""
    if min(len(left), len(right)) < SIDE_WORDS or min(_lettered(page, left), _lettered(page, right)) < FEW_LETTERS:
        return False
    return _has_prose(page, left) or _has_prose(page, right)


def _lettered(page: PlacedPage, words: Sequence[Word]) -> float:
    return sum(page.text[start].isalpha() for start, *_ in words) / len(words)


def _has_prose(page: PlacedPage, words: Sequence[Word]) -> bool:
    """Whether words make lines of running text that fill their side."""
    if _lettered(page, words) < LETTERS:
        return False
    lines = text_lines(replace(page, words=tuple(words)))
    prose = prose_pieces(lines)
    width = max(word[4] for word in words) - min(word[2] for word in words)
    found = (p for line in lines for p in line.pieces if id(p) in prose)
    return sum(p.x1 - p.x0 > 0.6 * width for p in found) >= PROSE_LINES
