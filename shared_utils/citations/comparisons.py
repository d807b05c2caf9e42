"""More or less: which way a thing went on the page, and in the claim, by whatever words of amount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared_utils.citations.polarity import denies, way_of
from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Unit, Word, content_keys, covered
from shared_utils.message import message
from shared_utils.types import Verdict

_SAME_THING = 0.6  # weighted share of the claim's words, without those of amount
_ENDS_A_CLAUSE = re.compile(
    r"[,;:()](?:\s|$)|\b(?:but|while|whereas|although|despite|aber|während|mais)\b", re.IGNORECASE
)


def check_comparisons(reading: Reading) -> Iterator[Finding]:
    """ "Costs were 10 % higher than in 2011" beside "costs were down by 10 % vs. 2011"."""
    ours = _ways(reading.words)
    if len({way for way, _ in ours}) != 1 or denies(reading.words):
        return
    amounts = content_keys([word for _, word in ours])
    weight = {key: value for key, value in wording(reading).items() if key not in amounts}
    for unit in (reading.units[i] for i in reading.anchor if not reading.units[i].is_row):
        for clause in _clauses(unit):
            theirs = _ways(clause)
            if {way for way, _ in theirs} != {1 - ours[0][0]} or denies(clause):
                continue
            if weight and covered(weight, content_keys(clause)) >= _SAME_THING:
                told = {"page": theirs[0][1].text, "answer": ours[0][1].text}
                yield Finding(Verdict.PARTLY, message("the page says “{page}”, the answer “{answer}”", **told))
                return


def _ways(words: Sequence[Word]) -> list[tuple[int, Word]]:
    return [(way, word) for word in words if (way := way_of(word.text)) is not None]


def _clauses(unit: Unit) -> Iterator[list[Word]]:
    clause: list[Word] = []
    for word in unit.words:
        if clause and (
            _ENDS_A_CLAUSE.search(unit.text[clause[-1].end : word.start]) or _ENDS_A_CLAUSE.fullmatch(word.text)
        ):
            yield clause
            clause = []
        clause.append(word)
    if clause:
        yield clause
