"""Words of one meaning: "film" for the page's "movie", told by the embedder's vectors of single words.

A word counts as said where a word that near to it stands. It is no proof that both mean one thing (tenant and landlord
are as near): names are left out, and numbers, negations and opposites are compared exactly elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from shared_utils.citations.text_units import Unit, Word, covered
from shared_utils.text.folding import fold
from shared_utils.types import Embedder, Vectors

_NEAR = 0.55  # cosine of two words by themselves; "movies" and "films" .62, "salary" and "income" .35
_MOST_UNITS = 6  # those that hold most of the claim: a word of another place is no word for it
_MOST_WORDS = 400  # of the page; more is hostile
_LEAST_LETTERS = 3


@runtime_checkable
class KnowsWords(Protocol):
    """An embedder that also tells which single words are near in meaning, in a thousandth of the time."""

    def embed_words(self, words: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, d), of words in small letters; zeros for a word that it does not know."""
        ...


def said_otherwise(
    words: Sequence[Word], weight: Mapping[str, float], units: Sequence[Unit], embedder: Embedder
) -> dict[str, frozenset[str]]:
    """For each key of the claim that has any, the keys of the page's words that are near to it in meaning."""
    if not isinstance(embedder, KnowsWords) or not weight or any(unit.keys.issuperset(weight) for unit in units):
        return {}  # one sentence has them all
    order = sorted(range(len(units)), key=lambda i: -covered(weight, units[i].keys))[:_MOST_UNITS]
    ours = {key: text for key, text in _plain(words).items() if key in weight}
    theirs = dict(list(_plain(word for i in order for word in units[i].words).items())[:_MOST_WORDS])
    if not ours or not theirs:
        return {}
    vectors = embedder.embed_words([*ours.values(), *theirs.values()])
    near = vectors[: len(ours)] @ vectors[len(ours) :].T >= _NEAR
    found = {
        key: frozenset(other for other, is_near in zip(theirs, row, strict=True) if is_near and other != key)
        for key, row in zip(ours, near, strict=True)
    }
    return {key: others for key, others in found.items() if others}


def with_nearness(keys: frozenset[str], otherwise: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The keys of a unit, and those of the claim that it says in another word."""
    return keys.union(key for key, others in otherwise.items() if not keys.isdisjoint(others))


def _plain(words: Iterable[Word]) -> dict[str, str]:
    """The words of content that are no names and no numbers, one spelling a key; of a claim's first word, its case
    tells nothing."""
    return {
        word.keys[0]: fold(word.text)
        for word in words
        if word.content and len(word.keys) == 1 and word.text.isalpha() and len(word.text) >= _LEAST_LETTERS
        if word.text.islower() or word.start == 0
    }
