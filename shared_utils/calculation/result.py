"""The result of a calculation: worked out in decimals, rounded as asked, written with its unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shared_utils.calculation.asked import asks_percent, counted_in, decimals
from shared_utils.calculation.formula import Formula, Item, value_of, written
from shared_utils.calculation.formulary import Form
from shared_utils.calculation.operands import Operand
from shared_utils.message import Message

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Calculation:
    """`formula` is `named` with the operands' figures; `result` is `value` as it is printed, with its unit."""

    name: Message
    period: str
    operands: tuple[Operand, ...]
    named: str
    formula: str
    value: Decimal
    unit: str
    result: str
    counts_as_operands: bool  # whether the result counts what all its operands count, such as millions
    is_named: bool = False  # whether `named` tells a formula that people know by its items
    earlier: Calculation | None = None  # the same a year before, where the two are compared


@dataclass(frozen=True, slots=True)
class NotComputed:
    """A figure whose formula is known and whose `missing` items were not found."""

    name: str
    named: str
    missing: tuple[str, ...]
    is_untold: bool = False  # whether none of its items was found


def computed(
    name: Message,
    period: str,
    formula: Formula,
    operands: dict[Item, Operand],
    form: Form,
    question: str,
    *,
    is_named: bool = False,
) -> Calculation | None:
    """A formula worked out; None where something is divided by nothing.

    Figures that tell no scale count what the others do. An amount is given in what the question asks for.
    """
    scales = {one.scale for one in operands.values()} - {None} or {1}
    is_one_scale, scale = len(scales) == 1, next(iter(scales)) or 1
    factor, counted = counted_in(question) if form is Form.AMOUNT and is_one_scale else (None, "")
    if factor == scale or scale == 1:
        factor = None
    value = value_of(formula, lambda one: operands[one].value if is_one_scale else operands[one].counted)
    if value is None:
        return None
    value, result, unit = _result(value * scale / factor if factor else value, form, operands, question, factor)
    return Calculation(
        name=name,
        period=period,
        operands=tuple(operands.values()),
        named=written(formula, _worded(operands)),
        formula=written(formula, lambda one: operands[one].printed),
        value=value,
        unit=f"{unit} {counted}".strip() if factor else unit,
        result=f"{result} {counted}" if factor else result,
        counts_as_operands=form is Form.AMOUNT and is_one_scale and not factor,
        is_named=is_named,
    )


def _worded(operands: dict[Item, Operand]) -> Callable[[Item], str]:
    """The items' names, with their years where those are several."""
    is_one_year = len({one.year for one in operands.values()}) == 1
    return lambda one: one.name if is_one_year else f"{one.name} {operands[one].year}".strip()


def _result(
    value: Decimal, form: Form, operands: dict[Item, Operand], question: str, factor: int | None
) -> tuple[Decimal, str, str]:
    asked_for = decimals(question)
    if form is Form.SHARE and asked_for is None:
        return _share(value * _HUNDRED)
    if form in (Form.PERCENT, Form.SHARE) or (form is Form.NUMBER and asks_percent(question)):
        if asked_for is not None and asked_for > 2 and not asks_percent(question):
            rounded = _rounded(value, asked_for)
            return rounded, f"{rounded:,} ({_rounded(value * _HUNDRED, 1):,} %)".replace("-", "−"), ""
        rounded = _rounded(value * _HUNDRED, 1 if asked_for is None else asked_for)
        return rounded, f"{rounded:,} %".replace("-", "−"), "%"
    if form is Form.AMOUNT:
        places = max(_places(one.value) for one in operands.values())
        places = asked_for if asked_for is not None else (max(places, 2) if factor and value < _HUNDRED else places)
    else:
        places = 2 if asked_for is None else asked_for
    rounded = _rounded(value, places)
    if rounded == rounded.to_integral_value() and form is Form.AMOUNT and asked_for is None:
        rounded = rounded.to_integral_value()
    unit = "days" if form is Form.DAYS else _unit(operands) if form is Form.AMOUNT else ""
    printed = f"{rounded:,}".replace("-", "−")
    if unit in ("$", "€", "£"):
        printed = f"−{unit}{printed[1:]}" if printed.startswith("−") else f"{unit}{printed}"
    elif unit:
        printed = f"{printed} {unit}"
    return rounded, printed, unit


def _share(percent: Decimal) -> tuple[Decimal, str, str]:
    """ "57 % (57.48 %)": in whole percent, which a share is told in, beside two decimals; less than one with one."""
    exact, whole = _rounded(percent, 2), _rounded(percent, 0 if abs(percent) >= 1 else 1)
    beside = "" if exact == whole else f" ({exact:,} %)"
    return exact, f"{whole:,} %{beside}".replace("-", "−"), "%"


def _unit(operands: dict[Item, Operand]) -> str:
    units = {one.unit for one in operands.values() if one.unit}
    return units.pop() if len(units) == 1 else ""


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def period_of(years: Sequence[str]) -> str:
    told = [year for year in years if year]
    if not told:
        return ""
    return told[0] if len(told) == 1 else f"{told[0]}–{told[-1]}"
