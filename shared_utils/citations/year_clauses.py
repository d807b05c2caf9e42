"""A sentence with several years in several clauses: "opened in 1990, and moved to Delft in August 1994".

The year of a claim may stand in the sentence that says the rest of it, but in another clause, of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Unit, Word, content_keys, covered, words_of
from shared_utils.message import message
from shared_utils.text.quantities import Quantity
from shared_utils.types import Verdict

# No bare "and": it stands between names, and between years.
_ENDS_A_CLAUSE = re.compile(
    r"[,;:()–—]\s|\s[–—-]\s|\s\(|\)|\s(?:but|before|after|while|when|aber|bevor|nachdem|mais|avant|après)\s",
    re.IGNORECASE,
)
_SAME_THING = 0.6  # weighted share of the claim's words that the sentence holds
# Of those of them that stand in a year's clause, for the subject may stand before them all: "Ada Wolf, born in 1961, …"
_SAYS_IT = 0.65  # from this share on another year's clause says it …
_SAYS_OTHER = 0.35  # … where the clause of the claim's own year has at most this share


def check_clause(wanted: Quantity, reading: Reading) -> Iterator[Finding]:
    """The one year of a claim, which the page has beside something else; another year stands with what it says."""
    if sum(q.is_year for q in reading.numbers) > 1 or reading.days or not reading.anchor:
        return
    holding = [unit for unit in reading.units if any(q.is_year and q.value == wanted.value for q in unit.numbers)]
    if len(holding) != 1 or holding[0].is_row or holding[0] != reading.units[reading.anchor[0]]:
        return
    if _before(wanted, reading.words) in [_before(q, holding[0].words) for q in holding[0].numbers if q.is_year]:
        return  # "were up from 2022"
    if other := _year_of_the_rest(wanted, holding[0], wording(reading)):
        said = message("the page says {page}, the answer {answer}", page=other.text, answer=wanted.text)
        yield Finding(Verdict.CONTRADICTED, said)


def _before(year: Quantity, words: Sequence[Word]) -> list[tuple[str, ...]]:
    """The year and the two words before it, as they are compared."""
    return [word.keys for word in words if word.start < year.end][-3:]


def _year_of_the_rest(wanted: Quantity, unit: Unit, weight: Mapping[str, float]) -> Quantity | None:
    """The other year whose clause says the rest of the claim; None where the own year's clause may say it."""
    if covered(weight, unit.keys) < _SAME_THING:
        return None
    clauses = [(unit.text[start:end], start, end) for start, end in _clauses(unit)]
    held = {
        year: content_keys(words_of(text))
        for year in unit.numbers
        for text, start, end in clauses
        if year.is_year and start <= year.start < end
    }
    beside = {key: value for key, value in weight.items() if any(key in keys for keys in held.values())}
    ours = max((covered(beside, keys) for year, keys in held.items() if year.value == wanted.value), default=1.0)
    others = [year for year in held if year.value != wanted.value]
    best = max(others, key=lambda year: covered(beside, held[year]), default=None)
    if best is None or ours > _SAYS_OTHER or covered(beside, held[best]) < _SAYS_IT:
        return None
    return best


def _clauses(unit: Unit) -> Sequence[tuple[int, int]]:
    """Where its clauses stand, as far as signs and words between them tell. A date is no end of one: "May 1, 2016"."""
    days = [(day.start, day.end) for day in unit.days]
    cuts = [
        match
        for match in _ENDS_A_CLAUSE.finditer(unit.text)
        if not any(start < match.start() < end for start, end in days)
    ]
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(unit.text)]
    return list(zip(starts, ends, strict=True))
