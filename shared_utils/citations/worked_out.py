"""Numbers of a claim that no page prints but that follow from those it prints: "rose by 150, from 14,544 to 14,694".

What lies between two numbers, that in percent of the first, or what several add up to. The numbers it is worked out
from are the claim's own that the page holds, or the only two of their kind in a sentence or row that speaks of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from shared_utils.citations.dates import names_a_time
from shared_utils.citations.polarity import are_alike
from shared_utils.citations.reading import Reading
from shared_utils.citations.text_units import Word
from shared_utils.text.quantities import Quantity
from shared_utils.text.units import same_unit

_TO = re.compile(r"\A[^.;]{0,30}\b(?:to|auf|à|a|tot|naar|bis)\s+\W*\Z", re.IGNORECASE)
_UP, _DOWN = ("increase", "increasing"), ("decrease", "decreasing")
_PERCENT = "%"
_LEAST_DIGITS = 2  # of what is worked out from numbers that the claim does not name: one digit comes about by chance
_MOST = 12  # numbers of a claim that are paired; more is a list, or hostile


def is_worked_out(wanted: Quantity, reading: Reading) -> bool:
    """Whether a number that the cited words do not hold follows from those that they do."""
    if wanted.is_year or wanted.ordinal or (wanted.in_words and wanted.value <= 1):
        return False
    held = {key for unit in reading.units for q in unit.numbers for key in q.mantissas}
    named = [q for q in reading.numbers if q is not wanted and not q.is_year and not held.isdisjoint(q.mantissas)]
    named = named[:_MOST]
    if len(named) > 1:
        return any(_follows(wanted, one, other, reading.claim) for one, other in combinations(named, 2)) or (
            _alike((wanted, *named)) and sum(q.value for q in named) == wanted.value
        )
    return _digits(wanted) >= _LEAST_DIGITS and any(_follows(wanted, *pair, "") for pair in _pairs_told(reading))


def changes_told(reading: Reading) -> tuple[Word, ...]:
    """The words of a claim that say which way a number went, where the two numbers that it names went that way: the
    page need not say "rose" of 805 and 1,048."""
    held = {key for unit in reading.units for q in unit.numbers for key in q.mantissas}
    told = [(was, now) for was, now in _from_to(reading) if {was.mantissa, now.mantissa} <= held]
    ways = {_signed(now) > _signed(was) for was, now in told if _signed(now) != _signed(was)}
    if len(ways) != 1:
        return ()
    end = _UP if ways == {True} else _DOWN
    return tuple(word for word in reading.words if any(are_alike(word.text, other) for other in end))


def _from_to(reading: Reading) -> Iterator[tuple[Quantity, Quantity]]:
    """What was before and what is now: "from 805 in 2022 to 1,048"."""
    numbers = [q for q in reading.numbers if not names_a_time(q, reading.claim)]
    for was, now in pairwise(numbers):
        if _comes_from(was, reading.claim) and _alike((was, now)) and _TO.search(reading.claim[was.end : now.start]):
            yield was, now


def _pairs_told(reading: Reading) -> Iterator[tuple[Quantity, Quantity]]:
    """The two numbers of a sentence or row that speaks of the claim, where it has no third of their kind."""
    for i in reading.anchor:
        numbers = [q for q in reading.units[i].numbers if not q.is_year and not q.ordinal and not q.in_words]
        if len(numbers) == 2 and _alike(numbers):
            yield numbers[0], numbers[1]


def _follows(wanted: Quantity, one: Quantity, other: Quantity, claim: str) -> bool:
    if not _alike((one, other)):
        return False
    if wanted.unit == _PERCENT and one.unit != _PERCENT:
        bases = [q for q in (one, other) if _comes_from(q, claim)] or [one, other]
        apart = abs(_signed(one) - _signed(other))
        return any(_is_told(100 * apart / base.value, wanted) for base in bases if base.value)
    if wanted.unit and one.unit and not same_unit(wanted.unit, one.unit):
        return False
    sides = ((wanted.value, one.value, other.value), (wanted.mantissa, one.mantissa, other.mantissa))
    signs = -1 if one.negative != other.negative else 1
    return any(said and said == abs(a - signs * b) for said, a, b in sides)


def _alike(numbers: Sequence[Quantity]) -> bool:
    """Whether all are of one unit; a cell leaves its unit to its heads."""
    units = {q.unit for q in numbers if q.unit}
    return len(units) < 2 and len({q.scale for q in numbers}) == 1


def _signed(number: Quantity) -> Decimal:
    return -number.value if number.negative else number.value


def _comes_from(number: Quantity, claim: str) -> bool:
    """Whether it is what was there before: "from 805 to 1,048"."""
    before = claim[: number.bound_start].rstrip(" $€£¥").lower()
    return before.endswith((" from", " von", " de", " da", " desde"))


def _is_told(value: Decimal, wanted: Quantity) -> bool:
    """Whether a share, rounded as far as the answer's digits go, is what it says; "about" leaves twice as much."""
    step = Decimal(10) ** int(wanted.mantissa.as_tuple().exponent)
    return abs(value - wanted.value) <= step / (1 if wanted.hedged else 2)


def _digits(number: Quantity) -> int:
    return len("".join(map(str, number.mantissa.as_tuple().digits)).strip("0"))
