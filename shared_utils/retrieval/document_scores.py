"""Which of several documents a question is about: by its name, and by how many of its pages speak of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
    called = [_terms(name) for name in names]
    named = np.zeros(len(names), dtype=np.float32)
    spread = np.zeros(len(names), dtype=np.float32)
    for place, term in enumerate(asked):
        named += _told_apart(np.array([_in_name(term, *name) for name in called]))
        if isinstance(term, str):
            spread += _told_apart(frequencies[:, place] / pages)
    return [float(score) for score in max_normalised(max_normalised(named) + 0.5 * max_normalised(spread))]


@lru_cache(maxsize=8192)
def _terms(name: str) -> tuple[frozenset[str], str]:
    """The terms of a name, and the same run together."""
    found = terms(name)
    return frozenset(found), "".join(found)


def _told_apart(shares: NDArray[np.generic]) -> Scores:
    """The shares of several documents in a term, weighted by how few of them have any."""
    holding = np.count_nonzero(shares)
    idf = math.log(1 + (len(shares) - holding + 0.5) / (holding + 0.5))
    return shares.astype(np.float32) * np.float32(idf)


def _in_name(term: Term, words: frozenset[str], whole: str) -> bool:
    """Also where the name runs a pair of words together: "Best Buy" in BESTBUY_2019.pdf."""
    return term in words if isinstance(term, str) else "".join(term) in whole
