"""Fusion formulas on numbers small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from shared_utils.retrieval.fusion import max_normalised, reciprocal_rank_fusion


def test_reciprocal_ranks_are_one_based_and_summed() -> None:
    fused = reciprocal_rank_fusion([["a", "b"], ["b"]], k=60)
    assert fused == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61})


def test_a_small_k_trusts_the_first_rank_more() -> None:
    lists = [["a", "b"], ["c", "b"]]
    gentle, steep = reciprocal_rank_fusion(lists, k=60), reciprocal_rank_fusion(lists, k=0)
    assert gentle["b"] > gentle["a"]
    assert steep["b"] == pytest.approx(steep["a"])


def test_scores_are_divided_by_the_best_and_negatives_count_nothing() -> None:
    assert max_normalised(np.array([4.0, 1.0, -2.0], dtype=np.float32)).tolist() == [1.0, 0.25, 0.0]


@pytest.mark.parametrize("scores", [[], [0.0, 0.0], [-1.0]])
def test_nothing_found_stays_nothing(scores: list[float]) -> None:
    assert max_normalised(np.array(scores, dtype=np.float32)).tolist() == [0.0] * len(scores)
