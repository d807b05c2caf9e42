"""Figures that a sentence lists for years: "Rent was $1.6 million and $2.7 million in 2012 and 2011".

As many figures of one unit as years, each list in one piece, are a row: what stands before them is its label. The row
is a table of its own, whose cells are stretches of the page, so it is looked up, computed with and cited as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from shared_utils.retrieval.table_rows import TableRow, rows_of
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Cell, Page, RowKind, Span, Table

_BETWEEN = re.compile(r"\s*(?:,|;)?\s*(?:and|or|und|et|y|e|en|in|für|for|from|to)?\s*(?:fiscal|the|year)?\s*")
_LONGEST = 400  # characters of such a sentence
_FEWEST = 2
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def prose_rows(document_id: str, page: Page, page_score: float) -> Iterator[TableRow]:
    """The rows that sentences of a page list."""
    for sentence in split_sentences(page.text):
        text = page.text[sentence.start : sentence.end]
        if len(text) > _LONGEST or (table := _table(text, sentence.start)) is None:
            continue
        for row in rows_of(document_id, replace(page, tables=(table,)), page_score):
            yield replace(row, page=page)


def _table(text: str, at: int) -> Table | None:
    found = [q for q in quantities(text) if not q.ordinal]
    years = _listed(text, [q for q in found if q.is_year])
    figures = _listed(text, [q for q in found if not q.is_year and (q.unit or q.scale != 1)])
    if not years or len(years) != len(figures) or len({q.unit for q in figures}) != 1:
        return None
    label = text[: min(figures[0].start, years[0].start)].rstrip()
    if not any(character.isalpha() for character in label):
        return None

    def cell(row: int, column: int, start: int, words: str) -> Cell:
        return Cell(row, row, column, column, words, (Span(at + start, at + start + len(words)),), _NOWHERE)

    cells = [cell(1, 0, 0, label)]
    cells += [cell(0, n, q.start, text[q.start : q.end]) for n, q in enumerate(years, start=1)]
    cells += [cell(1, n, q.start, text[q.start : q.end]) for n, q in enumerate(figures, start=1)]
    return Table(
        cells=tuple(cells),
        rows=2,
        columns=1 + len(years),
        rect=_NOWHERE,
        head_rows=1,
        stub_columns=1,
        parts=(0,),
        kinds=(RowKind.HEAD, RowKind.DATA),
        parents=((), ()),
    )


def _listed(text: str, quantities_: Sequence[Quantity]) -> Sequence[Quantity]:
    """The quantities, where nothing but commas and "and" stands between them; () otherwise."""
    if len(quantities_) < _FEWEST:
        return ()
    gaps = (text[one.end : other.start] for one, other in pairwise(quantities_))
    return quantities_ if all(_BETWEEN.fullmatch(gap) for gap in gaps) else ()
