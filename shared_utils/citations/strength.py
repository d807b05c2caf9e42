"""How many, and how surely: "most" of the page told as "all", "could result in" as "will result in"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared_utils.citations.polarity import denies
from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Unit, Word, covered
from shared_utils.citations.word_classes import classes
from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.types import Verdict

_REACH = 5  # words behind a quantity in which stands what it counts …
_COUNTED = 3  # words of content of it at most
_TO_THE_VERB = 5  # words between "could" and its verb, with both
_BESIDE = 1  # sentences before and after those that speak of the claim
_SPEAKS_OF_IT = 0.5  # weighted share of the claim's words
_BREAK = re.compile(r"[,;:.!?()](?:\s|$)")
_OTHER_USES = frozenset("at after above first".split())  # noqa: SIM905 - before it: "at most", "after all"
_CONDITION = re.compile(
    r"\b(?:if|unless|except|provided|only|wenn|falls|sofern|außer|nur|si|sauf|seulement)\b", re.IGNORECASE
)
_OBLIGED = re.compile(
    r"\b(?:must|(?:has|have|had|need|needs) to|(?:is|are|was|were) required to|muss|müssen|doi(?:t|vent))\b",
    re.IGNORECASE,
)
_ALLOWED = ("can", "may", "kann", "konnen", "darf", "peut", "peuvent")
_WEAKENING = ("possible", "expected")
_WHOLE = ("all", "alone")
_PART = ("most", "some")


@dataclass(frozen=True, slots=True)
class _Quantity:
    kind: str
    word: Word
    counted: tuple[str, ...]  # keys of what it counts, the nearest first


def check_strength(reading: Reading) -> Iterator[Finding]:
    """A part that is told as the whole, and what may be, or is to come, told as what is."""
    if denies(reading.words):
        return  # "not all", "cannot": what is denied is compared elsewhere
    weight = wording(reading)
    near = sorted({i + by for i in reading.anchor for by in range(-_BESIDE, _BESIDE + 1)})
    units = [reading.units[i] for i in near if 0 <= i < len(reading.units) and not reading.units[i].is_row]
    units = [unit for unit in units if covered(weight, unit.keys) >= _SPEAKS_OF_IT]
    yield from _more_than_said(reading, units)
    yield from _surer_than_said(reading, units)
    yield from _obliged(reading, units)


def _more_than_said(reading: Reading, units: Sequence[Unit]) -> Iterator[Finding]:
    whole = [found for found in _quantities(reading.claim, reading.words) if found.kind in _WHOLE]
    page = [found for unit in units for found in _quantities(unit.text, unit.words)] if whole else []
    for ours in whole:
        of_it = [found for found in page if _count_the_same(ours, found)]
        if of_it and not any(found.kind in ("all", ours.kind) for found in of_it):
            part = next((found for found in of_it if found.kind in _PART), None)
            if part:
                yield _differs(part.word, ours.word)
                return


def _obliged(reading: Reading, units: Sequence[Unit]) -> Iterator[Finding]:
    """A thing that one may do, told as one that has to be done."""
    ours = _OBLIGED.search(reading.claim)
    verb = next((word for word in reading.words if ours and word.start >= ours.end() and word.content), None)
    if not ours or not verb or any(_OBLIGED.search(unit.text) for unit in units):
        return
    for unit in units:
        for i, word in enumerate(unit.words):
            cue = next((w for w in reversed(unit.words[max(0, i - 2) : i]) if fold(w.text) in _ALLOWED), None)
            if word.keys == verb.keys and cue:
                said = message("the page says “{page}”, the answer “{answer}”", page=cue.text, answer=ours[0])
                yield Finding(Verdict.PARTLY, said)
                return


def _differs(page: Word, answer: Word) -> Finding:
    said = message("the page says “{page}”, the answer “{answer}”", page=page.text, answer=answer.text)
    return Finding(Verdict.PARTLY, said)


def _count_the_same(one: _Quantity, other: _Quantity) -> bool:
    return one.counted[0] in other.counted or other.counted[0] in one.counted


def _quantities(text: str, words: Sequence[Word]) -> Iterator[_Quantity]:
    for i, word in enumerate(words):
        kind = classes("quantity").get(fold(word.text))
        before = fold(words[i - 1].text) if i else ""
        if kind and not (before in _OTHER_USES and kind != "alone") and not (kind == "most" and before == "the"):
            counted = _counted(text, words, i)
            if counted and not counted[0][0].isdigit():
                yield _Quantity(kind, word, counted)


def _counted(text: str, words: Sequence[Word], i: int) -> tuple[str, ...]:
    found: list[str] = []
    for j in range(i + 1, min(len(words), i + 1 + _REACH)):
        if _BREAK.search(text[words[j - 1].end : words[j].start]) or len(found) >= _COUNTED:
            break
        if words[j].content and fold(words[j].text) not in classes("quantity"):
            found += words[j].keys
    return tuple(found)


def _surer_than_said(reading: Reading, units: Sequence[Unit]) -> Iterator[Finding]:
    if any(fold(word.text) in classes("surety") for word in reading.words):
        return
    if not any(classes("surety").get(fold(word.text)) in _WEAKENING for unit in units for word in unit.words):
        return
    hedged: dict[str, Word] = {}
    bare: set[str] = set()
    for unit in units:
        for i, word in enumerate(unit.words):
            if word.content and (cue := _weakened_by(unit, i)):
                hedged.update(dict.fromkeys(word.keys, cue))
            else:
                bare.update(word.keys)
    for word in reading.words:
        if word.content and word.text.islower() and not word.text.endswith("ly"):
            for key in word.keys:
                if key in hedged and key not in bare:
                    yield _differs(hedged[key], word)
                    return


def _weakened_by(unit: Unit, i: int) -> Word | None:
    """The word that leaves open what the verb at `i` says: it stands before it, with no other content between."""
    words = unit.words
    for j in range(i - 1, max(-1, i - _TO_THE_VERB), -1):
        if _BREAK.search(unit.text[words[j].end : words[j + 1].start]):
            return None
        folded = fold(words[j].text)
        if classes("surety").get(folded) in _WEAKENING:
            return words[j]
        if words[j].content and not folded.endswith("ly"):
            return None
    return None
