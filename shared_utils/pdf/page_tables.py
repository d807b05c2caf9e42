"""Tables that go on over pages, as they are kept with each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_utils.tables.continuation import carried
from shared_utils.tables.texts import is_period, says_more_than_a_name
from shared_utils.types import Page, RowKind, Table


def carried_heads(pages: Sequence[Page]) -> tuple[tuple[Table, ...], ...]:
    """Consecutive pages' tables; of the one that a table goes on from, only the names over its columns are kept."""
    parted = {number for number, page in enumerate(pages) if ends_in_names(page)}
    return tuple(
        tuple(replace(table, before=_heads(table.before)) if table.before else table for table in tables)
        for tables in carried([page.tables for page in pages], parted)
    )


def ends_in_names(page: Page) -> bool:
    """Whether a page ends in the names of a table whose rows stand on the next: short lines below its last table, one
    of them a period. What the next page has are no rows of the table above them."""
    spans = [span for cell in (page.tables[-1].cells if page.tables else ()) for span in cell.spans]
    if not spans:
        return False
    end = max(span.end for span in spans)
    text = "".join(
        character
        for place, character in enumerate(page.text[end:], end)
        if not any(again.start <= place < again.end for again in page.boilerplate)
    )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return len(lines) > 1 and any(map(is_period, lines)) and not any(map(says_more_than_a_name, lines))


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
