"""What a cell of a table says, by the labels and the names it stands under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.tables.surroundings import scale_in
from shared_utils.types import Cell, RowKind, Scale, Table

_PER_SHARE = re.compile(r"\bper[\s-]+(?:\w+\s+)?(?:share|unit)|je\s+aktie|par\s+action", re.IGNORECASE)
_SHARE = re.compile(r"%|\bpercent|\bprozent|\bratio\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellPath:
    """A value with its labels (outermost first), the names over its column (outermost first) and its scale."""

    labels: tuple[str, ...]
    heads: tuple[str, ...]
    value: str
    scale: Scale | None = None

    def __str__(self) -> str:
        """Total revenue · 2022 (dollars in millions) = 17,606"""
        named = " · ".join((*self.labels, *self.heads))
        scale = f" ({self.scale.text})" if self.scale else ""
        return f"{named}{scale} = {self.value}"


def heads_over(table: Table, row: int, column: int) -> tuple[Cell, ...]:
    """The names over a field, outermost first: those of the head nearest above it, or of the page before."""
    last = next((r for r in range(row, -1, -1) if table.kinds[r] is RowKind.HEAD), None)
    if last is None:
        return heads_over(table.before, table.before.rows - 1, column) if table.before is not None else ()
    first = last
    while first > 0 and table.kinds[first - 1] is RowKind.HEAD:
        first -= 1
    found: list[Cell] = []
    for r in range(first, last + 1):
        cell = table.at(r, column)
        if cell is not None and cell not in found:
            found.append(cell)
    return tuple(found)


def labels_beside(table: Table, row: int, column: int) -> tuple[Cell, ...]:
    """The labels of a field's row, those of its groups first."""
    part = max(start for start in table.parts if start <= column)
    found: list[Cell] = []
    for r in (*table.parents[row], row):
        if table.kinds[r] is RowKind.GROUP:
            cells = (table.at(r, c) for c in range(table.columns))
            found += [cell for cell in dict.fromkeys(cells) if cell is not None and cell.row == r]
            continue
        for c in range(part, min(part + table.stub_columns, column)):
            cell = _label_at(table, r, c, is_last=c == part + table.stub_columns - 1)
            if cell is not None and cell not in found:
                found.append(cell)
    return tuple(found)


def _label_at(table: Table, row: int, column: int, is_last: bool) -> Cell | None:
    """The label in a field; an empty field before the last column of labels repeats the one above it."""
    for r in range(row, -1, -1):
        if r < row and (is_last or table.kinds[r] in (RowKind.HEAD, RowKind.GROUP, RowKind.TOTAL)):
            return None
        if (cell := table.at(r, column)) is not None:
            return cell
    return None


def scale_at(table: Table, cell: Cell) -> Scale | None:
    """The scale that holds for one value: that of its column or label before the table's; none for shares, and none
    for amounts per share where those are excepted."""
    names = (*labels_beside(table, cell.row, cell.column), *heads_over(table, cell.row, cell.column))
    return _scale(table, cell, names)


def _scale(table: Table, cell: Cell, names: Sequence[Cell]) -> Scale | None:
    for name in names:
        if (own := scale_in(name.text)) is not None:
            return own
    text = " ".join(name.text for name in names)
    if table.scale is None or _SHARE.search(cell.text) or _SHARE.search(text):
        return None
    return None if _PER_SHARE.search(text) else table.scale


def path_of(table: Table, cell: Cell) -> CellPath:
    """What a cell says, told by its labels and the names over its column."""
    beside, over = labels_beside(table, cell.row, cell.column), heads_over(table, cell.row, cell.column)
    labels = tuple(label.text.rstrip(" :") for label in beside if label != cell)
    heads = tuple(head.text for head in over if head != cell)
    return CellPath(labels, heads, cell.text, _scale(table, cell, (*beside, *over)))


def values(table: Table, row: int | None = None) -> tuple[Cell, ...]:
    """The cells that are neither labels nor names, of one row or of all."""
    starts = table.parts
    return tuple(
        cell
        for cell in table.cells
        if row in (None, cell.row)
        and table.kinds[cell.row] in (RowKind.DATA, RowKind.TOTAL)
        and cell.column - max(s for s in starts if s <= cell.column) >= table.stub_columns
    )
