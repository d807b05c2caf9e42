"""“How did total revenue develop?”: one figure through the years, each year cited to its cell, with its growth.

See docs/adr/0103-through-the-years.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from types import MappingProxyType

from shared_utils.calculation.formulary import Formulary
from shared_utils.calculation.operands import Operand
from shared_utils.message import Message, literal, message
from shared_utils.retrieval.table_rows import TableRow, rows_of, years_of
from shared_utils.timeline.collection import Corrected, dated_documents
from shared_utils.timeline.development import Order, Point, Series
from shared_utils.timeline.figures import Names, series
from shared_utils.timeline.periods import PeriodKind, of_kind
from shared_utils.timeline.prose import prose_series
from shared_utils.types import Answer, Direct, DirectKind, DirectOperand, Page, Sentence, Span, Verdict
from src.answering.compared import Found, with_kind
from src.answering.direct import Pages, led_by, pages_found
from src.answering.ingestion import IndexedDocument, names_of, pages_of
from src.answering.places import citations_of, places, scale_of

_DEVELOPED = (  # the question says that something went on, in seven languages
    r"\bhow (?:did|has|have|do|does)\b.*\b(?:develop|evolv|chang|mov|trend|grow|fare)\w*"
    r"|\b(?:development|evolution|trend|history|course)s? (?:of|in)\b|\bdevelop(?:ed|s)? over\b"
    r"|\b(?:over|through|across|throughout) (?:the|all|these) (?:\w+ )?years\b|\byear by year\b|\bover time\b"
    r"|\bentwick(?:elt|elte|elten|lung)\b|\bim laufe der (?:zeit|jahre)\b|\büber die jahre\b|\bverlauf\b"
    r"|\bévolu(?:e|é|ent|tion|ait)\w*|\bau (?:cours|fil) (?:des (?:années|ans)|du temps)\b"
    r"|\bevolucion\w*|\bevolución\b|\ba lo largo de los años\b"
    r"|\bevolu(?:iu|íram|ção|iram)\b|\bao longo (?:dos anos|do tempo)\b"
    r"|\bevolut[oaie]\b|\bevoluzione\b|\bsviluppat[oaie]\b|\bnegli anni\b|\bnel corso degli anni\b"
    r"|\bontwikkel(?:d|de|den|ing)\b|\bdoor de jaren heen\b"
)
_ASKS = re.compile(_DEVELOPED, re.IGNORECASE)
_WHY = re.compile(
    r"(?:^|\band |\bund |\bet )\W*(?:why|warum|wieso|pourquoi|por qu[eé]|perch[eé]|waarom)\b", re.IGNORECASE
)
_FILLING = re.compile(  # what is left out of the words that name the figure
    r"\b(?:how|did|has|have|do|does|what|was|were|is|are|the|show|me|tell|draw|plot|chart|of|please|"
    r"develop\w*|evolv\w*|evolution|chang(?:e|es|ed)|grow\w*|grew|trends?|history|course|"
    r"(?:over|through|across|throughout|during|in|for|since|between|from|to|until|and) (?:the |all |these )?"
    r"(?:\w+ )?(?:years|time|(?:19|20)\d\d)|year by year|(?:19|20)\d\d|"
    r"wie|hat|haben|sich|der|die|das|des|dem|entwickel\w*|entwicklung|im laufe|zeit|jahre|über|verlauf|"
    r"comment|le|la|les|du|a-t-(?:il|elle)|ont-(?:ils|elles)|a|ont|évolu\w*|au cours|au fil|des années|"
    r"cómo|como|han?|el|los|las|de|evolucion\w*|evolución|a lo largo|años|"
    r"evolu\w*|ao longo|dos|anos|o|os|as|si|è|sono|come|il|i|gli|lo|sviluppat\w*|negli|anni|nel corso|degli|"
    r"hoe|heeft|hebben|zich|het|ontwikkel\w*|door|jaren|heen)\b",
    re.IGNORECASE,
)
_STEM = 4  # letters of a term that a page has to hold to be looked at
_DASH = re.compile(
    r"((?:19|20)\d\d)\s*(?:-|–|—|to|through|until|bis|à|al?|até|tot|and|und)\s*((?:19|20)\d\d)", re.IGNORECASE
)
_SINCE = re.compile(r"\b(?:since|seit|depuis|desde|dal|sinds)\s+((?:19|20)\d\d)", re.IGNORECASE)
_LAST_YEAR = 2100
_QUARTERLY = re.compile(
    r"\b(?:by|per|each|every|through the|over the) quarters?\b|\bquarter(?:ly\b| by quarter)|\bquartalsweise\b"
    r"|\b(?:pro|je|nach) quartal\w*|\b(?:par|por|per) trimestre|\btrimestr\w*|\bper kwartaal",
    re.IGNORECASE,
)
_MONTHLY = re.compile(
    r"\b(?:by|per|each|every|through the|over the) months?\b|\bmonth(?:ly\b| by month)|\bmonatlich\b"
    r"|\b(?:pro|je|nach) monat\w*|\bpar mois|\bmensuel\w*|\b(?:por mes|al mese|por mês|per maand)\b",
    re.IGNORECASE,
)
_READ = message("read off the table, word for word")
_SAID = message("read in the sentence, word for word")


def asks_development(question: str) -> bool:
    """Whether a question asks how something went on through the years.

    >>> asks_development("How did total revenue develop?"), asks_development("Wie hat sich der Umsatz entwickelt?")
    (True, True)
    >>> asks_development("What was total revenue in 2022?"), asks_development("Why did revenue change over time?")
    (False, False)
    >>> asks_development("How did cargo develop in 2025?")  # within a year
    False
    >>> asks_development("How did cargo develop by quarter in 2025?")
    True
    """
    if len(years_of(question)) == 1 and not _SINCE.search(question) and _kind(question) is PeriodKind.YEAR:
        return False
    return _ASKS.search(question) is not None and _WHY.search(question) is None


def with_development(
    question: str,
    asked: str,
    answer: Answer,
    found: Found,
    documents: Sequence[IndexedDocument],
    formulary: Formulary,
) -> Answer:
    """The answer, led by a figure through the years where one is asked for and found; else by what `with_kind` finds.

    `question` is what is searched, `asked` as it was typed.
    """
    pages, names = pages_of(documents), names_of(documents)
    seen = developed(question, found, pages, formulary, order_of(documents)) if asks_development(asked) else None
    if seen is None:
        return with_kind(question, answer, found, documents, formulary)
    return with_series(answer, seen, names)


def developed(question: str, found: Found, pages: Pages, formulary: Formulary, order: Order) -> Series | None:
    """The figure that a question names, through the years that it names or all that are told. `order` tells all
    documents that are asked, as `order_of` does."""
    asked_for = _MONTHLY.sub(" ", _QUARTERLY.sub(" ", question))
    words = " ".join(_FILLING.sub(" ", asked_for).split()).strip("?!.,: ")
    if not words:
        return None
    found_on = pages_found(found.passages, pages)
    best = [row for document, page, score in found_on for row in rows_of(document, page, score)]
    asked = _kind(question)
    for kind in (asked,) if asked is not PeriodKind.YEAR else PeriodKind:  # what is not told by year may be by quarter
        more = partial(_rows, pages, kind)
        years = _years(question, kind)
        seen = series(words, list(of_kind(best, kind)), more, order, glossary=formulary.glossary, years=years)
        if seen is not None:
            return seen
    if asked is not PeriodKind.YEAR:
        return None
    everywhere = ((document, page) for (document, _), page in pages.items())
    return prose_series(words, everywhere, order, _years(question, asked))


def _kind(question: str) -> PeriodKind:
    """The kind of period that a question asks for."""
    if _QUARTERLY.search(question):
        return PeriodKind.QUARTER
    return PeriodKind.MONTH if _MONTHLY.search(question) else PeriodKind.YEAR


def _rows(pages: Pages, kind: PeriodKind, called: Names) -> Iterator[TableRow]:
    """The rows of the pages that hold the words of one of the names."""
    beginnings = [[term[:_STEM] for term in name] for name in called]
    for (document, _), page in pages.items():
        if not page.tables:
            continue
        text = page.text.lower()
        if any(all(word in text for word in name) for name in beginnings):
            yield from of_kind(rows_of(document, page, 0.5), kind)


def order_of(documents: Sequence[IndexedDocument], corrected: Corrected = MappingProxyType({})) -> dict[str, str]:
    """What sorts the documents from old to new: their dates."""
    told = dated_documents([one.document for one in documents], corrected)
    return {one.document_id: one.dated.iso for one in told}


def _years(question: str, kind: PeriodKind) -> frozenset[str]:
    """The years that a question confines itself to: “from 2017 to 2021”, “since 2019”, “2019, 2020 and 2021”."""
    if match := _DASH.search(question):
        return frozenset(map(str, range(int(match[1]), int(match[2]) + 1)))
    if match := _SINCE.search(question):
        return frozenset(map(str, range(int(match[1]), _LAST_YEAR)))
    named = years_of(question)
    return named if len(named) > 1 or kind is not PeriodKind.YEAR else frozenset()


# ------------------------------------------------------------------------------------------------ as an answer


def with_series(answer: Answer, seen: Series, names: Mapping[str, str]) -> Answer:
    """The answer, before it how the figure went on and each year's amount, cited; the points as data in `direct`."""
    shown = [one for point in seen.points for one in point.all]
    spans = {id(one): _spans(one) for one in shown}
    cited = citations_of(list(dict.fromkeys(place for places_ in spans.values() for place in places_)), names)
    marker = {(c.document_id, c.page, c.start, c.end): c.marker for c in cited}

    def markers(*readings: Operand) -> tuple[int, ...]:
        found = [marker[d, page.number, s.start, s.end] for one in readings for d, page, s in spans[id(one)]]
        return tuple(dict.fromkeys(found))

    amount = _Amounts(seen)
    first, last = seen.points[0], seen.points[-1]
    grown = dict(seen.yearly())
    ends = tuple(dict.fromkeys((*markers(first.told)[:1], *markers(last.told)[:1])))
    lead = _sentence(_said(seen, amount), ends, message("computed from the cited values"))
    read = _SAID if seen.is_prose else _READ
    lines = [
        _sentence(_line(point, grown.get(point.year), seen, amount), markers(*point.all), read, item="-")
        for point in seen.points
    ]
    overall = seen.overall()
    direct = Direct(
        DirectKind.SERIES,
        seen.name,
        "" if overall is None else str(overall),
        "" if overall is None or seen.is_share else "%",
        tuple(
            DirectOperand(
                f"{seen.name}, {point.year}",
                one.printed,
                scale_of(one.row.table, one.fact) or one.unit,
                markers(one),
                period=point.year,
                amount=amount.plain(one),
            )
            for point in seen.points
            for one in point.all
        ),
    )
    led = led_by(answer, [lead, *lines], cited, direct, cited)
    missing = tuple(names.get(document, document) for document in seen.missing)
    if not missing:
        return led
    note = message("{name} was not found by year in {documents}.", name=seen.name, documents=missing)
    return replace(led, notes=(*led.notes, note))


def _sentence(said: Message, markers: tuple[int, ...], reason: Message, item: str = "") -> Sentence:
    return Sentence(str(said), markers, Verdict.SUPPORTED, reason, item=item, said=said)


def _said(seen: Series, amount: _Amounts) -> Message:
    first, last, overall = seen.points[0], seen.points[-1], seen.overall()
    values = {
        "name": seen.name,
        "first": amount.said(first.told),
        "last": amount.said(last.told),
        "start": first.year,
        "end": last.year,
    }
    if overall is None:
        return message("{name} went from {first} in {start} to {last} in {end}.", **values)
    return message(
        "{name} went from {first} in {start} to {last} in {end} ({growth}).", growth=_grown(overall, seen), **values
    )


def _grown(growth: Decimal, seen: Series) -> Message:
    if seen.is_share:
        return message("{growth} percentage points", growth=signed(growth))
    return message("{growth} %", growth=signed(growth))


def _line(point: Point, growth: Decimal | None, seen: Series, amount: _Amounts) -> Message:
    said = message("{year}: {value}", year=point.year, value=amount.said(point.told))
    if growth is not None:
        said = message("{line} ({growth})", line=said, growth=_grown(growth, seen))
    if point.restated:
        said = message("{line}, restated; told before as {earlier}", line=said, earlier=amount.said(point.restated[0]))
    return said


class _Amounts:
    """Amounts of a series, all scaled alike: as the newest of them is printed."""

    def __init__(self, seen: Series) -> None:
        self._scale = seen.points[-1].told.scale or 1
        readings = (one for point in reversed(seen.points) for one in (*point.readings, *point.restated))
        self._unit = next((one.unit for one in readings if one.unit), "")

    def plain(self, one: Operand) -> str:
        """In plain decimal digits, in the scale of the series."""
        return format(one.value if one.scale in (None, self._scale) else one.counted / self._scale, "f")

    def said(self, one: Operand) -> Message:
        """ "$40,339 million", "14.2 %"."""
        figure = f"{Decimal(self.plain(one)):,}".replace("-", "−")
        if self._unit in ("$", "€", "£"):
            figure = f"−{self._unit}{figure[1:]}" if figure.startswith("−") else f"{self._unit}{figure}"
        elif self._unit:
            figure = f"{figure} {self._unit}"
        return counted_in(figure, self._scale if one.scale else 1)


def counted_in(figure: str, scale: int) -> Message:
    """A figure with the word for what it counts."""
    match scale:
        case 1_000:
            return message("{figure} thousand", figure=figure)
        case 1_000_000:
            return message("{figure} million", figure=figure)
        case 1_000_000_000:
            return message("{figure} billion", figure=figure)
        case _:
            return literal(figure)


def signed(percent: Decimal) -> str:
    """With its sign: "+4.5" or "−2.1"."""
    return f"{percent:+,}".replace("-", "−")


def _spans(one: Operand) -> list[tuple[str, Page, Span]]:
    return [(one.row.document_id, one.row.page, span) for span in places(one.row.page, one.row.table, (one.fact,))]
