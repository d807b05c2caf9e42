"""The rows of a table as a list: what a sum is made of, what stands under a group, what a table is about.

"Which sources of income are there?" is answered by the labels of the rows that add up to the row "Income"; "Which
executive directors are named?" by those under the group "Executive directors"; "How many kinds of cargo?" by the rows
of the table that is headed "Cargo", without its total. Only where every figure adds up is a row a sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from shared_utils.retrieval.unlabelled_sums import amount_of
from shared_utils.text.words import terms
from shared_utils.types import Page, RowKind, Span, Table

_ASKS = re.compile(
    r"^\W*(?:which|what|how many|list|name|give|show me|welche|wie viele|nenne|liste|quel(?:le)?s|combien de)"
    r"(?:\s+(?:are|were|all|the|of|different|alle|die|les))*\s+"
    r"(?!(?:is|was|do|does|did|has|have|had|can|could|will|would|should|est|était|ist|war)\b)"  # "what was revenue"
    r"(?P<kinds>(?:kinds?|types?|sorts?|sources?|items?|categor(?:y|ies)|classes|lines?|parts?|components?|groups?|arten"
    r"|quellen|posten|kategorien|types|sources|postes)\s+(?:of|in|von|der|des|de|d['’])\s*(?:the\s+)?)?"
    r"(?P<thing>[^\W\d_][\w' -]*?)"
    r"(?:\s+(?:are|is|were|was|does|do|did|has|have|there|listed|named|in|on|made|gibt|sind|hat|sont|a-t)\b.*)?\W*$",
    re.IGNORECASE,
)
_LEAST, _MOST = 2, 40  # rows
_ADDED = 2  # rows that a sum has at least

Row = tuple[str, Page, Span]  # document id, page, its label


def rows_asked(
    question: str, keys: Sequence[tuple[str, int]], pages: Mapping[tuple[str, int], Page]
) -> tuple[list[Row], str]:
    """The rows that a question wants listed, in the first table of the pages that has them, and what they are of; no
    rows where there are none."""
    asked = _ASKS.match(question.strip())
    wanted = frozenset(terms(asked["thing"])) if asked is not None else frozenset[str]()
    if asked is None or not wanted:
        return [], ""
    for document_id, number in keys:
        page = pages[document_id, number]
        for table in page.tables:
            rows = list(_under(wanted, table)) or (list(_parts(wanted, table)) if asked["kinds"] else [])
            labels = [cell for row in rows if (cell := table.at(row, 0)) is not None and cell.spans]
            if _LEAST <= len(labels) <= _MOST and len(labels) == len(rows):
                return [(document_id, page, Span(c.spans[0].start, c.spans[-1].end)) for c in labels], asked["thing"]
    return [], ""


def _label(table: Table, row: int) -> frozenset[str]:
    cell = table.at(row, 0)
    return frozenset(terms(cell.text)) if cell is not None else frozenset()


def _under(wanted: frozenset[str], table: Table) -> Iterator[int]:
    """The rows under a group of that name."""
    for row, parents in enumerate(table.parents):
        is_under = any(_label(table, one) == wanted and table.kinds[one] is RowKind.GROUP for one in parents)
        if is_under and table.kinds[row] is RowKind.DATA:
            yield row


def _parts(wanted: frozenset[str], table: Table) -> Iterator[int]:
    """The rows that add up to the row of that name; else those of a table that is headed so, without its total."""
    named = next((row for row in range(table.head_rows, table.rows) if _label(table, row) == wanted), None)
    if named is not None:
        yield from _added(table, named)
        return
    head = [term for row in range(table.head_rows) for term in _label(table, row)]
    if wanted <= set(head) or (wanted <= set(terms(table.caption)) and len(wanted) > 1):
        yield from (row for row in range(table.head_rows, table.rows) if table.kinds[row] is RowKind.DATA)


def _added(table: Table, row: int) -> list[int]:
    """The rows right above one whose figures add up to its own, in every column that has figures; [] for none."""
    columns = [c for c in range(max(1, table.stub_columns), table.columns) if _amount(table, row, c) is not None]
    for first in range(row - _ADDED, table.head_rows - 1, -1):
        above = range(first, row)
        if columns and all(_adds_up(table, above, row, column) for column in columns):
            return list(above)
    return []


def _adds_up(table: Table, above: Sequence[int], row: int, column: int) -> bool:
    amounts = [_amount(table, one, column) for one in above]
    figures = [amount for amount in amounts if amount is not None]
    return len(figures) == len(amounts) and sum(figures, Decimal(0)) == _amount(table, row, column)


def _amount(table: Table, row: int, column: int) -> Decimal | None:
    cell = table.at(row, column)
    return amount_of(cell.text) if cell is not None else None
