"""From words with boxes to rows in reading order.

All lengths are tenths of a point in the reading frame: x along the text, y downwards. Glyph numbers index the
characters as PDFium gave them (`raw`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import median

CELL_GAP = 1.5  # × line height: wider than any word space, narrower than a gutter or the gap between table cells
CLIMBING_SHARE = 0.8  # of the steps from row to row; columns and sidebars climb now and then
COLUMN_ROWS = 5  # rows with words on both sides before a common gap is believed to be a gutter
COLUMN_CELLS = 3  # numbers standing alone, one after the other, before they are believed to be a column
HOME_SHARE = 0.9  # of them must stand on the line of a label
SOFT_HYPHEN = "\ufffe"  # how PDFium writes a hyphen at the end of a line

Word = tuple[int, int, int, int, int, int]
"""(start, end, x0, y0, x1, y1): `raw[start:end]`, drawn in this box. Plain tuples: a filing has 150,000 of them."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line with no wide gap between them: a line of prose, or the cell of a table."""

    start: int
    end: int
    x0: int
    y0: int
    x1: int
    y1: int
    height: int  # of its lowest word, which stands for the font size: others may carry a raised note mark
    is_vertical: bool
    starts_bold: bool
    ends_bold: bool
    is_broken: bool  # PDFium saw a line-end hyphen after it


Row = list[Segment]
"""Segments on one baseline, left to right. Never empty."""


# ------------------------------------------------------------------------------------------------ rows


def segments(raw: str, words: Iterable[Word], bold: frozenset[int]) -> list[Segment]:
    """Cut PDFium's text at its line breaks, at wide gaps and at jumps of the baseline."""
    found: list[Segment] = []
    together: list[Word] = []
    lowest = 0  # height of a word in `together`
    for word in words:
        if together:
            between = raw[together[-1][1] : word[0]]
            is_broken = SOFT_HYPHEN in between
            if is_broken or "\n" in between or not _goes_on(together[-1], word, lowest):
                found.append(_segment(together, lowest, bold, is_broken))
                together = []
        height = word[5] - word[3]
        if not together:
            lowest = height or 1
        elif 0 < height < lowest:
            lowest = height
        together.append(word)
    if together:
        end = together[-1][1]
        found.append(_segment(together, lowest, bold, raw[end : end + 1] == SOFT_HYPHEN))
    return found


def _goes_on(last: Word, word: Word, height: int) -> bool:
    """Whether a word stands close behind the last one, on its baseline; or both are sideways."""
    _, _, last_x0, last_y0, last_x1, last_y1 = last
    _, _, x0, y0, x1, y1 = word
    gap = x0 - last_x1 if x0 > last_x0 else last_x0 - x1
    shared = min(y1, last_y1) - max(y0, last_y0)
    fits = gap <= CELL_GAP * height and shared * 3 > min(y1 - y0, last_y1 - last_y0)
    return fits or (_is_vertical(last) and _is_vertical(word))


def _is_vertical(word: Word) -> bool:
    """Sideways, like a stamp along the margin."""
    start, end, x0, y0, x1, y1 = word
    return end - start > 2 and y1 - y0 > 2 * (x1 - x0)


def _segment(together: Sequence[Word], height: int, bold: frozenset[int], is_broken: bool) -> Segment:
    first, last = together[0], together[-1]
    _, _, lefts, tops, rights, bottoms = zip(*together, strict=True)
    return Segment(
        start=first[0],
        end=last[1],
        x0=min(lefts),
        y0=min(tops),
        x1=max(rights),
        y1=max(bottoms),
        height=height,
        is_vertical=_is_vertical(first),
        starts_bold=first[0] in bold,
        ends_bold=last[0] in bold,
        is_broken=is_broken,
    )


def _continues(last: Segment, segment: Segment) -> bool:
    shared = min(last.y1, segment.y1) - max(last.y0, segment.y0)
    return (
        shared * 2 >= min(last.y1 - last.y0, segment.y1 - segment.y0) > 0
        and segment.x0 >= last.x1 - last.height // 4
        and not (last.is_vertical or segment.is_vertical)
    )


def rows(found: Iterable[Segment]) -> list[Row]:
    """Put consecutive segments that share a baseline on one row: PDFium often writes table cells as lines."""
    made: list[Row] = []
    for segment in found:
        if made and _continues(made[-1][-1], segment):
            made[-1].append(segment)
        else:
            made.append([segment])
    return made


_CELL = re.compile(r"[\s$€£¥(+−–—-]*(?:\d[\d.,]*)?[\s)%]*")


def _is_lone_number(raw: str, row: Row) -> bool:
    return len(row) == 1 and row[0].end - row[0].start <= 16 and bool(_CELL.fullmatch(raw, row[0].start, row[0].end))


def _row_left_of(cell: Segment, candidates: Iterable[Row]) -> Row | None:
    """The row on whose baseline this cell stands, to its right."""
    middle = cell.y0 + cell.y1
    for row in candidates:
        last = row[-1]
        is_level = abs(middle - last.y0 - last.y1) * 2 <= cell.height
        if is_level and last.x1 <= cell.x0 and not last.is_vertical:
            return row
    return None


def with_columns_of_numbers(raw: str, page_rows: list[Row]) -> list[Row]:
    """Put columns of numbers that were drawn after all their labels back on the labels' lines.

    Three numbers in a row that stand alone make a column; nine in ten of them must find a line, or they are the axis
    of a chart beside a paragraph.
    """
    lone = [_is_lone_number(raw, row) for row in page_rows]
    kept: list[Row] = []
    for is_number, group in groupby(zip(lone, page_rows, strict=True), key=itemgetter(0)):
        column = [row for _, row in group]
        if is_number and len(column) >= COLUMN_CELLS:
            homes = [_row_left_of(row[0], kept) for row in column]
            if sum(home is not None for home in homes) >= HOME_SHARE * len(column):
                for row in column:  # looked up again: a second column joins behind the first
                    home = _row_left_of(row[0], kept)
                    home.append(row[0]) if home else kept.append(row)
                continue
        kept += column
    return kept


# ------------------------------------------------------------------------------------------------ columns


def _common_gap(candidates: Sequence[Row]) -> int | None:
    """The x that lies in the wide gaps of most rows."""
    edges: list[tuple[int, int]] = []
    for row in candidates:
        for left, right in pairwise(row):
            if right.x0 - left.x1 > CELL_GAP * left.height:
                edges += [(left.x1, 1), (right.x0, -1)]
    best, open_gaps, best_x = 0, 0, None
    edges.sort()
    for (x, step), (next_x, _) in pairwise([*edges, (0, 0)]):
        open_gaps += step
        if open_gaps > best:
            best, best_x = open_gaps, (x + next_x) // 2
    return best_x if best >= COLUMN_ROWS else None


def _is_prose(raw: str, column: Sequence[Row]) -> bool:
    """Whether these rows look like lines of running text: they fill their column, with letters."""
    left, right = min(row[0].x0 for row in column), max(row[-1].x1 for row in column)
    texts = [raw[row[0].start : row[-1].end] for row in column]
    letters = sum(sum(map(str.isalpha, text)) for text in texts)
    digits = sum(sum(map(str.isdigit, text)) for text in texts)
    filled = median(row[-1].x1 - row[0].x0 for row in column)
    return filled >= 0.6 * (right - left) and letters >= 12 * len(column) and digits * 5 < letters


def _split(row: Row, x: int) -> tuple[Row, Row]:
    return [s for s in row if s.x1 <= x], [s for s in row if s.x0 >= x]


def in_reading_order(raw: str, page_rows: list[Row], depth: int = 3) -> list[Row]:
    """Read columns one after the other where they were drawn row by row.

    A gutter is a gap common to at least five rows, with prose on both sides: a table keeps its rows.
    """
    x = _common_gap(page_rows) if depth and len(page_rows) >= COLUMN_ROWS else None
    if x is None:
        return page_rows
    stays_clear = [all(s.x1 <= x or s.x0 >= x for s in row) for row in page_rows]
    best: tuple[int, int, int] = (0, 0, 0)  # rows with words on both sides, first row, end
    first = 0
    for end, clear in enumerate([*stays_clear, False]):
        if not clear:
            two_sided = sum(all(_split(row, x)) for row in page_rows[first:end])
            best = max(best, (two_sided, first, end))
            first = end + 1
    two_sided, first, end = best
    sides = [_split(row, x) for row in page_rows[first:end]]
    left, right = [a for a, _ in sides if a], [b for _, b in sides if b]
    if two_sided < COLUMN_ROWS or not _is_prose(raw, left) or not _is_prose(raw, right):
        return page_rows
    return [
        *page_rows[:first],
        *in_reading_order(raw, left, depth - 1),
        *in_reading_order(raw, right, depth - 1),
        *in_reading_order(raw, page_rows[end:], depth - 1),
    ]


def from_the_top(page_rows: list[Row]) -> list[Row]:
    """The rows the other way round where they climb the page: PDFium does so on pages turned by a quarter."""
    climbs = sum(second[0].y1 <= first[0].y0 for first, second in pairwise(page_rows))
    return page_rows[::-1] if climbs > CLIMBING_SHARE * (len(page_rows) - 1) else page_rows


def lay_out(raw: str, words: Sequence[Word], bold: frozenset[int]) -> list[Row]:
    """The rows of a page in reading order."""
    found = from_the_top(rows(segments(raw, words, bold)))
    return in_reading_order(raw, with_columns_of_numbers(raw, found))
