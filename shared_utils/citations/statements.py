"""What a document states of a quantity, in a sentence or a cell of a table, taken apart so that two can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from shared_utils.citations.text_units import Unit, content_keys, units_of, words_of
from shared_utils.tables.paths import CellPath, path_of, values
from shared_utils.tables.surroundings import scale_in
from shared_utils.text.dates import Date, dates
from shared_utils.text.quantities import Quantity, identifiers, quantities
from shared_utils.text.units import BASE_OF, UNIT_OF
from shared_utils.text.words import terms
from shared_utils.types import Cell, EvidenceSpan, Page, Table

Pages = Mapping[tuple[str, int], Page]

_LONGEST_CHARS = 400  # of a sentence; longer is a list, or text without punctuation
_MOST_CELLS = 60  # of one span
_UNIT_WORD = re.compile(r"[^\W\d_]+[²³23]?|[$€£¥₹%‰]")
_OVER_A_TABLE = 300  # characters that may say what it is of
_PART_OF_A_YEAR = re.compile(
    r"\b(?:months?|quarters?|weeks?|half|semester|monate?n?|quartale?s?|wochen|halbjahr\w*|mois|trimestres?|semaines?|semestres?)\b",
    re.IGNORECASE,
)
_TIMES = BASE_OF["years"][0]
_MONEY = frozenset(("$", "€", "£", "¥", "₹", "CHF", "kr", "zł"))

# Words that frame a quantity and say nothing of what it is the quantity of.
_FRAME = (
    "is are was were be been last lasts period duration term length amount amounts total totals equal equals come "
    "comes set sets fixed grant grants granted give given provide provides provided offer offers offered receive "
    "receives received get gets entitle entitled entitlement have has had run runs valid apply applies applied "
    "charge charges charged cost costs pay pays paid payable due agreed "
    "currently normally generally usually standard must shall may will can full whole "
    "beträgt betragen dauert gilt erhalten erhält dure durée est dura duración es"
)
_REFERENCE = re.compile(
    r"(?:\b(?:sections?|articles?|clauses?|chapters?|pages?|pp?|paragraphs?|figures?|fig|tables?|steps?|versions?|parts?"
    r"|items?|notes?|appendix|annex|exhibit|schedule|nos?|number|level|class|form|rule|model|release)\b\.?|[#§v])\s*\W?$",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"\(?\d{1,3}(?:\.\d{1,3})*(?:[.)]\s|\s+(?=[^\W\d_a-z]))")
# A sentence, or a label and its value ("Notice period: 3 months"); other lines may be cells of a table.
_STATES = re.compile(r"[.!?。！？]\W*$|[^\W\d]:\s+(?:[A-Z]{3}\s)?\W?\d")
_BOUND = re.compile(
    r"(?P<least>\b(?:at least|no (?:less|fewer) than|not less than|minimum(?: of)?|mindestens|au moins|al menos)"
    r"\s+\W?$)"
    r"|(?P<most>\b(?:at most|no more than|not more than|up to|maximum(?: of)?|within|höchstens|bis zu|au plus|hasta)"
    r"\s+\W?$)"
    r"|(?P<above>\b(?:more than|over|above|exceed(?:s|ing)?|mehr als|über|plus de|más de)\s+\W?$)"
    r"|(?P<below>\b(?:less than|fewer than|under|below|weniger als|unter|moins de|menos de)\s+\W?$)",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|no|never|without|except|unless|nicht|kein\w*|pas|sans|sin|no longer)\b|n['’]t\b", re.I)
_AUTHOR = re.compile(r"\b(?:we|our|us|(?:the|this) (?:company|group|firm|product|device|paper|study|report))\b", re.I)


# A day that holds now; what happened on a day may have happened on another one as well.
_HOLDS_NOW = re.compile(r"\b(?:is|are|ist|sind|est|sont|es|son)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or a cell, taken apart; `start` and `end` are of the page's text.

    `told` are its words of substance, none of them a number's; `headed` those of the headings over it.
    """

    span: EvidenceSpan
    text: str
    start: int
    end: int
    quantities: tuple[Quantity, ...]  # nothing where it tells a day
    kinds: tuple[tuple[str, ...], ...]  # of each quantity: what makes two of them comparable
    told: frozenset[str]
    headed: frozenset[str]
    years: frozenset[int]
    codes: frozenset[str]
    negated: bool
    authored: bool = False  # by "we", "this company": each document means its own
    label: frozenset[str] = frozenset()  # every word of it, of a cell
    scale: Decimal = Decimal(1)  # of a table's values
    days: tuple[Date, ...] = ()  # the one day that it tells


def statements(span: EvidenceSpan, pages: Pages) -> Iterator[Statement]:
    """Those of a passage: its sentences, and the values of tables that stand in it."""
    page = pages.get((span.document_id, span.page))
    cells = list(_cells(span, page))[:_MOST_CELLS] if page else []
    headed: frozenset[str] = frozenset()
    for unit in units_of(span.text):
        start, end = span.start + unit.start, span.start + unit.end
        if own := [(table, cell) for table, cell in cells if start <= cell.spans[0].start < end]:
            yield from (found for table, cell in own if page and (found := _of_cell(span, unit, page, table, cell)))
        elif unit.is_row or len(unit.text) > _LONGEST_CHARS:
            continue
        elif not _STATES.search(unit.text):
            # The first line of a document is its title, and told apart by cases.py.
            headed = frozenset() if start == 0 and span.page == 1 else frozenset(k for k in unit.keys if k.isalpha())
        elif found := _of_sentence(span, unit, headed):
            yield found


def _of_sentence(span: EvidenceSpan, unit: Unit, headed: frozenset[str]) -> Statement | None:
    days, numbers = unit.days, unit.numbers
    compared = tuple(q for q in numbers if not q.is_year and _is_quantity(q, unit.text, days))
    told_day = days if not compared and len(days) == 1 and _HOLDS_NOW.search(unit.text) else ()
    if not compared and not told_day:
        return None
    dated = {year for day in days for year in day.years}
    return Statement(
        span,
        unit.text,
        span.start + unit.start,
        span.start + unit.end,
        compared,
        tuple(_kind(q, unit) for q in compared),
        _told(unit, (*numbers, *days)),
        headed,
        frozenset(() if told_day else {int(q.value) for q in numbers if q.is_year} | dated),
        identifiers(unit.text),
        bool(_NEGATED.search(unit.text)),
        bool(_AUTHOR.search(unit.text)),
        days=told_day,
    )


def _cells(span: EvidenceSpan, page: Page) -> Iterator[tuple[Table, Cell]]:
    for table in page.tables:
        for cell in values(table):
            if cell.spans and span.start <= cell.spans[0].start < span.end:
                yield table, cell


def _of_cell(span: EvidenceSpan, unit: Unit, page: Page, table: Table, cell: Cell) -> Statement | None:
    """A value with its labels and the names over it; None where it is no value, or nothing tells what it is of."""
    numbers = quantities(cell.text, unit.notation)
    if len(numbers) != 1 or numbers[0].is_year or dates(cell.text) or len(numbers[0].text) < len(cell.text) / 2:
        return None
    path = path_of(table, cell)
    measure = _unit_of(numbers[0], path, table)
    # A label that is a unit says what is counted, "CO2 | tonnes | 11,800"; of a price, per what: "Rope | m | 3.40".
    labels = [label for label in path.labels if measure in _MONEY or label.casefold() not in UNIT_OF]
    told = content_keys(words_of(" ".join(labels)))
    years = frozenset(int(q.value) for q in quantities(" ".join((*labels, *path.heads))) if q.is_year)
    over = _periods_over(page, table)
    own = content_keys(word for word in unit.words if word.text.isalpha() and word.text.casefold() not in UNIT_OF)
    if not told or not (years or measure) or not own <= told:
        return None  # a row whose own label was not read as one
    heads = frozenset(key for key in content_keys(words_of(" ".join(path.heads))) if key.isalpha())
    return Statement(
        span,
        unit.text,
        span.start + unit.start,
        span.start + unit.end,
        (replace(numbers[0], unit=measure),),
        ((BASE_OF.get(measure, (measure, 1))[0] if measure else "count", ""),),
        told - _frame() | over,
        heads - _measuring() - _frame() - told,
        years,
        identifiers(" ".join(labels)),
        bool(_NEGATED.search(" ".join((*labels, *path.heads)))),
        label=told | over,
        scale=Decimal(scale.factor) if (scale := path.scale or scale_in(_corner(table))) else Decimal(1),
    )


def _periods_over(page: Page, table: Table) -> frozenset[str]:
    """Parts of a year that are named over a table, or in its heads: "Six Months Ended"."""
    starts = [span.start for cell in table.cells for span in cell.spans]
    first = min(starts, default=0)
    rows = [span.start for cell in table.cells if cell.row >= table.head_rows for span in cell.spans]
    over = page.text[max(0, first - _OVER_A_TABLE) : min(rows, default=first)]
    return frozenset(match[0].casefold() for match in _PART_OF_A_YEAR.finditer(over))


def _unit_of(number: Quantity, path: CellPath, table: Table) -> str:
    """The unit that stands with a value, over its column, in its row, or for the whole table."""
    if number.unit:
        return number.unit
    beside = [UNIT_OF[label.casefold()] for label in path.labels if label.casefold() in UNIT_OF]
    whole = " ".join((path.scale.text if path.scale else "", table.currency, _corner(table)))
    return next(iter((*_units_in(" ".join(path.heads)), *beside, *_units_in(whole))), "")


def _units_in(text: str) -> list[str]:
    """The units that a head names: a sign, or a word of several letters: "in m" may be anything, "years" a time."""
    words = [word.casefold() for word in _UNIT_WORD.findall(text)]
    named = [UNIT_OF[word] for word in words if word in UNIT_OF and (len(word) > 1 or not word.isalpha())]
    return [unit for unit in named if unit != "in" and BASE_OF.get(unit, ("",))[0] != _TIMES]


def _corner(table: Table) -> str:
    """What stands over the labels: "in EUR million"."""
    return " ".join(cell.text for cell in table.cells if cell.row < table.head_rows and cell.column == 0)


@cache
def _measuring() -> frozenset[str]:
    """Words of the heads that say only what the figures count."""
    return frozenset(
        terms("unit units price prices value amount figure in million millions thousand thousands " + " ".join(UNIT_OF))
    )


def _is_quantity(q: Quantity, text: str, days: Sequence[Date]) -> bool:
    """Not the number of a section, a list item or a day."""
    if any(day.start <= q.start < day.end for day in days):
        return False
    if q.start <= 1 and _LIST_NUMBER.match(text):
        return False
    return not _REFERENCE.search(text[max(0, q.start - 14) : q.start]) and q.text.casefold() not in ("one", "zero")


def _kind(q: Quantity, unit: Unit) -> tuple[str, ...]:
    """Dimension and bound; for a bare number, the word that it counts."""
    bound = _BOUND.search(unit.text[max(0, q.start - 16) : q.start])
    limit = (bound.lastgroup or "") if bound else ""
    if q.unit:
        return (BASE_OF.get(q.unit, (q.unit, 1))[0], limit)
    following = next((word for word in unit.words if word.start >= q.end), None)
    counted = following.keys if following and following.content else ()
    return ("count", limit, *counted)


def _told(unit: Unit, compared: Sequence[Quantity | Date]) -> frozenset[str]:
    words = [word for word in unit.words if not any(part.start <= word.start < part.end for part in compared)]
    return content_keys(words) - _frame()


@cache
def _frame() -> frozenset[str]:
    return frozenset(terms(_FRAME))
