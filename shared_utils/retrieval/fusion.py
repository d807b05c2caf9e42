"""Scores of different scales made one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.question import GLOSSARY_WEIGHT

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each way of looking counts. Equal ones did as well as fitted ones: docs/adr/0012-hybrid-search.md."""

    chunk_words: float = 1.0
    page_words: float = 1.0
    meaning: float = 1.0
    document: float = 0.5  # only tells several documents apart
    glossary: float = GLOSSARY_WEIGHT  # what stands in documents for a name that was asked for


EQUAL = Weights()


def fused(
    chunk_words: Scores, page_words: Scores, cosines: Scores, embedded: NDArray[np.bool_], document: Scores, of: Weights
) -> Scores:
    """(w_c · words of the chunk + w_p · words of its page + w_d · cosine) / Σ w, each divided by its best, plus
    w_n · the document's own. All of one length; `embedded` is False where there is no cosine."""
    total = of.chunk_words + of.page_words + of.meaning * embedded
    scores = of.chunk_words * max_normalised(chunk_words) + of.page_words * max_normalised(page_words)
    scores = scores + of.meaning * max_normalised(cosines)
    combined: Scores = scores / np.maximum(total, 1e-9) + of.document * document
    return combined


def max_normalised(scores: Scores) -> Scores:
    """Scores divided by the best one, so that lists of different scales can be added; negatives count as nothing.

    Lee, "Analyses of multiple evidence combination" (SIGIR 1997), with the minimum held at 0: BM25's zero means "no
    common word", and the worst cosine of a document should not decide what its best one is worth.

    >>> max_normalised(np.array([2.0, 1.0, -1.0], dtype=np.float32)).tolist()
    [1.0, 0.5, 0.0]
    """
    positive = np.maximum(scores, 0)
    best = positive.max(initial=0)
    return positive / best if best > 0 else positive
