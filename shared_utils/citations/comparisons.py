"""More or less: which way a thing went on the page, and in the claim, by whatever words of amount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from shared_utils.citations.polarity import are_alike, are_opposite, denies, way_of
from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Unit, Word, content_keys, covered
from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.types import Verdict

_THAN = ("than", "als", "que")
_TO_THAN = 4  # words between "lower" and its "than"
_SAME_THING = 0.6  # weighted share of the claim's words, without those of amount
_ENDS_A_CLAUSE = re.compile(
    r"[,;:()](?:\s|$)|\b(?:but|while|whereas|although|despite|aber|während|mais)\b", re.IGNORECASE
)


def check_comparisons(reading: Reading) -> Iterator[Finding]:
    """ "Costs were 10 % higher than in 2011" beside "costs were down by 10 % vs. 2011"; "a higher cost" beside "a lower
    cost"; "A is lower than B" beside "B is lower than A"."""
    turned = is_turned(reading)
    if turned == "alike":
        yield Finding(Verdict.PARTLY, message("the page says of one thing what the answer says of the other"))
    elif turned is None:
        yield from _the_other_way(reading)
        yield from _of_one_noun(reading)


def is_turned(reading: Reading) -> Literal["alike", "opposed"] | None:
    """Whether claim and page compare the same two things, each with the other: by words of one way ("A is lower than
    B", "B is lower than A": one is wrong), or of opposed ways ("B is higher than A": both say it)."""
    ours = _compared(reading.claim, reading.words)
    for unit in (reading.units[i] for i in reading.anchor if ours and not reading.units[i].is_row):
        theirs = _compared(unit.text, unit.words)
        if ours and theirs and ours.beyond - theirs.beyond and ours.before & (theirs.beyond - ours.beyond):
            if are_opposite(ours.word.text, theirs.word.text):
                return "opposed"
            if ours.word.keys == theirs.word.keys or are_alike(ours.word.text, theirs.word.text):
                return "alike"
    return None


@dataclass(frozen=True, slots=True)
class _Compared:
    """The keys before a word like "lower" and behind its "than"."""

    word: Word
    before: frozenset[str]
    beyond: frozenset[str]


def _compared(text: str, words: Sequence[Word]) -> _Compared | None:
    than = next((i for i, word in enumerate(words) if i and fold(word.text) in _THAN), None)
    if than is None:
        return None
    at = next((i for i in range(than - 1, max(-1, than - 1 - _TO_THAN), -1) if _compares(words[i])), None)
    if at is None:
        return None
    end = next(
        (i for i in range(than + 1, len(words)) if _ENDS_A_CLAUSE.search(text[words[i - 1].end : words[i].start])), None
    )
    before, beyond = content_keys(words[:at]), content_keys(words[than + 1 : end])
    return _Compared(words[at], before - beyond, beyond - before)


def _compares(word: Word) -> bool:
    return way_of(word.text) is not None or (word.content and word.text.endswith("er"))


def _the_other_way(reading: Reading) -> Iterator[Finding]:
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


def _of_one_noun(reading: Reading) -> Iterator[Finding]:
    """ "A higher cost" beside "a lower cost", where the sentences that speak of the claim have none of the first."""
    units = [reading.units[i] for i in reading.anchor if not reading.units[i].is_row]
    if denies(reading.words) or any(denies(unit.words) for unit in units):
        return
    ours = list(_before_a_noun(reading.words))
    page = [found for unit in units for found in _before_a_noun(unit.words)] if ours else []
    for way, word, noun in ours:
        of_it = [(other, told) for other, told, counted in page if counted == noun]
        if of_it and all(other == 1 - way for other, _ in of_it):
            told = {"page": of_it[0][1].text, "answer": word.text}
            yield Finding(Verdict.PARTLY, message("the page says “{page}”, the answer “{answer}”", **told))
            return


def _before_a_noun(words: Sequence[Word]) -> Iterator[tuple[int, Word, tuple[str, ...]]]:
    for word, noun in pairwise(words):
        way = way_of(word.text)
        if way is not None and noun.content and noun.text.isalpha() and way_of(noun.text) is None:
            yield way, word, noun.keys


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
