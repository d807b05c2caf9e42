"""A figure through the years as data: its points, their readings, its growth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from shared_utils.calculation.operands import Operand
from shared_utils.text.growth import percent_of
from shared_utils.timeline.periods import is_next

Order = Mapping[str, str]
"""Document id -> what sorts documents from old to new, such as an ISO date; "" where it is not known."""


@dataclass(frozen=True, slots=True)
class Point:
    """A year of a figure, or a quarter or month (see periods.py). `readings` are the places that tell it, of the
    newest document first.

    `restated` are those of older documents that tell another amount, the newest of them first; () where all agree.
    """

    year: str
    readings: tuple[Operand, ...]
    restated: tuple[Operand, ...] = ()

    @property
    def told(self) -> Operand:
        """The reading that counts: that of the newest document."""
        return self.readings[0]

    @property
    def all(self) -> tuple[Operand, ...]:
        """What is shown of the year: what was told before, then the reading that counts."""
        return (*self.restated[::-1], self.told)


@dataclass(frozen=True, slots=True)
class Series:
    """A figure year by year, oldest first; `missing` are ids of documents that were asked and do not tell it."""

    name: str
    points: tuple[Point, ...]
    is_share: bool = False  # whether it is told in percent: then growth is a difference in percentage points
    missing: tuple[str, ...] = ()
    is_prose: bool = False  # whether sentences tell it, not tables

    def yearly(self) -> Iterator[tuple[str, Decimal]]:
        """(year, growth) of every year whose year before is told, where growth can be told."""
        for before, after in pairwise(self.points):
            grown = self._growth(before, after)
            if grown is not None and is_next(before.year, after.year):
                yield after.year, grown

    def overall(self) -> Decimal | None:
        """Growth from the first point to the last."""
        return self._growth(self.points[0], self.points[-1])

    def _growth(self, before: Point, after: Point) -> Decimal | None:
        if self.is_share:
            return after.told.value - before.told.value
        return percent_of(before.told.counted, after.told.counted)
