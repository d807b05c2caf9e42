"""Places on a page, and tables as data. `shared_utils.types` hands these on with the rest of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Rect = tuple[float, float, float, float]
"""(x0, y0, x1, y1) in points from the top left of the page; x grows right, y grows down."""


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of a page."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Words in one field of a table. Rows and columns are 0-based and inclusive; a merged cell covers several.

    `spans` are verbatim slices of the page's text, as a rule one a line of the cell; `text` is them, a blank between,
    or nothing where a word was cut.
    """

    row: int
    row_end: int
    column: int
    column_end: int
    text: str
    spans: tuple[Span, ...]
    rect: Rect


class RowKind(StrEnum):
    """What a row of a table is for."""

    HEAD = "head"  # it names columns
    GROUP = "group"  # it names the rows below it and holds no values
    DATA = "data"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Scale:
    """What figures count: `text` as it is printed ("dollars in millions, except per share"), times `factor`."""

    text: str
    factor: int  # 1,000 for thousands; 1 where only the unit is told


@dataclass(frozen=True, slots=True)
class Table:
    """A table as data. Fields without words have no cell; cells come row by row.

    `parents[row]` are the rows, outermost first, whose labels stand over the label of `row`. `parts` are the first
    columns of the tables set side by side in it; (0,) where it is one. `before` is the table on the page before that
    this one goes on from, with the names over its columns.
    """

    cells: tuple[Cell, ...]
    rows: int
    columns: int
    rect: Rect
    head_rows: int
    stub_columns: int  # columns of labels at the left of each part
    parts: tuple[int, ...]
    kinds: tuple[RowKind, ...]
    parents: tuple[tuple[int, ...], ...]
    caption: str = ""
    caption_spans: tuple[Span, ...] = ()
    scale: Scale | None = None
    currency: str = ""  # as it is printed: "$", "EUR"
    before: Table | None = None
    _by_field: dict[tuple[int, int], Cell] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_field: dict[tuple[int, int], Cell] = {}
        for cell in self.cells:
            for row in range(cell.row, cell.row_end + 1):
                for column in range(cell.column, cell.column_end + 1):
                    by_field.setdefault((row, column), cell)
        object.__setattr__(self, "_by_field", by_field)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a field."""
        return self._by_field.get((row, column))
