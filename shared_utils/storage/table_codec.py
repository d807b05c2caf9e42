"""A table as rows of JSON and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared_utils.types import Cell, RowKind, Scale, Span, Table


def encoded_table(table: Table) -> list[Any]:
    """What `decoded_table` takes."""
    cells = [
        (cell.row, cell.row_end, cell.column, cell.column_end, cell.text, _rows(cell.spans), cell.rect)
        for cell in table.cells
    ]
    return [
        cells,
        (table.rows, table.columns, table.head_rows, table.stub_columns),
        table.rect,
        table.parts,
        [kind.value for kind in table.kinds],
        table.parents,
        table.caption,
        _rows(table.caption_spans),
        (table.scale.text, table.scale.factor) if table.scale else None,
        table.currency,
        encoded_table(table.before) if table.before else None,
    ]


def decoded_table(row: Sequence[Any]) -> Table:
    """The table that `encoded_table` was given, as JSON brings it back."""
    cells, sizes, rect, parts, kinds, parents, caption, caption_spans, scale, currency, before = row
    rows, columns, head_rows, stub_columns = sizes
    return Table(
        cells=tuple(
            Cell(top, bottom, left, right, words, _spans(spans), (x0, y0, x1, y1))
            for top, bottom, left, right, words, spans, (x0, y0, x1, y1) in cells
        ),
        rows=rows,
        columns=columns,
        rect=tuple(rect),
        head_rows=head_rows,
        stub_columns=stub_columns,
        parts=tuple(parts),
        kinds=tuple(map(RowKind, kinds)),
        parents=tuple(map(tuple, parents)),
        caption=caption,
        caption_spans=_spans(caption_spans),
        scale=Scale(*scale) if scale else None,
        currency=currency,
        before=decoded_table(before) if before else None,
    )


def _rows(spans: Sequence[Span]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


def _spans(rows: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in rows)
