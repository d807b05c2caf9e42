"""Which lines of a table are one row: labels and sentences that are broken over lines come together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from statistics import median

from shared_utils.tables.lines import Piece
from shared_utils.tables.ruling import Rule

_NAMES_GROUP = re.compile(r":\s*(?:\(?\w\)?)?$")  # also with a note's mark
ADJACENT = 0.75  # × the height: the white between two lines of one cell is narrower
COMMON = 0.2  # of the gaps are narrow, and as many wide, where lines are set apart by rows
FULL_SHARE = 0.9  # of the lines fill every column, where each is a row of its own
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CellLine:
    """One line of a table's body: its pieces, left to right, with the columns (first, last) they stand in."""

    placed: tuple[tuple[Span, Piece], ...]
    y0: int
    y1: int

    @property
    def height(self) -> int:
        return min(piece.y1 - piece.y0 for _, piece in self.placed)

    @property
    def spans(self) -> set[Span]:
        return {span for span, _ in self.placed}

    @property
    def stub(self) -> Piece | None:
        """What stands in the first column."""
        span, piece = self.placed[0]
        return piece if span[0] == 0 else None

    def figures(self) -> set[Span]:
        """The columns, but for the first, that hold a number."""
        return {span for span, piece in self.placed if piece.is_figure and span[0] > 0}


@dataclass(frozen=True, slots=True)
class Room:
    """How far right labels reach, and how far they could have before the next column: a label that ends well before
    either was not broken for want of room."""

    used: int
    free: int


def grouped(lines: Sequence[CellLine], rules: Sequence[Rule], room: Room) -> list[list[CellLine]]:
    """Lines by row, top down."""
    rows: list[list[CellLine]] = []
    columns = len(set().union(*(line.spans for line in lines))) if lines else 0
    are_rows = columns > 1 and sum(len(line.spans) == columns for line in lines) >= FULL_SHARE * len(lines)
    tight = _tight_gap(lines)
    for line, below in zip_longest(lines, lines[1:]):
        is_full = are_rows and len(line.spans) == columns and not _ends_label(rows[-1] if rows else (), line)
        is_row = not rows or is_full or _is_ruled_off(rows[-1][-1], line, rules)
        is_row = is_row or (below is not None and _begins_a_row(rows[-1], line, below))
        if not is_row and _goes_on(rows[-1], line, room, tight):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _begins_a_row(row: Sequence[CellLine], line: CellLine, below: CellLine) -> bool:
    """Whether a line that is only a label, under a row that has its figures, is the first of the label whose figures
    stand beside its last line: "Technology- and content-", "based 705 352"."""
    return any(above.figures() for above in row) and _ends_label((line,), below)


def _ends_label(row: Sequence[CellLine], line: CellLine) -> bool:
    """Whether a line with figures begins with the last words of the label that is all there is of its row so far."""
    if len(row) != 1 or len(row[0].placed) > 1 or row[0].stub is None or line.stub is None or not line.figures():
        return False
    first = row[0].stub
    text = first.text.rstrip()
    is_near = line.y0 - row[0].y1 <= ADJACENT * row[0].height
    runs_on = line.stub.text[:1].islower() and not text.endswith((".", ":"))
    begins = not text[:1].islower() and text[:1] not in "(&" and first.is_bold == line.stub.is_bold
    return is_near and runs_on and begins


def _is_ruled_off(above: CellLine, below: CellLine, rules: Sequence[Rule]) -> bool:
    top, bottom = (above.y0 + above.y1) / 2, (below.y0 + below.y1) / 2
    left = min(piece.x0 for _, piece in below.placed)
    right = max(piece.x1 for _, piece in below.placed)
    return any(top < rule.at < bottom and rule.start < right and rule.end > left for rule in rules)


def _tight_gap(lines: Sequence[CellLine]) -> float | None:
    """The white within rows, where it is clearly narrower than that between rows; else None."""
    gaps = sorted(below.y0 - above.y1 for above, below in pairwise(lines))
    if len(gaps) < 3:
        return None
    height = median(line.height for line in lines)
    steps = [(below - above, number) for number, (above, below) in enumerate(pairwise(gaps), 1)]
    step, number = max(steps)
    is_clear = step > 0.25 * height and gaps[number - 1] < 0.5 * height
    is_common = min(number, len(gaps) - number) >= COMMON * len(gaps)
    return (gaps[number - 1] + gaps[number]) / 2 if is_clear and is_common else None


def _goes_on(row: Sequence[CellLine], line: CellLine, room: Room, tight: float | None) -> bool:
    """Whether a line continues the row above it."""
    last = row[-1]
    gap = line.y0 - last.y1
    if gap > ADJACENT * line.height or (tight is not None and gap > tight):
        return False
    row_figures: set[Span] = set().union(*(above.figures() for above in row))
    figures = line.figures()
    if figures and row_figures:
        return False
    if line.stub is None:
        filled: set[Span] = set().union(*(above.spans for above in row))
        return not figures and line.spans <= filled - row_figures
    above_stub = next((above.stub for above in reversed(row) if above.stub), None)
    if above_stub is None or (len(line.placed) > 1 and not figures and row_figures):
        return False
    is_tight = tight is not None and not figures and not row_figures and above_stub.is_bold == line.stub.is_bold
    return is_tight or _runs_on(above_stub, line.stub, room)


def _runs_on(above: Piece, below: Piece, room: Room) -> bool:
    """Whether words run on from a piece to the one below it: the next word had no room, or it begins small."""
    if above.is_bold != below.is_bold or _NAMES_GROUP.search(above.text):
        return False
    space = (above.y1 - above.y0) // 4
    end = above.x1 + space + below.first_width
    begins_small = below.text[:1].islower() or below.text[:1] in "(&"
    indent = below.x0 - above.x0
    if begins_small:
        return end >= room.used or (indent >= 0 and end + 2 * below.first_width > room.used)
    return end >= room.free and indent > -(above.y1 - above.y0)
