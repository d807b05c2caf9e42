"""The formula on numbers small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from shared_utils.retrieval.fusion import max_normalised


def test_scores_are_divided_by_the_best_and_negatives_count_nothing() -> None:
    assert max_normalised(np.array([4.0, 1.0, -2.0], dtype=np.float32)).tolist() == [1.0, 0.25, 0.0]


@pytest.mark.parametrize("scores", [[], [0.0, 0.0], [-1.0]])
def test_nothing_found_stays_nothing(scores: list[float]) -> None:
    assert max_normalised(np.array(scores, dtype=np.float32)).tolist() == [0.0] * len(scores)
