"""Sums that a table prints without a label: a last line of figures alone, each the sum of its column.

Such a row is read as its table's total only where every figure of it adds up exactly, over three rows at least.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from shared_utils.types import Cell, Page, RowKind, Span, Table

LABEL = "Total"
_LEAST = 3  # rows that are added up
_NEXT_LINE = re.compile(r"\s*\n([ \t\u00a0]*[$€£¥]?[\s\u00a0]*\(?\d[^\n]*)(?=\n|$)")
_FIGURE = re.compile(r"\(?\d{1,3}(?:[,.\u00a0’]\d{3})+(?:[.,]\d{1,2})?\)?|\(?\d+(?:[.,]\d{1,2})?\)?")
_ONLY_FIGURES = re.compile(r"[\d\s$€£¥.,()’-]+")
_SIGNS = re.compile(r"[$€£¥\s\u00a0]")
_GROUPED = re.compile(r"[,.’](?=\d{3}(?!\d))")


def with_unlabelled_sum(page: Page, table: Table) -> Table:
    """The table with the line below it as its total, labelled `LABEL`, where that is its unlabelled sum."""
    ends = [span.end for cell in table.cells for span in cell.spans]
    if not ends or RowKind.TOTAL in table.kinds or not 0 <= max(ends) < len(page.text):
        return table
    found = _NEXT_LINE.match(page.text, max(ends))
    if found is None or not _ONLY_FIGURES.fullmatch(found[1]):
        return table
    figures = [Span(found.start(1) + one.start(), found.start(1) + one.end()) for one in _FIGURE.finditer(found[1])]
    sums = dict(_sums(table))
    if len(figures) != len(sums) or not figures:
        return table
    added = []
    for (column, (total, last)), span in zip(sorted(sums.items()), figures, strict=True):
        text = page.text[span.start : span.end]
        if amount_of(text) != total:
            return table
        added.append(Cell(table.rows, table.rows, column, column, text, (span,), last.rect))
    label = replace(added[0], column=0, column_end=0, text=LABEL)  # stands where the first sum does: none is printed
    return replace(
        table,
        cells=(*table.cells, label, *added),
        rows=table.rows + 1,
        kinds=(*table.kinds, RowKind.TOTAL),
        parents=(*table.parents, ()),
    )


def is_unlabelled(labels: Iterable[Cell], values: Iterable[Cell]) -> bool:
    """Whether the label of these values was given to them: it stands where one of them does."""
    places = {value.spans for value in values}
    return any(label.text == LABEL and label.spans in places for label in labels)


def _sums(table: Table) -> Iterator[tuple[int, tuple[Decimal, Cell]]]:
    """(column, (sum, last cell)) of each column of figures: a figure in every row below the head."""
    body = range(table.head_rows, table.rows)
    for column in range(max(1, table.stub_columns), table.columns):
        cells = [cell for row in body if (cell := table.at(row, column)) is not None and _SIGNS.sub("", cell.text)]
        amounts = [amount for cell in cells if (amount := amount_of(cell.text)) is not None]
        if _LEAST <= len(amounts) == len(cells):
            yield column, (sum(amounts, Decimal(0)), cells[-1])


def amount_of(text: str) -> Decimal | None:
    bare = _SIGNS.sub("", text)
    if bare in ("-", "–", "—"):
        return Decimal(0)
    is_negative = bare.startswith("(") and bare.endswith(")")
    plain = _GROUPED.sub("", bare.strip("()"))
    if not re.fullmatch(r"-?\d+(?:[.,]\d+)?", plain):
        return None
    amount = Decimal(plain.replace(",", "."))
    return -amount if is_negative else amount
