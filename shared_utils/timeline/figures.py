"""One figure through the years, quarters or months: the row that a question names, found in every table that holds it.

The row and table that answer the question best come first. Other tables are joined to it where their row has the same
label and they agree on a year that both tell, or where they are the same table of another document (most of its rows
have the same labels). What a year was told to be in several places is one point; where a later document tells another
amount for the same year, it is restated, and both readings are kept. Amounts are compared as what they count, to the
last digit that the coarser of two prints.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from shared_utils.calculation.operands import Operand, operand
from shared_utils.retrieval.lookup import look_up_in, readings
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_words
from shared_utils.retrieval.table_rows import Fact, TableRow
from shared_utils.text.dates import dates, quarters
from shared_utils.text.words import terms
from shared_utils.timeline.development import Order, Point, Series
from shared_utils.timeline.periods import is_year, named

SURE = 0.4  # of a row that a question names, as for operands of a calculation
_SAME_TABLE = 0.5  # share of the labels of the smaller of two tables that are alike
_LEAST_ROWS = 3  # of a table that can be known again by its labels
_FEWEST = 2  # years that make a series
_NEAR = Decimal("0.5")  # a restated amount is of the order of the first: within half of it
_OF_A_PART = ("quarter", "three months", "six months", "nine months", "weeks ended", "change", "growth", "variance")
_MOST_SEEDS = 6
_MONTHS = 12
_WHOLE = frozenset(terms("total whole overall consolidated"))
_TURNS = re.compile(
    r"\b(?:other|before|excluding|less|percentage|change|increase|decrease|vor|ohne|avant|hors|antes|sin|prima|antes|exceto|voor)\b",
    re.IGNORECASE,
)
_FLOWS = re.compile(r"\boperating activities\b|betriebl\w+ tätigkeit|activités opérationnelles")
_SHARE = re.compile(r"%|\b(?:percent\w*|rate|ratio|margin|share|quote|anteil|taux|marge|tasa)\b", re.IGNORECASE)
_CHANGE = frozenset(("chang", "increas", "decreas", "growth"))
_CONFLICT = 3  # what a year counts that one document tells in two ways
_AS_SURE = 0.85  # of the score of the row that is looked up
_NOTE = re.compile(r"\s*\(\d{1,2}\)\s*$")  # the mark of a note behind a label

Names = frozenset[frozenset[str]]
"""What a figure may be called: the index terms of each name."""


def series(
    words: str,
    best: Sequence[TableRow],
    more: Callable[[Names], Iterable[TableRow]],
    order: Order,
    *,
    glossary: Glossary = NO_GLOSSARY,
    years: frozenset[str] = frozenset(),
) -> Series | None:
    """The figure that `words` name, through the years; None where no row is sure or fewer than two years are told.

    `best` are the rows of the pages found for it; `more` gives all rows of all documents that may be
    called by one of some names.
    `order` tells all documents that are asked. Of `years`, none means every year.
    """
    chains = [_chain(words, first, more, glossary) for first in _seeds(words, best, glossary)]
    if not chains:  # the pages found call it otherwise: "Net earnings"
        others = [row for row in more(_ways(words, glossary)) if _own(row) in _ways(words, glossary)]
        chains = [_chain(words, first, more, glossary) for first in _seeds(words, others, glossary)]
    if not chains:
        return None
    rows = max(chains, key=lambda chain: _consistency(chain) - _strangeness(chain[0], chains[0][0], words))
    points = tuple(one for one in _points(rows, order) if not years or one.year[:4] in years)
    if len(points) < _FEWEST:
        return None
    told = {row.document_id for row in rows}
    missing = tuple(document for document in order if document not in told)
    return Series(_name(rows[0]), points, _is_share(_by_year(rows[0])), missing)


def _seeds(words: str, best: Sequence[TableRow], glossary: Glossary) -> Iterator[TableRow]:
    """The row that is looked up, then those of other tables that are called the same and are nearly as sure: of the
    whole and of a part, the one that most tables tell is meant."""
    told = [row for row in best if _by_year(row)]
    amounts = [row for row in told if not _is_share(_by_year(row))]
    ways = (told,) if _SHARE.search(words) else (amounts, told)  # a share is meant where no amount is called so
    yield from next(filter(None, (list(_seeds_in(words, rows, glossary)) for rows in ways)), [])


def _seeds_in(words: str, rows: Sequence[TableRow], glossary: Glossary) -> Iterator[TableRow]:
    names = _ways(words, glossary)
    least, first = SURE, None
    for _ in range(_MOST_SEEDS):
        seen = look_up_in(words, rows, glossary, frozenset())
        if seen is None or seen.score < least or (first is not None and _own(seen.row) != _own(first)):
            return
        if not any(_is_meant(way, _own(seen.row)) for way in names) or _is_turned(seen.row, words):
            rows = [row for row in rows if not _is_same_row(row, seen.row)]
            continue  # found by its group alone, or by words that it has in common with what is meant
        first, least = first or seen.row, max(least, _AS_SURE * seen.score)
        yield seen.row
        rows = [row for row in rows if row.table != seen.row.table]


# ------------------------------------------------------------------------------------------------ which rows


def _names(words: str, first: TableRow, glossary: Glossary) -> Names:
    """What the figure may be called: as in the first row, and as the glossary knows it printed."""
    return frozenset({_own(first), *_ways(words, glossary), *_ways(_name(first), glossary)})


def _ways(words: str, glossary: Glossary) -> Names:
    return frozenset(frozenset(told) for told, _ in readings(question_words(words), glossary) if told)


def _is_meant(way: frozenset[str], own: frozenset[str]) -> bool:
    """Whether a row's own name is a way to call the figure: it has all of it, or is a part of it, or shares most."""
    asked, told = way - _WHOLE or way, own - _WHOLE or own
    return asked <= told or told <= asked or 2 * len(asked & told) > max(len(asked), len(told))


def _is_turned(row: TableRow, words: str) -> bool:
    """Whether a row's name has a word that makes another figure of it: "income before income taxes"."""
    turned = {match.lower() for match in _TURNS.findall(_name(row))}
    return bool(turned) and not turned & {match.lower() for match in _TURNS.findall(words)}


def _is_called(row: TableRow, names: Names) -> bool:
    """Whether a row may tell the figure: it is called so, or by a part of that, or with more to it."""
    own = _own(row)
    return any(own <= name or name <= own for name in names)


def _chain(
    words: str, first: TableRow, more: Callable[[Names], Iterable[TableRow]], glossary: Glossary
) -> list[TableRow]:
    """The rows that tell the figure of the first one, itself at the head."""
    names = _names(words, first, glossary)
    others = [row for row in more(names) if _is_called(row, names) and not _is_same_row(row, first)]
    return _same_figure(first, others, names)


def _consistency(rows: Sequence[TableRow]) -> int:
    """How well rows tell one figure: years that are told and those that several places tell alike, less what one
    document tells in two ways."""
    told: dict[str, list[Operand]] = defaultdict(list)
    for row in rows:
        _note(told, row)
    score = len(told)
    for found in told.values():
        for i, one in enumerate(found):
            same = [other for other in found[:i] if equal(one, other)]
            own = [other for other in found[:i] if other.row.document_id == one.row.document_id]
            score += bool(same) - _CONFLICT * any(not equal(one, other) for other in own)
    return score


def _strangeness(row: TableRow, first: TableRow, words: str) -> int:
    """What counts against a row that was found after the first one: that it tells the change of a balance, as the
    statement of cash flows does, or a share where an amount is asked for."""
    if _by_year(row).keys() == _by_year(first).keys() and _is_same_row(row, first):
        return _CONFLICT * (_is_share(_by_year(row)) and not _SHARE.search(words))
    is_flow = any(_FLOWS.search(label) for label in _labels(row))
    return _CONFLICT * (2 * is_flow + (_is_share(_by_year(row)) and not _SHARE.search(words)))


def _same_figure(first: TableRow, others: Sequence[TableRow], names: Names) -> list[TableRow]:
    """The rows that tell the same figure. What joins may bring years on which the next one agrees, so it is repeated
    until nothing joins any more."""
    joined, left = [first], list(others)
    known: dict[str, list[Operand]] = defaultdict(list)
    _note(known, first)
    while left:
        scored = [(_kinship(row, joined, known, exactly=_own(row) in names), row) for row in left]
        best, row = max(scored, key=lambda one: one[0])
        if best <= 0:
            break
        joined.append(row)
        _note(known, row)
        left = [one for one in left if one is not row]
    return [*joined, *_undisputed(joined, left, names)]


def _undisputed(joined: Sequence[TableRow], left: Iterable[TableRow], names: Names) -> Iterator[TableRow]:
    """Rows of documents that share no year with the others, where all that are called so tell the same."""
    by_document: dict[str, list[TableRow]] = defaultdict(list)
    for row in left:
        own = _by_year(row)
        alike = _is_share(own) == _is_share(_by_year(joined[0])) and _per(row) == _per(joined[0])
        if own and _own(row) in names and alike and not _tells_change(row):
            by_document[row.document_id].append(row)
    have = {row.document_id for row in joined}
    years = {year for row in joined for year in _by_year(row)}
    for document, rows in by_document.items():
        told: dict[str, list[Operand]] = defaultdict(list)
        for row in rows:
            _note(told, row)
        agree = all(equal(one, found[0]) for found in told.values() for one in found)
        if document not in have and agree and not years & told.keys():
            yield from rows


def _note(known: dict[str, list[Operand]], row: TableRow) -> None:
    for year, one in _by_year(row).items():
        known[year].append(one)


def _kinship(
    row: TableRow, joined: Sequence[TableRow], known: Mapping[str, Sequence[Operand]], *, exactly: bool
) -> float:
    """How surely a row is of the same figure; 0 where it is not. One that is not called `exactly` so has to agree on
    every year that both tell."""
    own = _by_year(row)
    first = joined[0]
    if not own or _is_share(own) != _is_share(_by_year(first)) or _per(row) != _per(first):
        return 0.0
    if _tells_change(row) != _tells_change(first):
        return 0.0
    shared = [year for year in own if year in known]
    agree = sum(any(equal(own[year], one) for one in known[year]) for year in shared)
    same = max(_alike_tables(row, one) for one in joined)
    if not exactly:
        is_sure = agree == len(shared) > 0 and any(own[year].value for year in shared)
        return 1 + same if is_sure and all(one.document_id != row.document_id for one in joined) else 0.0
    if agree:
        return 2 + agree - (len(shared) - agree) + same
    if same < _SAME_TABLE or any(one.document_id == row.document_id for one in joined):
        return 0.0
    near = all(any(_is_near(own[year], one) for one in known[year]) for year in shared)
    return same if near else 0.0


def _alike_tables(one: TableRow, other: TableRow) -> float:
    """The share of rows that two tables have in common, by their labels."""
    a, b = _labels(one), _labels(other)
    least = min(len(a), len(b))
    return len(a & b) / least if least >= _LEAST_ROWS else 0.0


def _labels(row: TableRow) -> frozenset[str]:
    table = row.table
    return frozenset(
        " ".join(cell.text.lower().split()).rstrip(" :")
        for cell in table.cells
        if cell.column == 0 and cell.row >= table.head_rows and any(ch.isalpha() for ch in cell.text)
    )


def _is_same_row(one: TableRow, other: TableRow) -> bool:
    same_page = (one.document_id, one.page.number) == (other.document_id, other.page.number)
    return same_page and one.facts[0].value.spans == other.facts[0].value.spans


def _own(row: TableRow) -> frozenset[str]:
    return row.own or row.label


def _tells_change(row: TableRow) -> bool:
    """Whether a row stands under words that say that it tells growth, not what grew."""
    return bool(_CHANGE & row.groups) and not _CHANGE & _own(row)


def _per(row: TableRow) -> bool:
    """Whether a row is told per share or the like."""
    return "per" in {word for cell in row.facts[0].labels for word in cell.text.lower().split()}


# ------------------------------------------------------------------------------------------------ which figures


def _by_year(row: TableRow) -> dict[str, Operand]:
    """The figure of each year that a row tells: of the whole year, an amount before a share."""
    found: dict[str, Operand] = {}
    is_interim = _is_interim(row)
    for fact, told in zip(row.facts, row.years, strict=True):
        if len(told) != 1:
            continue
        (year,) = told
        if is_year(year) and (is_interim or _is_of_a_part(fact)):
            continue
        one = operand(row, fact, year)
        if one is not None and _per(row):  # "in millions" over a table counts no earnings per share
            one = replace(one, scale=None)
        if one is None or (year in found and not (found[year].unit == "%" != one.unit)):
            continue
        found[year] = one
    if len({one.unit == "%" for one in found.values()}) == 2:
        return {year: one for year, one in found.items() if one.unit != "%"}
    return found


def _is_interim(row: TableRow) -> bool:
    """Whether a row is told for days of different seasons, as a balance sheet within a year does: years that end on the
    Saturday nearest a day may end in the next month."""
    months = {date.month for fact in row.facts for head in fact.heads for date in dates(head.text) if date.day}
    return any(1 < abs(one - other) < _MONTHS - 1 for one in months for other in months)


def _is_of_a_part(fact: Fact) -> bool:
    return any(part in head.text.lower() for head in fact.heads for part in _OF_A_PART) or any(
        quarters(cell.text) for cell in (*fact.heads, *fact.labels[-1:])
    )


def _is_share(figures: Mapping[str, Operand]) -> bool:
    return any(one.unit == "%" for one in figures.values())


def equal(one: Operand, other: Operand) -> bool:
    """Whether two readings tell the same amount, to the last digit that the coarser of them prints."""
    if one.scale is None or other.scale is None:
        return one.value == other.value
    return abs(one.counted - other.counted) <= max(_step(one), _step(other)) / 2


def _step(one: Operand) -> Decimal:
    exponent = one.value.as_tuple().exponent
    return Decimal(one.scale or 1).scaleb(exponent if isinstance(exponent, int) and exponent < 0 else 0)


def _is_near(one: Operand, other: Operand) -> bool:
    return abs(one.counted - other.counted) <= _NEAR * max(abs(one.counted), abs(other.counted))


# ------------------------------------------------------------------------------------------------ points


def _points(rows: Sequence[TableRow], order: Order) -> list[Point]:
    """A point for every year, oldest first."""
    told: dict[str, list[Operand]] = defaultdict(list)
    for row in rows:
        _note(told, row)
    scale = next((one.scale for found in told.values() for one in found if one.scale), None)
    return [point(named(year), told[year], order, scale) for year in sorted(told)]


def point(year: str, found: Sequence[Operand], order: Order, scale: int | None) -> Point:
    """The readings of a year: of the newest document first; within one, the row that was found first."""
    scaled = [one if one.scale or not scale else replace(one, scale=scale) for one in found]
    newest = sorted(scaled, key=lambda one: order.get(one.row.document_id, ""), reverse=True)
    same = tuple(one for one in newest if equal(one, newest[0]))
    others: list[Operand] = []
    for one in newest:
        is_older = order.get(one.row.document_id, "") < order.get(newest[0].row.document_id, "")
        if is_older and not any(equal(one, told) for told in (newest[0], *others)):
            others.append(one)
    return Point(year, same, tuple(others))


def _name(row: TableRow) -> str:
    value = row.facts[0].value
    beside = [cell for cell in row.facts[0].labels if cell.row <= value.row <= cell.row_end]
    labels = [cell.text for cell in beside or row.facts[0].labels]
    return _NOTE.sub("", " ".join(" ".join(labels).split())).rstrip(" :,$")
