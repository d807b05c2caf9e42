"""The checks that compare exactly: dates, numbers, years, and the column that a number stands in.

Each takes a claim beside the words it cites, and yields a finding for whatever does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from shared_utils.citations.dates import dates
from shared_utils.citations.quantities import Match, Quantity, compare, declared_scale, identifiers, quantities
from shared_utils.citations.reading import Finding, Reading, holds
from shared_utils.citations.substitutions import exchanged_number
from shared_utils.citations.tables import cells_of, column_keys, columns_over, key_of_cell
from shared_utils.citations.text_units import covered
from shared_utils.message import Message, message
from shared_utils.types import Verdict

_SPEAKS_OF_IT = 0.6  # a unit counts as speaking of the same thing from this share of the best unit's score on
_COMPARISON = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|than (?:in|for)|(?:up|down|increase|decrease) from)\b"
    r"[^.;,]{0,40}?(?:19|20)\d\d"
)


def check_dates(reading: Reading) -> Iterator[Finding]:
    on_page = dates("\n".join(unit.text for unit in reading.units))
    anchored = dates(reading.page) + tuple(date for over in reading.headings for date in dates(over.text))
    for wanted in dates(reading.claim):
        same_day = [date for date in on_page if date.month == wanted.month and wanted.day in (None, date.day)]
        years = {year for date in same_day for year in date.years}
        if same_day and (not years or years.issuperset(wanted.years)):
            continue
        rivals = same_day or anchored
        if rivals:
            rival = max(rivals, key=lambda date: (date.month == wanted.month, date.day == wanted.day, len(date.text)))
            yield Finding(
                Verdict.CONTRADICTED,
                message("the page says {page}, the answer {answer}", page=rival.text, answer=wanted.text),
            )
        else:
            yield Finding(Verdict.PARTLY, message("the cited words do not say {what}", what=wanted.text))


def check_numbers(reading: Reading) -> Iterator[Finding]:
    scale = declared_scale("\n".join(unit.text for unit in reading.units))
    for wanted in reading.numbers:
        found = list(_found(wanted, reading, scale))
        kinds = {match for _, match in found}
        if Match.EXACT in kinds:
            if wanted.is_year and _only_compared(wanted, reading):
                yield Finding(Verdict.PARTLY, message("the page names {what} only for comparison", what=wanted.text))
            continue
        page = next((q for q, _ in found), None)
        if page is None:
            yield _year(wanted, reading) if wanted.is_year else _other_number(wanted, reading)
        elif Match.ROUNDED in kinds:
            yield Finding(
                Verdict.PARTLY,
                message("the page says {page}, the answer rounds it to {answer}", page=page.text, answer=wanted.text),
            )
        elif Match.SIGN in kinds:
            yield Finding(
                Verdict.PARTLY,
                message(
                    "the page says {page}, with another sign than the answer's {answer}",
                    page=page.text,
                    answer=wanted.text,
                ),
            )
        else:
            yield Finding(
                Verdict.CONTRADICTED,
                message("the page says {page}, the answer {answer}", page=page.text, answer=wanted.text),
            )
    known = frozenset[str]().union(*(identifiers(unit.text) for unit in reading.units))
    for name in sorted(identifiers(reading.claim) - known):
        yield Finding(Verdict.NOT_FOUND, message("the cited words have no “{what}”", what=name))


def check_exchanged(reading: Reading) -> Iterator[Finding]:
    """A number that stands elsewhere in the sentence, but not in this place of it."""
    for i in reading.anchor:
        page = reading.units[i]
        if not page.is_row and (swap := exchanged_number(reading.claim, reading.words, page.text, page.words)):
            yield Finding(
                Verdict.CONTRADICTED,
                message("the page says {page}, the answer {answer}", page=swap.page, answer=swap.answer),
            )
            return


def _only_compared(year: Quantity, reading: Reading) -> bool:
    """The year of "up from 2017" is not the one the sentence is about."""
    if _COMPARISON.search(reading.claim):
        return False
    held = [text for i in reading.anchor if year.text in (text := reading.units[i].text)]
    return bool(held) and all(year.text not in _COMPARISON.sub("", text) for text in held)


def _found(wanted: Quantity, reading: Reading, scale: Decimal) -> Iterator[tuple[Quantity, Match]]:
    """Numbers like the wanted one, in units that speak of the claim, or over them."""
    best = max((covered(reading.weight, reading.units[i].keys) for i in reading.anchor), default=0.0)
    for i, unit in enumerate(reading.units):
        speaks = i in reading.anchor or covered(reading.weight, unit.keys) >= _SPEAKS_OF_IT * best
        if not speaks and unit not in reading.headings:
            continue
        for q in quantities(unit.text):
            match = compare(wanted, q, scale if unit.is_row else None)
            if match:
                yield q, match


def _year(wanted: Quantity, reading: Reading) -> Finding:
    anchored = [q for i in reading.anchor for q in quantities(reading.units[i].text) if q.is_year]
    if anchored:
        return Finding(
            Verdict.CONTRADICTED,
            message("the page says {page}, the answer {answer}", page=anchored[0].text, answer=wanted.text),
        )
    if any(q.is_year and q.value == wanted.value for unit in reading.units for q in quantities(unit.text)):
        return Finding(Verdict.SUPPORTED)
    if any(reading.units[i].is_row for i in reading.anchor):  # its headings may be out of sight
        return Finding(
            Verdict.PARTLY, message("the cited words do not say which number is for {what}", what=wanted.text)
        )
    return Finding(Verdict.NOT_FOUND, message("the cited words do not speak of {what}", what=wanted.text))


def _other_number(wanted: Quantity, reading: Reading) -> Finding:
    """What the page has in its place: the likest number of the same kind that the answer does not use."""
    used = {q.value for q in quantities(reading.claim)}
    rivals = [
        q
        for i in reading.anchor
        for q in quantities(reading.units[i].text)
        if q.value not in used and (q.unit == wanted.unit or not q.unit or not wanted.unit) and not q.is_year
    ]
    if not rivals:
        return Finding(Verdict.NOT_FOUND, message("the cited words do not hold {what}", what=wanted.text))
    rival = max(rivals, key=lambda q: (q.unit == wanted.unit, _likeness(q.text, wanted.text)))
    return Finding(
        Verdict.CONTRADICTED, message("the page says {page}, the answer {answer}", page=rival.text, answer=wanted.text)
    )


def _likeness(one: str, other: str) -> float:
    same = sum(a == b for a, b in zip(one, other, strict=False))
    return same / max(len(one), len(other))


def check_columns(reading: Reading) -> Iterator[Finding]:
    """A number taken from the right row but another year's or quarter's column."""
    keys = column_keys(reading.claim)
    for wanted in reading.numbers:
        if not keys or wanted.is_year:
            continue
        rows = [i for i in reading.anchor if reading.units[i].is_row and holds(reading.units[i], wanted)]
        findings = [finding for i in rows[:1] if (finding := _column(wanted, reading, i))]
        yield from findings


def _column(wanted: Quantity, reading: Reading, row: int) -> Finding | None:
    cells = cells_of(reading.units[row])
    named = column_keys(reading.claim)
    told = False
    for columns in columns_over(reading.units, row):
        family = "year" if len(columns[0]) == 4 else "quarter"
        ours = [column for column in named if column.family == family]
        if len(columns) == len(ours) == 1 and ours[0].key != columns[0]:  # a section that has one year throughout
            return Finding(
                Verdict.CONTRADICTED,
                message(
                    "the page has {what} under {column}, the answer says {other}",
                    what=wanted.text,
                    column=columns[0],
                    other=ours[0].key,
                ),
            )
        ours = [column for column in ours if column.key in columns]
        if not ours:
            continue
        told = True
        nearest = min(ours, key=lambda column: abs(column.start - wanted.start)).key
        under = [
            key_of_cell(columns, cells, i)
            for i, q in enumerate(cells)
            if q is not None and q.mantissa == wanted.mantissa
        ]
        if under and nearest not in under and None not in under:
            right = next((q.text for i, q in enumerate(cells) if q and key_of_cell(columns, cells, i) == nearest), "")
            return Finding(Verdict.CONTRADICTED, _under(wanted.text, under[0], nearest, right, family))
    if not told and len({q.value for q in cells if q}) > 1:
        return Finding(
            Verdict.PARTLY,
            message("the row holds several numbers; which column {what} stands in cannot be told", what=wanted.text),
        )
    return None


def _under(what: str, column: str | None, other: str, right: str, family: str) -> Message:
    """Which column the page has a number under. `right`: what it has under the answer's, "" where that is not known."""
    label = message("quarter {n}", n=column) if family == "quarter" else column
    if not right:
        return message(
            "the page has {what} under {column}, the answer says {other}", what=what, column=label, other=other
        )
    return message(
        "the page has {what} under {column}, the answer says {other}; for {other} it has {right}",
        what=what,
        column=label,
        other=other,
        right=right,
    )
