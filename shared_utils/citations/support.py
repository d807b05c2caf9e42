"""Which sentences and table rows speak of what a claim says."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.citations.quantities import Quantity, quantities
from shared_utils.citations.tables import headings_of
from shared_utils.citations.text_units import Unit, content_keys, covered, weights, words_of

_GAIN = 0.12  # share of the claim's words that a further unit must add
_MOST = 3
_LABEL_SHARED = 0.6  # a row speaks of a claim that has this share of its label's words, and one of its numbers


def speaking_units(claim: str, units: Sequence[Unit], numbers: Sequence[Quantity] | None = None) -> tuple[int, ...]:
    """Indices of the few units that together hold most of a claim's words, the best first.

    Greedy: each further unit must add to what the ones before it hold. A table row counts with the headings over it.
    `numbers` are the claim's, where its notation is known better than from itself.
    """
    weight = weights(units, content_keys(words_of(claim)))
    reach = [_with_headings(units, i) for i in range(len(units))]
    chosen: list[int] = []
    keys: frozenset[str] = frozenset()
    while len(chosen) < _MOST:
        held = covered(weight, keys)
        # What stands in the unit itself decides; its headings only break ties between rows of several tables.
        gains = {
            i: covered(weight, keys | unit.keys) - held + 0.01 * covered(weight, reach[i])
            for i, unit in enumerate(units)
            if i not in chosen
        }
        best = max(gains, key=gains.__getitem__, default=None)
        if best is None or gains[best] < _GAIN:
            break
        chosen.append(best)
        keys |= reach[best]
    return (
        *chosen,
        *(
            i
            for i in _rows_with_its_numbers(claim, units, quantities(claim) if numbers is None else numbers)
            if i not in chosen
        ),
    )


def _rows_with_its_numbers(claim: str, units: Sequence[Unit], numbers: Sequence[Quantity]) -> list[int]:
    """Rows whose label the claim names and of which it uses a number, however few of its words they hold."""
    values = {mantissa for q in numbers if not q.is_year for mantissa in q.mantissas}
    keys = content_keys(words_of(claim))
    found = []
    for i, unit in enumerate(units):
        if unit.is_row and any(not values.isdisjoint(q.mantissas) for q in unit.numbers):
            label = {key for key in unit.keys if not key[0].isdigit()}
            if label and len(label & keys) >= _LABEL_SHARED * len(label):
                found.append(i)
    return found[:_MOST]


def _with_headings(units: Sequence[Unit], i: int) -> frozenset[str]:
    if not units[i].is_row:
        return units[i].keys
    return units[i].keys.union(*(heading.keys for heading in headings_of(units, i)))
