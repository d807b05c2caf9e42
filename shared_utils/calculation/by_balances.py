"""The change of a balance between its opening and its closing row: "at beginning of year", "at end of year".

A table that carries a balance forward prints it twice under one name, so a question about its change over the year
names both rows at once. Of balances that are dated ("Goodwill - December 31, 2018") the closing one of a year is that
year's last, the opening one the last of the year before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared_utils.calculation.asked import Asked, Operation, bare, spelled_years, without_form
from shared_utils.calculation.operands import Operand, of_year, operand
from shared_utils.retrieval.lookup import look_up_in
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary
from shared_utils.retrieval.table_rows import TableRow
from shared_utils.text.dates import MONTH_OF
from shared_utils.text.words import terms

_SURE = 0.4
_OPENING = re.compile(
    r"\b(?:(?:at |as of )?(?:the )?(?:beginning|start)(?: of)?(?: the)?(?: fiscal)?(?: years?| periods?)?|opening|"
    r"anfang(?:s\w*)?|eröffnung\w*|début(?: de)?|inicio|inizio)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:(?:at |as of )?(?:the )?end(?:ing)?(?: of)?(?: the)?(?: fiscal)?(?: years?| periods?)?|closing|"
    r"(?:am )?ende|schluss\w*|fin(?: de)?|final|fine)\b",
    re.IGNORECASE,
)
_OVER_A_YEAR = re.compile(
    r"\b(?:net )?change\b.*\b(?:during|over|within|throughout)\b"
    r"|\bduring (?:the )?(?:fiscal |financial )?(?:year|period)",
    re.IGNORECASE,
)
_FIRST_DAY = re.compile(r"\bjanuary 1\b(?!\d)|\b1\.? januar\b", re.IGNORECASE)
_SIGNS = frozenset(terms("balance balances year years period periods total"))
_MONTHS = frozenset(term for name in MONTH_OF for term in terms(name))
_ASIDE = re.compile(
    r"^\W*how (?:did|do|does|has|have|was|were)\b|\b(?:fiscal|financial)?\s*years?(?: ended)?\b.*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Balance:
    """The two rows of one balance."""

    opening: TableRow
    closing: TableRow


def of_a_balance(
    operation: Asked, question: str, rows: Sequence[TableRow], glossary: Glossary = NO_GLOSSARY
) -> tuple[Operand, Operand] | None:
    """(opening, closing) of a balance whose change is asked for; None where none is, or no table carries it forward."""
    if operation.operation not in (Operation.DIFFERENCE, Operation.GROWTH) or not asks_over_a_year(question):
        return None
    years = spelled_years(without_form(question))
    if len(years) > 1:
        return None
    year = years[0] if years else ""
    balances = {id(balance.closing): balance for balance in _balances(rows, year)}
    words = _ASIDE.sub("", bare(_CLOSING.sub(" ", _OPENING.sub(" ", f"{operation.first} {operation.second}"))))
    closing = [balance.closing for balance in balances.values()]
    seen = look_up_in(words, closing, glossary, frozenset(years))
    if seen is None or seen.score < _SURE:
        return None
    opening = balances[id(seen.row)].opening
    before = {fact.value.column: operand(opening, fact) for fact in opening.facts}
    for last in of_year(seen.row, "", seen.facts):
        first = before.get(last.fact.value.column)
        if first is not None and first.unit in ("", last.unit):
            return first, last
    return None


def asks_over_a_year(question: str) -> bool:
    """Whether a change is asked for from the beginning of a period to its end.

    >>> asks_over_a_year("What was the net change in the number of shares during fiscal year 2012?")
    True
    >>> asks_over_a_year("What was the change in revenue from 2011 to 2012?")
    False
    """
    is_both = _OPENING.search(question) is not None and _CLOSING.search(question) is not None
    return is_both or _OVER_A_YEAR.search(question) is not None


def _balances(rows: Sequence[TableRow], year: str) -> Iterator[Balance]:
    """The balances that tables carry forward over a year, or over any where none is told."""
    last: dict[tuple[int, frozenset[str], frozenset[str]], TableRow] = {}
    for row in rows:
        text = " ".join(cell.text for cell in row.facts[0].labels if cell.row <= row.facts[0].value.row <= cell.row_end)
        is_opening, is_closing = _OPENING.search(text) is not None, _CLOSING.search(text) is not None
        own_years = {word for word in row.label if _is_year(word)}
        if not (is_opening or is_closing or own_years):
            continue
        key = id(row.table), _rest(text), row.groups
        before = last.get(key)
        last[key] = row
        if before is None or is_opening or _FIRST_DAY.search(text):
            continue
        if not year or not own_years or year in own_years:
            yield Balance(before, row)


def _rest(text: str) -> frozenset[str]:
    """The words of a label that name the balance, not its day."""
    plain = _CLOSING.sub(" ", _OPENING.sub(" ", text))
    return frozenset(word for word in terms(plain) if not word.isdigit()) - _SIGNS - _MONTHS


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in ("19", "20")
