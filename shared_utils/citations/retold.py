"""Whether a claim tells again a sentence of the page, or its heading and the sentence, in nearly all of its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from shared_utils.citations.alignment import in_order
from shared_utils.citations.polarity import denies
from shared_utils.citations.same_thing import people_of
from shared_utils.citations.text_units import Unit, Word, words_of
from shared_utils.citations.word_classes import classes
from shared_utils.text.folding import fold

NONE = frozenset[str]()
_COMPARING = ("compared", "versus")  # "compared to" is what "than" says
ENDS = (".", "!", "?", ":", ";", "。", "！")
_INFLECTION = re.compile(r"(?:ing|ed|es|s)$")
_CLOSING = " \"'”»)"
_ENDING = 3  # letters by which a word may be longer or shorter than as it is printed
_STEM = 5  # letters, of which words of one family begin with the same
_LEAST = 4  # words of content: fewer may stand in a sentence that says something else, but for …
_FEWEST = 3  # … all that a sentence has
_LEFT_OUT = 0.4  # share of the page's words of content, between the first and the last taken, that may be missing
_IN_ORDER = 0.85  # share of the claim's words of content that stand in the page's order


def retells(words: Sequence[Word], units: Sequence[Unit], i: int, asked: frozenset[str] = NONE) -> bool:
    """Whether a claim of these words has all its words of content, in order, from unit `i`, or from it and the heading
    before it, which models copy along. Few of theirs may be left out between, for what is said of the rest may be said
    of those; and both deny something or neither. Which figure of a row is meant, its columns tell: never of a row.

    A word that only the question has, by its key in `asked`, may stand where the page has nothing, or says "we"; never
    in the place of another word of the page, whose sentence it would make one about something else.
    """
    said = [word for word in words if word.content and not _says_little(word)]
    asked = asked | people_of(units[i].text)
    return any(_retells(words, said, page, asked, first) for page, first in _windows(units, i))


def _says_little(word: Word) -> bool:
    folded = fold(word.text)
    return folded in _COMPARING or folded in classes("in_place_of") or folded in classes("carries")


def is_heading(unit: Unit) -> bool:
    """Whether a line is written large and does not end: it names something and says nothing of it."""
    large = all(word.text[0].isupper() for word in unit.words if word.content and word.text[0].isalpha())
    return large and not unit.is_row and not unit.text.rstrip(_CLOSING).endswith(ENDS)


def is_printed(word: Word, page: Sequence[Word]) -> bool:
    """Whether a page has the word itself, but for its ending: what "can be restored at decompression" is not
    decompressed, nor did he invent who paid for the inventions."""
    alike = (sorted((fold(word.text), fold(o.text)), key=len) for o in page if set(word.keys) & set(o.keys))
    return any(
        (long.startswith(short[:-1]) and len(long) - len(short) <= _ENDING)
        or _INFLECTION.sub("", short) == _INFLECTION.sub("", long)
        for short, long in alike
    )


def as_derived(word: Word, keys: Collection[str]) -> Word:
    """The word, or by the key of one of its family among `keys`: "experiencing" where the page has "experience"."""
    if not word.keys or any(key in keys for key in word.keys):
        return word
    return replace(word, keys=tuple(next((k for k in keys if _are_kin(k, key)), key) for key in word.keys))


def _are_kin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _STEM and short.isalpha() and long.startswith(short)


def _windows(units: Sequence[Unit], i: int) -> Iterator[tuple[Sequence[Word], int]]:
    """A sentence, and it behind its heading; and where it begins there."""
    if units[i].is_row or is_heading(units[i]):
        return
    yield units[i].words, 0
    if i and not units[i - 1].is_row and not units[i - 1].text.rstrip().endswith(ENDS):
        yield words_of(f"{units[i - 1].text} {units[i].text}"), len(units[i - 1].words)


def _retells(
    words: Sequence[Word], said: Sequence[Word], page: Sequence[Word], asked: frozenset[str], first: int
) -> bool:
    stand = sorted({key for word in page if word.content for key in word.keys})
    said = [as_derived(word, stand) for word in said]
    held = list(_once_each(said, page))
    keys = frozenset(key for word in held for key in word.keys)
    taken = [j for j, word in enumerate(page) if word.content and not keys.isdisjoint(word.keys)]
    left = [word for j, word in enumerate(page) if word.content and j not in taken]
    if not taken or (len(held) < _LEAST and left):
        return False
    stretch = page[taken[0] : taken[-1] + 1]
    theirs = [word for word in stretch if word.content]
    return (
        all(word in held or not asked.isdisjoint(word.keys) for word in said)
        and len(held) >= _FEWEST
        and 2 * sum(j >= first for j in taken) >= len(taken)  # a heading alone says nothing
        and not any(_stands_for_another(word, said, page) for word in said if word not in held)
        and len(taken) >= (1 - _LEFT_OUT) * len(theirs)
        and order_of(held, theirs) >= _IN_ORDER
        and denies(words) == denies(stretch)
    )


def _once_each(said: Sequence[Word], page: Sequence[Word]) -> Iterator[Word]:
    """Those of a claim's words that the page has, each as often as the page has it: "Ash cost 3, and ash cost 4." does
    not tell again what elm cost."""
    left = Counter(key for word in page if word.content for key in set(word.keys))
    for word in said:
        if any(left[key] > 0 for key in word.keys) and is_printed(word, page):
            left.subtract(set(word.keys))
            yield word


def _stands_for_another(word: Word, said: Sequence[Word], page: Sequence[Word]) -> bool:
    """Whether the page has other words of content between the two that stand around this one in the claim, or before
    the first, or behind the last of it."""
    at = next(i for i, one in enumerate(said) if one is word)
    places = [[j for j, theirs in enumerate(page) if set(theirs.keys) & set(one.keys)] for one in said]
    before = next((found[0] for found in reversed(places[:at]) if found), -1)
    behind = next((found for found in places[at + 1 :] if found), [])
    end = next((j for j in behind if j > before), len(page))
    return any(theirs.content for theirs in page[before + 1 : end])


def order_of(said: Sequence[Word], theirs: Sequence[Word]) -> float:
    """Share of words in the same order, without figures and days: where those belong is compared elsewhere."""
    ours, other = ([word for word in side if not word.text[0].isdigit()] for side in (said, theirs))
    return in_order([word.keys for word in ours], other) / max(1, len(ours))
