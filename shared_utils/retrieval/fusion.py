"""Scores of different scales made one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


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
