"""Periods that a figure is told for: years, quarters and months; and tables whose rows are periods, turned.

A period is "2019", "2019-Q3" or "2019-03": within one kind they sort by time. A quarter that is told by its end ("three
months ended June 30") is called by the calendar's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby

from shared_utils.retrieval.table_rows import Fact, TableRow, years_of
from shared_utils.retrieval.table_rows import is_year as is_a_year
from shared_utils.text.dates import MONTH_OF, dates, quarters
from shared_utils.text.folding import fold

_FEWEST = 2  # rows that are periods, of a table that is turned
_THREE_MONTHS = re.compile(r"\b(?:three|3) months|\bdrei monate|\btrois mois|\btres meses|\b13 weeks|\bthirteen weeks")
_LONGER = re.compile(
    r"\b(?:six|nine|twelve|6|9|12) months|\b(?:sechs|neun|zwolf) monate|\byear to date\b|\b(?:26|39|52) weeks"
)
_WORDS_OF_PERIODS = """
q t fy cy year quarter ended fiscal first second third fourth jahr quartal trimestre erstes zweites drittes viertes
exercice ano
"""
_OF_PERIODS = frozenset(_WORDS_OF_PERIODS.split())
_WORD = re.compile(r"[^\W\d_]+")


class PeriodKind(StrEnum):
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


def is_next(before: str, after: str) -> bool:
    """Whether one period follows on another of the same kind.

    >>> is_next("2019", "2020"), is_next("2019-Q4", "2020-Q1"), is_next("2019-12", "2020-01"), is_next("2019", "2021")
    (True, True, True, False)
    """
    return _ordinal(after) == _ordinal(before) + 1


def _ordinal(period: str) -> int:
    year, _, part = period.partition("-")
    if not year.isdigit():
        return -2  # kept by another version: follows on nothing
    if not part:
        return int(year)
    return 4 * int(year) + int(part[1:]) if part.startswith("Q") else 12 * int(year) + int(part)


def named(digits: str) -> str:
    """What a period of `of_kind` is called.

    >>> named("2019"), named("20193"), named("201903")
    ('2019', '2019-Q3', '2019-03')
    """
    year, part = digits[:4], digits[4:]
    return year if not part else f"{year}-{part}" if len(part) == 2 else f"{year}-Q{part}"


def is_year(digits: str) -> bool:
    """Whether a period of `of_kind` is a whole year."""
    return len(digits) == len("2019")


def of_kind(rows: Iterable[TableRow], kind: PeriodKind) -> Iterator[TableRow]:
    """Rows with the periods of one kind in the place of their years, in digits alone ("20193", "201903"); columns of
    tables whose rows are periods, too.

    Values that are told for another kind of period have none.
    """
    for _, group in groupby(rows, key=lambda row: (row.document_id, row.page.number, row.table.rect)):
        of_table = list(group)
        for row in (*of_table, *_turned(of_table)):
            yield row if kind is PeriodKind.YEAR else replace(row, years=tuple(_periods(row, kind)))


def _periods(row: TableRow, kind: PeriodKind) -> Iterator[frozenset[str]]:
    for fact, years in zip(row.facts, row.years, strict=True):
        words = fold(" ".join(cell.text for cell in (*fact.labels, *fact.heads)))
        part = _part(words, kind)
        yield frozenset(f"{year}{part}" for year in years or _only_year(row)) if part else frozenset()


def _only_year(row: TableRow) -> frozenset[str]:
    """The year that the head of the table or the words right over it name, if it is one."""
    heads = " ".join(cell.text for cell in row.table.cells if cell.row < row.table.head_rows)
    found = years_of(heads) or frozenset(word for word in row.above if is_a_year(word))
    return found if len(found) == 1 else frozenset()


def _part(words: str, kind: PeriodKind) -> str:
    """ "3" or "03" where words name exactly one quarter or month; "" else."""
    if _LONGER.search(words):
        return ""
    months = {MONTH_OF[word] for word in _WORD.findall(words) if word in MONTH_OF}
    if kind is PeriodKind.MONTH:
        is_a_day = any(date.day for date in dates(words)) or _THREE_MONTHS.search(words)
        return f"{next(iter(months)):02}" if len(months) == 1 and not is_a_day else ""
    told = {quarter.number for quarter in quarters(words)}
    if not told and len(months) == 1 and _THREE_MONTHS.search(words):
        told = {str((next(iter(months)) + 2) // 3)}
    return next(iter(told)) if len(told) == 1 else ""


# ------------------------------------------------------------------------------------------------ turned


def _turned(rows: Sequence[TableRow]) -> Iterator[TableRow]:
    """The columns of one table whose rows are called by periods alone, as rows called by the names over them."""
    told = [row for row in rows if _is_period(row)]
    if len(told) < _FEWEST:
        return
    columns: dict[int, list[tuple[TableRow, int]]] = defaultdict(list)
    for row in told:
        for n, fact in enumerate(row.facts):
            columns[fact.value.column].append((row, n))
    for cells in columns.values():
        first, n = cells[0]
        own = frozenset(word for word in first.heads[n] if not word.isdigit())
        if len(cells) < _FEWEST or not own:
            continue
        facts = tuple(Fact(row.facts[i].value, row.facts[i].heads, row.facts[i].labels) for row, i in cells)
        yield replace(
            first,
            facts=facts,
            label=first.heads[n],
            own=own,
            groups=frozenset(),
            heads=tuple(row.label for row, _ in cells),
            years=tuple(row.years[i] for row, i in cells),
            said=tuple(row.said[i] for row, i in cells),
            is_total=False,
        )


def _is_period(row: TableRow) -> bool:
    """Whether a row is called by a year, a quarter or a month and by nothing else."""
    words = fold(" ".join(cell.text for cell in row.facts[0].labels))
    left = [word for word in _WORD.findall(words) if word not in MONTH_OF and word not in _OF_PERIODS]
    has_one = any(row.years) or bool(quarters(words)) or any(word in MONTH_OF for word in _WORD.findall(words))
    return not left and has_one
