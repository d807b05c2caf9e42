"""Figures of a table with a row for each year, by the name over their column: "suicides in 2012 and 2013"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from shared_utils.calculation.operands import Operand, operand
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import Fact, TableRow, years_of
from shared_utils.text.words import terms

_LEAST_ROWS = 3  # of years one below the other
_NAMED = 0.5  # of the words that name a figure must stand over its column
_RATES = frozenset(terms("rate percent percentage share ratio average mean growth quote anteil taux part tasa"))
_TOTAL = frozenset(terms("total overall gesamt insgesamt sum"))
_GRAND = frozenset(terms("grand overall gesamt"))
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
    if not _RATES & set(measure):
        best = [at for at in best if not _RATES & over[at]] or best
    if len(best) > 1 and named[best[0]] == len(measure):
        fewest = min(len(over[at]) for at in best)
        best = [at for at in best if len(over[at]) == fewest]
    elif len(best) > 1:
        best = [at for at in best if _TOTAL & over[at]]
    if len(best) > 1:
        best = [at for at in best if _GRAND & over[at]]
    return (columns[best[0]], named[best[0]] / len(measure)) if len(best) == 1 else ([], 0.0)


def is_held(word: str, held: Collection[str]) -> bool:
    """Whether a word stands among others, be it in another form."""
    return word in held or any(len(word) >= _ALIKE and one[:_ALIKE] == word[:_ALIKE] for one in held)


def figures_by_year(words: str, rows: Iterable[TableRow]) -> Mapping[str, Operand]:
    """year -> figure of the one column that words name, in the first table whose rows are years; {} where none is."""
    measure = [word for word in question_words(words) if not word.isdigit()]
    for table in tables_alike(row for row in rows if year_of(row)):
        if len({year_of(row) for row in table}) < max(_LEAST_ROWS, len(table)):
            continue  # several rows of one year: they tell of several things
        column, named = column_named(table, measure)
        if named < _NAMED:
            continue
        found = {year_of(row): operand(row, fact, year_of(row)) for row, fact in column}
        return {year: one for year, one in found.items() if one is not None}
    return {}


def year_of(row: TableRow) -> str:
    """The year that a row is called by, beside nothing but a count of the rows; "" where it is called otherwise."""
    labels = [cell.text.strip() for cell in row.facts[0].labels]
    years = years_of(" ".join(labels))
    others = [text for text in labels if not years_of(text) and not re.fullmatch(r"\(?\d{1,4}[.)]?", text)]
    plain = all(len(text) <= len("FY 2021/22") for text in labels)
    return next(iter(years)) if len(years) == 1 and not others and plain else ""


def name_over(one: Operand) -> str:
    """What the column of a figure is called."""
    return " ".join(" ".join(head.text for head in one.fact.heads).split())
