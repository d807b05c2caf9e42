"""Of tables that have the same rows under the same names, the one of the whole: "enrollment in public schools" before
"enrollment in grades 9–12 in public schools", where the question does not tell a part."""

from __future__ import annotations

from collections.abc import Iterable, Set
from decimal import Decimal

from shared_utils.retrieval.table_rows import Fact, TableRow
from shared_utils.text.numerals import notation_of
from shared_utils.text.quantities import quantities

_LEAST = 2  # figures of a row that are set against those of the other


def of_the_whole(lead: TableRow, others: Iterable[TableRow], asked: Set[str]) -> TableRow:
    """The row among `others` that tells of the whole that `lead` tells a part of; `lead` itself where none does.

    It is called alike, has the same names over its values, and none of them is less; its table's title has every word
    of the question (`asked`, as terms) that the other's has.
    """
    best, most = lead, _amounts(lead)
    for row in others:
        if row.table is lead.table or (row.label, row.groups) != (lead.label, lead.groups):
            continue
        if (asked & lead.title) - row.title or row.title == lead.title or row.document_id != lead.document_id:
            continue
        amounts = _amounts(row)
        if len(amounts) >= _LEAST and amounts.keys() == most.keys() and _is_more(amounts, most):
            best, most = row, amounts
    return best


def _is_more(one: dict[str, Decimal], other: dict[str, Decimal]) -> bool:
    return all(one[name] >= amount > 0 for name, amount in other.items()) and one != other


def _amounts(row: TableRow) -> dict[str, Decimal]:
    """What stands over each figure of a row -> the figure; values that are none are left out."""
    notation = notation_of(row.page.text)
    found: dict[str, Decimal] = {}
    for fact in row.facts:
        told = [one for one in quantities(fact.value.text, notation) if not one.ordinal]
        if len(told) == 1 and told[0].unit != "%":
            found[_over(fact)] = -told[0].mantissa if told[0].negative else told[0].mantissa
    return found


def _over(fact: Fact) -> str:
    return " ".join(" ".join(head.text for head in fact.heads).split())
