"""Whether what is looked up in a row of a table is what was asked: the row of that name, and a column that is told.

The label of a row is all that a sentence shares with it besides its numbers. So "Total liabilities 12 14" is as good a
look-up of the total assets as their own row, and either of two numbers is as good as the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.citations.tables import cells_of, column_keys, columns_over
from shared_utils.citations.text_units import Unit, content_keys, words_of
from shared_utils.text.quantities import Quantity, quantities


def stands_in_another_row(row: Unit, said: frozenset[str], asked: frozenset[str], evidence: Sequence[Unit]) -> bool:
    """Whether another row's label has all that this one's has of what was `asked`, and more that was not `said`."""
    held = asked & _label_of(row)
    missing = asked - row.keys - said
    labels = (_label_of(other) for other in evidence if other.is_row)
    return bool(held) and any(held < asked & label and not missing.isdisjoint(label) for label in labels)


def rows_of(claim: str, units: Sequence[Unit]) -> list[int]:
    """The rows that share a word of their label with a claim, and a number."""
    said, numbers = content_keys(words_of(claim)), quantities(claim)
    return [
        i
        for i, unit in enumerate(units)
        if unit.is_row
        and not said.isdisjoint(_label_of(unit))
        and any(q.same_digits(cell) for q in numbers if not q.is_year for cell in cells_of(unit) if cell)
    ]


def number_of_no_column(claim: str, question: str, units: Sequence[Unit], i: int) -> Quantity | None:
    """The number of a claim that is one of several in row `i` where nothing tells the one from the others: neither a
    word or a year over it, in the claim or its question, nor its unit. None where the row's numbers are all told."""
    row = units[i]
    cells = [q for q in cells_of(row) if q is not None]
    wanted = [q for q in quantities(claim, row.notation) if not q.is_year]
    said = [cell for cell in cells if any(q.same_digits(cell) for q in wanted)]
    others = [cell for cell in cells if not any(q.same_digits(cell) for q in wanted)]
    own = {q.unit for q in said}
    if not said or not others or ("" not in own and own.isdisjoint(q.unit for q in others)):
        return None
    told = f"{claim} {question}"
    if (_keys_of_heads(row, said) - _keys_of_heads(row, others)) & _keys_of(told):
        return None
    if columns_over(units, i) and column_keys(told):
        return None  # which year's or quarter's it is, was compared exactly
    return next(q for q in wanted if any(q.same_digits(cell) for cell in said))


def _keys_of_heads(row: Unit, numbers: Sequence[Quantity]) -> frozenset[str]:
    """The words and the years over those cells of a row that hold one of the numbers."""
    heads = (
        head
        for cell in row.cells
        if any(q.same_digits(number) for q in quantities(cell.text, row.notation) for number in numbers)
        for head in cell.heads
    )
    return _keys_of(" ".join(heads))


def _keys_of(text: str) -> frozenset[str]:
    return content_keys(words_of(text)) | {column.key for column in column_keys(text)}


def _label_of(row: Unit) -> frozenset[str]:
    return frozenset(key for key in row.keys if not key[0].isdigit())
