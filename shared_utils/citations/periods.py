"""Which year, quarter or half a figure or an event belongs to: the page's, or another that the claim puts there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared_utils.citations.quantities import Match, compare
from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Unit, Word, covered
from shared_utils.message import message
from shared_utils.text.quantities import Quantity
from shared_utils.types import Verdict

_PART = re.compile(
    r"\b(?P<which>first|second|third|fourth|last|final|1st|2nd|3rd|4th)\s+(?:fiscal\s+|financial\s+)?"
    r"(?P<what>quarter|half|week|month|season|semester|trimester|decade|century|round|day)\b",
    re.IGNORECASE,
)
_SPELLED = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "final": "last"}
_ONLY_COMPARED = re.compile(
    r"\b(?:compared (?:with|to)|against|versus|vs\.?|than (?:in|for)|from|since)\b[^.;,]{0,40}", re.IGNORECASE
)
_TELLING = 2  # digits of a number that stands in few sentences
_SPEAKS_OF_IT = 0.4  # weighted share of the claim's words


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a year, season or game: `name` in one spelling, and where it stands."""

    name: str
    text: str
    start: int


def check_periods(reading: Reading) -> Iterator[Finding]:
    """A figure that the page has in sentences of other years or quarters; an event that it puts into another one."""
    other = _year_of_the_figure(reading) or _part_of_the_figure(reading) or _part_of_the_event(reading)
    if other:
        page, answer = other
        yield Finding(
            Verdict.PARTLY, message("the page says it of “{page}”, not of “{answer}”", page=page, answer=answer)
        )


def _year_of_the_figure(reading: Reading) -> tuple[str, str] | None:
    years = [q for q in reading.numbers if q.is_year]
    if len(years) != 1 or reading.days:
        return None
    for holders in _holders_of_figures(reading):
        told = [_years_of(unit) for unit in holders]
        if all(told) and not any(_names(unit, years[0]) for unit in holders):
            return told[0][0].text, years[0].text
    return None


def _names(unit: Unit, year: Quantity) -> bool:
    """In whatever spelling: FY23 is named by 2022/23."""
    return year.text in unit.text or any(compare(year, q, None) is Match.EXACT for q in unit.numbers)


def _years_of(unit: Unit) -> list[Quantity]:
    """The years that a sentence is about."""
    compared = [range(*found.span()) for found in _ONLY_COMPARED.finditer(unit.text)]
    return [q for q in unit.numbers if q.is_year and not any(q.start in stretch for stretch in compared)]


def _part_of_the_figure(reading: Reading) -> tuple[str, str] | None:
    ours = _parts(reading.claim)
    for holders in _holders_of_figures(reading) if len(ours) == 1 else ():
        told = [_parts(unit.text) for unit in holders]
        if all(told) and not any(part.name == ours[0].name for parts in told for part in parts):
            return told[0][0].text, ours[0].text
    return None


def _part_of_the_event(reading: Reading) -> tuple[str, str] | None:
    """The page has another part behind the word before it, and never the claim's: "moderated in the second half"."""
    ours, weight = _parts(reading.claim), wording(reading)
    before = _word_before(reading.words, ours[0].start) if len(ours) == 1 else ()
    if not before:
        return None
    near = [reading.units[i] for i in reading.anchor]
    near = [unit for unit in near if not unit.is_row and covered(weight, unit.keys) >= _SPEAKS_OF_IT]
    places = [part for unit in near for part in _parts(unit.text) if _word_before(unit.words, part.start) == before]
    if places and all(part.name != ours[0].name for part in places):
        return places[0].text, ours[0].text
    return None


def _holders_of_figures(reading: Reading) -> Iterator[list[Unit]]:
    """For each telling number of the claim the sentences that have it; none where a row has, whose heads tell."""
    for wanted in reading.numbers:
        if wanted.is_year or wanted.in_words or sum(char.isdigit() for char in wanted.text) < _TELLING:
            continue
        holders = [
            unit
            for unit in reading.units
            if any(not q.is_year and compare(wanted, q, None) is Match.EXACT for q in unit.numbers)
        ]
        if holders and not any(unit.is_row for unit in holders):
            yield holders


def _parts(text: str) -> list[_Part]:
    return [
        _Part(f"{_SPELLED.get(which, which)} {found['what'].lower()}", " ".join(found[0].split()), found.start())
        for found in _PART.finditer(text)
        for which in (found["which"].lower(),)
    ]


def _word_before(words: Sequence[Word], start: int) -> tuple[str, ...]:
    return next((word.keys for word in reversed(words) if word.end <= start and word.content), ())
