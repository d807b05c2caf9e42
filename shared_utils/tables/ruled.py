"""A table from its rules: words put into the fields, and fields without rules inside divided by their words."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from shared_utils.tables.captions import is_caption, is_note
from shared_utils.tables.columns import Columns, centred, columns_between, columns_of, cut_at, is_aligned
from shared_utils.tables.draft import Draft, DraftCell, compact
from shared_utils.tables.lines import Line, Piece
from shared_utils.tables.model import Box
from shared_utils.tables.rows import CellLine, Room, grouped
from shared_utils.tables.ruling import TOUCHES, RuledGrid

FILLED = 0.3  # of the fields must hold words, or the rules are a chart's
CROWDED = 0.1  # of the fields
MANY_LINES = 4
LEVEL_SHARE = 0.7  # of the rows a field runs over must hold a line of it to divide it
LEVEL_LINES = 1.4  # a row, at most
SPLIT_SHARE = 0.6  # of a column's lines must have white at the same place to divide it


@dataclass(slots=True)
class _Field:
    row: int
    row_end: int
    column: int
    column_end: int
    pieces: list[Piece]


def lines_inside(lines: Sequence[Line], box: Box) -> list[Line]:
    """The parts of lines whose pieces have their middle in a box."""
    x0, y0, x1, y1 = box
    found = []
    for line in lines:
        if line.y1 < y0 or line.y0 > y1:
            continue
        pieces = tuple(p for p in line.pieces if x0 <= (p.x0 + p.x1) // 2 <= x1 and y0 <= (p.y0 + p.y1) // 2 <= y1)
        if pieces:
            found.append(Line(pieces, line.y0, line.y1))
    return found


def ruled_table(lines: Sequence[Line], grid: RuledGrid) -> Draft | None:
    """The table that a ruled grid is, or None where its fields are not filled as a table's are."""
    inside = lines_inside(lines, grid.box)
    grid = _without_broken_levels(grid, inside)
    whole = _filled(grid, inside)
    middles = {row: [p.y0 + p.y1 for f in whole if f.row == f.row_end == row for p in f.pieces] for row in _rows(grid)}
    fields = [part for field in whole for part in _by_level(grid, field, middles)]
    full = [f for f in fields if f.pieces]
    by_row = Counter(f.row for f in full)
    if 2 * sum(count > 1 for count in by_row.values()) < len(by_row):
        beside = _with_rows_of_pieces(grid, fields)
        by_row = Counter(f.row for f in beside if f.pieces)
        if 2 * sum(count > 1 for count in by_row.values()) < len(by_row):
            return None
    if len(full) < FILLED * len(fields) or len({f.column for f in full}) < 2 or len({f.row for f in full}) < 2:
        return None
    xs, fields = _with_columns_divided(grid, _with_rows_of_pieces(grid, fields))
    if _are_crowded(fields):
        return None
    cells = _without_frame(_with_rows_divided(fields), len(xs) - 1)
    return compact(Draft(tuple(cells), grid.box, is_ruled=True))


def _without_broken_levels(grid: RuledGrid, lines: Sequence[Line]) -> RuledGrid:
    """The grid without level rules that run along a smaller part of it and past columns of many lines: the rule over
    a total at the foot of one half of a table divides nothing in the other."""
    ys = list(grid.ys)
    left, right = grid.xs[0], grid.xs[-1]
    for y in grid.ys[1:-1]:
        rules = [rule for rule in grid.levels if abs(rule.at - y) <= TOUCHES]
        if 2 * sum(rule.end - rule.start for rule in rules) > right - left:
            continue
        number = ys.index(y)
        level = [line for line in lines if ys[number - 1] < line.middle < ys[number + 1]]
        passing = [
            line for line in level if any(not any(r.start <= p.middle <= r.end for r in rules) for p in line.pieces)
        ]
        if len(passing) > MANY_LINES:
            ys.remove(y)
    return replace(grid, ys=tuple(ys)) if len(ys) < len(grid.ys) else grid


def _rows(grid: RuledGrid) -> range:
    return range(len(grid.ys) - 1)


def _by_level(grid: RuledGrid, field: _Field, middles: dict[int, list[int]]) -> list[_Field]:
    """A field over several rows as one field a row, where it holds a line in most of them, level with the words beside
    it: a column without rules. `middles` are those of the words in each row, doubled."""
    rows = field.row_end - field.row + 1
    if rows < 3 or len(field.pieces) < 3:
        return [field]
    parts: dict[int, list[Piece]] = {}
    for piece in field.pieces:
        row = bisect_right(grid.ys, (piece.y0 + piece.y1) // 2) - 1
        parts.setdefault(min(max(row, field.row), field.row_end), []).append(piece)
    if len(parts) < LEVEL_SHARE * rows or len(field.pieces) > LEVEL_LINES * len(parts):
        return [field]
    is_level = [
        any(abs(middle - p.y0 - p.y1) * 2 < p.y1 - p.y0 for p in pieces for middle in middles[row])
        for row, pieces in parts.items()
    ]
    if sum(is_level) < LEVEL_SHARE * len(parts):
        return [field]
    return [_Field(row, row, field.column, field.column_end, pieces) for row, pieces in sorted(parts.items())]


def _with_rows_of_pieces(grid: RuledGrid, fields: list[_Field]) -> list[_Field]:
    """Wide fields that hold several pieces side by side, divided as the columns elsewhere are."""
    columns = Columns(grid.xs, grid.xs[:-1], grid.xs[1:])
    found: list[_Field] = []
    for f in fields:
        ordered = sorted(f.pieces, key=lambda p: p.x0)
        if f.column == f.column_end or not any(_is_beside(a, b) for a, b in pairwise(ordered)):
            found.append(f)
            continue
        reach = [columns_of(columns, piece) for piece in ordered]
        if any(a[1] >= b[0] and _is_beside(p, q) for (p, a), (q, b) in pairwise(zip(ordered, reach, strict=True))):
            found.append(f)
            continue
        is_full = len(set(reach)) > f.column_end - f.column
        parts: dict[tuple[int, int], list[Piece]] = {}
        for i, (piece, span) in enumerate(zip(ordered, reach, strict=True)):
            low = max((s[1] + 1 for s in reach[:i] if s[1] < span[0]), default=f.column)
            high = min((s[0] - 1 for s in reach[i + 1 :] if s[0] > span[1]), default=f.column_end)
            parts.setdefault(span if is_full else centred(piece, span, low, high, columns), []).append(piece)
        found += [_Field(f.row, f.row_end, first, last, pieces) for (first, last), pieces in parts.items()]
    return found


def _is_beside(left: Piece, right: Piece) -> bool:
    return min(left.y1, right.y1) - max(left.y0, right.y0) > (right.y1 - right.y0) / 2


def _without_frame(cells: list[DraftCell], columns: int) -> list[DraftCell]:
    """The cells without a caption above and a source below that share the table's frame."""
    wide = [c for c in cells if c.column == 0 and c.column_end == columns - 1]
    for c in sorted(wide, key=lambda c: c.row):
        if all(other.row >= c.row for other in cells) and is_caption(c.pieces[0].text):
            cells = [other for other in cells if other is not c]
    for c in sorted(wide, key=lambda c: -c.row):
        if all(other.row <= c.row for other in cells) and is_note(c.pieces[0].text):
            cells = [other for other in cells if other is not c]
    return cells


def _are_crowded(fields: Sequence[_Field]) -> bool:
    """Whether many fields hold figures side by side: rules too few to tell the columns, and white that does not."""
    full = [f for f in fields if f.pieces]
    crowded = 0
    for f in full:
        ordered = sorted(f.pieces, key=lambda p: (p.x0, p.y0))
        crowded += any(a.is_figure and b.is_figure and _is_beside(a, b) for a, b in pairwise(ordered))
    return crowded > CROWDED * len(full)


def _filled(grid: RuledGrid, lines: Sequence[Line]) -> list[_Field]:
    fields = [_Field(*field, []) for field in grid.fields()]
    at = {(r, c): f for f in fields for r in range(f.row, f.row_end + 1) for c in range(f.column, f.column_end + 1)}
    rows, columns = len(grid.ys) - 2, len(grid.xs) - 2
    for line in lines:
        for piece in line.pieces:
            row = min(max(bisect_right(grid.ys, (piece.y0 + piece.y1) // 2) - 1, 0), rows)
            column = min(max(bisect_right(grid.xs, (piece.x0 + piece.x1) // 2) - 1, 0), columns)
            at[row, column].pieces.append(piece)
    return fields


def _with_columns_divided(grid: RuledGrid, fields: list[_Field]) -> tuple[list[int], list[_Field]]:
    """Columns without rules inside, divided where their lines agree on white; fields renumbered."""
    xs: list[int] = [grid.xs[0]]
    starts: list[int] = []  # of each old column among the new ones
    sides: dict[int, tuple[int, int]] = {}  # of the words of a new column
    for column, (left, right) in enumerate(pairwise(grid.xs)):
        starts.append(len(xs) - 1)
        single = [f for f in fields if f.column == f.column_end == column]
        within = _columns_within(single)
        whites = [x for x in within.edges[1:-1] if left < x < right]
        if len(whites) == within.count - 1:
            sides |= dict(enumerate(zip(within.lefts, within.rights, strict=True), len(xs) - 1))
        xs += whites
        xs.append(right)
    starts.append(len(xs) - 1)
    if len(xs) == len(grid.xs):
        return xs, fields
    numbers = range(len(xs) - 1)
    lefts, rights = ([sides.get(n, (xs[n], xs[n + 1]))[side] for n in numbers] for side in (0, 1))
    columns = Columns(tuple(xs), tuple(lefts), tuple(rights))
    renumbered: list[_Field] = []
    for f in fields:
        first, last = starts[f.column], starts[f.column_end + 1] - 1
        parts: dict[tuple[int, int], list[Piece]] = {}
        if len(f.pieces) == 1 and _is_amid(f.pieces[0], xs[first], xs[last + 1]):
            renumbered.append(_Field(f.row, f.row_end, first, last, f.pieces))
            continue
        for piece in f.pieces:
            for span, part in _placed(piece, columns, first, last):
                parts.setdefault(span, []).append(part)
        if len(parts) < 2:
            renumbered.append(
                _Field(f.row, f.row_end, first, last, f.pieces)
                if len(parts) != 1 or first == last
                else _Field(f.row, f.row_end, *next(iter(parts)), f.pieces)
            )
        else:
            renumbered += [_Field(f.row, f.row_end, a, b, pieces) for (a, b), pieces in parts.items()]
    return xs, renumbered


def _is_amid(piece: Piece, left: int, right: int) -> bool:
    """Whether the one piece of a ruled field is a name in its middle: it stands over all that is below."""
    return not piece.is_figure and abs(left + right - 2 * piece.middle) < piece.y1 - piece.y0


def _placed(piece: Piece, columns: Columns, first: int, last: int) -> list[tuple[tuple[int, int], Piece]]:
    """The columns from `first` to `last` that a piece stands in. One that reaches over several stands in the one it is
    aligned with; names side by side, each aligned with its column, are taken apart."""
    xs = columns.edges
    a = min(max(bisect_right(xs, piece.x0 + 15) - 1, first), last)
    b = min(max(bisect_right(xs, piece.x1 - 15) - 1, a), last)
    if a == b:
        return [((a, b), piece)]
    parts = cut_at(piece, xs[a + 1 : b + 1])
    spans = [columns_of(columns, part) for part in parts]
    if spans == [(number, number) for number in range(a, b + 1)] and all(
        is_aligned(part, columns, span[0]) for part, span in zip(parts, spans, strict=True)
    ):
        return list(zip(spans, parts, strict=True))
    c, d = columns_of(columns, piece)
    return [((c, d) if c == d and a <= c <= b else (a, b), piece)]


def _columns_within(fields: Sequence[_Field]) -> Columns:
    """The columns that the words of one ruled column stand in; none where its lines do not agree on white."""
    lines = _levels([piece for f in fields for piece in f.pieces])
    several = [line for line in lines if len(line.pieces) > 1]
    if len(several) < 3 or len(several) < SPLIT_SHARE * len(lines):
        return Columns((), (), ())
    return columns_between(several)


def _levels(pieces: Sequence[Piece]) -> list[Line]:
    """Pieces by the line they stand on."""
    found: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.y0 + p.y1):
        last = found[-1][0] if found else None
        if last is not None and piece.y0 + piece.y1 - last.y0 - last.y1 < piece.y1 - piece.y0:
            found[-1].append(piece)
        else:
            found.append([piece])
    return [
        Line(tuple(sorted(line, key=lambda p: p.x0)), min(p.y0 for p in line), max(p.y1 for p in line))
        for line in found
    ]


def _with_rows_divided(fields: list[_Field]) -> list[DraftCell]:
    """Rows between rules that hold several rows of figures, divided; every field as a cell."""
    rows = max(f.row_end for f in fields) + 1
    starts: list[int] = [0]
    groups_of: dict[int, list[list[CellLine]]] = {}
    for row in range(rows):
        own = [f for f in fields if f.row == f.row_end == row and f.pieces]
        groups = _row_groups(own)
        groups_of[row] = groups
        starts.append(starts[-1] + max(1, len(groups)))
    cells: list[DraftCell] = []
    for f in fields:
        if not f.pieces:
            continue
        groups = groups_of[f.row] if f.row == f.row_end else []
        parts: dict[int, list[Piece]] = {}
        for piece in f.pieces:
            number = next(
                (n for n, group in enumerate(groups) if any(piece is p for line in group for _, p in line.placed)), -1
            )
            parts.setdefault(number, []).append(piece)
        for number, pieces in parts.items():
            pieces.sort(key=lambda p: ((p.y0 + p.y1) // 2, p.x0))
            first, last = (starts[f.row], starts[f.row_end + 1] - 1) if number < 0 else (starts[f.row] + number,) * 2
            box = (
                min(p.x0 for p in pieces),
                min(p.y0 for p in pieces),
                max(p.x1 for p in pieces),
                max(p.y1 for p in pieces),
            )
            cells.append(DraftCell(first, last, f.column, f.column_end, tuple(pieces), box))
    return cells


def _row_groups(fields: Sequence[_Field]) -> list[list[CellLine]]:
    """The lines of one ruled row, as one group unless several lines hold figures in the same column."""
    column_of = {id(piece): (f.column, f.column_end) for f in fields for piece in f.pieces}
    lines = [
        CellLine(tuple((column_of[id(piece)], piece) for piece in line.pieces), line.y0, line.y1)
        for line in _levels([piece for f in fields for piece in f.pieces])
    ]
    if len(lines) < 2:
        return [lines] if lines else []
    by_column: dict[tuple[int, int], int] = {}
    for line in lines:
        for span in line.figures():
            by_column[span] = by_column.get(span, 0) + 1
    most = max(by_column.values(), default=0)
    if most < 2 or len({f.column for f in fields}) < 2:
        return [lines]
    used = max((p.x1 for f in fields if f.column == 0 for p in f.pieces), default=0)
    groups = grouped(lines, (), Room(used, used))
    labelled = sum(any(line.stub is not None for line in group) for group in groups)
    return groups if 2 * labelled >= len(groups) else [lines]  # a text of many lines beside one label is one field
