"""From words with boxes to text in reading order, with every character traceable to the glyph it came from.

All lengths are tenths of a point in the reading frame: x along the text, y downwards. Glyph numbers index the
characters as PDFium gave them (`raw`); `GlyphRun`s tie them to the text we compose.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, zip_longest
from operator import itemgetter
from statistics import median

from shared_utils.types import GlyphRun

CELL_GAP = 1.5  # × line height: wider than any word space, narrower than a gutter or the gap between table cells
CLIMBING_SHARE = 0.8  # of the steps from row to row; columns and sidebars climb now and then
CELL_SEPARATOR = "   "
COLUMN_ROWS = 5  # rows with words on both sides before a common gap is believed to be a gutter
COLUMN_CELLS = 3  # numbers standing alone, one after the other, before they are believed to be a column
HOME_SHARE = 0.9  # of them must stand on the line of a label
SOFT_HYPHEN = "\ufffe"  # how PDFium writes a hyphen at the end of a line
LINE_END_HYPHENS = "-\u2010\u00ad"

KeepHyphen = Callable[[str, str], bool]
"""Asked with the two parts of a word broken at a line end: does the hyphen belong to the word?"""


Word = tuple[int, int, int, int, int, int]
"""(start, end, x0, y0, x1, y1): `raw[start:end]`, drawn in this box. Plain tuples: a filing has 150,000 of them."""


@dataclass(slots=True)
class Segment:
    """Words of one line with no wide gap between them: a line of prose, or the cell of a table."""

    start: int
    end: int
    x0: int
    y0: int
    x1: int
    y1: int
    height: int  # of its lowest word, which stands for the font size: others may carry a raised note mark
    is_vertical: bool = False
    starts_bold: bool = False
    ends_bold: bool = False
    is_broken: bool = False  # PDFium saw a line-end hyphen after it


Row = list[Segment]
"""Segments on one baseline, left to right. Never empty."""


@dataclass(frozen=True, slots=True)
class Line:
    """`text[start:end]` of the composed page, and what is known about how it looks."""

    start: int
    end: int
    y0: int
    y1: int
    height: int  # 0 where the line is set sideways
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Composed:
    """A page's text with its lines, and the way back to the glyphs."""

    text: str
    runs: tuple[GlyphRun, ...]
    lines: tuple[Line, ...]
    hyphens: tuple[tuple[str, str], ...]  # the parts of every word that was broken at a line end


# ------------------------------------------------------------------------------------------------ rows


def segments(raw: str, words: Iterable[Word], bold: frozenset[int]) -> list[Segment]:
    """Cut PDFium's text at its line breaks, at wide gaps and at jumps of the baseline.

    Runs for every word of a document, hence the plain comparisons where min and max would do.
    """
    found: list[Segment] = []
    current: Segment | None = None
    last_x0 = last_x1 = last_y0 = last_y1 = last_end = last_start = 0
    last_vertical = False
    for start, end, x0, y0, x1, y1 in words:
        height = y1 - y0
        is_vertical = end - start > 2 and height > 2 * (x1 - x0)  # sideways, like a stamp along the margin
        if current is not None:
            between = raw[last_end:start]
            is_broken = SOFT_HYPHEN in between
            last_height = last_y1 - last_y0
            gap = x0 - last_x1 if x0 > last_x0 else last_x0 - x1
            shared = (y1 if y1 < last_y1 else last_y1) - (y0 if y0 > last_y0 else last_y0)
            fits = gap <= CELL_GAP * current.height and shared * 3 > (height if height < last_height else last_height)
            if is_broken or "\n" in between or not (fits or (is_vertical and last_vertical)):
                current.end, current.is_broken, current.ends_bold = last_end, is_broken, last_start in bold
                current = None
        if current is None:
            current = Segment(start, end, x0, y0, x1, y1, height or 1, is_vertical, start in bold)
            found.append(current)
        else:
            if x0 < current.x0:
                current.x0 = x0
            if x1 > current.x1:
                current.x1 = x1
            if y0 < current.y0:
                current.y0 = y0
            if y1 > current.y1:
                current.y1 = y1
            if 0 < height < current.height:
                current.height = height
        last_start, last_end, last_vertical = start, end, is_vertical
        last_x0, last_y0, last_x1, last_y1 = x0, y0, x1, y1
    if current is not None:
        is_broken = raw[last_end : last_end + 1] == SOFT_HYPHEN
        current.end, current.is_broken, current.ends_bold = last_end, is_broken, last_start in bold
    return found


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


# ------------------------------------------------------------------------------------------------ text

_SPECIAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00a0\u00ad\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufb00-\ufdff\ufe70-\ufeff\ufffe\uffff\ud800-\udfff]"
)
_REMOVED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\uffff]")


def clean_character(character: str) -> str:
    """What a character reads as: ligatures and presentation forms taken apart, odd spaces plain, controls gone."""
    if _REMOVED.match(character):
        return ""
    if character == SOFT_HYPHEN:
        return "-"
    if character.isspace():
        return " "
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return unicodedata.normalize("NFKC", character)


def clean(text: str) -> str:
    """`clean_character` over a whole text, its line breaks kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_SPECIAL.sub(lambda match: clean_character(match[0]), line).rstrip() for line in lines)


class _Composer:
    """Collects text and remembers which glyphs it came from."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.parts: list[str] = []
        self.length = 0
        self.runs: list[GlyphRun] = []

    def write(self, text: str) -> None:
        """Text of ours, between the words: it is drawn nowhere."""
        self.parts.append(text)
        self.length += len(text)

    def write_glyphs(self, start: int, end: int) -> None:
        position = start
        for special in _SPECIAL.finditer(self.raw, start, end):
            self._write_plain(position, special.start())
            position = special.end()
            for character in clean_character(special[0]):
                # a ligature's letters all point at its one glyph
                self.runs.append(GlyphRun(self.length, special.start(), 1))
                self.write(character)
        self._write_plain(position, end)

    def _write_plain(self, start: int, end: int) -> None:
        if start < end:
            self.runs.append(GlyphRun(self.length, start, end - start))
            self.write(self.raw[start:end])


def _without(row: Row, taken: int) -> Row:
    """What is left of a row whose glyphs before `taken` already stand on the line before."""
    left = [segment for segment in row if segment.end > taken]
    return [replace(left[0], start=max(taken, left[0].start)), *left[1:]] if left else []


def _write_row(composer: _Composer, row: Row) -> None:
    """Write a row's segments, cells a few spaces apart."""
    previous: Segment | None = None
    for segment in row:
        if previous is not None:
            gap = segment.x0 - previous.x1
            if previous.is_broken:  # a hyphen in the middle of a line is the word's own
                composer.write_glyphs(previous.end, previous.end + 1)
            elif gap > CELL_GAP * previous.height:
                composer.write(CELL_SEPARATOR)
            elif gap * 8 > previous.height or composer.raw[previous.end : segment.start].strip("\r\n"):
                composer.write(" ")
        composer.write_glyphs(segment.start, segment.end)
        previous = segment


_HEAD = re.compile(r"(?:[^\W\d_]+-)*[^\W\d_]+\Z")
_TAIL = re.compile(r"[^\W\d_]+")


def _broken_word(raw: str, row: Row, following: Row | None) -> tuple[int, int, str, str] | None:
    """(glyph of the hyphen, end of the next row's first word, head, tail) where a word continues on the next row."""
    last = row[-1]
    if following is None:
        return None
    if last.is_broken:
        hyphen = last.end
    elif raw[last.end - 1] in LINE_END_HYPHENS:
        hyphen = last.end - 1
    else:
        return None
    target = following[0]
    head, tail = _HEAD.search(raw, last.start, hyphen), _TAIL.match(raw, target.start, target.end)
    if head is None or tail is None:
        return None
    end = target.start
    while end < target.end and not raw[end].isspace():
        end += 1
    return hyphen, end, head[0], tail[0]


def compose(raw: str, page_rows: Sequence[Row], keep_hyphen: KeepHyphen) -> Composed:
    """Write the rows down, one line each; a word broken at a line end moves whole to the line it began on."""
    composer = _Composer(raw)
    lines: list[Line] = []
    hyphens: list[tuple[str, str]] = []
    taken = -1
    for whole, following in zip_longest(page_rows, page_rows[1:]):
        row = _without(whole, taken) if taken >= 0 else whole
        taken = -1
        if not row:
            continue
        start = composer.length
        _write_row(composer, row)
        broken = _broken_word(raw, row, following)
        if broken is not None and following is not None:
            hyphen, taken, head, tail = broken
            hyphens.append((head, tail))
            _join(composer, row, hyphen, keep_hyphen(head, tail))
            composer.write_glyphs(following[0].start, taken)
            while taken < following[0].end and raw[taken].isspace():
                taken += 1
        elif row[-1].is_broken:
            composer.write_glyphs(row[-1].end, row[-1].end + 1)
        y0, y1 = min(s.y0 for s in row), max(s.y1 for s in row)
        height = 0 if row[0].is_vertical else row[0].height
        lines.append(Line(start, composer.length, y0, y1, height, row[0].starts_bold and row[-1].ends_bold))
        composer.write("\n")
    text = "".join(composer.parts)[:-1]
    return Composed(text, tuple(composer.runs), tuple(lines), tuple(hyphens))


def _join(composer: _Composer, row: Row, hyphen: int, keep: bool) -> None:
    """End a broken row with its hyphen or without it, whichever of the two it was drawn as."""
    is_written = hyphen < row[-1].end
    if keep and not is_written:
        composer.write_glyphs(hyphen, hyphen + 1)
    elif not keep and is_written and composer.raw[hyphen] != "\u00ad":
        run = composer.runs.pop()
        composer.length -= 1
        composer.parts[-1] = composer.parts[-1][:-1]
        if run.length > 1:
            composer.runs.append(replace(run, length=run.length - 1))
