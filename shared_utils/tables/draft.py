"""A table while it is put together: cells of pieces, before rows and columns without words are dropped."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared_utils.tables.lines import Piece
from shared_utils.tables.model import Box


@dataclass(frozen=True, slots=True, eq=False)
class DraftCell:
    """Pieces in one field, top down. `box` is the field, where rules tell it, else what the pieces take."""

    row: int
    row_end: int
    column: int
    column_end: int
    pieces: tuple[Piece, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Draft:
    """Cells with words, and where the table stands. `head_rows` is 0 where it is not known."""

    cells: tuple[DraftCell, ...]
    box: Box
    head_rows: int = 0
    is_ruled: bool = False


def around(pieces: Sequence[Piece]) -> Box:
    return min(p.x0 for p in pieces), min(p.y0 for p in pieces), max(p.x1 for p in pieces), max(p.y1 for p in pieces)


def cell(row: int, row_end: int, column: int, column_end: int, pieces: Sequence[Piece]) -> DraftCell:
    """A cell as large as its words."""
    return DraftCell(row, row_end, column, column_end, tuple(pieces), around(pieces))


def compact(draft: Draft) -> Draft:
    """The same cells without rows and columns that no cell stands in alone: those that hold no words of their own."""
    rows = sorted({c.row for c in draft.cells if c.row == c.row_end})
    columns = sorted({c.column for c in draft.cells if c.column == c.column_end})
    cells = [
        DraftCell(
            _first(rows, c.row),
            _last(rows, c.row_end),
            _first(columns, c.column),
            _last(columns, c.column_end),
            c.pieces,
            c.box,
        )
        for c in draft.cells
    ]
    cells.sort(key=lambda c: (c.row, c.column))
    return replace(draft, cells=tuple(cells), head_rows=bisect_left(rows, draft.head_rows))


def _first(kept: Sequence[int], number: int) -> int:
    """The new number of a first row (or column): that of the first one kept from it on."""
    return min(bisect_left(kept, number), max(0, len(kept) - 1))


def _last(kept: Sequence[int], number: int) -> int:
    return max(bisect_right(kept, number) - 1, 0)
