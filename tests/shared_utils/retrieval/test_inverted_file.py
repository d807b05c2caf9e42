"""Approximate neighbours: what is found against the exact scan, in all documents and in some, and what is forgotten."""

from __future__ import annotations

import gc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from shared_utils.retrieval.dense import DenseIndex
from shared_utils.retrieval.inverted_file import InvertedFile, Neighbours
from shared_utils.types import Vectors

TOPICS, DIMENSIONS = 60, 32


def unit(vectors: NDArray[np.floating]) -> Vectors:
    normed: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return normed


def documents(count: int, passages: int = 400) -> list[DenseIndex]:
    """Documents that speak of some topics each, as real ones do: their vectors lie in heaps."""
    random = np.random.default_rng(5)
    topics = random.standard_normal((TOPICS, DIMENSIONS))
    return [
        DenseIndex(
            unit(topics[random.integers(0, TOPICS, passages)] + random.standard_normal((passages, DIMENSIONS)) * 0.3)
        )
        for _ in range(count)
    ]


def queries(members: list[DenseIndex], count: int = 50) -> Vectors:
    random = np.random.default_rng(6)
    near = np.concatenate([member.vectors[random.integers(0, len(member), 1)] for member in members[:count]])
    return unit(near + random.standard_normal(near.shape) * 0.1)


def exactly(members: list[DenseIndex], query: Vectors, top_k: int) -> set[tuple[int, int]]:
    found = [
        (float(score), place, int(row))
        for place, member in enumerate(members)
        for row, score in zip(*member.nearest(query, top_k), strict=True)
    ]
    return {(place, row) for _, place, row in sorted(found, reverse=True)[:top_k]}


def test_nearly_all_of_the_ten_nearest_are_found_and_their_cosines_are_exact() -> None:
    members = documents(50)
    file = InvertedFile(members)
    recall = []
    for query in queries(members)[:, None]:
        found = file.nearest(members, query, 10)
        pairs = {(place, int(row)) for place, (rows, _) in enumerate(found) for row in rows}
        recall.append(len(pairs & exactly(members, query, 10)) / 10)
        for member, (rows, scores) in zip(members, found, strict=True):
            np.testing.assert_allclose(scores, member.vectors[rows] @ query[0], rtol=1e-5)
    assert np.mean(recall) >= 0.98


def test_only_the_documents_that_are_asked_are_looked_through() -> None:
    members = documents(10)
    file = InvertedFile(members)
    some = [members[7], members[2]]
    recall = []
    for query in queries(members)[:, None]:
        found = file.nearest(some, query, 10)
        pairs = {(place, int(row)) for place, (rows, _) in enumerate(found) for row in rows}
        assert len(pairs) == 10
        recall.append(len(pairs & exactly(some, query, 10)) / 10)
    assert np.mean(recall) >= 0.95


class Later:
    """Keeps what is to be done beside until a test does it."""

    def __init__(self) -> None:
        self.work: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.work.append(work)

    def do(self) -> None:
        while self.work:
            self.work.pop(0)()


@pytest.fixture
def later() -> Later:
    return Later()


def test_a_small_library_needs_no_file(later: Later) -> None:
    assert Neighbours(large=4_001, run=later).of(documents(10)) is None
    assert later.work == []


def test_nobody_waits_for_a_file(later: Later) -> None:
    members, neighbours = documents(10), Neighbours(large=4_000, run=later)
    assert neighbours.of(members) is None
    assert neighbours.of(members) is None
    assert len(later.work) == 1  # one is made, not one a question
    later.do()
    file = neighbours.of(members)
    assert file is not None
    assert all(member in file for member in members)
    assert later.work == []


def test_a_document_more_is_no_reason_for_a_new_file_and_many_are(later: Later) -> None:
    members, neighbours = documents(20), Neighbours(large=4_000, run=later)
    neighbours.of(members[:15])
    later.do()
    file = neighbours.of(members[:16])
    assert file is not None
    assert members[15] not in file  # scanned exactly until then
    assert later.work == []
    neighbours.of(members)
    later.do()
    renewed = neighbours.of(members)
    assert renewed is not None
    assert members[19] in renewed


def test_the_vectors_of_a_document_that_is_gone_are_not_kept(later: Later) -> None:
    members, neighbours = documents(12), Neighbours(large=4_000, run=later)
    neighbours.of(members)
    later.do()
    members.pop()
    gc.collect()
    assert neighbours.of(members) is None
    later.do()
    file = neighbours.of(members)
    assert file is not None
    assert file.is_whole


def test_where_no_file_can_be_made_the_exact_scan_goes_on(
    later: Later, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_room(members: object) -> None:
        raise MemoryError

    monkeypatch.setattr("shared_utils.retrieval.inverted_file.InvertedFile", no_room)
    members, neighbours = documents(10), Neighbours(large=4_000, run=later)
    neighbours.of(members)
    later.do()
    assert neighbours.of(members) is None
    assert "No inverted file could be made of 10 documents." in caplog.text
    assert len(later.work) == 1  # tried again
