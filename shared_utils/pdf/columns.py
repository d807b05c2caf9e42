"""Columns of text: the gutters between them, and rows read down one column before the next.

Lengths are tenths of a point in the reading frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from shared_utils.pdf.lines import CELL_GAP, Gutter, Row, Word, right_to_left

COLUMN_ROWS = 4  # rows with words on both sides before a common gap is believed to be a gutter
NARROW_GAP = 0.6  # × the height, of white that no line reaches into: rivers between words are narrower
BLANKS = 1.6  # of a typewriter's blanks: one is between words
SAMPLE, SHORT, FEW, ALIKE = 60, 3, 8, 0.8  # words looked at; letters; words that tell; share of them
ALIGNED = 15  # that the lines of a column begin apart: far less than words on lines of prose do
ALIGNED_SHARE = 0.6  # of a column's lines; paragraphs are indented
GUTTERS_AT_MOST = 6  # looked for on a page
WITHIN_SHARE = 0.25  # of the lines of prose begin within a sentence
CLIMBING_SHARE = 0.8  # of the steps from row to row; columns and sidebars climb now and then


# ------------------------------------------------------------------------------------------------ gutters


def gutters(words: Sequence[Word], *, from_right: bool = False) -> list[Gutter]:
    """White that runs down between words of one line, line after line, with the words behind it aligned (`from_right`:
    those on its left): on some lines too narrow to be told from a blank."""
    least = BLANKS * typewriter_blank(words)
    lines, gaps = _lines(words, least)
    if len(gaps) < COLUMN_ROWS:
        return []
    edges: dict[int, list[int]] = defaultdict(list)  # by place: where a column may begin
    narrow: set[int] = set()
    for left, right, is_narrow in gaps:
        edge = left if from_right else right
        edges[edge // ALIGNED].append(edge)
        if is_narrow:
            narrow.add(edge // ALIGNED)
    counts = {
        place: len(xs) + len(edges.get(place + 1, ()))
        for place, xs in edges.items()
        if place in narrow or place + 1 in narrow
    }
    likely = sorted((place for place in counts if counts[place] >= COLUMN_ROWS), key=lambda p: -counts[p])
    found: list[Gutter] = []
    for place in likely[:GUTTERS_AT_MOST]:
        xs = edges[place] + edges.get(place + 1, [])
        x = max(xs) + 1 if from_right else min(xs) - 1
        if not any(abs(gutter.x - x) <= 2 * ALIGNED for gutter in found):
            found += _runs(lines, x, 1 if from_right else -1, least)
    return found


def typewriter_blank(words: Sequence[Word]) -> float:
    """How wide a blank is where all letters are as wide as each other, in tenths of a point; 0 where they are not. On
    such a page words begin one below the other by chance."""
    sample = [word for word in words[:: max(1, len(words) // SAMPLE)] if word[1] - word[0] > SHORT]
    widths = sorted((x1 - x0) / (end - start) for start, end, x0, _, x1, _ in sample)
    if len(widths) < FEW:
        return 0.0
    usual = widths[len(widths) // 2]
    alike = sum(abs(width - usual) < 0.06 * usual for width in widths)
    return usual if alike > ALIKE * len(widths) else 0.0


def _lines(words: Sequence[Word], least: float) -> tuple[list[list[Word]], list[tuple[int, int, bool]]]:
    """Words that follow each other on one baseline, left to right; and the edges of the gaps wider than a blank, with
    whether they are narrower than between cells."""
    lines: list[list[Word]] = []
    gaps: list[tuple[int, int, bool]] = []
    line: list[Word] = []
    begin = end = top = bottom = 0  # of the last word
    for word in words:
        _, _, x0, y0, x1, y1 = word
        lower, height = bottom - top, y1 - y0
        if height < lower:
            lower = height
        if line and ((y1 if y1 < bottom else bottom) - (y0 if y0 > top else top)) * 3 > lower:
            line.append(word)
            if x0 - end >= NARROW_GAP * lower and x0 - end >= least:
                gaps.append((end, x0, x0 - end <= CELL_GAP * lower))
            elif x0 < begin:
                gaps.append((x1, begin, True))
        else:
            line = [word]
            lines.append(line)
        begin, end, top, bottom = x0, x1, y0, y1
    for line in lines:
        line.sort(key=_left)
    return lines, gaps


def _left(word: Word) -> int:
    return word[2]


def _runs(lines: Sequence[Sequence[Word]], x: int, side: int, least: float) -> Iterator[Gutter]:
    """The gutters at `x`: runs of lines that stay clear of it, enough of them with aligned words on both sides."""
    first = 0
    sides = [_words_beside(line, x, side, least) for line in lines]
    for end, beside in enumerate([*sides, None]):
        if beside is not None:
            continue
        both = [
            (left, right) for left, right in filter(None, sides[first:end]) if left is not None and right is not None
        ]
        aligned = sum((right - x if side < 0 else x - left) <= ALIGNED for left, right in both)
        if len(both) >= COLUMN_ROWS and aligned >= ALIGNED_SHARE * len(both):
            run = [word for line in lines[first:end] for word in line]
            yield Gutter(x, min(word[3] for word in run), max(word[5] for word in run))
        first = end + 1


def _words_beside(line: Sequence[Word], x: int, side: int, least: float) -> tuple[int | None, int | None] | None:
    """Where the words on the left end and those on the right begin; None where the line reaches into the white that
    lies before (`side` -1) or behind `x`."""
    left = right = None
    for word in line:
        white = max(NARROW_GAP * (word[5] - word[3]), least)
        if word[4] <= (x - white if side < 0 else x):
            left = word[4]
        elif word[2] >= (x if side < 0 else x + white):
            right = word[2]
            break
        else:
            return None
    return left, right


# ------------------------------------------------------------------------------------------------ order


def _beside_each_other(row: Row, following: Row) -> bool:
    """Whether two rows stand side by side on lines that are not level: columns drawn line by line."""
    overlaps = min(row[0].y1, following[0].y1) > max(row[0].y0, following[0].y0)
    return overlaps and (row[-1].x1 < following[0].x0 or following[-1].x1 < row[0].x0)


def _common_gap(candidates: Sequence[Row]) -> int | None:
    """The x that lies in the wide gaps of most rows."""
    edges: list[tuple[int, int]] = []
    for row in candidates:
        for left, right in pairwise(row):
            if right.x0 - left.x1 > CELL_GAP * left.height:
                edges += [(left.x1, 1), (right.x0, -1)]
    best, best_x = _most_open(edges)
    return best_x if best >= COLUMN_ROWS else None


def _most_open(edges: list[tuple[int, int]]) -> tuple[int, int]:
    """(how many, an x in them) where most gaps, told by their two edges, lie one below the other."""
    best = open_gaps = best_x = 0
    edges.sort()
    for (x, step), (next_x, _) in pairwise([*edges, (0, 0)]):
        open_gaps += step
        if open_gaps > best:
            best, best_x = open_gaps, (x + next_x) // 2
    return best, best_x


def _less_plain_gaps(candidates: Sequence[Row], found: Sequence[Gutter]) -> list[int]:
    """Gutters too narrow for a gap between cells, and the x between rows that stand beside each other."""
    edges: list[tuple[int, int]] = []
    for row, following in pairwise(candidates):
        if _beside_each_other(row, following):
            left, right = (row[-1], following[0]) if row[-1].x1 < following[0].x0 else (following[-1], row[0])
            edges += [(left.x1, 1), (right.x0, -1)]
    best, x = _most_open(edges)
    top, bottom = candidates[0][0].y0, candidates[-1][0].y1
    return [*dict.fromkeys(g.x for g in found if g.y0 < bottom and top < g.y1), *([x] if best >= COLUMN_ROWS else [])]


def _is_prose(raw: str, column: Sequence[Row]) -> bool:
    """Whether these rows look like lines of running text: they fill their column, with letters, and many begin within
    a sentence, as names and titles in a list do not."""
    if len(column) < COLUMN_ROWS:
        return False
    left, right = min(row[0].x0 for row in column), max(row[-1].x1 for row in column)
    texts = [raw[segment.start : segment.end] for row in column for segment in row]
    letters = sum(sum(map(str.isalpha, text)) for text in texts)
    digits = sum(sum(map(str.isdigit, text)) for text in texts)
    filled = median(row[-1].x1 - row[0].x0 for row in column)
    if filled < 0.6 * (right - left) or letters < 12 * len(column) or digits * 5 >= letters:
        return False
    firsts = [raw[row[0].start] for row in column]
    within = sum(first.islower() or (first.isalpha() and not first.isupper()) for first in firsts)
    return within >= WITHIN_SHARE * len(firsts)


def _split(row: Row, x: int) -> tuple[Row, Row]:
    return [s for s in row if s.x1 <= x], [s for s in row if s.x0 >= x]


def in_reading_order(raw: str, page_rows: list[Row], found: Sequence[Gutter] = (), depth: int = 3) -> list[Row]:
    """Read columns one after the other where they were drawn row by row.

    A gutter is a gap common to at least four rows, with prose on both sides: a table keeps its rows.
    """
    if not depth or len(page_rows) < COLUMN_ROWS:
        return page_rows
    plain = _common_gap(page_rows)
    for x in [*([plain] if plain is not None else []), *_less_plain_gaps(page_rows, found)]:
        first, end = _clear_range(page_rows, x)
        if not all(_is_prose(raw, column) for column in _beside(page_rows[first:end], x)):
            continue
        sides = [_split(row, x) for row in page_rows[first:end]]
        left, right = [a for a, _ in sides if a], [b for _, b in sides if b]
        columns = (right, left) if _is_from_the_right(raw, [*left, *right]) else (left, right)
        parts = (page_rows[:first], *columns, page_rows[end:])
        return [row for part in parts for row in in_reading_order(raw, part, found, depth - 1)]
    return page_rows


def _clear_range(page_rows: Sequence[Row], x: int) -> tuple[int, int]:
    """The rows (first, end) that stay clear of `x`, those with most words on both sides of it."""
    best = (-1, 0, 0)
    first = 0
    stays_clear = [all(s.x1 <= x or s.x0 >= x for s in row) for row in page_rows]
    for end, clear in enumerate([*stays_clear, False]):
        if not clear:
            best = max(best, (len(_beside(page_rows[first:end], x)[0]), first, end), key=lambda run: run[0])
            first = end + 1
    return best[1:]


def _beside(run: Sequence[Row], x: int) -> tuple[list[Row], list[Row]]:
    """What stands left and right of `x` on rows with words on both sides of it, or with another row beside them."""
    sides = [_split(row, x) for row in run]
    left = [a for a, b in sides if a and b]
    right = [b for a, b in sides if a and b]
    for (row, (a, b)), (following, (c, d)) in pairwise(zip(run, sides, strict=True)):
        if not (a and b) and not (c and d) and bool(a) != bool(c) and _beside_each_other(row, following):
            left.append(a or c)
            right.append(b or d)
    return left, right


def _is_from_the_right(raw: str, column: Sequence[Row]) -> bool:
    """Whether most of its letters are Hebrew or Arabic."""
    texts = [raw[segment.start : segment.end] for row in column for segment in row]
    letters = [char for text in texts if not text.isascii() for char in text if char.isalpha()]
    total = sum(sum(map(str.isalpha, text)) for text in texts)
    return bool(letters) and 2 * sum(map(right_to_left, letters)) > total


def from_the_top(page_rows: list[Row]) -> list[Row]:
    """The rows the other way round where they climb the page: PDFium does so on pages turned by a quarter."""
    climbs = sum(second[0].y1 <= first[0].y0 for first, second in pairwise(page_rows))
    return page_rows[::-1] if climbs > CLIMBING_SHARE * (len(page_rows) - 1) else page_rows
