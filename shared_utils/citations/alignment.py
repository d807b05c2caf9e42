"""How nearly a claim copies a sentence of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.citations.text_units import Unit, Word

_MOST_WORDS = 120  # of a claim and of a sentence that are compared; more is a list, or hostile


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim beside one unit: `likeness` is the share 0 … 1 of its words that stand there in the same order."""

    unit: int
    likeness: float


def nearest_copy(words: Sequence[Word], units: Sequence[Unit], candidates: Sequence[int]) -> Alignment | None:
    """The candidate unit that holds most of the claim's words in their order; None without words or candidates."""
    ours = [word.keys for word in words[:_MOST_WORDS]]
    found = [Alignment(i, in_order(ours, units[i].words) / len(ours)) for i in candidates] if ours else []
    return max(found, key=lambda alignment: alignment.likeness, default=None)


def in_order(ours: Sequence[tuple[str, ...]], theirs: Sequence[Word]) -> int:
    """How many words stand in both in the same order: the length of the longest common subsequence."""
    other = [word.keys for word in theirs[:_MOST_WORDS]]
    before = [0] * (len(other) + 1)
    for keys in ours:
        now = [0]
        for j, stands in enumerate(other):
            now.append(before[j] + 1 if keys == stands else max(before[j + 1], now[j]))
        before = now
    return before[-1]
