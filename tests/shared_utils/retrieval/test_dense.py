"""FAISS finds what a plain argsort finds, and gives its memory back as it was put in."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np

from shared_utils.retrieval.dense import (
    DenseIndex,
    Rows,
    Scores,
    StoredVectors,
    cosines_here,
    cosines_of_each,
    nearest_of_each,
)
from shared_utils.types import Vectors


def unit_vectors(n: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((n, 384)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_the_nearest_are_those_of_an_argsort() -> None:
    vectors, query = unit_vectors(500, 1), unit_vectors(1, 2)
    index = DenseIndex(vectors)
    rows, cosines = index.nearest(query, 20)

    expected = np.argsort(-(vectors @ query[0]))[:20]
    assert rows.tolist() == expected.tolist()
    np.testing.assert_allclose(cosines, (vectors @ query[0])[expected], rtol=1e-5)
    np.testing.assert_allclose(cosines_here([index], query, [rows])[0], cosines, rtol=1e-5)


def test_asking_for_more_than_there_are_gives_all() -> None:
    rows, _ = DenseIndex(unit_vectors(3, 1)).nearest(unit_vectors(1, 2), 10)
    assert sorted(rows.tolist()) == [0, 1, 2]


def test_cosines_of_rows_of_several_indexes_keep_their_places() -> None:
    vectors, query = [unit_vectors(6, seed) for seed in range(3)], unit_vectors(1, 9)
    rows = [np.array([4, 1]), np.array([], dtype=np.int64), np.array([5])]
    found = cosines_here([DenseIndex(own) for own in vectors], query, rows)
    for own, chosen, cosines in zip(vectors, rows, found, strict=True):
        np.testing.assert_allclose(cosines, own[chosen] @ query[0], rtol=1e-5)
    assert cosines_here([], query, []) == []


def test_writing_to_the_vectors_does_not_change_the_index() -> None:
    index = DenseIndex(unit_vectors(3, 1))
    index.vectors[:] = 0.0
    np.testing.assert_array_equal(index.vectors, unit_vectors(3, 1))


def test_an_index_survives_pickling() -> None:
    index = pickle.loads(pickle.dumps(DenseIndex(unit_vectors(5, 1))))  # noqa: S301
    np.testing.assert_array_equal(index.vectors, unit_vectors(5, 1))


def test_vectors_outlive_the_index_they_were_asked_of() -> None:
    vectors = DenseIndex(unit_vectors(2000, 1)).vectors
    churn = [DenseIndex(unit_vectors(2000, seed)) for seed in (2, 3)]
    np.testing.assert_array_equal(vectors, unit_vectors(2000, 1))
    assert len(churn) == 2


class Store:
    """A store of vectors that is asked over a wire: every question it gets is remembered."""

    def __init__(self, **documents: Vectors) -> None:
        self._indexes = {document_id: DenseIndex(vectors) for document_id, vectors in documents.items()}
        self.asked: list[list[str]] = []

    def nearest(self, query: Vectors, document_ids: Sequence[str], top_k: int) -> list[tuple[Rows, Scores]]:
        self.asked.append(list(document_ids))
        return [self._indexes[document_id].nearest(query, top_k) for document_id in document_ids]

    def nearest_of_all(
        self, query: Vectors, document_ids: Sequence[str], top_k: int
    ) -> list[tuple[Rows, Scores]] | None:
        return None

    def cosines(self, query: Vectors, chosen: Sequence[tuple[str, Rows]]) -> list[Scores]:
        self.asked.append([document_id for document_id, _ in chosen])
        return cosines_here([self._indexes[id_] for id_, _ in chosen], query, [rows for _, rows in chosen])


def test_documents_in_stores_and_in_memory_keep_their_places_and_a_store_is_asked_once() -> None:
    vectors = [unit_vectors(6, seed) for seed in range(5)]
    one, other = Store(a=vectors[0], c=vectors[2]), Store(d=vectors[3])
    indexes: list[DenseIndex | StoredVectors] = [
        StoredVectors(one, "a"),
        DenseIndex(vectors[1]),
        StoredVectors(one, "c"),
        StoredVectors(other, "d"),
        DenseIndex(vectors[4]),
    ]
    query = unit_vectors(1, 9)
    found = nearest_of_each(indexes, query, 2)
    chosen = [rows for rows, _ in found]
    cosines = cosines_of_each(indexes, query, chosen)

    for own, (rows, scores), again in zip(vectors, found, cosines, strict=True):
        assert rows.tolist() == np.argsort(-(own @ query[0]))[:2].tolist()
        np.testing.assert_allclose(scores, again, rtol=1e-5)
    assert one.asked == [["a", "c"], ["a", "c"]]
    assert other.asked == [["d"], ["d"]]
