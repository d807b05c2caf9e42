"""A name, word or number in its place: does the page have the same one between the same neighbours?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from shared_utils.citations.text_units import Word
from shared_utils.text.folding import fold

_MOST_NAMES = 40  # of one sentence that are looked up; more is a list, or hostile
_LONGEST = 4  # words of a name, or of what stands in its place
_REACH = 4  # words of context compared on each side
# Words that stand in for a name: no name is exchanged where the page has one of these.
_GENERIC = frozenset(
    ("compani", "group", "busi", "firm", "organ", "corpor", "author", "product", "devic", "report", "document", "page")
)
_NO_NAMES = frozenset(
    "fy cy yes no us mr mrs ms mx dr prof herr frau mme either neither however".split()  # noqa: SIM905
)
_ENDS_A_NAME = re.compile(r"[,:;!?()\[\]“”\"]")  # what holds one of these between its words is no one name
_AFTER_A_VERB = frozenset("the a an this that these those your its their his her it each all any".split())  # noqa: SIM905
_COUNTRIES = (  # names of one country that do not begin alike
    frozenset(("us", "usa", "states", "america", "american", "americans")),
    frozenset(("uk", "kingdom", "britain", "british", "gb")),
    frozenset(("netherlands", "dutch", "holland")),
    frozenset(("denmark", "danish", "danes")),
    frozenset(("wales", "welsh")),
    frozenset(("philippines", "filipino", "filipinos")),
)


@dataclass(frozen=True, slots=True)
class Swap:
    """The answer puts `answer` where the page has `page`."""

    answer: str
    page: str
    shared: int  # words around the place that both have; that a sentence begins or ends there counts as one more
    content: int = 0  # those of them that carry a meaning
    firm: bool = True  # the words around it tell the place; else they only point at it, and more has to speak for it
    at: range = range(0)  # the words of the claim


@dataclass(frozen=True, slots=True)
class _Slot:
    """Words `start … end` of a page's sentence, and how much of a claim's context they share."""

    start: int
    end: int
    left: int
    right: int
    content: int  # content words among the shared ones
    number: bool  # a number directly beside it is shared

    @property
    def fits(self) -> bool:
        both = self.left > 0 and self.right > 0 and (self.content > 0 or self.left + self.right >= 4)
        one = max(self.left, self.right) >= 3 and self.content >= 2
        return both or one or self.number

    @property
    def may_fit(self) -> bool:
        """Three words on one side, of which one carries a meaning: "discrimination in the …"."""
        return self.fits or (max(self.left, self.right) >= 3 and self.content >= 1)


def names_in(words: Sequence[Word], page_words: Sequence[Word]) -> list[int]:
    """Indices of the words that are names by their spelling; of the first word, if the page never writes it small, and
    unless it is told for a verb by what follows it: "Open the valve"."""
    small = {key for word in page_words if word.text[:1].islower() for key in word.keys}
    return [
        i
        for i, word in enumerate(words)
        if _may_name(word)
        and len(word.text) > 1
        and any(char.isupper() for char in word.text)
        and (i > 0 or any(char.isupper() for char in word.text[1:]) or not (small & set(word.keys) or _is_verb(words)))
    ]


def _is_verb(words: Sequence[Word]) -> bool:
    """Whether a sentence begins with what one does: no article follows a name."""
    return len(words) > 1 and words[1].text.casefold() in _AFTER_A_VERB


def of_one_country(one: str, other: str) -> bool:
    """Names of a country that do not begin alike: the USA and American, the UK and British."""
    names = next((names for names in _COUNTRIES if _bare(one) in names), None)
    return names is not None and _bare(other) in names


@lru_cache(maxsize=20_000)  # every word of a page is looked at for every name of every sentence
def _bare(name: str) -> str:
    return fold(name).replace(".", "").removesuffix("'s").removesuffix("’s")


def exchanges(claim: str, claim_words: Sequence[Word], page: str, page_words: Sequence[Word]) -> Iterator[Swap]:
    """The names of the claim in whose place the page's sentence has other words.

    The place is told by the words on both sides; a name that the page uses in this very place is no swap, whatever
    else stands elsewhere between the same words.
    """
    for start, end in _runs(names_in(claim_words, page_words)):
        if swap := _other_filler(claim, claim_words, start, end, page, page_words, weakly=True):
            yield swap


def stands_beside(at: range, words: Sequence[Word], page_words: Sequence[Word]) -> bool:
    """Whether a page has these words of a claim beside the word before or after them that the claim has there."""
    keys, others = [word.keys for word in words], [word.keys for word in page_words]
    runs = [keys[a:b] for a, b in ((at.start - 1, at.stop), (at.start, at.stop + 1)) if a >= 0 and b <= len(keys)]
    return any(others[i : i + len(run)] == run for run in runs for i in range(len(others) - len(run) + 1))


def replaced(claim: str, claim_words: Sequence[Word], page: str, page_words: Sequence[Word]) -> Swap | None:
    """A word of an otherwise copied sentence that was exchanged for one the page does not use there."""
    known = {key for word in page_words for key in word.keys}
    for i, word in enumerate(claim_words):
        if word.content and not known & set(word.keys):
            swap = _other_filler(claim, claim_words, i, i + 1, page, page_words, least=2)
            if swap:
                return swap
    return None


def _may_name(word: Word) -> bool:
    return word.content and word.text.casefold() not in _NO_NAMES


def exchanged_number(claim: str, claim_words: Sequence[Word], page: str, page_words: Sequence[Word]) -> Swap | None:
    """A number of an otherwise copied sentence that stands where the page has another one."""
    for i, word in enumerate(claim_words):
        if word.text[0].isdigit():
            swap = _other_filler(claim, claim_words, i, i + 1, page, page_words, least=1, together=4, numbers=True)
            if swap:
                return swap
    return None


def _runs(names: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Every stretch of neighbouring names, the parts of longer ones too: a part alone may have been exchanged."""
    present = set(names[:_MOST_NAMES])
    for start in sorted(present):
        for end in range(start + _LONGEST, start, -1):
            if present.issuperset(range(start, end)):
                yield start, end


def _other_filler(
    claim: str,
    ours: Sequence[Word],
    a: int,
    b: int,
    page: str,
    theirs: Sequence[Word],
    least: int = 0,
    together: int = 0,
    numbers: bool = False,
    weakly: bool = False,
) -> Swap | None:
    wanted = [word.keys for word in ours[a:b]]
    keys = {key for word in ours[a:b] for key in word.keys}
    same, other = 0, None
    for slot in _slots(ours, a, b, theirs):
        filler = theirs[slot.start : slot.end]
        if [word.keys for word in filler] == wanted:
            same = max(same, slot.left + slot.right)
        elif (
            (slot.may_fit if weakly else slot.fits)
            and min(slot.left, slot.right) >= least
            and slot.left + slot.right >= together
            and not any(keys & set(word.keys) for word in filler)
            and _may_name(filler[0])  # "our", "it", "these" stand in for the name itself
            and _may_name(filler[-1])
            and not all(set(word.keys) & _GENERIC for word in filler)
            and not any(_ENDS_A_NAME.search(page[a.end : b.start]) for a, b in pairwise(filler))
            and all(word.text[0].isdigit() is numbers for word in filler)
            and not (numbers and _digits(filler) == _digits(ours[a:b]))  # "3, 800" is 3,800 with a stray space
            and (other is None or _order(slot, b - a) > _order(other, b - a))
        ):
            other = slot
    if other is None or other.left + other.right <= same:
        return None
    return Swap(
        _text(claim, ours[a:b]),
        _text(page, theirs[other.start : other.end]),
        other.left + other.right,
        other.content,
        other.fits,
        range(a, b),
    )


def _order(slot: _Slot, words: int) -> tuple[int, int]:
    """The place that shares most comes first; of two, the one whose words are as many as those they stand for."""
    return slot.left + slot.right, -abs(slot.end - slot.start - words)


def _slots(ours: Sequence[Word], a: int, b: int, theirs: Sequence[Word]) -> Iterator[_Slot]:
    before, after = ours[max(0, a - _REACH) : a][::-1], ours[b : b + _REACH]
    rights = [_shared(after, theirs[end : end + _REACH]) for end in range(len(theirs) + 1)]
    for start in range(len(theirs)):
        left = _shared(before, theirs[max(0, start - _REACH) : start][::-1])
        for end in range(start + 1, min(len(theirs), start + _LONGEST) + 1):
            right = rights[end]
            if left or right:
                shared = [*ours[a - left : a], *ours[b : b + right]]
                beside = shared[left - 1 : left] + shared[left : left + 1] if left else shared[:1]
                # To end (or begin) a sentence on both sides is something shared as well.
                ends = b + right == len(ours) and end + right == len(theirs)
                begins = a == left and start == left
                yield _Slot(
                    start,
                    end,
                    left + begins,
                    right + ends,
                    sum(word.content for word in shared),
                    end == start + 1 and any(word.text[0].isdigit() for word in beside),
                )


def _digits(words: Sequence[Word]) -> str:
    return "".join(char for word in words for char in word.text if char.isdigit())


def _shared(ours: Sequence[Word], theirs: Sequence[Word]) -> int:
    count = 0
    for one, other in zip(ours, theirs, strict=False):
        if one.keys != other.keys:
            break
        count += 1
    return count


def _text(text: str, words: Sequence[Word]) -> str:
    return " ".join(text[words[0].start : words[-1].end].split())
