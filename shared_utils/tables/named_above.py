"""Names of columns that stand over a ruled grid instead of in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_utils.tables.draft import Draft, around, cell
from shared_utils.tables.lines import Line, Piece
from shared_utils.tables.meaning import text_of
from shared_utils.tables.texts import is_value, says_more_than_a_name

NEAR = 1.0  # × the height: white between names and grid, and between the lines of one name
LINES = 3  # of names

Names = dict[int, list[Piece]]
"""The pieces over each column, top down."""


def with_names_above(draft: Draft, lines: Sequence[Line]) -> Draft:
    """The table with the line or lines directly over it as its head, where each of their pieces stands over one column
    of its own and the table's first row holds values, not names."""
    if not any(is_value(text_of(c)) for c in draft.cells if c.row == 0 and c.column):
        return draft
    names = _names(draft, lines)
    if not names:
        return draft
    heads = [cell(0, 0, column, column, pieces) for column, pieces in sorted(names.items())]
    body = [replace(c, row=c.row + 1, row_end=c.row_end + 1) for c in draft.cells]
    x0, _, x1, y1 = draft.box
    top = min(around(pieces)[1] for pieces in names.values())
    return replace(draft, cells=(*heads, *body), box=(x0, top, x1, y1), head_rows=1)


def with_first_line_above(draft: Draft, lines: Sequence[Line]) -> Draft:
    """The table with the line directly over it as the first line of its names, where all but those that stand amid two
    lines have one there and go on in its head: "Diameter", then "(km)"."""
    below = {c.column: c for c in draft.cells if c.row == 0 and c.column == c.column_end}
    over = [line for line in lines if line.middle < min((c.box[1] for c in below.values()), default=0)]
    if draft.head_rows != 1 or not over:
        return draft
    line, columns = max(over, key=lambda one: one.middle), _columns(draft)
    placed = [_column_of(piece, columns) for piece in line.pieces]
    fits = None not in placed and len(set(placed)) == len(placed) > 1
    is_near = draft.box[1] - line.y1 <= NEAR * line.height
    if not (fits and is_near) or any(is_value(piece.text) for piece in line.pieces):
        return draft
    named = {column: piece for column, piece in zip(placed, line.pieces, strict=True) if column is not None}
    if not all(column in below and _goes_on(text_of(below[column])) for column in named):
        return draft
    cells = tuple(
        cell(0, c.row_end, c.column, c.column, [named[c.column], *c.pieces])
        if c.row == 0 and c.column == c.column_end and c.column in named
        else c
        for c in draft.cells
    )
    x0, _, x1, y1 = draft.box
    return replace(draft, cells=cells, box=(x0, line.y0, x1, y1))


def _goes_on(text: str) -> bool:
    """Whether a name goes on from the line before: a unit in brackets, or a small letter."""
    return text[:1] in "([" or text[:1].islower()


def _names(draft: Draft, lines: Sequence[Line]) -> Names:
    """What stands over the columns; nothing where all but one of them have no name, as the labels may."""
    columns = _columns(draft)
    edge = draft.box[1]
    names: Names = {}
    for line in sorted((line for line in lines if line.middle < edge), key=lambda line: -line.middle)[:LINES]:
        placed = [_column_of(piece, columns) for piece in line.pieces]
        fits = None not in placed and len(set(placed)) == len(placed)
        is_near = edge - line.y1 <= NEAR * line.height
        if not (fits and is_near) or any(is_value(p.text) or says_more_than_a_name(p.text) for p in line.pieces):
            break
        if not names and len(placed) < max(2, len(columns) - 1):
            break
        if names and not {column for column in placed if column is not None} <= names.keys():
            break
        for column, piece in zip(placed, line.pieces, strict=True):
            if column is not None:
                names.setdefault(column, []).insert(0, piece)
        edge = line.y0
    return names


def _columns(draft: Draft) -> dict[int, tuple[int, int]]:
    """The left and right edges of each column's fields."""
    found: dict[int, tuple[int, int]] = {}
    for c in draft.cells:
        if c.column == c.column_end:
            left, right = found.get(c.column, (c.box[0], c.box[2]))
            found[c.column] = min(left, c.box[0]), max(right, c.box[2])
    return found


def _column_of(piece: Piece, columns: dict[int, tuple[int, int]]) -> int | None:
    """The column that a piece stands over, its middle within it; None where it reaches over half of another."""
    own = [number for number, (left, right) in columns.items() if left <= piece.middle <= right]
    over = [n for n, (left, right) in columns.items() if piece.x0 < (left + right) / 2 < piece.x1]
    return own[0] if own and set(over) <= set(own) else None


__all__ = ["with_first_line_above", "with_names_above"]
