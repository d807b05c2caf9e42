"""The sum of the rows under a line that names them, where the table prints none: "all real estate loans together"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared_utils.calculation.asked import without_form
from shared_utils.calculation.by_list import meant, sum_of
from shared_utils.calculation.operands import is_one_of_many, is_rate, operand
from shared_utils.calculation.result import Calculation
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_words
from shared_utils.retrieval.table_rows import TableRow

_ASKS = re.compile(
    r"\b(?:in all|in total|totals?|altogether|together|combined|(?:the )?sum of|add(?:s|ed)? up to|"
    r"insgesamt|zusammen|summe|au total|ensemble|en tout|somme|en total|suma|in totale|somma|no total|soma|"
    r"in totaal|samen)\b",
    re.IGNORECASE,
)
_LEAST = 2  # rows that are added
_OTHERS = 0.5  # of the question's words the group's must be: else the question is on something in it


def asks_group_sum(question: str) -> bool:
    """Whether a question asks what some things come to.

    >>> asks_group_sum("What do all loans add up to?"), asks_group_sum("What is the largest loan?")
    (True, False)
    """
    return _ASKS.search(without_form(question)) is not None


def of_group(question: str, rows: Sequence[TableRow], glossary: Glossary = NO_GLOSSARY) -> Calculation | None:
    """What the rows under a line come to, all words of which the question has; None where the table tells a total of
    them, or one of them has no figure of its own in that column."""
    if not asks_group_sum(question):
        return None
    words = frozenset(question_words(_ASKS.sub(" ", without_form(question))))
    asked = frozenset(word for word in words if not word.isdigit())
    for group in _groups(rows, asked):
        first = meant(question, group[0], glossary)
        if not first or is_rate(first[0]) or is_one_of_many(first[0], first):
            continue
        column = first[0].fact.value.column
        told = [
            one
            for row in group
            for fact in row.facts
            if fact.value.column == column and (one := operand(row, fact)) is not None
        ]
        if len(told) == len(group):
            return sum_of(told, question)
    return None


def _groups(rows: Sequence[TableRow], asked: frozenset[str]) -> Iterator[list[TableRow]]:
    """The rows of each group that is asked for, table by table, where no row is their total."""
    groups: dict[tuple[int, frozenset[str]], list[TableRow]] = {}
    for row in rows:
        if row.groups and row.groups <= asked and len(row.groups) >= _OTHERS * len(asked):
            groups.setdefault((id(row.table), row.groups), []).append(row)
    for (table, called), group in groups.items():
        of_table = [row for row in rows if id(row.table) == table]
        has_total = any(called <= row.label or (row.is_total and row.groups == called) for row in of_table)
        if len(group) >= _LEAST and not has_total and not any(called < row.groups for row in of_table):
            yield group
