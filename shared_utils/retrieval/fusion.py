"""Two rankings made one. Pure functions over aligned score arrays or ranked lists."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Item = TypeVar("Item", bound=Hashable)


def reciprocal_rank_fusion(rankings: Sequence[Sequence[Item]], k: int = 60) -> dict[Item, float]:
    """Σ 1 / (k + rank) over the lists an item stands in, ranks 1-based.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet" (SIGIR 2009).

    >>> fused = reciprocal_rank_fusion([["a", "b"], ["b", "c"]], k=60)
    >>> max(fused, key=fused.get)
    'b'
    """
    fused: dict[Item, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            fused[item] = fused.get(item, 0.0) + 1 / (k + rank)
    return fused


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
