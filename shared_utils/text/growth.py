"""How much an amount grew."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_HUNDRED = Decimal(100)


def percent_of(earlier: Decimal, later: Decimal) -> Decimal | None:
    """Growth in percent to one decimal.

    >>> percent_of(Decimal(200), Decimal(230)), percent_of(Decimal(-5), Decimal(5))
    (Decimal('15.0'), None)
    """
    if earlier <= 0:
        return None
    return ((later - earlier) * _HUNDRED / earlier).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
