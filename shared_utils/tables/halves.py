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
SURE = 110  # one that is not the widest white: narrower ones are rivers in prose
SIDE_WORDS = 25  # on either side of a gutter
PROSE_LINES = 4  # of running text on one side, without which the white is a table's
LETTERS = 0.6  # of the words of running text begin with one
FEW_LETTERS = 0.3  # with fewer, a side holds figures
FIGURE_ROWS, FIGURE_SHARE = 3, 0.5  # of the lines of several pieces begin with a figure
LEVEL_SHARE = 0.8  # of these have words beside them
GUTTERS_AT_MOST = 3  # tried, where the widest divides nothing
LEAST_ZONE = 200  # high, where words are set in columns
TALL = 0.3  # of the height of all words: what another white than the widest must run along, or it is a river in prose
DEPTH = 2  # gutters beside each other
BLANK = 20  # on either side of a gutter: a line that comes so near goes on over it, its blank upon the gutter


def parts_of(page: PlacedPage, words: Sequence[Word], depth: int = DEPTH) -> list[list[Word]]:
    """The words in parts that are read for themselves: the two sides of each gutter, and what stands above or below."""
    if depth == 0 or len(words) < 2 * SIDE_WORDS:
        return [list(words)]
    boxes = np.array([word[2:] for word in words], dtype=np.int64)
    rest = list(words)
    parts: list[list[Word]] = []
    tall = TALL * int(boxes[:, 3].max() - boxes[:, 1].min())
    for number, gutter in enumerate(_gutters(boxes)):
        for top, bottom in _zones(boxes, gutter, LEAST_ZONE if number == 0 else tall):
            inside = [word for word in rest if top < word[3] + word[5] < bottom]
            left, right = [w for w in inside if w[4] <= gutter], [w for w in inside if w[2] >= gutter]
            if _are_set_apart(page, left, right):
                parts += [*parts_of(page, left, depth - 1), *parts_of(page, right, depth - 1)]
                taken = set(inside)
                rest = [word for word in rest if word not in taken]
        if parts:
            break
    return [rest, *parts] if rest else parts


def _gutters(boxes: np.ndarray) -> list[int]:
    """The x in the middle of the words that fewest of them cover, the widest white first; none where all is narrow."""
    low, high = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    size = (high - low) // BIN + 2
    steps = np.zeros(size + 1, dtype=np.int64)
    np.add.at(steps, (boxes[:, 0] - low) // BIN, 1)
    np.add.at(steps, (boxes[:, 2] - low) // BIN + 1, -1)
    covered = np.cumsum(steps)[:size]
    first, last = int(MIDDLE[0] * size), int(MIDDLE[1] * size)
    within = covered[first:last]
    if not len(within):
        return []
    allowed = max(int(within.min()), len(boxes) // 40)
    white = np.concatenate(([False], within <= allowed, [False]))
    edges = np.flatnonzero(white[1:] != white[:-1])
    whites = sorted(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True), key=lambda ends: ends[0] - ends[1])
    least = [NARROWEST, *[SURE] * (GUTTERS_AT_MOST - 1)]
    wide = [(start, end) for (start, end), needed in zip(whites, least, strict=False) if (end - start) * BIN >= needed]
    return [low + (first + (start + end) // 2) * BIN for start, end in wide]


def _zones(boxes: np.ndarray, gutter: int, least: float) -> list[tuple[float, float]]:
    """(top, bottom), doubled, of the strips higher than `least` in which no line goes on over the gutter."""
    crossing = (boxes[:, 0] < gutter + BLANK) & (boxes[:, 2] > gutter - BLANK)
    middles = np.sort((boxes[:, 1] + boxes[:, 3])[crossing]).tolist()
    return [(top, bottom) for top, bottom in pairwise([-np.inf, *middles, np.inf]) if bottom - top > 2 * least]


def _are_set_apart(page: PlacedPage, left: Sequence[Word], right: Sequence[Word]) -> bool:
    """Whether two sides are columns of a page: words on both, and running text on one; not labels and their figures."""
    if min(len(left), len(right)) < SIDE_WORDS or min(_lettered(page, left), _lettered(page, right)) < FEW_LETTERS:
        return False
    if _are_labels_of(page, left, right):
        return False
    return _has_prose(page, left) or _has_prose(page, right)


def _are_labels_of(page: PlacedPage, left: Sequence[Word], right: Sequence[Word]) -> bool:
    """Whether words stand level with lines that begin with figures, and most lines there do."""
    several = [line for line in text_lines(replace(page, words=tuple(right))) if len(line.pieces) > 1]
    rows = [line for line in several if line.pieces[0].is_figure]
    if len(rows) < max(FIGURE_ROWS, FIGURE_SHARE * len(several)):
        return False
    beside = text_lines(replace(page, words=tuple(left)))
    labels = [line.y0 + line.y1 for line in beside if not any(piece.is_figure for piece in line.pieces)]
    level = sum(any(abs(middle - row.y0 - row.y1) < row.height for middle in labels) for row in rows)
    return level >= LEVEL_SHARE * len(rows)


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
