"""Which of several documents a question is about: by its name, and by how many of its pages speak of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.bm25 import Rows, Scores, Term
from shared_utils.retrieval.fusion import max_normalised
from shared_utils.text.words import terms


def document_scores(
    asked: Mapping[Term, float], names: Sequence[str], pages: NDArray[np.int64], frequencies: Rows
) -> list[float]:
    """How much each of some documents is asked about; the best is 1, and a document alone 0.

    Both are Σ idf · share over the question's terms, the idf telling documents apart, not chunks. `names`: what each is
    called; `pages`: how many each has; `frequencies`: on how many of them each term stands, (documents, terms).
    """
    if len(names) < 2:
        return [0.0] * len(names)
    called = _called(tuple(names))
    named = np.zeros(len(names), dtype=np.float32)
    spread = np.zeros(len(names), dtype=np.float32)
    for place, term in enumerate(asked):
        holding = called.holding(term)
        if len(holding):
            shares = np.zeros(len(names), dtype=np.bool_)
            shares[holding] = True
            named += _told_apart(shares)
        if isinstance(term, str):
            spread += _told_apart(frequencies[:, place] / pages)
    return [float(score) for score in max_normalised(max_normalised(named) + 0.5 * max_normalised(spread))]


@dataclass(frozen=True, slots=True)
class _Called:
    """The terms of some documents' names, and where each stands."""

    places: Mapping[str, list[int]]  # term -> the names that hold it
    whole: tuple[str, ...]  # the terms of each name, run together
    all_whole: str  # … one a line

    def holding(self, term: Term) -> list[int]:
        """The names that hold a term; a pair of words also where a name runs it together: "Best Buy" in
        BESTBUY_2019.pdf."""
        if isinstance(term, str):
            return self.places.get(term, [])
        pair = "".join(term)
        return [place for place, name in enumerate(self.whole) if pair in name] if pair in self.all_whole else []


@lru_cache(maxsize=4)
def _called(names: tuple[str, ...]) -> _Called:
    """Of a large library this takes as long as a question does, and the next one asks for the same."""
    found = [_terms(name) for name in names]
    places: dict[str, list[int]] = {}
    for place, own in enumerate(found):
        for term in dict.fromkeys(own):
            places.setdefault(term, []).append(place)
    whole = tuple("".join(own) for own in found)
    return _Called(places, whole, "\n".join(whole))


@lru_cache(maxsize=8192)
def _terms(name: str) -> tuple[str, ...]:
    return tuple(terms(name))


def _told_apart(shares: NDArray[np.generic]) -> Scores:
    """The shares of several documents in a term, weighted by how few of them have any."""
    holding = np.count_nonzero(shares)
    idf = math.log(1 + (len(shares) - holding + 0.5) / (holding + 0.5))
    return shares.astype(np.float32) * np.float32(idf)
