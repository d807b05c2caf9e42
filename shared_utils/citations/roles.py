"""Who did it to whom: the two sides of a verb, in their places on the page or turned round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.text_units import Word, content_keys, covered, words_of
from shared_utils.citations.word_classes import classes
from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.types import Verdict

_ENDS_A_SIDE = re.compile(
    r"[,;:.!?()](?:\s|$)|\b(?:but|while|whereas|which|who|that|because|when|if|as|after|before|during|since)\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"\b(?:from|von|vom|de|du)\s(?P<start>[^,;:.!?]{2,60}?)\s(?:to|into|nach|zu|zum|zur|auf|à|au|vers)\s(?P<end>[^,;:!?]{2,60})",
    re.IGNORECASE,
)
_SPEAKS_OF_IT = 0.6  # weighted share of the claim's words
_SIDE = 5  # words of content to each side of a verb
_BEFORE = 3  # words before a verb in which its "was" may stand
_AGENT = ("by", "von", "durch", "par")


@dataclass(frozen=True, slots=True)
class _Deed:
    verb: Word
    by: frozenset[str]  # keys of who does it; of what it is done to, where none is named: "A is built on B"
    to: frozenset[str]
    is_done_to: bool = False  # nobody is named who does it


def check_roles(reading: Reading) -> Iterator[Finding]:
    """A sentence with the verb and both sides of it, exchanged."""
    weight = wording(reading)
    units = [reading.units[i] for i in reading.anchor if not reading.units[i].is_row]
    units = [unit for unit in units if covered(weight, unit.keys) >= _SPEAKS_OF_IT]
    if any(_goes_back(reading.claim, unit.text) for unit in units):
        yield _told("from … to")
        return
    ours = list(_deeds(reading.claim, reading.words)) if units else []
    theirs = [list(_deeds(unit.text, unit.words)) for unit in units] if ours else []
    for claim in ours:
        for deeds in theirs:
            page = [deed for deed in deeds if not set(deed.verb.keys).isdisjoint(claim.verb.keys)]
            if page and all(_turned(claim, deed) for deed in page):
                yield _told(claim.verb.text)
                return


def _told(what: str) -> Finding:
    return Finding(Verdict.PARTLY, message("the page has the two sides of “{what}” the other way round", what=what))


def _goes_back(claim: str, page: str) -> bool:
    """ "From the sea to the lake" beside "from the lake to the sea"."""
    return any(
        ours[0] & theirs[1] and ours[1] & theirs[0] and ours[0].isdisjoint(theirs[0]) and ours[1].isdisjoint(theirs[1])
        for ours in _ways(claim)
        for theirs in _ways(page)
    )


def _ways(text: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for found in _FROM_TO.finditer(text):
        start, end = content_keys(words_of(found["start"])), content_keys(words_of(found["end"]))
        yield start - end, end - start


def _turned(claim: _Deed, page: _Deed) -> bool:
    exchanged = not claim.by & page.by and claim.by & page.to and page.by & claim.to
    return bool(exchanged) and claim.is_done_to == page.is_done_to


def _deeds(text: str, words: Sequence[Word]) -> Iterator[_Deed]:
    for i, word in enumerate(words):
        if not _is_verb(words, i):
            continue
        before, after = _side(text, words, i, -1), _side(text, words, i, 1)
        agent = next((j for j in after if fold(words[j - 1].text) in _AGENT or _after_by(words, i, j)), None)
        if not before or not after:
            continue
        if agent is not None:
            yield _Deed(word, _keys(words, [j for j in after if j >= agent]), _keys(words, before))
        else:
            yield _Deed(word, _keys(words, before), _keys(words, after), _is_passive(words, i))


def _after_by(words: Sequence[Word], i: int, j: int) -> bool:
    return any(fold(word.text) in _AGENT for word in words[i + 1 : j])


def _is_passive(words: Sequence[Word], i: int) -> bool:
    return any(classes("verbs").get(fold(word.text)) == "be" for word in words[max(0, i - _BEFORE) : i])


def _is_verb(words: Sequence[Word], i: int) -> bool:
    text = words[i].text
    if not (text.isalpha() and text.islower()):
        return False
    before = classes("verbs").get(fold(words[i - 1].text)) if i else None
    by_its_form = words[i].content and (text.endswith("ed") or before == "helping")
    return by_its_form or classes("verbs").get(text) == "past"


def _keys(words: Sequence[Word], at: Sequence[int]) -> frozenset[str]:
    return frozenset(key for j in at for key in words[j].keys)


def _side(text: str, words: Sequence[Word], i: int, step: int) -> list[int]:
    """The words of content on one side, as far as the next clause or verb."""
    found: list[int] = []
    j = i + step
    while 0 <= j < len(words) and len(found) < _SIDE:
        gap = text[words[min(j, j - step)].end : words[max(j, j - step)].start]
        if _ENDS_A_SIDE.search(gap) or _ENDS_A_SIDE.fullmatch(words[j].text):
            break
        if step > 0 and classes("verbs").get(fold(words[j].text)) == "be":
            break
        if words[j].content:
            found.append(j)
        j += step
    return sorted(found)
