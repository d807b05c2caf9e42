"""One of a set of things that exclude each other, in the place of another: summer for winter, north for south."""

from __future__ import annotations

from collections.abc import Iterator

from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Word, covered
from shared_utils.citations.word_classes import alternatives
from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.types import Verdict

_SAME_THING = 0.6  # weighted share of what the claim says besides


def check_alternatives(reading: Reading) -> Iterator[Finding]:
    """A word of such a set that no cited sentence has, where the one that says the rest has another of its set."""
    on_page = {fold(word.text) for unit in reading.units for word in unit.words}
    said = {fold(word.text) for word in reading.words}
    for word in reading.words:
        kin = alternatives().get(fold(word.text), frozenset())
        if not kin or kin & said - {fold(word.text)} or _of_a_day(word, reading) or _named(word.text, on_page):
            continue
        rest = {key: value for key, value in wording(reading).items() if key not in word.keys}
        for unit in (reading.units[i] for i in reading.anchor if not reading.units[i].is_row):
            other = next((one for one in unit.words if fold(one.text) in kin), None)
            if other and rest and covered(rest, unit.keys) >= _SAME_THING:
                told = message("the page says “{page}”, the answer “{answer}”", page=other.text, answer=word.text)
                yield Finding(Verdict.PARTLY, told)
                return


def _of_a_day(word: Word, reading: Reading) -> bool:
    """Dates are compared as dates, in whatever spelling."""
    return any(day.start <= word.start < day.end for day in reading.days)


def _named(text: str, on_page: set[str]) -> bool:
    word = fold(text)
    return any(other.startswith(word) for other in on_page)
