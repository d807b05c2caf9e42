"""Two values of one question: "What were total assets and total liabilities?" asks for a row on each side of "and".

A row is meant where every word of its label stands in the question and the words next to "and" stand in its label. No
row near may hold the words of both sides: they name one thing then ("property and equipment").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared_utils.retrieval.lookup import look_up_in
from shared_utils.retrieval.question import Glossary, question_words
from shared_utils.retrieval.table_rows import TableRow, is_year
from shared_utils.text.asking import asks_reason
from shared_utils.text.words import terms
from src.answering.compared_values import Compared
from src.answering.places import name_of

_ASKS_VALUES = re.compile(
    r"\b(?:what|which|how (?:much|many|high|large|big)|tell|give|show|wie (?:hoch|viele?|groß)|was|welche\w*"
    r"|quel\w*|combien)\b",
    re.IGNORECASE,
)
_ASKS_ONE = re.compile(  # value that is made of the two
    r"\b(?:difference|ratio|sum|between|combined|together|share|proportion|percentage|margin|relation\w*|compar\w*"
    r"|differenz|unterschied|summe|zwischen|zusammen|verhältnis|anteil|entre|somme|différence|rapport|part)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?:and|as well as|und|sowie|et|ainsi que)\s+", re.IGNORECASE)
_GOES_ON = re.compile(
    r"[,;?.]|\b(?:in|of|for|at|as|on|by|during|from|respectively|im|am|des|der|von|zum|für|de|du|pour|au|en)\b",
    re.IGNORECASE,
)
_OF_SIGN = frozenset(terms("total net gross amount value"))  # may be said once for both, or not at all


def two_values(question: str, rows: Sequence[TableRow], glossary: Glossary) -> list[Compared]:
    """The values of the two rows that a question asks for, in its order; [] where it asks for one thing.

    The row that suits the question best is one of the two; the other stands on its page, in its table if it can.
    """
    sides = list(_sides(question)) if _ASKS_VALUES.search(question) and not _ASKS_ONE.search(question) else []
    if not sides or asks_reason(question) or (best := look_up_in(question, rows, glossary)) is None:
        return []
    near = [r for r in rows if r.own and (r.document_id, r.page.number) == (best.document_id, best.page.number)]
    words = frozenset(question_words(question))
    for one, other in sides:
        if any(one in row.label and other & row.label - _OF_SIGN for row in near):
            continue
        named = [row for row in near if row.own <= words]
        pair = _nearest(
            [row for row in named if one in row.own],
            [row for row in named if other - _OF_SIGN <= row.own],
            best.row,
        )
        found = [value for row in pair for value in _values(question, row)]
        if found:
            return found
    return []


def _sides(question: str) -> Iterator[tuple[str, frozenset[str]]]:
    """For each "and", the word right before it, and the words after it as far as they belong together."""
    for conjunction in _AND.finditer(question):
        before, rest = question[: conjunction.start()], question[conjunction.end() :]
        end = _GOES_ON.search(rest)
        one = [word for word in terms(before) if not is_year(word)]
        other = frozenset(word for word in terms(rest[: end.start()] if end else rest) if not is_year(word))
        if one and other - _OF_SIGN:
            yield one[-1], other


def _nearest(before: Sequence[TableRow], after: Sequence[TableRow], best: TableRow) -> Sequence[TableRow]:
    """A row of each side, one of them `best`: in one table if it can be, with the most words asked, the nearest."""
    pairs = [(a, b) for a in before for b in after if a is not b and (a is best or b is best)]

    def suits(pair: tuple[TableRow, TableRow]) -> tuple[bool, int, int]:
        a, b = pair
        return a.table is b.table, len(a.own) + len(b.own), -abs(a.facts[0].value.row - b.facts[0].value.row)

    return max(pairs, key=suits, default=())


def _values(question: str, row: TableRow) -> list[Compared]:
    """The values of a row that are asked for; [] where neither a year nor a lone value tells them apart."""
    found = look_up_in(question, [row])
    if found is None:
        return []
    years = dict(zip((id(fact) for fact in row.facts), row.years, strict=True))
    told = [next(iter(years[id(f)])) if len(years[id(f)]) == 1 else "" for f in found.facts]
    if len(set(told)) < len(told):
        return []
    measure = name_of(found.facts[0], heads=False)
    return [Compared(replace(found, facts=(f,)), measure, year) for f, year in zip(found.facts, told, strict=True)]
