"""The rows of a page's tables as stretches of its text, with what names them: heads, groups, caption, scale.

A label that is broken over two lines, or a cell of several lines, is one row here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from shared_utils.tables.texts import label_and_value
from shared_utils.text.sentences import is_table_row
from shared_utils.types import Cell, Page, RowKind, Span, Table

BAR = " | "
_WORDS = re.compile(r"[^\W\d_]\S*\s+\S|[^\W\d_]{2}")
_COLUMN_HEAD = re.compile(r"\b(?:19|20)\d\d\b|\bin (?:millions|thousands|billions|percent)\b|%", re.IGNORECASE)
_LONGEST_TABLE = 60  # rows looked back over for the heads of columns
_LABEL_CHARS = 60
_MOST_HEADS = 2  # lines
_FAR = 400  # characters before a table in which its scale may be told
_BROKEN = re.compile(r"[^\W\d_]{2,}$")
_END_OF_WORD = re.compile(r"[a-zß-öø-ÿ]+(?![A-Z])")


@dataclass(frozen=True, slots=True)
class TableRow:
    """Row `row` of a table. `parts` are its stretches of the page's text, one where it stands in one piece.

    Only its own cells count: what is merged over several rows belongs to none of them alone.
    """

    table: Table
    row: int
    parts: tuple[Span, ...]

    @property
    def start(self) -> int:
        return self.parts[0].start

    @property
    def end(self) -> int:
        return self.parts[-1].end


def rows_of(page: Page) -> tuple[TableRow, ...]:
    """The rows of values of a page's tables, table by table, top down."""
    return tuple(row for table in page.tables for row in _rows(page, table))


def _rows(page: Page, table: Table) -> Iterator[TableRow]:
    for number, kind in enumerate(table.kinds):
        if kind in (RowKind.DATA, RowKind.TOTAL):
            own = [c for c in table.cells if c.row == number == c.row_end]
            if parts := _stretches(page.text, own):
                yield TableRow(table, number, parts)


def lines_of_table(page: Page, table: Table) -> Iterator[tuple[Span, str]]:
    """Where each row of a table stands, if in one piece, and its words on one line. Cells are set apart by a bar where
    blanks would not tell them: cells of several words, and rows with empty fields."""
    for number, kind in enumerate(table.kinds):
        own = [c for c in table.cells if c.row == number == c.row_end]
        parts = _stretches(page.text, own)
        if len(own) < 2 or len(parts) != 1:
            continue
        values = own[1:] if kind in (RowKind.DATA, RowKind.TOTAL) else own
        is_full = all(table.at(number, column) is not None for column in range(table.stub_columns, table.columns))
        is_plain = is_full and not any(_WORDS.search(cell.text) for cell in values)
        yield parts[0], " ".join(cell.text for cell in own) if is_plain else BAR.join(_fields(table, number))


def _fields(table: Table, row: int) -> list[str]:
    """The texts of a row's fields, "" for an empty one; a merged cell stands once."""
    cells = [table.at(row, column) for column in range(table.columns)]
    return [cell.text if cell else "" for n, cell in enumerate(cells) if n == 0 or cell is None or cell != cells[n - 1]]


def row_at(page: Page, start: int, end: int, rows: Sequence[TableRow] | None = None) -> TableRow | None:
    """The row that most of `page.text[start:end]` belongs to; None where none does. `rows` are `rows_of(page)`."""
    shares = [(_shared(row, start, end), row) for row in (rows_of(page) if rows is None else rows)]
    share, row = max(shares, key=lambda pair: pair[0], default=(0, None))
    return row if share else None


def _shared(row: TableRow, start: int, end: int) -> int:
    return sum(max(0, min(part.end, end) - max(part.start, start)) for part in row.parts)


def heads_of(page: Page, row: TableRow) -> tuple[Span, ...]:
    """What names the columns of a row, all levels of it, as stretches of this page; () where that is on the page
    before."""
    rows = _head_rows(row.table, row.row)
    return _stretches(page.text, (c for c in row.table.cells if c.row in rows))


def names_over(page: Page, start: int, end: int, rows: Sequence[TableRow] | None = None) -> tuple[Span, ...]:
    """What names the columns of the row at `page.text[start:end]`, and, nearest first in the text, what it counts.

    Where the page has no tables as data (its words came without their places), the lines over a row of figures that
    hold little but years and units do. Never what is hidden or runs over every page.
    """
    row = row_at(page, start, end, rows)
    if row is not None:
        return names_of(page, row)
    left_out = [*page.hidden, *page.boilerplate]
    return _lines_over(page, start, left_out) if is_table_row(page.text[start:end]) else ()


def names_of(page: Page, row: TableRow) -> tuple[Span, ...]:
    """Caption, scale and heads of a row, in this order, as far as they are on its page and a reader sees them there."""
    left_out = [*page.hidden, *page.boilerplate]
    found = (*titles_of(page, row), *heads_of(page, row))
    return tuple(span for span in found if not _overlaps(left_out, span))


def _lines_over(page: Page, row_start: int, left_out: Sequence[Span]) -> tuple[Span, ...]:
    heads: list[Span] = []
    for line in islice(_lines_before(page.text, row_start), _LONGEST_TABLE):
        if _overlaps(left_out, line):
            break
        text = page.text[line.start : line.end]
        if _is_column_head(text):
            heads.insert(0, line)
        elif heads or not (is_table_row(text) or len(text) < _LABEL_CHARS):
            break
    return tuple(heads[-_MOST_HEADS:])


def _is_column_head(line: str) -> bool:
    """ "2019 2018 2017", "Year ended December 31, 2019", "(in millions)": little else but years and units."""
    return len(line) < 100 and _COLUMN_HEAD.search(line) is not None and not re.search(r"\d[\d,]*[,.]\d|\d{5}", line)


def _lines_before(text: str, start: int) -> Iterator[Span]:
    """The non-empty lines above an offset, nearest first."""
    end = text.rfind("\n", 0, start)
    while end > 0:
        begin = text.rfind("\n", 0, end) + 1
        line = text[begin:end]
        if line.strip():
            yield Span(begin + len(line) - len(line.lstrip()), begin + len(line.rstrip()))
        end = begin - 1


def _overlaps(spans: Iterable[Span], one: Span) -> bool:
    return any(span.start < one.end and one.start < span.end for span in spans)


def groups_of(page: Page, row: TableRow) -> tuple[Span, ...]:
    """The labels that stand over the row's own, outermost first."""
    found: list[Span] = []
    for parent in row.table.parents[row.row]:
        labels = [c for c in row.table.cells if c.row == parent and c.column < max(1, row.table.stub_columns)]
        is_group = row.table.kinds[parent] is RowKind.GROUP
        found += _stretches(page.text, [c for c in row.table.cells if c.row == parent] if is_group else labels)
    return tuple(found)


def is_named_twice(row: TableRow) -> bool:
    """Whether another row of the table bears the same label, so that only what stands over it tells which this is."""
    own = _label(row.table, row.row)
    return bool(own) and any(own == _label(row.table, other) for other in range(row.table.rows) if other != row.row)


def _label(table: Table, row: int) -> str:
    cell = table.at(row, 0)
    if cell is None or cell.row != row or table.kinds[row] is RowKind.HEAD:
        return ""
    parts = label_and_value(cell.text)
    return (parts[0] if parts is not None else cell.text).casefold()


def titles_of(page: Page, row: TableRow) -> tuple[Span, ...]:
    """The caption of a row's table and the line that tells what its figures count, as far as they are on this page."""
    table = row.table
    titles = [*_joined(page.text, table.caption_spans)]
    if table.scale is not None and (line := _scale_line(page, table)) is not None:
        known = [*titles, *heads_of(page, row)]
        titles += [] if any(span.start <= line.start < span.end for span in known) else [line]
    return tuple(sorted(titles, key=_start))


def over(row: TableRow) -> tuple[str, ...]:
    """The words that hold for a row and do not stand in it, each once: caption, groups, what is merged over it, names
    over its columns, scale; and words that a narrow column broke, whole."""
    table, number = row.table, row.row
    rows = _head_rows(table, number)
    heads = [c for c in table.cells if c.row in rows]
    if not rows and table.before is not None:
        heads = [c for c in table.before.cells if table.before.kinds[c.row] is RowKind.HEAD]
    groups = [c for c in table.cells if c.row in table.parents[number] and c.column < max(1, table.stub_columns)]
    merged = [c for c in table.cells if c.row <= number <= c.row_end and c.row != c.row_end]
    own = [c for c in table.cells if c.row == number == c.row_end]
    whole = [word for cell in (*own, *heads, *groups) for word in mended(cell)]
    names = [c.text for c in (*groups, *merged, *heads)]
    scale = table.scale.text if table.scale else ""
    return tuple(dict.fromkeys(filter(None, [table.caption, *names, scale, *whole])))


def mended(cell: Cell) -> Iterator[str]:
    """Words that the lines of a cell may have broken without a hyphen, put together: "Managin / g" is "Managing"."""
    lines = cell.text.split(" ")
    if len(cell.spans) < 2:
        return
    for before, after in pairwise(lines):
        end = _END_OF_WORD.match(after)
        if end and _BROKEN.search(before) and (len(end[0]) < 4 or len(before) > 5):
            yield before + end[0]


def _head_rows(table: Table, row: int) -> range:
    """The rows of names nearest above a row."""
    last = next((r for r in range(row, -1, -1) if table.kinds[r] is RowKind.HEAD), None)
    if last is None:
        return range(0)
    first = last
    while first > 0 and table.kinds[first - 1] is RowKind.HEAD:
        first -= 1
    return range(first, last + 1)


def _scale_line(page: Page, table: Table) -> Span | None:
    """The line that tells a table's scale: in it or not far over it."""
    spans = [span for cell in table.cells for span in cell.spans]
    if not spans or table.scale is None:
        return None
    low, high = min(span.start for span in spans), max(span.end for span in spans)
    found = page.text.rfind(table.scale.text, max(0, low - _FAR), high)
    if found < 0:
        return None
    start = page.text.rfind("\n", 0, found) + 1
    end = page.text.find("\n", found + len(table.scale.text))
    return Span(start, len(page.text) if end < 0 else end)


def _stretches(text: str, cells: Iterable[Cell]) -> tuple[Span, ...]:
    return _joined(text, [span for cell in cells for span in cell.spans])


def _joined(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in order, those with nothing but white between them made one."""
    found: list[Span] = []
    for span in sorted(set(spans), key=_start):
        if found and not text[found[-1].end : span.start].strip():
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def _start(span: Span) -> int:
    return span.start
