"""What came of what: the two sides of a cause on the page, and in the claim."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared_utils.citations.reading import Finding, Reading
from shared_utils.citations.text_units import Unit, content_keys, words_of
from shared_utils.citations.word_classes import links
from shared_utils.message import message
from shared_utils.types import Verdict

_ENDS_A_CAUSE = re.compile(
    r",\s(?:which|while|whereas|although|so|but)\b|,\s(?:and|or)\s(?:it|they|we|he|she|this|the)\b"
)
_BEFORE = 2  # sentences that "as a result" goes on from
_ENOUGH = 0.5  # share of one side's words that a link of the page has on the other
_SAME_EFFECT = 0.75  # share of the claim's effect
_ELSEWHERE = 0.6  # share of its cause, in one sentence that does not name it as the cause
_FEW = 2  # words


@dataclass(frozen=True, slots=True)
class Link:
    """Keys of both sides; `told` is the cause as written."""

    cause: frozenset[str]
    effect: frozenset[str]
    told: str


def check_causes(reading: Reading) -> Iterator[Finding]:
    """A cause told as the effect, or another cause than the page names for the same effect."""
    ours = [link for link in causal_links(reading.claim) if link.cause - link.effect and link.effect - link.cause]
    page = [link for link in _on_page(reading.units) if link.cause and link.effect] if ours else []
    for link in ours:
        cause, effect = link.cause - link.effect, link.effect - link.cause
        if _is_turned(cause, effect, page):
            yield Finding(Verdict.PARTLY, message("the page has cause and effect the other way round"))
            return
        if other := _another(cause, effect, page, reading.units):
            yield Finding(Verdict.PARTLY, message("the page names another cause: “{what}”", what=other.told))
            return


def causal_links(text: str) -> Iterator[Link]:
    """What a sentence says came of what, in whichever order.

    >>> [(link.told, sorted(link.effect)) for link in causal_links("Sales fell due to rain.")]
    [('rain', ['fell', 'sale'])]
    """
    marks = sorted(
        [(found.start(), found.end(), True) for found in links("cause_behind").finditer(text)]
        + [(found.start(), found.end(), False) for found in links("cause_before").finditer(text)]
    )
    ends = [0, *(end for _, end, _ in marks)], [*(start for start, _, _ in marks), len(text)]
    sides = [text[start:end] for start, end in zip(*ends, strict=True)]
    for (before, after), (_, _, behind) in zip(pairwise(sides), marks, strict=True):
        if behind and not words_of(before):
            told, _, effect = after.partition(",")
        elif behind:
            told, effect = _ENDS_A_CAUSE.split(after)[0], before
        else:
            told, effect = before, after
        yield Link(content_keys(words_of(told)), content_keys(words_of(effect)), " ".join(told.strip(" .,;").split()))


def _on_page(units: Sequence[Unit]) -> Iterator[Link]:
    for i, unit in enumerate(units):
        if unit.is_row:
            continue
        if goes_on := links("goes_on").match(unit.text.lstrip()):
            before = " ".join(one.text for one in units[max(0, i - _BEFORE) : i])
            effect = content_keys(words_of(unit.text.lstrip()[goes_on.end() :]))
            yield Link(content_keys(words_of(before)), effect, " ".join(units[i - 1].text.split()) if i else "")
        else:
            yield from causal_links(unit.text)


def _is_turned(cause: Collection[str], effect: Collection[str], page: Sequence[Link]) -> bool:
    """Whether the page has the cause among its effects, the effect among its causes, and never as the claim has it."""
    as_said = (min(_most(cause, [link.cause]), _most(effect, [link.effect])) for link in page)
    as_effect, as_cause = _most(cause, [link.effect for link in page]), _most(effect, [link.cause for link in page])
    return min(as_effect, as_cause) >= _ENOUGH and all(held < _ENOUGH for held in as_said)


def _most(keys: Collection[str], sides: Sequence[frozenset[str]]) -> float:
    return max((len(side.intersection(keys)) / len(keys) for side in sides), default=0.0)


def _another(cause: frozenset[str], effect: frozenset[str], page: Sequence[Link], units: Sequence[Unit]) -> Link | None:
    """The page's cause of the same effect, where the claim's stands elsewhere on the page, or nowhere at all."""
    same = [link for link in page if len(link.effect & effect) >= _SAME_EFFECT * len(effect)]
    if not same or any(not link.cause.isdisjoint(cause) for link in same):
        return None
    stands = _most(cause, [unit.keys for unit in units])
    nowhere = stands == 0 and len(cause) >= _FEW
    return same[0] if stands >= _ELSEWHERE or nowhere else None
