"""A ratio that is known by name or defined in the question, computed from the items of its formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from shared_utils.calculation.asked import (
    asks_average,
    asks_change,
    asks_percent,
    asks_trend,
    definition,
    spelled_years,
    without_form,
)
from shared_utils.calculation.formula import Formula, Item, Number, Operation, items_of, parsed, written
from shared_utils.calculation.formulary import Form, Formulary, Ratio
from shared_utils.calculation.operands import Operand, item
from shared_utils.calculation.result import Calculation, NotComputed, computed, period_of
from shared_utils.message import literal
from shared_utils.retrieval.lookup import look_up_in
from shared_utils.retrieval.table_rows import TableRow, rows_of, years_of
from shared_utils.types import Page

_MOST_PAGES = 14  # whose tables are looked at for the items of one formula
_SHARE = re.compile(r"%|\bpercent|\brate\b|\bratio\b|prozent|\bquote\b|\btaux\b", re.IGNORECASE)
_CALLED = re.compile(
    r"(?:^|[.?!:] +)(?P<name>\w[\w &'-]{1,60}?)(?: \(\w+\))?(?: here)? (?:is|are) (?:here )?defined as"
)
_DEFINE_CALLED = re.compile(r"\bdefine (?P<name>\w[\w &'-]{1,60}?) as\b", re.IGNORECASE)

Pages = Sequence[tuple[str, Page, float]]


def of_ratio(
    ratio: Ratio, question: str, pages: Pages, others: Iterable[tuple[str, Page]], formulary: Formulary
) -> Calculation | NotComputed | None:
    years = spelled_years(without_form(question))
    known = list(others)
    missing: NotComputed | None = None
    for base in ratio.formulas:
        rows = _rows_for(base, pages, known, formulary)
        newest = years[-1] if years else _newest(base, rows, formulary)
        formula = base
        if len(years) > 1 and asks_average(question) and not definition(question):
            sums = _over_years(base, [int(newest) - int(year) for year in years])
            formula = Operation("/", sums, Number(Decimal(len(years))))
        elif len(years) == 2 and asks_change(question) and not definition(question):
            formula = Operation("-", base, _shifted(base, int(newest) - int(years[0])))
        operands = _found(formula, newest, rows, formulary)
        if missing_items := [one for one in dict.fromkeys(items_of(formula)) if one not in operands]:
            named = written(base, lambda one: one.name)
            names = tuple(_in_year(one, newest) for one in missing_items)
            if missing is None or (missing.is_untold and operands):
                missing = NotComputed(ratio.name, named, names, is_untold=not operands)
            continue
        name = ratio.name[:1].upper() + ratio.name[1:]
        told = [newest] if formula is base else years
        result = computed(literal(name), period_of(told), formula, operands, ratio.form, question, is_named=True)
        if result is not None and formula is base and newest and asks_trend(question):
            before = years[0] if len(years) == 2 else str(int(newest) - 1)
            older = _found(base, before, rows, formulary)
            if all(one in older for one in items_of(base)):
                earlier = computed(literal(name), before, base, older, ratio.form, question, is_named=True)
                result = replace(result, earlier=earlier)
        return result
    return missing


def _found(formula: Formula, year: str, rows: Sequence[TableRow], formulary: Formulary) -> dict[Item, Operand]:
    """The items of a formula that are told for a year, and for those before it."""
    found: dict[Item, Operand] = {}
    for one in dict.fromkeys(items_of(formula)):
        labels, told = formulary.printed(one.name), str(int(year) - one.years_before) if year else ""
        if (seen := item(labels, told, rows)) is not None:
            found[one] = replace(seen, value=abs(seen.value)) if formulary.is_paid(one.name) else seen
    return found


def _rows_for(
    formula: Formula, pages: Pages, others: Iterable[tuple[str, Page]], formulary: Formulary
) -> list[TableRow]:
    """The rows of the pages where most of the formula's items are printed: statements before mentions."""
    names = {one.name: [_flat(label) for label in formulary.printed(one.name)] for one in items_of(formula)}
    found = {(document_id, page.number): score for document_id, page, score in pages}
    documents = {document_id for document_id, _, _ in pages}
    scored = []
    for document_id, page in others:
        if document_id in documents and page.tables:
            text = _flat(page.text)
            share = sum(any(label in text for label in labels) for labels in names.values()) / len(names)
            if share:
                scored.append((share + 0.1 * found.get((document_id, page.number), 0.0), share, document_id, page))
    scored.sort(key=lambda each: -each[0])
    return [row for _, share, document_id, page in scored[:_MOST_PAGES] for row in rows_of(document_id, page, share)]


def _flat(text: str) -> str:
    """In small letters, on one line. Runs of blanks stay: folding them was most of a look at thousands of pages."""
    return text.lower().replace("’", "'").replace("\n", " ")


def _newest(formula: Formula, rows: Sequence[TableRow], formulary: Formulary) -> str:
    """The newest year for which the first item of a formula is told."""
    first = next(items_of(formula))
    years = {year for row in rows for told in row.years for year in told}
    return next((year for year in sorted(years, reverse=True) if item(formulary.printed(first.name), year, rows)), "")


def is_printed(ratio: Ratio, question: str, pages: Pages) -> bool:
    """Whether a row is called what is asked for: what is printed is not computed. A share is not printed where the row
    has amounts: "gross margin percentage", where "Gross margin" is 32,031."""
    rows = [row for document_id, page, score in pages for row in rows_of(document_id, page, score)]
    called = [frozenset(name) for name in ratio.called]
    seen = look_up_in(question, [row for row in rows if (row.own or row.label) in called])
    years = years_of(question)
    return (
        seen is not None
        and not (asks_percent(question) and ratio.form is Form.PERCENT and not _tells_share(seen.row))
        and (not years or any(years & told for told in seen.row.years))
        and len(spelled_years(question)) < 3
    )


def _tells_share(row: TableRow) -> bool:
    cells = [cell for fact in row.facts for cell in (fact.value, *fact.heads, *fact.labels)]
    return any(_SHARE.search(cell.text) for cell in cells)


def defined(question: str) -> tuple[str, Formula] | None:
    """The formula that the question gives, its items without years and "average", and what it is called."""
    text = definition(question)
    try:
        formula = _plain(parsed(text.strip())) if text else None
    except ValueError:
        return None
    if formula is None or not isinstance(formula, Operation):
        return None
    called = _CALLED.search(question) or _DEFINE_CALLED.search(question)
    return called["name"].strip() if called else "result", formula


def _plain(formula: Formula) -> Formula:
    match formula:
        case Operation(sign, left, right):
            return Operation(sign, _plain(left), _plain(right))
        case Item(name):
            return _item(name)
        case Number():
            return formula


def _item(name: str) -> Formula:
    """One item as a question words it: "average PP&E between FY2018 and FY2019", "FY2019 revenue"."""
    plain = re.sub(r"\bbetween .*| (?:in|for|of|at) (?:the )?(?:end of )?(?:FY\s?)?(?:19|20)\d\d.*", "", name)
    plain = re.sub(r"\b(?:FY|CY)?\s?'?(?:19|20)\d\d\b", "", plain)
    plain = re.sub(r"^(?:unadjusted|the|total company)\s+", "", " ".join(plain.split()))
    for word, applied in (("average ", "average"), ("change in ", "change")):
        if plain.lower().startswith(word):
            rest = Item(plain[len(word) :])
            before = replace(rest, years_before=1)
            if applied == "change":
                return Operation("-", rest, before)
            return Operation("/", Operation("+", rest, before), Number(Decimal(2)))
    return Item(plain)


def _over_years(formula: Formula, before: Sequence[int]) -> Formula:
    first, *others = [_shifted(formula, years) for years in before]
    for other in others:
        first = Operation("+", first, other)
    return first


def _shifted(formula: Formula, years: int) -> Formula:
    match formula:
        case Operation(sign, left, right):
            return Operation(sign, _shifted(left, years), _shifted(right, years))
        case Item(name, before):
            return Item(name, before + years)
        case Number():
            return formula


def _in_year(one: Item, newest: str) -> str:
    return f"{one.name} {int(newest) - one.years_before}" if newest else one.name


def form_of(question: str, formula: Formula) -> Form:
    if isinstance(formula, Operation) and formula.sign in "+-":
        return Form.AMOUNT
    return Form.PERCENT if asks_percent(question) else Form.NUMBER
