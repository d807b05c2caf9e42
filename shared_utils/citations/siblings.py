"""A number that belongs to another sentence of the same form.

Texts say the same of many things, a sentence each: "In 2024 the valley spent 20,000 francs on bridges.", "… 27,000
francs on schools." A claim that names the bridges and takes the number of the schools shares nearly all its words with
the wrong sentence. It is told by the right one: that holds all that the claim says but the number.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.citations.alignment import nearest_copy
from shared_utils.citations.quantities import Match, compare
from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Unit, Word
from shared_utils.message import message
from shared_utils.text.quantities import Quantity
from shared_utils.text.units import same_unit
from shared_utils.types import Verdict

_ONE_FORM = 0.6  # share of the claim's other words that stand in the same order in both sentences
_SAME = (Match.EXACT, Match.ROUNDED, Match.BOUNDED, Match.SIGN)


def number_of_another(reading: Reading) -> tuple[Unit, Finding] | None:
    """The sentence that the claim's other words lead to, and that it has another number; None where none does.

    `reading` is of a claim beside whatever may tell it, cited or not. Sentences only: a row's label is told elsewhere.
    """
    wanted = [q for q in reading.numbers if not q.is_year and not q.ordinal and not q.in_words]
    if len(wanted) != 1:
        return None
    said = frozenset(wording(reading))
    holders = [unit for unit in reading.units if _has(unit, wanted[0])]
    if not holders or any(unit.is_row or said <= unit.keys for unit in holders):
        return None
    words = _without(reading.words, reading.numbers)
    for unit in reading.units:
        if unit.is_row or not said <= unit.keys or unit in holders:
            continue
        rivals = [q for q in unit.numbers if not q.is_year and same_unit(wanted[0].unit, q.unit)]
        others = [_without(other.words, other.numbers) for other in (unit, holders[0])]
        alike = all(_likeness(words, other) >= _ONE_FORM for other in others)
        if len(rivals) == 1 and alike:
            told = message("the page says {page}, the answer {answer}", page=rivals[0].text, answer=wanted[0].text)
            return unit, Finding(Verdict.CONTRADICTED, told)
    return None


def _has(unit: Unit, wanted: Quantity) -> bool:
    return any(compare(wanted, q, None) in _SAME for q in unit.numbers)


def _without(words: Sequence[Word], numbers: Sequence[Quantity]) -> list[Word]:
    return [word for word in words if not any(q.start <= word.start < q.end for q in numbers)]


def _likeness(words: Sequence[Word], other: Sequence[Word]) -> float:
    unit = Unit("", 0, 0, tuple(other), frozenset(), is_row=False)
    copy = nearest_copy(words, [unit], [0])
    return copy.likeness if copy else 0.0
