"""A difference, growth, share, multiple, sum or average of figures that the words of a question name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from shared_utils.calculation.asked import Asked, Operation, bare, spelled_years, without_form
from shared_utils.calculation.by_balances import of_a_balance
from shared_utils.calculation.formula import Formula, Item, Number
from shared_utils.calculation.formula import Operation as Step
from shared_utils.calculation.formulary import Form, Formulary
from shared_utils.calculation.operands import (
    Operand,
    asked_row,
    count_alike,
    counts_first,
    is_one_of_many,
    item,
    operand,
)
from shared_utils.calculation.result import Calculation, computed, period_of
from shared_utils.calculation.year_rows import figures_by_year, name_over, year_of
from shared_utils.message import Message, message
from shared_utils.retrieval.lookup import look_up_in, ranked, readings
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import TableRow, years_of
from shared_utils.text.words import terms

_SURE = 0.4
_LOOKED_AT = 4  # rows of one name, of tables of which one has the columns
_SURE_ALONE = 0.5  # of a row whose years the question does not tell
_SURE_APART = 0.75  # of a figure that stands in another table than the one it is set against
_OVER_YEARS = (Operation.DIFFERENCE, Operation.GROWTH)
# What is told behind the second figure holds for the first as well: "of A and B on TimeQA", "of A to B per 100 g".
_CONTEXT = {
    Operation.DIFFERENCE: re.compile(r"\s(?:on|for|in|as of|at|during|of|per)\s.*", re.IGNORECASE),
    Operation.MULTIPLE: re.compile(r"\s(?:on|in|at|during|per)\s.*", re.IGNORECASE),
}
# "What percentage of its loans were leases?" asks for a part; "debt as a percentage of equity" for a ratio.
_PART_OF = re.compile(
    r"\b(?:percent|percentage|share|proportion|portion|fraction|%) of\b.+\b(?:is|are|was|were)\b", re.I
)
_OF_A_WORD = re.compile(r"\b\d+(?=-[^\W\d_])")  # the 4 of "4-year bonds" names no column
_TOTAL = frozenset(terms("total"))
_NAMED = 0.5  # share of the words for a whole that the lines over a table of years must hold


def of_rows(operation: Asked, question: str, rows: Sequence[TableRow], formulary: Formulary) -> Calculation | None:
    """What an operation over figures comes to; None where one of them is not told for sure."""
    if (balance := of_a_balance(operation, question, rows, formulary.glossary)) is not None:
        return _over_the_period(operation.operation, *balance, question)
    if operation.second:
        return (
            _of_two_columns(operation, question, rows, formulary)
            or _of_a_year(operation, question, rows)
            or _of_two(operation, question, rows, formulary)
        )
    years = spelled_years(without_form(question))
    if len(years) == 1 and operation.operation in _OVER_YEARS:
        years = [str(int(years[0]) - 1), *years]
    if len(years) < 2:
        return _of_the_newest(operation, question, rows, formulary)
    if operation.operation in _OVER_YEARS:
        years = [years[0], years[-1]]
    found = asked_row(operation.first, years, rows, formulary.glossary) or _of_an_item(
        operation.first, years, rows, formulary
    )
    return _over_years(operation.operation, years, found, question) if found else None


def of_year_rows(operation: Asked, question: str, rows: Sequence[TableRow]) -> Calculation | None:
    """The same over years that stand one below the other."""
    years = spelled_years(without_form(question))
    if len(years) < 2 or operation.second:
        return None
    if operation.operation in _OVER_YEARS:
        years = [years[0], years[-1]]
    told = figures_by_year(operation.first, rows)
    found = [told[year] for year in years if year in told]
    return _over_years(operation.operation, years, found, question) if len(found) == len(years) else None


def _of_an_item(words: str, years: Sequence[str], rows: Sequence[TableRow], formulary: Formulary) -> list[Operand]:
    """The figures of an item that the formulary knows, one for each year."""
    name = formulary.item_in(question_words(words))
    found = [item(formulary.items[name], year, rows) for year in years] if name else []
    return [one for one in found if one is not None] if all(found) else []


def _of_the_newest(
    operation: Asked, question: str, rows: Sequence[TableRow], formulary: Formulary
) -> Calculation | None:
    """The two newest years of a row, where no year is told."""
    if operation.operation not in _OVER_YEARS:
        return None
    seen = look_up_in(operation.first, rows, formulary.glossary, frozenset())
    years = sorted({year for told in seen.row.years for year in told})[-2:] if seen else []
    if seen is None or seen.score < _SURE_ALONE or len(years) < 2:
        return None
    found = asked_row(operation.first, years, [seen.row], formulary.glossary)
    return _over_years(operation.operation, years, found, question) if found else None


def _over_years(
    operation: Operation, years: Sequence[str], found: Sequence[Operand], question: str
) -> Calculation | None:
    newest = int(years[-1])
    parts = [Item(_name(found[-1]), newest - int(year)) for year in years]
    form = Form.PERCENT if operation is Operation.GROWTH else Form.AMOUNT
    operands = dict(zip(parts, found, strict=True))
    title = _title(operation, _name(found[-1]))
    return computed(title, period_of(years), _formula(operation, parts[::-1]), operands, form, question)


def _over_the_period(operation: Operation, opening: Operand, closing: Operand, question: str) -> Calculation | None:
    first, last = Item(_name(opening)), Item(_name(closing))
    form = Form.PERCENT if operation is Operation.GROWTH else Form.AMOUNT
    title, told = _title(operation, _name(closing)), period_of(spelled_years(without_form(question)))
    return computed(title, told, _formula(operation, (last, first)), {last: closing, first: opening}, form, question)


def _title(operation: Operation, name: str) -> Message:
    match operation:
        case Operation.GROWTH:
            return message("{name}, growth", name=name)
        case Operation.SUM:
            return message("{name}, sum", name=name)
        case Operation.AVERAGE:
            return message("{name}, average", name=name)
        case _:
            return message("{name}, change", name=name)


def _formula(operation: Operation, newest_first: Sequence[Item]) -> Formula:
    first, last = newest_first[0], newest_first[-1]
    if operation is Operation.GROWTH:
        return Step("/", Step("-", first, last), last)
    if operation is Operation.DIFFERENCE:
        return Step("-", first, last)
    total: Formula = last
    for one in newest_first[-2::-1]:
        total = Step("+", total, one)
    return Step("/", total, Number(Decimal(len(newest_first)))) if operation is Operation.AVERAGE else total


# ------------------------------------------------------------------------------------------------ of two figures


def _of_two_columns(
    operation: Asked, question: str, rows: Sequence[TableRow], formulary: Formulary
) -> Calculation | None:
    """Two columns of one row, each named by one side: "between the amortized cost and the fair value of bonds"."""
    told = f"{operation.first} {operation.second}"
    seen = ranked(bare(told), rows, formulary.glossary, years_of(told), _LOOKED_AT)
    named = [one.row for one in seen if one.score >= _SURE and one.row.own == seen[0].row.own]
    for row in named or (row for row in rows if row.own == _TOTAL and not any(row.years)):
        figures = [one for fact in row.facts if (one := operand(row, fact, year_of(row))) is not None]
        sides = [_printed(side, formulary) for side in (operation.first, operation.second)]
        if operation.operation is not Operation.DIFFERENCE:  # a share in 2020 is none of the column for 2020
            sides = [frozenset(word for word in side if not word.isdigit()) for side in sides]
        first, second = (_under(figures, side) for side in sides)
        if first is not None and second is None and operation.operation is Operation.SHARE:
            second = next((one for one in figures if _is_of_all(one)), None)
        if first is not None and second is not None and first.fact.value != second.fact.value:
            return _set_against(operation, first, second, question)
    return None


def _under(figures: Sequence[Operand], asked: frozenset[str]) -> Operand | None:
    """The figure whose own names over it a side tells best: those that not all columns share."""
    heads = [{word for head in one.fact.heads for word in terms(head.text)} for one in figures]
    shared = set.intersection(*heads) if heads else set[str]()
    score, _, best = max(
        ((len(asked & (own - shared)) / (len(own - shared) or 1), len(asked & own), i) for i, own in enumerate(heads)),
        default=(0.0, 0, 0),
    )
    return figures[best] if score >= 0.5 else None


def _printed(words: str, formulary: Formulary) -> frozenset[str]:
    """The words of one side, and what names of columns print in their place: "women", "Female"."""
    said = terms(_OF_A_WORD.sub(" ", words))
    return frozenset(word for reading, _ in readings(said, formulary.glossary) for word in reading)


def _is_of_all(one: Operand) -> bool:
    """Whether nothing but "Total" stands over a figure."""
    heads = [word for head in one.fact.heads for word in terms(head.text)]
    return bool(heads) and _TOTAL.issuperset(heads)


def _of_a_year(operation: Asked, question: str, rows: Sequence[TableRow]) -> Calculation | None:
    """The share of one year in a table of years: "what percentage of the payments is due in 2018?"."""
    years = years_of(operation.first)
    if operation.operation is not Operation.SHARE or len(years) != 1:
        return None
    whole = {word for word in terms(operation.second) if word not in years}
    for row in rows:
        if row.label & years != row.label:
            continue
        named = row.title | row.above | frozenset().union(*row.heads)
        if len(whole & named) < _NAMED * len(whole):
            continue
        total = next((r for r in rows if r.table == row.table and (r.is_total or r.own == _TOTAL)), None)
        parts = [one for fact in row.facts if (one := operand(row, fact, *years))]
        wholes = [one for fact in total.facts if (one := operand(total, fact))] if total else []
        if parts and wholes:
            return _set_against(operation, parts[0], wholes[0], question)
    return None


def _of_two(operation: Asked, question: str, rows: Sequence[TableRow], formulary: Formulary) -> Calculation | None:
    """Two rows, or cells, that each side tells in its own words."""
    years = years_of(without_form(question))
    told_behind = _CONTEXT.get(operation.operation)
    context = told_behind.search(operation.second) if told_behind and not years_of(operation.first) else None
    words = operation.first + (context[0] if context else "")
    first = _side(words, rows, formulary, years, _SURE)
    if first is None:
        return None
    here = [row for row in rows if row.table == first.row.table]
    second = _side(operation.second, here, formulary, years, _SURE, first) or _side(
        operation.second, rows, formulary, years, _SURE_APART, first
    )
    return _set_against(operation, first, second, question) if second else None


def _side(
    words: str,
    rows: Sequence[TableRow],
    formulary: Formulary,
    years: frozenset[str],
    sure: float,
    beside: Operand | None = None,
) -> Operand | None:
    """The figure that one side names; where there are several, the one in the column of `beside`."""
    seen = look_up_in(bare(words) or words, rows, formulary.glossary, years)
    if seen is None or seen.score < sure:
        return None
    figures = [one for fact in seen.facts if (one := operand(seen.row, fact)) is not None]
    figures = counts_first(figures)
    if beside is not None:
        same = [one for one in figures if one.fact.value.column == beside.fact.value.column]
        figures = (same or figures) if seen.row.facts != beside.row.facts else figures
        figures = [one for one in figures if one.fact.value != beside.fact.value]
    if not figures or is_one_of_many(figures[0], figures):
        return None
    year = next(iter(sorted(years_of(" ".join(head.text for head in figures[0].fact.heads)))), "")
    return replace(figures[0], year=year)


def _set_against(operation: Asked, first: Operand, second: Operand, question: str) -> Calculation | None:
    one, other = Item(_name(first)), Item(_name(second))
    if one == other:
        one, other = Item(_path(first)), Item(_path(second))
    if one == other:
        one, other = Item(_path(first, whole=True)), Item(_path(second, whole=True))
    if one == other or not count_alike((first, second)):
        return None
    if operation.operation is Operation.DIFFERENCE:
        title = message("{first} less {second}", first=one.name, second=other.name)
        formula, form = Step("-", one, other), Form.AMOUNT
    elif operation.operation is Operation.MULTIPLE:
        title = message("{first} as a multiple of {second}", first=one.name, second=other.name)
        formula, form = Step("/", one, other), Form.NUMBER
    else:
        title = message("{first} as a share of {second}", first=one.name, second=other.name)
        is_part = first.row.table != second.row.table or _PART_OF.search(question) is not None
        if is_part and abs(first.counted) > abs(second.counted):
            return None  # a part that is greater than its whole is no part of it
        formula, form = Step("/", one, other), Form.SHARE
    years = sorted({first.year, second.year} - {""})
    return computed(title, period_of(years), formula, {one: first, other: second}, form, question)


def _name(one: Operand) -> str:
    over = name_over(one) if year_of(one.row) else ""
    if over and not years_of(over):  # a head that tells a year names no figure
        return over
    labels = [cell.text for cell in one.fact.labels if cell.row <= one.fact.value.row <= cell.row_end]
    return " ".join(" ".join(labels).split()).rstrip(" :,") or "value"


def _path(one: Operand, whole: bool = False) -> str:
    heads = one.fact.heads if whole else one.fact.heads[-1:]
    return ", ".join([_name(one), *(head.text for head in heads)])
