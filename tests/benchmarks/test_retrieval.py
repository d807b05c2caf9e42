"""The baseline's formula on numbers small enough to check by hand."""

from __future__ import annotations

import pytest

from benchmarks.retrieval import reciprocal_rank_fusion


def test_reciprocal_ranks_are_one_based_and_summed() -> None:
    fused = reciprocal_rank_fusion([["a", "b"], ["b"]], k=60)
    assert fused == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61})


def test_a_small_k_trusts_the_first_rank_more() -> None:
    lists = [["a", "b"], ["c", "b"]]
    gentle, steep = reciprocal_rank_fusion(lists, k=60), reciprocal_rank_fusion(lists, k=0)
    assert gentle["b"] > gentle["a"]
    assert steep["b"] == pytest.approx(steep["a"])
