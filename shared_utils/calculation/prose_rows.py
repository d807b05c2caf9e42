"""Figures that a sentence lists for years: "Rent was $1.6 million and $2.7 million in 2012 and 2011".

As many figures of one unit as years, each list in one piece or every figure before its own year ("$1.6 million in 2012
and $2.7 million in 2011"), are a row: what stands before them, or between years and figures, is its label, what follows
them its caption. The row is a table of its own, whose cells are stretches of the page, so it is looked up, computed
with and cited as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from shared_utils.retrieval.table_rows import TableRow, rows_of
from shared_utils.text.dates import MONTH_OF
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Cell, Page, RowKind, Span, Table

_AND = r"\s*(?:,|;)?\s*(?:and|or|und|et|y|e|en)?\s*"
_DAY = rf"(?:(?:{'|'.join(sorted(map(re.escape, MONTH_OF), key=len, reverse=True))})\.?\s*)?(?:\d{{1,2}}(?:,|\.)?\s*)?"
_OF_YEAR = rf"(?:the\s+)?(?:fiscal|financial)?\s*(?:years?)?\s*(?:end(?:ed|ing))?\s*{_DAY}"
_BETWEEN = re.compile(rf"{_AND}(?:in|für|for|from|to|at|as of)?\s*{_OF_YEAR}", re.IGNORECASE)
_TO_YEAR = re.compile(rf"\s*(?:in|for|at|during|as of|für|en|im jahr)\s+{_OF_YEAR}", re.IGNORECASE)
_LINKED = re.compile(rf"{_AND}", re.IGNORECASE)
# The verb at the end of "Rent was approximately", the preposition after "in the years".
_VERB = re.compile(
    r"[\s,:]+(?:(?:was|were|is|are|of|approximated|approximately|about|totall?ed|amounted to|includes?d?|in|for|at|"
    r"as of|respectively|war|waren|betrug(?:en)?|était|étaient|fue|fueron|sono|era)[\s,:]*)+$",
    re.IGNORECASE,
)
_IN_YEARS = re.compile(rf"\s+(?:in|for|at|as of|during|im|in den)\s+{_OF_YEAR}$", re.IGNORECASE)
_BEFORE_YEARS = re.compile(rf"\W*(?:(?:at|as of|in|for|during|im|in den)\s+)?{_OF_YEAR}", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:,|\b(?:and|or|for|in|of|at|to|from|by|was|were|und|für|im|et|en))\s*\Z", re.IGNORECASE)
_LONGEST = 400  # characters of such a sentence
_FEWEST = 2
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def prose_rows(document_id: str, page: Page, page_score: float) -> Iterator[TableRow]:
    """The rows that sentences of a page list."""
    for sentence in _joined(page.text, split_sentences(page.text)):
        text = page.text[sentence.start : sentence.end]
        if len(text) > _LONGEST or (table := _table(text, sentence.start)) is None:
            continue
        for row in rows_of(document_id, replace(page, tables=(table,)), page_score):
            yield replace(row, page=page)


def _joined(text: str, sentences: Iterable[Span]) -> Iterator[Span]:
    """The sentences, one that a line full of figures was taken from put together with it: "$5 million for\n2016, …"."""
    last: Span | None = None
    for one in sentences:
        if last is not None and not text[last.end : one.start].strip() and _GOES_ON.search(text, last.start, last.end):
            last = Span(last.start, one.end)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _table(text: str, at: int) -> Table | None:
    found = [q for q in quantities(text) if not q.ordinal]
    years, figures = _paired(text, found) or (
        _listed(text, [q for q in found if q.is_year]),
        _listed(text, [q for q in found if _is_figure(q)]),
    )
    if not years or len(years) != len(figures) or len({q.unit for q in figures}) != 1:
        return None
    label = _label(text, years[0].start, years[-1].end, figures[0].start)
    if not any(character.isalpha() for character in text[label.start : label.end]):
        return None

    def cell(row: int, column: int, start: int, end: int) -> Cell:
        return Cell(row, row, column, column, text[start:end], (Span(at + start, at + end),), _NOWHERE)

    cells = [cell(1, 0, label.start, label.end)]
    cells += [cell(0, n, q.start, q.end) for n, q in enumerate(years, start=1)]
    cells += [cell(1, n, q.start, q.end) for n, q in enumerate(figures, start=1)]
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
        caption=text[max(years[-1].end, figures[-1].end) :].strip(" ,.;"),
    )


def _is_figure(quantity: Quantity) -> bool:
    return not quantity.is_year and bool(quantity.unit or quantity.scale != 1)


def _label(text: str, first_year: int, last_year: int, first_figure: int) -> Span:
    """What names the figures, without the verb before them: "As of 2016 and 2015, loans were $3 and $2"."""
    begins = 0
    if last_year <= first_figure and _BEFORE_YEARS.fullmatch(text[:first_year]):
        begins = last_year
    named = text[begins : min(first_figure, first_year) if not begins else first_figure]
    start = begins + len(named) - len(named.lstrip(" ,:\n"))
    plain = _VERB.sub("", _IN_YEARS.sub("", named).rstrip())
    return Span(start, max(start, begins + len(plain)))


def _paired(text: str, found: Sequence[Quantity]) -> tuple[Sequence[Quantity], Sequence[Quantity]] | None:
    """(years, figures) where every figure stands right before its own year, and nothing between two such pairs."""
    run: list[tuple[Quantity, Quantity]] = []
    for figure, year in pairwise(found):
        if not (_is_figure(figure) and year.is_year and _TO_YEAR.fullmatch(text[figure.end : year.start])):
            continue
        if run and not _LINKED.fullmatch(text[run[-1][1].end : figure.start]):
            return None
        run.append((figure, year))
    return ([year for _, year in run], [figure for figure, _ in run]) if len(run) >= _FEWEST else None


def _listed(text: str, quantities_: Sequence[Quantity]) -> Sequence[Quantity]:
    """The quantities, where nothing but commas and "and" stands between them; () otherwise."""
    if len(quantities_) < _FEWEST:
        return ()
    gaps = (text[one.end : other.start] for one, other in pairwise(quantities_))
    return quantities_ if all(_BETWEEN.fullmatch(gap) for gap in gaps) else ()
