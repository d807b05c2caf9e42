"""Names: is each one in the answer the one that the page uses in that place?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from shared_utils.citations.units import Word

_LONGEST_SWAP = 5  # words: longer replaced stretches are rewording, not another name
_GENERIC = frozenset("compani group busi firm organ corpor author registr product devic report document page".split())


@dataclass(frozen=True, slots=True)
class Swap:
    """The answer puts `answer` where the page has `page`."""

    answer: str
    page: str


def names_in(words: Sequence[Word], page_words: Sequence[Word]) -> list[Word]:
    """The words of a claim that are names by their spelling; the first word only if the page never writes it small."""
    small = {key for word in page_words if word.text[:1].islower() for key in word.keys}
    return [
        word
        for i, word in enumerate(words)
        if word.content
        and any(char.isupper() for char in word.text)
        and (i > 0 or any(char.isupper() for char in word.text[1:]) or not small & set(word.keys))
    ]


def swapped(claim: str, claim_words: Sequence[Word], page: str, page_words: Sequence[Word]) -> Swap | None:
    """A name of the claim that stands exactly where the page's sentence has other words."""
    names = {word.start for word in names_in(claim_words, page_words)}
    surplus = Counter(word.keys for word in claim_words)
    surplus.subtract(word.keys for word in page_words)
    ours, theirs = [word.keys for word in claim_words], [word.keys for word in page_words]
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "replace" or max(b - a, d - c) > _LONGEST_SWAP:
            continue
        new = [w for w in claim_words[a:b] if w.start in names and surplus[w.keys] > 0]
        gone = [w for w in page_words[c:d] if w.content and not set(w.keys) & _GENERIC]
        if new and gone:
            return Swap(_text(claim, claim_words[a:b]), _text(page, page_words[c:d]))
    return None


def _text(text: str, words: Sequence[Word]) -> str:
    return " ".join(text[words[0].start : words[-1].end].split())
