"""The sum of figures that a question names one after the other: "rent, heating and water together"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_utils.calculation.asked import without_form
from shared_utils.calculation.formula import Formula, Item
from shared_utils.calculation.formula import Operation as Step
from shared_utils.calculation.formulary import Form, Formulary
from shared_utils.calculation.operands import Operand, count_alike, counts_first, is_one_of_many, operand
from shared_utils.calculation.result import Calculation, computed, period_of
from shared_utils.message import message
from shared_utils.retrieval.lookup import look_up_in
from shared_utils.retrieval.question import Glossary, question_words
from shared_utils.retrieval.table_rows import TableRow, years_of
from shared_utils.text.words import terms

_SURE = 0.4
_TOGETHER = re.compile(
    r"\b(?:in all|in total|altogether|together|combined|all told|(?:the )?(?:sum|total) of|add(?:s|ed)? up to|"
    r"insgesamt|zusammen(?:gerechnet|genommen)?|(?:die )?summe (?:von|aus)|au total|ensemble|en tout|"
    r"(?:la )?somme (?:de|des)|en total|(?:la )?suma de|in totale|(?:la )?somma di|no total|"
    r"(?:a )?soma de|in totaal|samen|bij elkaar)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r"[^,;:?!]+(?:,[^,;:?!]+)*?,?\s(?:and|plus|und|et|y|e|en)\s[^,;:?!]+", re.IGNORECASE)
_BREAKS = re.compile(r"\s*,\s*(?:(?:and|und|et|y|e|en)\s+)?|\s+(?:and|plus|und|et|y|e|en)\s+", re.IGNORECASE)


def listed(question: str) -> list[str]:
    """The things whose figures are to be added, each in the question's words; [] where it asks for no sum of a list.

    >>> listed("How much are the rent, the heating and the water together?")
    ['How much are the rent', 'the heating', 'the water']
    >>> listed("How much is the rent?"), listed("What is the total of research and development?")
    ([], ['research', 'development'])
    """
    text = without_form(question).strip().rstrip("?!. ")
    if not _TOGETHER.search(text):
        return []
    found = _LIST.search(_TOGETHER.sub(",", text))
    parts = [part.strip() for part in _BREAKS.split(found[0].strip(" ,"))] if found else []
    parts = [part for part in parts if question_words(part) and terms(part)]
    return parts if len(parts) > 1 else []


def of_list(question: str, rows: Sequence[TableRow], formulary: Formulary) -> Calculation | None:
    """What the figures of several rows of one table come to; None where one of them is not told for sure."""
    figures: list[Operand] = []
    years = years_of(question)
    for part in listed(question):
        among = [row for row in rows if not figures or row.table is figures[0].row.table]
        seen = look_up_in(part, among, formulary.glossary, years)
        if seen is None or seen.score < _SURE or not seen.row.own & frozenset(terms(part)):
            return None
        told = counts_first([one for fact in seen.facts if (one := operand(seen.row, fact)) is not None])
        if not figures and told and is_one_of_many(told[0], told):
            told = meant(question, seen.row, formulary.glossary)
            if not told or is_one_of_many(told[0], told):
                return None
        if figures:
            told = [
                one
                for fact in seen.row.facts
                if fact.value.column == figures[0].fact.value.column and (one := operand(seen.row, fact)) is not None
            ]
        if not told or any(told[0].row is other.row for other in figures):
            return None
        figures.append(told[0])
    return sum_of(figures, question) if len(figures) > 1 else None


def meant(question: str, row: TableRow, glossary: Glossary) -> list[Operand]:
    """The figures of a row that the rest of a question means: "… together per 100 g"."""
    called = " ".join(cell.text for cell in row.facts[0].labels)
    seen = look_up_in(f"{question} {called}", [row], glossary, years_of(question))
    figures = [operand(row, fact) for fact in seen.facts] if seen else []
    return counts_first([one for one in figures if one is not None])


def sum_of(figures: Sequence[Operand], question: str) -> Calculation | None:
    """Figures of rows that are called differently, added; None where two are called alike."""
    items = [Item(_name(one)) for one in figures]
    if len(set(items)) < len(items) or not count_alike(figures):
        return None
    formula: Formula = items[0]
    for other in items[1:]:
        formula = Step("+", formula, other)
    title = message("{name}, sum", name=", ".join(one.name for one in items))
    operands = dict(zip(items, figures, strict=True))
    return computed(title, period_of(sorted(years_of(question))), formula, operands, Form.AMOUNT, question)


def _name(one: Operand) -> str:
    labels = [cell.text for cell in one.fact.labels if cell.row <= one.fact.value.row <= cell.row_end]
    return " ".join(" ".join(labels).split()).rstrip(" :,.") or "value"
