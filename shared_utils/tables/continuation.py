"""Tables that go on over pages: the names over the columns are carried to where they are not printed again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from shared_utils.types import RowKind, Table

CLOSE = 0.5  # of a column's width that an edge or its middle may be off the one on the page before


def carried(pages: Sequence[Sequence[Table]], parted: Collection[int] = ()) -> tuple[tuple[Table, ...], ...]:
    """Consecutive pages' tables, those that go on from the page before bound to it.

    The first table of a page goes on from the last one of the page before when it has no head of its own, as many
    columns, and each of them in the same place: by one edge, as labels are of any length, or by its middle. What its
    figures count goes on, too. `parted` are the pages (0-based) that end in the names of another table.
    """
    found: list[tuple[Table, ...]] = []
    for number, tables in enumerate(pages):
        is_parted = number - 1 in parted
        last = found[-1][-1] if found and found[-1] and not is_parted else None
        first = tables[0] if tables else None
        if last is not None and first is not None and _goes_on(last, first):
            own = replace(first, before=last, scale=first.scale or last.scale, currency=first.currency or last.currency)
            found.append((own, *tables[1:]))
        else:
            found.append(tuple(tables))
    return tuple(found)


def _goes_on(last: Table, first: Table) -> bool:
    has_head = RowKind.HEAD in last.kinds or last.before is not None
    if first.head_rows or not has_head or first.columns != last.columns:
        return False
    return all(
        min(abs(a - b) for a, b in zip(one, other, strict=True)) <= CLOSE * max(one[2] - one[0], 20)
        for one, other in zip(_places(last), _places(first), strict=True)
    )


def _places(table: Table) -> list[tuple[float, float, float]]:
    """The left edge, the middle and the right edge of every column's cells, in points."""
    found = []
    for column in range(table.columns):
        rects = [cell.rect for cell in table.cells if cell.column == cell.column_end == column]
        left, right = min((r[0] for r in rects), default=0.0), max((r[2] for r in rects), default=0.0)
        found.append((left, (left + right) / 2, right))
    return found
