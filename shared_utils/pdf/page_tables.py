"""Tables that go on over pages, as they are kept with each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_utils.tables.continuation import carried
from shared_utils.types import RowKind, Table


def carried_heads(pages: Sequence[Sequence[Table]]) -> tuple[tuple[Table, ...], ...]:
    """Consecutive pages' tables; of the one that a table goes on from, only the names over its columns are kept."""
    return tuple(
        tuple(replace(table, before=_heads(table.before)) if table.before else table for table in tables)
        for tables in carried(pages)
    )


def _heads(table: Table) -> Table:
    """The rows of names at the end of a table's rows, as a table of their own; those of the page before, if need be."""
    last = next((row for row in range(table.rows - 1, -1, -1) if table.kinds[row] is RowKind.HEAD), None)
    if last is None:
        return _heads(table.before) if table.before else table
    cells = tuple(cell for cell in table.cells if table.kinds[cell.row] is RowKind.HEAD and cell.row <= last)
    return replace(
        table,
        cells=cells,
        rows=last + 1,
        kinds=table.kinds[: last + 1],
        parents=table.parents[: last + 1],
        before=None,
    )
