"""Does a sentence stand on the words it cites? Facts are compared exactly, the rest by the words in common."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.citations.units import content_keys, covered, units_of, weights, words_of
from shared_utils.types import Verdict

_SUPPORTED = 0.7
_PARTLY = 0.4


def verify(sentence: str, cited: Sequence[str]) -> tuple[Verdict, str]:
    """The verdict on one sentence, and the reason in words for a person."""
    units = [unit for text in cited for unit in units_of(text)]
    weight = weights(units, content_keys(words_of(sentence)))
    score = max((covered(weight, unit.keys) for unit in units), default=0.0)
    if score >= _SUPPORTED:
        return Verdict.SUPPORTED, "the cited words say it"
    if score >= _PARTLY:
        return Verdict.PARTLY, "the cited words say part of it"
    return Verdict.NOT_FOUND, "the cited words do not say it"
