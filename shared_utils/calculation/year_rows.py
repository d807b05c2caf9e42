"""Figures of a table with a row for each year, by the name over their column: "suicides in 2012 and 2013"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from shared_utils.calculation.operands import Operand, operand
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import Fact, TableRow, years_of
from shared_utils.text.words import terms

_LEAST_ROWS = 3  # of years one below the other
_NAMED = 0.5  # of the words that name a figure must stand over its column
RATES = frozenset(terms("rate percent percentage share ratio average mean growth quote anteil taux part tasa"))
_TOTAL = frozenset(terms("total overall gesamt insgesamt sum"))
_GRAND = frozenset(terms("grand overall gesamt"))
_LEAST_ADDED = 3  # columns, of which one is the sum of the others
_MOSTLY = 0.9  # of the rows in which it has to be, but for rounding
_ROUNDED = Decimal("0.001")
_ALIKE = 5  # letters that two forms of a word have in common: "registered", "registration"

Column = Sequence[tuple[TableRow, Fact]]


def tables_alike(rows: Iterable[TableRow]) -> list[list[TableRow]]:
    """The rows of each table; a table that goes on over pages under the same names is one."""
    groups: dict[tuple[str, tuple[str, ...]], list[TableRow]] = {}
    for row in rows:
        names = tuple(c.text for c in row.table.cells if c.row < row.table.head_rows)
        groups.setdefault((row.document_id, names or (str(id(row.table)),)), []).append(row)
    return list(groups.values())


def column_named(rows: Sequence[TableRow], measure: Collection[str]) -> tuple[Column, float]:
    """The one column of a table that words name best, and which share of them stands over it; ([], 0) where several
    do as well. What counts goes before its rate, unless that is asked for; a total before what it adds up."""
    columns: dict[int, list[tuple[TableRow, Fact]]] = {}
    over: dict[int, frozenset[str]] = {}
    for row in rows:
        for fact, heads in zip(row.facts, row.heads, strict=True):
            columns.setdefault(fact.value.column, []).append((row, fact))
            over[fact.value.column] = over.get(fact.value.column, frozenset()) | heads
    if not columns or not measure:
        return [], 0.0
    named = {at: sum(is_held(word, over[at]) for word in measure) for at in columns}
    best = [at for at in sorted(columns) if named[at] == max(named.values())]
    if not RATES & set(measure):
        best = [at for at in best if not RATES & over[at]] or best
    if len(best) > 1 and named[best[0]] == len(measure):
        fewest = min(len(over[at]) for at in best)
        best = [at for at in best if len(over[at]) == fewest]
    elif len(best) > 1:
        best = [at for at in best if _TOTAL & over[at]] or _whole_of(columns, best)
    if len(best) > 1:
        best = [at for at in best if _GRAND & over[at]] or _whole_of(columns, best)
    return (columns[best[0]], named[best[0]] / len(measure)) if len(best) == 1 else ([], 0.0)


def _whole_of(columns: Mapping[int, Column], among: Sequence[int]) -> list[int]:
    """The one of some columns that all others add up to, row by row: "PK–12" beside "PK–8" and "9–12"."""
    told = {at: {id(row): operand(row, fact) for row, fact in columns[at]} for at in among}
    rows = set.intersection(*({row for row, one in told[at].items() if one is not None} for at in among))
    if len(among) < _LEAST_ADDED or len(rows) < _LEAST_ROWS:
        return []

    def is_whole(at: int) -> bool:
        adds_up = 0
        for row in rows:
            figures = {each: one.value for each in among if (one := told[each][row]) is not None}
            others = sum((value for each, value in figures.items() if each != at), Decimal(0))
            adds_up += figures[at] > 0 and abs(figures[at] - others) <= figures[at] * _ROUNDED
        return adds_up >= _MOSTLY * len(rows)

    return [at for at in among if is_whole(at)]


def is_held(word: str, held: Collection[str]) -> bool:
    """Whether a word stands among others, be it in another form."""
    return word in held or any(len(word) >= _ALIKE and one[:_ALIKE] == word[:_ALIKE] for one in held)


def figures_by_year(words: str, rows: Iterable[TableRow]) -> Mapping[str, Operand]:
    """year -> figure of the one column that words name, in the first table whose rows are years; {} where none is.

    Where no names of columns tell enough, those of a table whose title tells some of the words, and they half the rest.
    """
    measure = [word for word in question_words(words) if not word.isdigit()]
    tables = tables_alike(row for row in rows if year_of(row))
    # several rows of one year tell of several things
    tables = [table for table in tables if len({year_of(row) for row in table}) >= max(_LEAST_ROWS, len(table))]
    for table in tables:
        column, named = column_named(table, measure)
        if named >= _NAMED:
            return _by_year(column)
    told = [_by_year(_column_of_title(table, measure)) for table in tables]
    # of tables of one title but for the part that each is on, the whole's
    return max(told, key=lambda each: max((abs(one.counted) for one in each.values()), default=-1), default={})


def _by_year(column: Column) -> dict[str, Operand]:
    found = {year_of(row): operand(row, fact, year_of(row)) for row, fact in column}
    return {year: one for year, one in found.items() if one is not None}


def _column_of_title(table: Sequence[TableRow], measure: Sequence[str]) -> Column:
    """The column that tells most words that the table's title does not; where it tells all, that of the total."""
    title = table[0].title
    others = [word for word in measure if not is_held(word, title)]
    if len(others) == len(measure):
        return []
    column, named = column_named(table, others or sorted(_TOTAL))
    return column if named >= _NAMED or not others else []


def year_of(row: TableRow) -> str:
    """The year that a row is called by, beside nothing but a count of the rows; "" where it is called otherwise.

    What stands over several rows ("Projected") does not tell: rows of one year under two lines are told apart by that.
    """
    first = row.facts[0]
    labels = [cell.text.strip() for cell in first.labels if cell.row <= first.value.row <= cell.row_end]
    years = years_of(" ".join(labels))
    others = [text for text in labels if not years_of(text) and not re.fullmatch(r"\(?\d{1,4}[.)]?", text)]
    plain = all(len(text) <= len("FY 2021/22") for text in labels)
    return next(iter(years)) if len(years) == 1 and not others and plain else ""


def name_over(one: Operand) -> str:
    """What the column of a figure is called."""
    return " ".join(" ".join(head.text for head in one.fact.heads).split())
