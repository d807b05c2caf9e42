"""From words with boxes to segments, and from segments to rows: words on one baseline, left to right.

All lengths are tenths of a point in the reading frame: x along the text, y downwards. Glyph numbers index the
characters as PDFium gave them (`raw`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from types import MappingProxyType

GONE = "\u200b"  # in place of a letter that is struck out; a page's text has none
CELL_GAP = 1.5  # × line height: wider than any word space, narrower than a gutter or the gap between table cells
COLUMN_CELLS = 3  # numbers standing alone, one after the other, before they are believed to be a column
HOME_SHARE = 0.9  # of them must stand on the line of a label
CELL_SEPARATOR = "   "
ACCENTS = ("Lm", "Mn", "Sk", "Po")
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
    joint: str | None = None  # what stands between the segment before and this one, where the gap does not tell


Row = list[Segment]
"""Segments on one baseline, left to right. Never empty."""


@dataclass(frozen=True, slots=True)
class Gutter:
    """White at `x` from `y0` to `y1` that no line of words runs across."""

    x: int
    y0: int
    y1: int

    def parts(self, left: int, right: int, y0: int, y1: int) -> bool:
        """Whether it lies between words that end at `left` and begin at `right`, on a line from `y0` to `y1`."""
        return left <= self.x <= right and 2 * self.y0 <= y0 + y1 <= 2 * self.y1


# ------------------------------------------------------------------------------------------------ rows


def segments(
    raw: str,
    words: Iterable[Word],
    bold: frozenset[int],
    gutters: Sequence[Gutter] = (),
    joints: Mapping[int, str] = MappingProxyType({}),
) -> list[Segment]:
    """Cut PDFium's text at its line breaks, at wide gaps and gutters, at jumps of the baseline, and where the words
    run back. `joints` tell what stands before words, by their start, that stand closer or wider than words do."""
    found: list[Segment] = []
    together: list[Word] = []
    lowest = 0  # height of a word in `together`
    goes_back = right_to_left(raw)
    narrow = 0.5 if gutters else CELL_GAP  # × the height: neither between cells nor at a gutter
    for word in words:
        if together:
            last = together[-1]
            between = raw[last[1] : word[0]]
            gap = word[2] - last[4]
            if (
                between == " "
                and 0 < gap <= lowest * narrow
                and last[3] == word[3]
                and last[5] == word[5] > word[3]
                and not goes_back
                and word[0] not in joints
            ):  # nearly every word
                together.append(word)
                continue
            is_broken = SOFT_HYPHEN in between
            if (
                is_broken
                or (between not in (" ", GONE) and ("\n" in between or not between.isspace()))
                or not goes_on(last, word, lowest)
                or ((goes_back or word[4] <= last[2]) and turns_back(raw, last, word, goes_back))
                or (gutters and 2 * (word[2] - last[4]) > lowest and _is_parted(last, word, gutters))
                or word[0] in joints
            ):
                found.append(_segment(together, lowest, bold, is_broken, joints))
                together = []
        height = word[5] - word[3]
        if not together:
            lowest = height or 1
        elif 0 < height < lowest:
            lowest = height
        together.append(word)
    if together:
        end = together[-1][1]
        found.append(_segment(together, lowest, bold, raw[end : end + 1] == SOFT_HYPHEN, joints))
    return found


def _is_parted(last: Word, word: Word, gutters: Sequence[Gutter]) -> bool:
    return any(gutter.parts(last[4], word[2], word[3], word[5]) for gutter in gutters)


def goes_on(last: Word, word: Word, height: int) -> bool:
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


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def right_to_left(text: str) -> bool:
    """Whether there is a letter of Hebrew or Arabic in it."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def turns_back(raw: str, last: Word, word: Word, goes_back: bool) -> bool:
    """Whether a word stands on the wrong side of the last one for the direction that both are read in."""
    if last[5] <= word[3] or word[5] <= last[3] or _is_vertical(word):
        return False
    if word[1] - word[0] == 1 and unicodedata.category(raw[word[0]]) in ACCENTS:
        return False  # drawn over a letter
    before, behind = (right_to_left(raw[w[0] : w[1]]) for w in (last, word)) if goes_back else (False, False)
    if before != behind:
        # Which of the two comes first is told by the whole row; two in one place stay together.
        return word[2] >= last[4] or word[4] <= last[2]
    if before:
        return word[2] >= last[4]
    return word[4] <= last[2]


def _segment(
    together: Sequence[Word], height: int, bold: frozenset[int], is_broken: bool, joints: Mapping[int, str]
) -> Segment:
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
        joint=joints.get(first[0]) if joints else None,
    )


def _continues(row: Row, segment: Segment, goes_back: bool) -> bool:
    """Whether a segment stands on a row's baseline: behind it, or level with it in a gap of it or close ahead."""
    last = row[-1]
    shared, lower = min(last.y1, segment.y1) - max(last.y0, segment.y0), min(last.y1 - last.y0, segment.y1 - segment.y0)
    if not shared * 2 >= lower > 0 or last.is_vertical or segment.is_vertical:
        return False
    slack = last.height // 4
    if segment.x0 >= max(other.x1 for other in row) - slack:
        return True
    if shared * 4 < lower * 3 or not all(segment.x0 >= s.x1 - slack or segment.x1 <= s.x0 + slack for s in row):
        return False
    ahead = min(other.x0 for other in row) - segment.x1
    return goes_back or ahead <= CELL_GAP * last.height


def rows(found: Iterable[Segment], *, goes_back: bool = False) -> list[Row]:
    """Put consecutive segments that share a baseline on one row, left to right: PDFium often writes table cells as
    lines, and lines that are drawn upside down in pieces from their end. `goes_back` where some are Hebrew or Arabic.
    """
    made: list[Row] = []
    for segment in found:
        if made and _continues(made[-1], segment, goes_back):
            made[-1].append(segment)
        else:
            made.append([segment])
    for row in made:
        if len(row) > 1:
            row.sort(key=_left)
    return made


_left = attrgetter("x0")


def joint_of(raw: str, previous: Segment, segment: Segment) -> str:
    """What is written between two neighbours of a row: a few spaces between cells."""
    if segment.joint is not None:
        return segment.joint
    gap = max(segment.x0 - previous.x1, previous.x0 - segment.x1)
    if gap > CELL_GAP * previous.height:
        return CELL_SEPARATOR
    is_next = previous.end <= segment.start
    is_apart = gap * 8 > previous.height or (is_next and raw[previous.end : segment.start].strip("\r\n"))
    return " " if is_apart else ""


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
