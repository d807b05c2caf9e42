"""How a number of an answer relates to one of the page: the same, rounded, or of another sign, scale or unit."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from itertools import product

from shared_utils.text.measures import declared_scale as declared_scale
from shared_utils.text.numerals import plain_digits as plain_digits
from shared_utils.text.quantities import Quantity as Quantity
from shared_utils.text.quantities import identifiers as identifiers
from shared_utils.text.quantities import quantities as quantities
from shared_utils.text.units import converted, same_unit


class Match(Enum):
    """How a number of an answer relates to one of the page, the closest first."""

    EXACT = "exact"
    ROUNDED = "rounded"
    BOUNDED = "bounded"
    SIGN = "sign"
    UNIT = "unit"
    SCALE = "scale"


_CLOSEST = list(Match)


def compare(answer: Quantity, page: Quantity, table_scale: Decimal | None) -> Match | None:
    """How the two relate; None when they are simply different numbers.

    A number with two readings matches by either. `table_scale` is the declared scale when the page's number is a cell
    of a table, else None: a cell often leaves its unit and scale to a heading that may be out of sight.
    """
    found = [
        match
        for ours, theirs in product(answer.mantissas, page.mantissas)
        if (match := _relation(answer, ours, page, theirs, table_scale))
    ]
    return min(found, key=_CLOSEST.index, default=None)


def _relation(
    answer: Quantity, ours: Decimal, page: Quantity, theirs: Decimal, table_scale: Decimal | None
) -> Match | None:
    value = ours * answer.scale
    readings = {theirs * page.scale}
    if table_scale is not None and not page.scaled:
        readings.add(theirs * table_scale)
        if table_scale == 1 and ours == theirs:
            readings.add(value)  # its scale may be out of sight
    if answer.unit and page.unit and not same_unit(answer.unit, page.unit):
        return _in_another_unit(answer, ours, page, readings)
    match = _closeness(answer, ours, readings, page)
    if match in (Match.EXACT, Match.ROUNDED) and answer.negative != page.negative:
        return Match.SIGN
    if match is None and ours == theirs and (answer.scaled or page.scaled):
        return Match.SCALE
    return match


def _in_another_unit(answer: Quantity, ours: Decimal, page: Quantity, readings: set[Decimal]) -> Match | None:
    """5 km are 3.1 miles: a conversion is right when it holds as far as the answer's digits go."""
    sign = -1 if answer.negative else 1
    turned = {converted(-reading if page.negative else reading, page.unit, answer.unit) for reading in readings}
    if any(turn is not None and _is_or_rounds(turn * sign, answer, ours) for turn in turned):
        return Match.EXACT
    return Match.UNIT if ours * answer.scale in readings else None


def _is_or_rounds(value: Decimal, answer: Quantity, ours: Decimal) -> bool:
    return value == ours * answer.scale or rounds_to(value, answer, ours, least=1)


def _closeness(answer: Quantity, ours: Decimal, readings: set[Decimal], page: Quantity) -> Match | None:
    value = ours * answer.scale
    if value in readings:
        return Match.EXACT
    if answer.is_year or page.is_year:
        return None
    if any(rounds_to(reading, answer, ours) for reading in readings):
        return Match.EXACT if answer.hedged else Match.ROUNDED
    if not page.bound and answer.unit == page.unit and any(_is_bounded(reading, answer, value) for reading in readings):
        return Match.BOUNDED
    return None


def rounds_to(value: Decimal, answer: Quantity, ours: Decimal, *, least: int = 2) -> bool:
    """Whether `value`, rounded as far as the digits of `ours` tell, is what the answer says; `ours` is its mantissa.

    Zeros at the end of a whole number may be digits or not: they count as rounded. At least `least` digits must be
    left, unless rounding is announced.
    """
    digits = ours.as_tuple()
    exponent = int(digits.exponent)
    shown = "".join(map(str, digits.digits)).lstrip("0")
    if exponent >= 0 and not answer.scaled:
        exponent += len(shown) - len(shown.rstrip("0"))
        shown = shown.rstrip("0")
    if len(shown) < least and not answer.hedged:
        return False
    step = answer.scale * Decimal(10) ** exponent
    over = value - ours * answer.scale
    if answer.bound == "above":
        return 0 <= over < step
    if answer.bound == "below":
        return -step < over <= 0
    return abs(over) <= step / 2


def _is_bounded(value: Decimal, answer: Quantity, said: Decimal) -> bool:
    if answer.bound in ("above", "least"):
        return value > said
    return answer.bound in ("below", "most") and value < said
