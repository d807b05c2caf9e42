"""The checks that compare exactly: dates, numbers and years.

Each takes a claim beside the words it cites, and yields a finding for whatever does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice, takewhile

from shared_utils.citations.dates import dates, same_day
from shared_utils.citations.parallel import listed_together
from shared_utils.citations.quantities import Match, compare
from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.signs import says_minus
from shared_utils.citations.substitutions import Swap, exchanged_number
from shared_utils.citations.tables import headings_of
from shared_utils.citations.text_units import Unit, Word, content_keys, covered, words_of
from shared_utils.citations.worked_out import is_worked_out
from shared_utils.citations.year_clauses import check_clause
from shared_utils.message import message
from shared_utils.text.dates import Quarter, quarters
from shared_utils.text.measures import declared_scale
from shared_utils.text.quantities import Quantity, identifiers
from shared_utils.text.units import converted, same_unit
from shared_utils.types import Verdict

_SPEAKS_OF_IT = 0.6  # a unit counts as speaking of the same thing from this share of the best unit's score on
_SHARES_WORDS = 0.2  # the same for a unit that was chosen for what it holds: it may have been for the number alone
_CARRIES_OVER = 2  # sentences for which a year that was named goes on
_COUNTED = 3  # words after a number that may say what it counts
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_GROUPED = re.compile(r"\d+(?:[.,]\d+)+")
_COMPARISON = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|than (?:in|for)|(?:up|down|increase|decrease) from)\b"
    r"[^.;,]{0,40}?(?:19|20)\d\d"
)
_WORD_BEHIND, _WORD_BEFORE = re.compile(r"\s+([^\W\d_]+)"), re.compile(r"([^\W\d_]+)\s+\Z")
_OF_THE_TASK = re.compile(r"\b(?:passages?|sources?|documents?|evidence|excerpts?|quotes?)\s\W?\Z", re.IGNORECASE)


def check_dates(reading: Reading) -> Iterator[Finding]:
    # Joined, for a heading may break between a day and the years it is for: "December 31," over "2021 2022 2023".
    notation = reading.units[0].notation if reading.units else None
    on_page = dates("\n".join(unit.text for unit in (*reading.units, *_heads_out_of_sight(reading))), notation)
    # Another date contradicts only where the page speaks of the claim most: a list has one at every entry.
    anchored = [date for i in reading.anchor[:1] for date in reading.units[i].days]
    anchored += [date for over in reading.headings for date in over.days]
    for wanted in reading.days:
        same = [date for date in on_page if same_day(wanted, date)]
        years = {year for date in same for year in date.years}
        if same and (not years or years.issuperset(wanted.years)):
            continue
        rivals = same or [date for date in anchored if not any(same_day(date, named) for named in reading.days)]
        if rivals:
            rival = max(rivals, key=lambda date: (date.month == wanted.month, date.day == wanted.day, len(date.text)))
            yield Finding(
                Verdict.CONTRADICTED,
                message("the page says {page}, the answer {answer}", page=rival.text, answer=wanted.text),
            )
        else:
            yield Finding(Verdict.PARTLY, message("the cited words do not say {what}", what=wanted.text))


def check_numbers(reading: Reading) -> Iterator[Finding]:
    related = _related(reading)
    for wanted in reading.numbers:
        if _OF_THE_TASK.search(reading.claim, 0, wanted.start):
            continue
        found = list(_found(wanted, reading, related))
        kinds = {match for _, match in found}
        if Match.EXACT in kinds:
            if wanted.is_year and _only_compared(wanted, reading):
                yield Finding(Verdict.PARTLY, message("the page names {what} only for comparison", what=wanted.text))
            elif wanted.is_year:
                yield from check_clause(wanted, reading)
            elif what := _counts_a_label(wanted, reading):
                yield Finding(Verdict.NOT_FOUND, message("the cited words do not say {what}", what=what))
            continue
        if is_worked_out(wanted, reading):
            continue
        if not found:
            if stands_with_a_gap(wanted, reading):
                continue
            if wanted.is_year:
                yield from _year(wanted, reading, related)
            elif any(compare(wanted, q, None) is Match.EXACT for unit in reading.units for q in unit.numbers):
                if not (wanted.in_words and (wanted.ordinal or wanted.value <= 1)):  # "one way to", "a third party"
                    yield _elsewhere(wanted)
            elif not (wanted.ordinal and wanted.in_words) and not ends_a_code(wanted, reading):  # words are compared
                other = _other_number(wanted, reading, related)
                if other.verdict is Verdict.CONTRADICTED or not (wanted.in_words and wanted.value <= 1):
                    yield other  # "one head keeper" for "a head keeper", "one that was manned"
            continue
        closest = min(kinds, key=list(Match).index)
        yield _not_the_same(wanted, next(q for q, match in found if match is closest), closest)
    yield from _codes(reading)
    yield from _periods(reading)


def _counts_a_label(wanted: Quantity, reading: Reading) -> str:
    """ "12 regulations" of the claim, where the page has that number in "regulation 12" alone; "" else."""
    counted = _WORD_BEHIND.match(reading.claim, wanted.end)
    if wanted.unit or wanted.in_words or not counted:
        return ""
    keys = content_keys(words_of(counted[1]))

    def is_label(text: str, number: Quantity) -> bool:
        before, behind = _WORD_BEFORE.search(text[: number.start]), _WORD_BEHIND.match(text, number.end)
        counts = behind is not None and not keys.isdisjoint(content_keys(words_of(behind[1])))
        return before is not None and not counts and not keys.isdisjoint(content_keys(words_of(before[1])))

    places = [
        (u.text, q) for u in reading.units for q in u.numbers if not set(q.mantissas).isdisjoint(wanted.mantissas)
    ]
    are_labels = bool(places) and all(is_label(text, number) for text, number in places)
    return reading.claim[wanted.start : counted.end()] if are_labels else ""


def _not_the_same(wanted: Quantity, page: Quantity, match: Match) -> Finding:
    told = {"page": page.text, "answer": wanted.text}
    if match is Match.ROUNDED:
        return Finding(Verdict.PARTLY, message("the page says {page}, the answer rounds it to {answer}", **told))
    if match is Match.BOUNDED:
        return Finding(
            Verdict.PARTLY, message("the page says {page}, the answer only compares it with {answer}", **told)
        )
    if match is Match.SIGN:
        return Finding(
            Verdict.PARTLY, message("the page says {page}, with another sign than the answer's {answer}", **told)
        )
    return Finding(Verdict.CONTRADICTED, message("the page says {page}, the answer {answer}", **told))


def _periods(reading: Reading) -> Iterator[Finding]:
    """A quarter of a year is on the page, in any spelling, or it is not."""
    rivals = [unit.text[q.start : q.end] for unit in _anchored(reading) for q in quarters(unit.text)]
    for wanted in _quarters_not_told(reading):
        what = reading.claim[wanted.start : wanted.end]
        if rivals:
            yield Finding(
                Verdict.CONTRADICTED, message("the page says {page}, the answer {answer}", page=rivals[0], answer=what)
            )
        elif not any(unit.is_row for unit in _anchored(reading)):  # else its headings may be out of sight
            yield Finding(Verdict.NOT_FOUND, message("the cited words do not speak of {what}", what=what))


def _quarters_not_told(reading: Reading) -> list[Quarter]:
    told = {quarter.number for unit in reading.units for quarter in quarters(unit.text)}
    return [quarter for quarter in quarters(reading.claim) if quarter.number not in told]


def _anchored(reading: Reading) -> list[Unit]:
    return [reading.units[i] for i in reading.anchor]


def _codes(reading: Reading) -> Iterator[Finding]:
    """Part numbers, versions and the like are on the page or they are not; how they are hyphenated does not matter."""
    missing = _quarters_not_told(reading)
    periods = {reading.claim[q.start : q.end].casefold() for q in quarters(reading.claim) if q not in missing}
    wanted = identifiers(reading.claim) - periods
    if not wanted:
        return
    known = frozenset[str]().union(*(identifiers(unit.text) for unit in reading.units))
    page = " ".join(unit.text for unit in reading.units).casefold()
    for name in sorted(wanted - known):
        spelled = r"[\W_]?".join(re.findall(r"[^\W\d_]+|\d+", name))
        if not re.search(rf"(?<![^\W_]){spelled}(?![^\W_])", page):
            yield Finding(Verdict.NOT_FOUND, message("the cited words have no “{what}”", what=name))


def stands_with_a_gap(wanted: Quantity, reading: Reading) -> bool:
    """Whether the page has it with a blank behind a sign of it, as some tools set text, "26, 000" or "98. 7"; or, in a
    sentence, with blanks between its thousands: "26 000"."""
    number = _GROUPED.search(wanted.text)
    if number is None:
        return False
    sign = r"(?:[.,]\s?|\s)" if _THOUSANDS.fullmatch(number[0]) else r"[.,]\s"
    spelled = re.compile(rf"(?<![\d.,]){sign.join(re.split('[.,]', number[0]))}(?!\d)")
    return any(" " in match for text in _with_what_follows(reading.units) for match in spelled.findall(text))


def _with_what_follows(units: Sequence[Unit]) -> Iterator[str]:
    """Every sentence with the one behind it: it may have been cut at the point of a number. Cells stand apart."""
    for i, unit in enumerate(units):
        if not unit.is_row:
            cut = i + 1 < len(units) and not units[i + 1].is_row
            yield f"{unit.text} {units[i + 1].text}" if cut else unit.text


def ends_a_code(wanted: Quantity, reading: Reading) -> bool:
    """Whether "Covid 19" of the claim is what the page writes COVID-19."""
    before = re.search(r"([^\W\d_]+)[\s-]\Z", reading.claim[: wanted.start])
    name = f"{before[1]}{wanted.text}".casefold() if before else ""
    return any(name == code.replace("-", "") for unit in reading.units for code in identifiers(unit.text))


def check_exchanged(reading: Reading) -> Iterator[Finding]:
    """A number that stands elsewhere in the sentence, but not in this place of it."""
    for i in reading.anchor:
        page = reading.units[i]
        if page.is_row or not (swap := exchanged_number(reading.claim, reading.words, page.text, page.words)):
            continue
        if listed_together(page.text, page.numbers, swap.page, swap.answer):
            continue  # which of them it is for, the list beside it tells
        spaced = any(swap.answer in q.text and stands_with_a_gap(q, reading) for q in reading.numbers)
        if not spaced and not mean_the_same(swap, reading, page):
            yield Finding(
                Verdict.CONTRADICTED,
                message("the page says {page}, the answer {answer}", page=swap.page, answer=swap.answer),
            )
            return


def mean_the_same(swap: Swap, reading: Reading, unit: Unit) -> bool:
    """Whether two numbers in one place differ in spelling, rounding, sign or unit only: those are compared apart."""
    ours = [q for q in reading.numbers if swap.answer in q.text]
    theirs = [q for q in unit.numbers if swap.page in q.text]
    same = (Match.EXACT, Match.ROUNDED, Match.BOUNDED, Match.SIGN)
    return any(compare(one, other, None) in same for one in ours for other in theirs)


def _only_compared(year: Quantity, reading: Reading) -> bool:
    """The year of "up from 2017" is not the one the sentence is about."""
    if _COMPARISON.search(reading.claim):
        return False
    held = [text for i in reading.anchor if year.text in (text := reading.units[i].text)]
    return bool(held) and all(year.text not in _COMPARISON.sub("", text) for text in held)


def _related(reading: Reading) -> tuple[int, ...]:
    """The units that speak of the claim with more than its numbers: a number elsewhere is of something else."""
    weight = wording(reading)
    share = [covered(weight, unit.keys) for unit in reading.units]
    best = max((share[i] for i in reading.anchor), default=0.0)
    anchored = [i for i in reading.anchor if reading.units[i].is_row or share[i] >= _SHARES_WORDS * best]
    others = (i for i, held in enumerate(share) if i not in reading.anchor and best and held >= _SPEAKS_OF_IT * best)
    return (*anchored, *others)


def _found(wanted: Quantity, reading: Reading, related: tuple[int, ...]) -> Iterator[tuple[Quantity, Match]]:
    """Numbers like the wanted one, in units that speak of the claim, or over them."""
    for i, unit in enumerate(reading.units):
        if i not in related and unit not in reading.headings:
            continue
        scale = _scale_over(reading, i) if unit.is_row else None
        for q in unit.numbers:
            match = compare(wanted, q, scale)
            if match is Match.SIGN and _sign_is_told(wanted, reading, q, unit):
                match = Match.EXACT
            if match:
                yield q, match
    yield from (
        (q, match) for head in _heads_out_of_sight(reading) for q in head.numbers if (match := compare(wanted, q, None))
    )


def _heads_out_of_sight(reading: Reading) -> list[Unit]:
    """The names over a table's cells that stand outside the cited words."""
    return [head for head in reading.headings if head not in reading.units]


def _scale_over(reading: Reading, row: int) -> Decimal:
    """What a row's numbers are to be multiplied by: what the nearest line over it says, else any line at hand."""
    for over in headings_of(reading.units, row):
        if (scale := declared_scale(over.text)) != 1:
            return scale
    return declared_scale("\n".join(unit.text for unit in reading.units))


def _sign_is_told(wanted: Quantity, reading: Reading, page: Quantity, unit: Unit) -> bool:
    """Whether one side says with words what the other prints as a minus."""
    if wanted.negative:
        return says_minus(unit.text, page)
    return says_minus(reading.claim, wanted)


def _year(wanted: Quantity, reading: Reading, related: tuple[int, ...]) -> Iterator[Finding]:
    used = {q.value for q in reading.numbers if q.is_year}  # what the answer names as well stands in no other's place
    anchored = [
        q for i in reading.anchor if i in related for q in reading.units[i].numbers if q.is_year and q.value not in used
    ]
    stands = [
        i for i, unit in enumerate(reading.units) if any(q.is_year and q.value == wanted.value for q in unit.numbers)
    ]
    if anchored:
        yield Finding(
            Verdict.CONTRADICTED,
            message("the page says {page}, the answer {answer}", page=anchored[0].text, answer=wanted.text),
        )
    elif stands and not any(_carries_over(i, reading) for i in stands):
        yield _elsewhere(wanted)
    elif not stands and any(reading.units[i].is_row for i in reading.anchor):  # its headings may be out of sight
        yield Finding(
            Verdict.PARTLY, message("the cited words do not say which number is for {what}", what=wanted.text)
        )
    elif not stands:
        yield Finding(Verdict.NOT_FOUND, message("the cited words do not speak of {what}", what=wanted.text))


def _elsewhere(wanted: Quantity) -> Finding:
    return Finding(
        Verdict.PARTLY, message("the page names {what}, but not beside what the answer says of it", what=wanted.text)
    )


def _carries_over(year: int, reading: Reading) -> bool:
    """Whether a year named in one unit holds for what follows: in a heading, or just before."""
    unit = reading.units[year]
    heads = not unit.text.rstrip().endswith((".", "!", "?", "。"))
    return any(year < i and (heads or i - year <= _CARRIES_OVER) for i in reading.anchor)


def _other_number(wanted: Quantity, reading: Reading, related: tuple[int, ...]) -> Finding:
    """What the page has in its place: the likest number of the same kind that the answer does not use."""
    used = {mantissa for q in reading.numbers for mantissa in q.mantissas}
    rivals = [
        q
        for i in reading.anchor
        if i in related
        for q in reading.units[i].numbers
        if used.isdisjoint(q.mantissas) and not q.is_year and _measures_the_same(wanted, reading, q, reading.units[i])
    ]
    if not rivals:
        return Finding(Verdict.NOT_FOUND, message("the cited words do not hold {what}", what=wanted.text))
    rival = max(rivals, key=lambda q: (q.unit == wanted.unit, _likeness(q.text, wanted.text)))
    return Finding(
        Verdict.CONTRADICTED, message("the page says {page}, the answer {answer}", page=rival.text, answer=wanted.text)
    )


def _measures_the_same(wanted: Quantity, reading: Reading, page: Quantity, unit: Unit) -> bool:
    """Whether two numbers may be of one measure: metres and centimetres, but not metres and times.

    A cell of a table leaves its unit to its heads; in a sentence the words after a number tell what it counts.
    """
    if wanted.unit and page.unit:
        return same_unit(wanted.unit, page.unit) or converted(page.value, page.unit, wanted.unit) is not None
    if unit.is_row:
        return True
    counted, stands = _counted(reading.words, wanted), _counted(unit.words, page)
    if _may_be_a_year(wanted) is not _may_be_a_year(page):
        return not counted.isdisjoint(stands)  # "in 1784" is no other number than "two banks"
    if wanted.unit or page.unit:
        return not (stands if wanted.unit else counted)
    return not counted or not stands or not counted.isdisjoint(stands)


def _may_be_a_year(number: Quantity) -> bool:
    return not number.unit and not number.scaled and number.text.isdigit() and 1000 <= number.value <= 2099


def _counted(words: Sequence[Word], number: Quantity) -> frozenset[str]:
    """Keys of the words of content right after a number: of "12 passengers a day" passengers, of "45 a day" none."""
    after = takewhile(lambda word: word.content and word.text[0].isalpha(), (w for w in words if w.start >= number.end))
    return frozenset(key for word in islice(after, _COUNTED) for key in word.keys)


def _likeness(one: str, other: str) -> float:
    same = sum(a == b for a, b in zip(one, other, strict=False))
    return same / max(len(one), len(other))
