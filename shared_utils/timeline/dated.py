"""When a document is from: by the period it reports on, the date on its first pages, its title or name, the day its
file was made, or its years.

    dated(pages, title="Annual report", name="report_2021.pdf").iso      # "2020-12-31"

The day a file was made is not taken where it is later than the year after the newest one that its first pages name: an
old document that was scanned, or saved anew. What is no statement of the document
itself is a guess, and says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared_utils.text.dates import Date, dates
from shared_utils.types import Page, Span

_FIRST_PAGES = 3
_OPENING_CHARS = 6_000
_BEFORE = 60  # characters before a date that may say that a period ends there
_SHORT_LINE = 60  # a date in a longer line is told within a sentence
_LEAST_MENTIONS = 3
_PERIOD_ENDS = re.compile(
    r"\b(?:(?:year|quarter|period|months|weeks)\s+(?:ended|ending|to)|geschäftsjahr\w*\s+(?:zum|bis)|stichtag|"
    r"exercice clos(?: le)?|ejercicio (?:terminado|cerrado)(?: el)?|esercizio chiuso(?: al)?|exercício findo(?: em)?|"
    r"boekjaar (?:eindigend|afgesloten)(?: op)?)\b[\s:,]*(?:el|le|al|em|op|on)?\s*\Z",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\b(?:born|birth|died|geb\.|geboren|geburts\w*|née?|nacid[oa])\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,/-])((?:19|20)\d\d)(?![.,]?\d|[/-]|\w)")
_IN_A_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ISO = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


class DateSource(StrEnum):
    """What tells a document's date. The values are kept by programs."""

    CORRECTED = "corrected"  # by the person
    PERIOD = "period"  # "for the year ended …"
    FIRST_PAGES = "first pages"  # a date in a line of its own
    TITLE = "title"  # a year in its title or in the name of its file: guessed
    FILE = "file"  # the day its file was made, by the file's own data: guessed
    YEARS = "years"  # the newest year that its first pages name more than once: guessed
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Dated:
    """`iso` is "2019", "2019-12" or "2019-12-31", "" where nothing tells; `page` (1-based, 0 = none) and `span` the
    place that says so."""

    iso: str
    source: DateSource
    page: int = 0
    span: Span | None = None

    @property
    def year(self) -> str:
        return self.iso[:4]

    @property
    def is_guessed(self) -> bool:
        return self.source in (DateSource.TITLE, DateSource.FILE, DateSource.YEARS)


UNDATED = Dated("", DateSource.NOTHING)


def is_iso(text: str) -> bool:
    """Whether a text is a year, a year and month, or a date, as in ISO 8601.

    >>> is_iso("2019"), is_iso("2019-12-31"), is_iso("31.12.2019"), is_iso("2019-13")
    (True, True, False, False)
    """
    return _ISO.fullmatch(text) is not None


def dated(pages: Sequence[Page], *, title: str = "", name: str = "", made_on: str = "", corrected: str = "") -> Dated:
    """A document's date. `made_on` is the day that the file's own data tell, `corrected` what the person said, both in
    ISO form, "" where nothing is told."""
    if is_iso(corrected):
        return Dated(corrected, DateSource.CORRECTED)
    first = [page for page in pages if page.number <= _FIRST_PAGES]
    return (
        _of_a_period(first)
        or _in_a_line(first)
        or _of_a_name(title, name)
        or _of_the_file(first, made_on)
        or _of_years(first)
        or UNDATED
    )  # fmt: skip


def _of_a_period(pages: Sequence[Page]) -> Dated | None:
    for page in pages:
        text = page.text[:_OPENING_CHARS]
        for date in dates(text):
            if date.years and _PERIOD_ENDS.search(text[max(0, date.start - _BEFORE) : date.start]):
                return Dated(_iso(date), DateSource.PERIOD, page.number, Span(date.start, date.end))
    return None


def _in_a_line(pages: Sequence[Page]) -> Dated | None:
    for page in pages[:2]:
        start, before = 0, ""
        for line in page.text[:_OPENING_CHARS].splitlines(keepends=True):
            found = next((date for date in dates(line) if date.years), None)
            if found is not None and len(line.strip()) <= _SHORT_LINE and not _BIRTH.search(f"{before} {line}"):
                span = Span(start + found.start, start + found.end)
                return Dated(_iso(found), DateSource.FIRST_PAGES, page.number, span)
            start, before = start + len(line), line
    return None


def _of_a_name(title: str, name: str) -> Dated | None:
    years = _IN_A_NAME.findall(title) or _IN_A_NAME.findall(name)
    return Dated(max(years), DateSource.TITLE) if years else None


def _of_the_file(pages: Sequence[Page], made_on: str) -> Dated | None:
    if not is_iso(made_on):
        return None
    made = int(made_on[:4])
    named = [int(year) for page in pages for year in _YEAR.findall(page.text) if int(year) <= made]
    return Dated(made_on, DateSource.FILE) if not named or made <= max(named) + 1 else None


def _of_years(pages: Sequence[Page]) -> Dated | None:
    named = Counter(year for page in pages for year in _YEAR.findall(page.text))
    often = [year for year, count in named.items() if count >= _LEAST_MENTIONS]
    return Dated(max(often), DateSource.YEARS) if often else None


def _iso(date: Date) -> str:
    year = f"{max(date.years)}-{date.month:02}"
    return year if date.day is None else f"{year}-{date.day:02}"
