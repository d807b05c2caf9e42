"""How nearly a claim copies a sentence of the page, and where the two part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.citations.text_units import Unit, Word

_MOST_WORDS = 120  # of a claim and of a sentence that are compared; more is a list, or hostile


@dataclass(frozen=True, slots=True)
class Edit:
    """Words `answer` of the claim stand where the page has `page`; either may be empty."""

    answer: tuple[Word, ...]
    page: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim beside one unit: the share 0 … 1 of its words that stand there in the same order, and the edits."""

    unit: int
    likeness: float
    edits: tuple[Edit, ...]


def nearest_copy(words: Sequence[Word], units: Sequence[Unit], candidates: Sequence[int]) -> Alignment | None:
    """The candidate unit that holds most of the claim's words in their order; None without words or candidates."""
    found = [_align(words[:_MOST_WORDS], units[i].words[:_MOST_WORDS], i) for i in candidates] if words else []
    return max(found, key=lambda alignment: alignment.likeness, default=None)


def _align(ours: Sequence[Word], theirs: Sequence[Word], unit: int) -> Alignment:
    """By the longest common subsequence of their words."""
    ours_keys, theirs_keys = [word.keys for word in ours], [word.keys for word in theirs]
    longest = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in range(len(ours) - 1, -1, -1):
        row, below, key = longest[i], longest[i + 1], ours_keys[i]
        for j in range(len(theirs) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if key == theirs_keys[j] else max(below[j], row[j + 1])
    edits: list[Edit] = []
    i = j = a = b = 0  # a, b: where the present edit began
    while i < len(ours) and j < len(theirs):
        if ours_keys[i] == theirs_keys[j]:
            if i > a or j > b:
                edits.append(Edit(tuple(ours[a:i]), tuple(theirs[b:j])))
            i, j = i + 1, j + 1
            a, b = i, j
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    if a < len(ours) or b < len(theirs):
        edits.append(Edit(tuple(ours[a:]), tuple(theirs[b:])))
    return Alignment(unit, longest[0][0] / len(ours), tuple(edits))
