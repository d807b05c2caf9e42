"""Two things told side by side, and what is said of each: "his father is Swedish and his mother Danish"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared_utils.citations.reading import Finding, Reading
from shared_utils.citations.text_units import Word
from shared_utils.message import message
from shared_utils.types import Verdict

_JOINT = re.compile(r"[,;](?:\s|$)|\b(?:and|but|while|whereas|und|aber|während|et|mais|tandis)\b", re.IGNORECASE)
_MOST = 0.6  # share of the claim's words that the two pieces of the page hold
_FEW = 6  # words that only one of the claim's two pieces has


def check_crossed(reading: Reading) -> Iterator[Finding]:
    """What the page says of two things, each given to the other one."""
    ours = list(_pieces(reading.claim, reading.words))
    if len(ours) != 2 or not ours[0] - ours[1] or not ours[1] - ours[0]:
        return
    for i in reading.anchor:
        near = [unit for unit in reading.units[i : i + 2] if not unit.is_row]
        pieces = (piece for unit in near for piece in _pieces(unit.text, unit.words))
        if any(_are_crossed(ours, two) for two in pairwise(pieces)):
            yield Finding(Verdict.PARTLY, message("the page says of one thing what the answer says of the other"))
            return


def _are_crossed(ours: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]]) -> bool:
    (one, other), (first, second) = _apart(ours), _apart(theirs)
    if max(len(one), len(other)) > _FEW or len((one | other) & (first | second)) < _MOST * len(one | other):
        return False
    return all(a & b for a in (one, other) for b in (first, second))


def _apart(two: Sequence[frozenset[str]]) -> tuple[frozenset[str], frozenset[str]]:
    return two[0] - two[1], two[1] - two[0]


def _pieces(text: str, words: Sequence[Word]) -> Iterator[frozenset[str]]:
    """Keys of content of what stands between commas and joining words."""
    held: frozenset[str] = frozenset()
    end = 0
    for word in words:
        if held and (_JOINT.search(text[end : word.start]) or _JOINT.fullmatch(word.text)):
            yield held
            held = frozenset()
        if word.content:
            held |= frozenset(word.keys)
        end = word.end
    if held:
        yield held
