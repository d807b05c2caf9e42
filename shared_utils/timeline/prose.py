"""One figure through the years from sentences, where no table tells it: "Cargo rose from 3.1 to 3.4 million tonnes".

A sentence tells the figure where its name is followed by a verb of amounts ("was", "rose to") or a counted thing is it
("3,400 tonnes of cargo"), and each amount has a year of its own. What it grew by is no amount of it; what is expected
is none, either. A year for which one document tells two amounts is left out: one of them is of something else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from shared_utils.calculation.operands import Operand
from shared_utils.retrieval.table_rows import Fact, TableRow
from shared_utils.table import Cell, RowKind, Table
from shared_utils.text.numerals import notation_of
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.text.sentences import split_sentences
from shared_utils.timeline.development import Order, Point, Series
from shared_utils.timeline.figures import equal, point
from shared_utils.types import Page, Span

_FEWEST = 2  # years that make a series
_LONGEST = 400  # characters of a sentence
_NOWHERE = (0.0, 0.0, 0.0, 0.0)
_IS = (
    r"(?:\s+(?:\w+ed|for|of|in|the|\(?[^\W\d_]+\)?)){0,3}?\s+(?:was|were|is|are|amounted|totall?ed|reached|came|stood|rose|fell|grew|"
    r"increased|decreased|declined|dropped|climbed|went|betrug|betrugen|lag|lagen|stieg|stiegen|sank|sanken|fiel|"
    r"war|waren|erreichte|était|étaient|atteint|atteignait|s['’]élevai\w*|fue|fueron|ascendió)\b"
)
_COUNTED = r"(?:\d|million|billion|thousand|mio|mrd)\.?\s+(?:[^\W\d_]+\s+(?:of|de|d['’])\s*|[^\W\d_]+\s+)?"
_NO_AMOUNT = re.compile(
    r"\b(?:by|um|(?:increase|decrease|growth|decline|rise|drop|fall|change|up|down|more|less|fewer|higher|lower)"
    r"(?: of| than)?)\s+(?:about |around |some |approximately |nearly )?(?:[A-Z]{2,3}\s?)?[$€£]?\Z",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:expect\w*|forecast\w*|budget\w*|plan(?:ned|s)?|target\w*|would|could|may|if|erwart\w*|geplant\w*|prév\w*)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?![.,]?\d|[/-]\d)")


def prose_series(
    name: str, pages: Iterable[tuple[str, Page]], order: Order, years: frozenset[str] = frozenset()
) -> Series | None:
    """The figure of a `name` year by year; None where sentences tell fewer than two years, or in several units.

    `pages`: (document id, page) of all that are asked. Of `years`, none means every year.
    """
    told: dict[str, list[Operand]] = defaultdict(list)
    phrase = _phrase(name)
    if phrase is None:
        return None
    for document_id, page in pages:
        for one in _told(phrase, document_id, page):
            if not years or one.year in years:
                told[one.year].append(one)
    points = tuple(_points(told, order))
    units = {one.told.unit for one in points}
    if len(points) < _FEWEST or len(units) > 1:
        return None
    have = {reading.row.document_id for one in points for reading in one.all}
    missing = tuple(document for document in order if document not in have)
    return Series(" ".join(name.split()), points, units == {"%"}, missing, is_prose=True)


def _points(told: dict[str, list[Operand]], order: Order) -> Iterator[Point]:
    for year in sorted(told):
        found = told[year]
        is_clear = all(
            equal(one, other) for one in found for other in found if one.row.document_id == other.row.document_id
        )
        if is_clear:
            yield point(year, found, order, None)


def _phrase(name: str) -> re.Pattern[str] | None:
    """Where a sentence speaks of an amount of what is called so."""
    words = re.findall(r"[^\W_]+", name)
    if not words:
        return None
    called = r"[\s-]+".join(re.escape(word) for word in words) + r"(?:s|es|n|en)?"
    return re.compile(rf"(?<!\w)(?P<is>{called})(?={_IS})|{_COUNTED}(?P<counted>{called})\b", re.IGNORECASE)


def _told(phrase: re.Pattern[str], document_id: str, page: Page) -> Iterator[Operand]:
    if not phrase.search(page.text):
        return
    notation = notation_of(page.text)
    apart = (*page.boilerplate, *page.hidden, *page.table_rows)
    for span in split_sentences(page.text, page.table_rows):
        if any(other.start < span.end and span.start < other.end for other in apart):
            continue
        text = " ".join(page.text[span.start : span.end].split("\n"))
        match = phrase.search(text)
        if match is None or len(text) > _LONGEST or _NOT_YET.search(text):
            continue
        name = match["is"] or match["counted"]
        amounts = [q for q in quantities(text, notation) if not q.is_year and not q.ordinal and not q.in_words]
        amounts = [q for q in amounts if not _NO_AMOUNT.search(text[: q.start])]
        if any(q.unit != "%" for q in amounts):
            amounts = [q for q in amounts if q.unit != "%"]
        for amount, year in _paired(amounts, [(m.start(), m[0]) for m in _YEAR.finditer(text)], text):
            yield _operand(document_id, page, span, name, amount, year)


def _paired(amounts: Sequence[Quantity], years: Sequence[tuple[int, str]], text: str) -> Iterator[tuple[Quantity, str]]:
    """Each amount with its year, where they alternate, or are listed "respectively"."""
    if not amounts or len(amounts) != len(years) or len({year for _, year in years}) != len(years):
        return
    kinds = [kind for _, kind in sorted([(q.start, "q") for q in amounts] + [(at, "y") for at, _ in years])]
    alternate = all(kinds[n] != kinds[n + 1] for n in range(0, len(kinds), 2)) and kinds[::2] == [kinds[0]] * len(years)
    listed = kinds == sorted(kinds) and "respectively" in text
    if alternate or listed or len(years) == 1:
        yield from ((amount, year) for amount, (_, year) in zip(amounts, years, strict=True))


def _operand(document_id: str, page: Page, span: Span, name: str, amount: Quantity, year: str) -> Operand:
    """The amount as a row of one value, its label the sentence."""
    label = Cell(0, 0, 0, 0, name, (span,), _NOWHERE)
    value = Cell(0, 0, 1, 1, amount.text, (Span(span.start + amount.start, span.start + amount.end),), _NOWHERE)
    table = Table((label, value), 1, 2, _NOWHERE, 0, 1, (0,), (RowKind.DATA,), ((),))
    fact = Fact(value, (label,), ())
    nothing = frozenset[str]()
    row = TableRow(
        document_id=document_id,
        page=page,
        page_score=0.0,
        table=table,
        facts=(fact,),
        label=nothing,
        own=nothing,
        groups=nothing,
        title=nothing,
        above=nothing,
        heads=(nothing,),
        years=(frozenset({year}),),
        said=(nothing,),
        is_total=False,
    )
    figure = -amount.mantissa if amount.negative else amount.mantissa
    return Operand(row, fact, figure, int(amount.scale) or 1, amount.unit, year)
