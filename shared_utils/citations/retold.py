"""Whether a claim tells again a sentence of the page, or its heading and the sentence, in nearly all of its words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from shared_utils.citations.alignment import in_order
from shared_utils.citations.polarity import denies
from shared_utils.citations.text_units import Unit, Word, words_of
from shared_utils.citations.word_classes import classes
from shared_utils.text.folding import fold

_COMPARING = ("compared", "versus")  # "compared to" is what "than" says
_ENDS = (".", "!", "?", ":", ";", "。", "！")
_STEM = 5  # letters, of which words of one family begin with the same
_LEAST = 4  # words of content: fewer may stand in a sentence that says something else
_LEFT_OUT = 0.4  # share of the page's words of content, between the first and the last taken, that may be missing
_IN_ORDER = 0.85  # share of the claim's words of content that stand in the page's order


def retells(words: Sequence[Word], units: Sequence[Unit], i: int) -> bool:
    """Whether a claim of these words has all its words of content, in order, from unit `i`, or from it and the heading
    before it, which models copy along. Few of theirs may be left out between, for what is said of the rest may be said
    of those; and both deny something or neither. Which figure of a row is meant, its columns tell: never of a row."""
    said = [word for word in words if word.content and not _says_little(word)]
    return len(said) >= _LEAST and any(_retells(words, said, page) for page in _windows(units, i))


def _says_little(word: Word) -> bool:
    return word.text.lower() in _COMPARING or fold(word.text) in classes("in_place_of")


def as_derived(word: Word, keys: Collection[str]) -> Word:
    """The word, or by the key of one of its family among `keys`: "experiencing" where the page has "experience"."""
    if not word.keys or any(key in keys for key in word.keys):
        return word
    return replace(word, keys=tuple(next((k for k in keys if _are_kin(k, key)), key) for key in word.keys))


def _are_kin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _STEM and short.isalpha() and long.startswith(short)


def _windows(units: Sequence[Unit], i: int) -> Iterator[Sequence[Word]]:
    if units[i].is_row:
        return
    yield units[i].words
    if i and not units[i - 1].is_row and not units[i - 1].text.rstrip().endswith(_ENDS):
        yield words_of(f"{units[i - 1].text} {units[i].text}")


def _retells(words: Sequence[Word], said: Sequence[Word], page: Sequence[Word]) -> bool:
    stand = sorted({key for word in page if word.content for key in word.keys})
    said = [as_derived(word, stand) for word in said]
    keys = frozenset(key for word in said for key in word.keys)
    taken = [j for j, word in enumerate(page) if word.content and not keys.isdisjoint(word.keys)]
    if not taken:
        return False
    stretch = page[taken[0] : taken[-1] + 1]
    theirs = [word for word in stretch if word.content]
    held = frozenset(key for word in theirs for key in word.keys)
    return (
        all(not held.isdisjoint(word.keys) for word in said)
        and len(taken) >= (1 - _LEFT_OUT) * len(theirs)
        and _in_order(said, theirs) >= _IN_ORDER
        and denies(words) == denies(stretch)
    )


def _in_order(said: Sequence[Word], theirs: Sequence[Word]) -> float:
    """Share of words in the same order, without figures and days: where those belong is compared elsewhere."""
    ours, other = ([word for word in side if not word.text[0].isdigit()] for side in (said, theirs))
    return in_order([word.keys for word in ours], other) / max(1, len(ours))
