"""The cells of a table's head: names broken over lines, and names that span several columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared_utils.tables.columns import Columns, centred, columns_of_line
from shared_utils.tables.lines import Line, Piece
from shared_utils.tables.ruling import Rule
from shared_utils.tables.texts import is_period

STACKED = 0.7  # × the height: lines of one name stand nearer


@dataclass(slots=True)
class Head:
    """A name over columns `first` … `last`, its pieces top down; rows `row` … `row_end` of the head."""

    first: int
    last: int
    pieces: list[Piece] = field(default_factory=list)
    row: int = 0
    row_end: int = 0

    @property
    def y0(self) -> int:
        return self.pieces[0].y0

    @property
    def y1(self) -> int:
        return self.pieces[-1].y1


def head_cells(lines: Sequence[Line], columns: Columns, rules: Sequence[Rule]) -> tuple[list[Head], int]:
    """The names over a table's columns, and how many rows they take.

    From the lowest line up: a piece is the beginning of the name it stands on, or stands over several columns.
    """
    heads: list[Head] = []
    for number, line in reversed(list(enumerate(lines))):
        groups = _even_groups(line, columns) if number < len(lines) - 1 else None
        added: list[Head] = []
        for i, piece in enumerate(line.pieces):
            below = [head for head in heads if head.y0 > piece.y0 and _reaches(piece, head)]
            nearest = _nearest(below)
            ruled = _rule_under(piece, columns, rules, line)
            is_own = len(nearest) == 1 and (groups is None or (len(groups) == 1 and not _names_period(nearest[0])))
            if ruled is None and is_own and _is_same_name(piece, nearest[0], rules):
                nearest[0].pieces.insert(0, piece)
            elif ruled is not None:
                added.append(Head(*ruled, [piece]))
            elif groups is not None:
                added.append(Head(*groups[i], [piece]))
            else:
                added.append(Head(*_span(line, i, columns, is_leaf=not below), [piece]))
        heads += added
    return heads, _place(heads)


def _names_period(head: Head) -> bool:
    return is_period(head.pieces[0].text)


def _reaches(piece: Piece, head: Head) -> bool:
    return any(piece.x0 < other.x1 and piece.x1 > other.x0 for other in head.pieces)


def _nearest(heads: Sequence[Head]) -> list[Head]:
    """Those of heads below a piece that no other stands over."""
    return [h for h in heads if not any(o.y1 <= h.y0 and o.first <= h.last and o.last >= h.first for o in heads)]


def _even_groups(line: Line, columns: Columns) -> list[tuple[int, int]] | None:
    """The columns behind the labels in equal shares, where every piece stands in the middle of its share."""
    pieces = [piece for piece in line.pieces if piece.x1 > columns.rights[0]]
    count = columns.count - 1
    if len(pieces) != len(line.pieces) or count % len(pieces) or count == len(pieces):
        return None
    size = count // len(pieces)
    groups = [(1 + i * size, (i + 1) * size) for i in range(len(pieces))]
    off = [
        abs(columns.lefts[first] + columns.rights[last] - 2 * piece.middle) / 2
        for piece, (first, last) in zip(pieces, groups, strict=True)
    ]
    return groups if max(off) < pieces[0].y1 - pieces[0].y0 else None


def _is_same_name(piece: Piece, below: Head, rules: Sequence[Rule]) -> bool:
    """Whether a piece is the line above a name: close to it, with no rule between, and aligned with it."""
    under = below.pieces[0]
    height = piece.y1 - piece.y0
    left, right = min(p.x0 for p in below.pieces), max(p.x1 for p in below.pieces)
    off = min(abs(piece.x0 - left), abs(piece.x1 - right), abs(2 * piece.middle - left - right) / 2)
    middle, other = (piece.y0 + piece.y1) / 2, (under.y0 + under.y1) / 2
    is_ruled = any(middle < rule.at < other and rule.start < piece.middle < rule.end for rule in rules)
    return under.y0 - piece.y1 < STACKED * height and off < height / 2 and not is_ruled


def _place(heads: list[Head]) -> int:
    """Give every name its rows: below what stands over it, down to what stands under it."""
    heads.sort(key=lambda head: (head.y0, head.first))
    depth = 0
    for i, head in enumerate(heads):
        over = [h for h in heads[:i] if h.first <= head.last and h.last >= head.first]
        head.row = max((h.row + 1 for h in over), default=0)
        depth = max(depth, head.row + 1)
    for i, head in enumerate(heads):
        under = [h for h in heads[i + 1 :] if h.first <= head.last and h.last >= head.first and h.row > head.row]
        head.row_end = min((h.row - 1 for h in under), default=depth - 1)
    for i, head in enumerate(heads):
        over = [h for h in heads[:i] if h.first <= head.last and h.last >= head.first]
        head.row = max((h.row_end + 1 for h in over), default=0)
    return depth


def _span(line: Line, number: int, columns: Columns, is_leaf: bool) -> tuple[int, int]:
    """The columns a piece of a line stands over: those it reaches over, or those below it that it is amid."""
    reach = columns_of_line(columns, line)
    span = reach[number]
    if is_leaf or span[0] == 0:
        return span
    low = reach[number - 1][1] + 1 if number else 1
    high = reach[number + 1][0] - 1 if number + 1 < len(reach) else columns.count - 1
    return centred(line.pieces[number], span, max(low, 1), high, columns)


def _rule_under(piece: Piece, columns: Columns, rules: Sequence[Rule], line: Line) -> tuple[int, int] | None:
    """The columns of a rule close under a piece that runs under some of the table's columns only."""
    height = piece.y1 - piece.y0
    middle = (piece.x0 + piece.x1) // 2
    others = [p for p in line.pieces if p is not piece]
    for rule in rules:
        is_close = piece.y1 - height // 3 < rule.at < piece.y1 + height
        is_own = rule.start <= middle <= rule.end and not any(
            rule.start < (p.x0 + p.x1) // 2 < rule.end for p in others
        )
        if is_close and is_own and rule.end - rule.start < 0.9 * (columns.rights[-1] - columns.lefts[0]):
            over = [
                k
                for k, (left, right) in enumerate(zip(columns.lefts, columns.rights, strict=True))
                if 2 * (min(rule.end, right) - max(rule.start, left)) > right - left
            ]
            if over:
                return over[0], over[-1]
    return None
