"""A figure through the years as a chart: what each bar is, where it stands, what it says. Renderers draw it.

The page draws it by Vega-Lite (vega.py, src/screen/series.py), a report as SVG (report_parts.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby

from shared_utils.text.growth import percent_of
from shared_utils.timeline.periods import is_next
from shared_utils.types import Answer, Direct, DirectKind, DirectOperand
from src.i18n import ENGLISH, Say
from src.presentation.describe import growth_figure

WIDTH, HEIGHT = 640.0, 230.0  # of the drawing, in its own units
_TOP, _BOTTOM, _GAP = 30.0, 26.0, 0.3  # room over the bars and under them; share of a step between two bars
_WIDEST = 70.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A year. `start` and `end` are shares of the chart's length, from its least value (or 0) to its greatest."""

    label: str
    amount: float
    value: str  # as the chart prints it
    change: str  # over the year before; "" where that is not told
    earlier: str  # what an older document told of a restated year; "" else
    said: str  # the whole of it in words
    marker: int  # of the citation it opens; 0 = none
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Column:
    """A bar as it is drawn upright: its rectangle, the middle of it, where its value and its label stand."""

    bar: Bar
    x: float
    y: float
    width: float
    height: float
    middle: float
    value_y: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`said` is the text alternative: every year with its value."""

    title: str
    said: str
    bars: tuple[Bar, ...]
    heads: tuple[str, ...]  # over the columns of its table: year, value, change; told before, where a year was restated

    @property
    def has_earlier(self) -> bool:
        return any(bar.earlier for bar in self.bars)

    def columns(self) -> tuple[Column, ...]:
        """The bars upright in a drawing of WIDTH by HEIGHT."""
        step = WIDTH / len(self.bars)
        width = min(_WIDEST, step * (1 - _GAP))
        height = HEIGHT - _TOP - _BOTTOM
        found = []
        for number, bar in enumerate(self.bars):
            middle = (number + 0.5) * step
            y = _TOP + height * (1 - bar.end)
            tall = max(1.0, height * (bar.end - bar.start))
            found.append(Column(bar, middle - width / 2, y, width, tall, middle, y - 7, HEIGHT - 7))
        return tuple(found)


def series_chart(answer: Answer | None, say: Say = ENGLISH) -> Chart | None:
    """The chart of an answer that tells a figure through the years; None of any other."""
    direct = answer.direct if answer is not None and answer.answerable else None
    if answer is None or direct is None or direct.kind is not DirectKind.SERIES:
        return None
    try:
        years = [_Year(year, tuple(told)) for year, told in groupby(direct.operands, lambda one: one.period)]
        return _drawn(direct, years, _lines(answer, say), say) if years else None
    except InvalidOperation:  # kept by another version
        return None


@dataclass(frozen=True, slots=True)
class _Year:
    label: str
    told: Sequence[DirectOperand]  # what was told before, then what counts

    @property
    def amount(self) -> Decimal:
        return Decimal(self.told[-1].amount)


def _drawn(direct: Direct, years: Sequence[_Year], lines: Sequence[str], say: Say) -> Chart:
    least, most = min(Decimal(0), *(y.amount for y in years)), max(Decimal(0), *(y.amount for y in years))
    length = (most - least) or Decimal(1)
    bars = []
    for number, (year, change) in enumerate(zip(years, _changes(direct, years, say), strict=True)):
        low, high = sorted((Decimal(0), year.amount))
        bars.append(
            Bar(
                label=year.label,
                amount=float(year.amount),
                value=_number(year.told[-1].amount, say),
                change=change,
                earlier=" · ".join(_number(one.amount, say) for one in year.told[:-1]),
                said=lines[number] if number < len(lines) else year.label,
                marker=year.told[-1].citations[0] if year.told[-1].citations else 0,
                start=float((low - least) / length),
                end=float((high - least) / length),
            )
        )
    heads: tuple[str, ...] = (
        say("Year") if all(y.label.isdigit() for y in years) else say("Period"),
        say("Value"),
        say("Change"),
    )
    if any(bar.earlier for bar in bars):
        heads = (*heads, say("Told before"))
    return Chart(direct.name, "; ".join(bar.said for bar in bars), tuple(bars), heads)


def _lines(answer: Answer, say: Say) -> list[str]:
    """What the answer says of each year, in its order: the items that lead it."""
    led = answer.sentences[1:]
    count = next((i for i, sentence in enumerate(led) if sentence.item != "-" or not sentence.said), len(led))
    return [say(sentence.said) for sentence in led[:count]]


def _changes(direct: Direct, years: Sequence[_Year], say: Say) -> Iterator[str]:
    is_share = all(one.unit == "%" for one in direct.operands)
    before: _Year | None = None
    for year in years:
        told = ""
        if before is not None and is_next(before.label, year.label):
            grown = year.amount - before.amount if is_share else percent_of(before.amount, year.amount)
            if grown is not None:
                figure = growth_figure(grown, say)
                told = figure if is_share else say("{growth} %", growth=figure)
        yield told
        before = year


def _number(amount: str, say: Say) -> str:
    value = Decimal(amount)
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return say.number(float(value), f",.{places}f").replace("-", "−")
