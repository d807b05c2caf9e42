"""Which column a cell stands in, as far as words alone can tell: years, quarters and months over rows of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.citations.quantities import Quantity, quantities
from shared_utils.citations.text_units import Unit
from shared_utils.text.dates import quarters

_FARTHEST = 60  # units above a row in which its headings are looked for
_HEADING_CHARS = 120  # longer is prose
_LEAST_FIELDS = 3  # a label and two columns
_APART = re.compile(r"\s{2,}|\t|\s\|\s")
_EMPTY_CELL = re.compile(r"(?<!\w)[—–-](?=\s|$)")
_FAMILIES = ("year", "quarter")


@dataclass(frozen=True, slots=True)
class Column:
    """A column key where it is written: year "2019" or quarter "4"."""

    family: str
    key: str
    start: int


def headings_of(units: Sequence[Unit], row: int) -> list[Unit]:
    """The lines over a row that may name its table, its columns or its section, nearest first."""
    found = []
    for unit in reversed(units[max(0, row - _FARTHEST) : row]):
        if len(unit.text) > _HEADING_CHARS and not unit.text.rstrip().endswith(":") and not unit.is_row:
            break
        if not _is_data(unit):
            found.append(unit)
    return found


def column_keys(text: str) -> list[Column]:
    """Every year and quarter a text names. A year that spans two, 2022/23, goes by the later one, as FY23 does.

    No year begins with a nought: 01983 is a dialling code.
    """
    told = (q for q in quantities(text) if q.is_year and not q.text.startswith("0"))
    years = {q.start: Column("year", str(q.value), q.start) for q in told}
    return [*years.values(), *(Column("quarter", quarter.number, quarter.start) for quarter in quarters(text))]


def columns_over(units: Sequence[Unit], row: int) -> list[tuple[str, ...]]:
    """The column keys over a row, one tuple a family: (("2017", "2018", "2019"),). Empty when none are in sight."""
    group: list[str] = []
    for unit in reversed(units[max(0, row - _FARTHEST) : row]):
        if not _is_data(unit) and len(unit.text) <= _HEADING_CHARS:
            group.insert(0, unit.text)
            continue
        if found := _families(" ".join(group)):
            return found
        group.clear()
        if not _is_data(unit):
            return []
    return _families(" ".join(group))


def fields_of(line: str) -> list[str]:
    """The fields of a line that are set apart from each other.

    >>> fields_of("Mailboxes included   5   40   250")
    ['Mailboxes included', '5', '40', '250']
    """
    return [field for part in _APART.split(line) if (field := part.strip())]


def heads_over(units: Sequence[Unit], row: int) -> tuple[str, ...]:
    """The names over the columns of a row, from left to right; () where no line over it has one for each field.

    Names are words; years and quarters over a row are read by `columns_over`.
    """
    fields = len(fields_of(units[row].text))
    if fields < _LEAST_FIELDS:
        return ()
    for unit in reversed(units[max(0, row - _FARTHEST) : row]):
        heads = fields_of(unit.text)
        if len(heads) in (fields - 1, fields) and all(_is_a_name(head) for head in heads[-(fields - 1) :]):
            return tuple(heads[-(fields - 1) :])
        if len(heads) == 1 and len(unit.text) > _HEADING_CHARS:
            break
    return ()


def _is_a_name(head: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", head)) and not column_keys(head) and not re.match(r"\W*\d", head)


def cells_of(unit: Unit) -> list[Quantity | None]:
    """The cells at the end of a row, left to right; None for a dash."""
    cells: list[tuple[int, int, Quantity | None]] = [(q.start, q.end, q) for q in unit.numbers]
    cells += [(m.start(), m.end(), None) for m in _EMPTY_CELL.finditer(unit.text)]
    cells.sort(key=lambda cell: cell[0])
    kept: list[Quantity | None] = []
    right = len(unit.text)
    for start, end, quantity in reversed(cells):
        if re.search(r"[^\W\d_]", unit.text[end:right]):
            break
        kept.append(quantity)
        right = start
    return kept[::-1]


def key_of_cell(columns: Sequence[str], cells: Sequence[Quantity | None], index: int) -> str | None:
    """The column a cell stands in: numbers that belong to the label come first, so columns count from the right."""
    n, m = len(columns), len(cells)
    if m > n and m % n == 0:  # each key spans several columns
        return columns[index // (m // n)]
    position = index - (m - n)
    return columns[position] if m >= n and position >= 0 else None


def _families(text: str) -> list[tuple[str, ...]]:
    found = column_keys(re.sub(r"\s+", " ", text))
    lists = [tuple(column.key for column in found if column.family == family) for family in _FAMILIES]
    return [keys for keys in lists if keys]


def _is_data(unit: Unit) -> bool:
    return unit.is_row and sum(not q.is_year for q in unit.numbers) >= 2
