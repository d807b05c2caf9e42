"""Nearest vectors by inner product, exact: FAISS's IndexFlatIP in this process, or a store that searches its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray

from shared_utils.types import Vectors, VectorSource

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]


class DenseIndex:
    """The vectors of one document. Immutable; pickles as its vectors."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors`: float32 (n, d), rows of unit length, so that the inner product is the cosine."""
        contiguous = np.ascontiguousarray(vectors, dtype=np.float32)
        self._index = faiss.IndexFlatIP(contiguous.shape[1])
        self._index.add(contiguous)
        # FAISS's own memory, which stays where it is for as long as nothing is added
        held = faiss.rev_swig_ptr(self._index.get_xb(), contiguous.size)
        self._vectors: Vectors = held.reshape(contiguous.shape)

    def __reduce__(self) -> tuple[type[DenseIndex], tuple[Vectors]]:
        return DenseIndex, (self.vectors,)

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimensions(self) -> int:
        return int(self._index.d)

    @property
    def vectors(self) -> Vectors:
        """float32 (n, d): a copy, for FAISS's own memory is gone with its index."""
        copied: Vectors = self._index.reconstruct_n(0, len(self))
        return copied

    def nearest(self, query: Vectors, top_k: int) -> tuple[Rows, Scores]:
        """Row numbers and cosines of the `top_k` vectors nearest to a query (1, d), best first."""
        # FAISS shares out queries among threads, and there is one: more threads would only spin, and take the cores
        # from whatever else runs. OpenMP keeps this setting per calling thread.
        faiss.omp_set_num_threads(1)
        scores, rows = self._index.search(query, min(top_k, len(self)))
        return rows[0], scores[0]

    def copy_rows(self, rows: Rows, into: Vectors) -> None:
        """Some of the vectors, written into an array of their shape."""
        np.take(self._vectors, rows, axis=0, out=into, mode="clip")  # another mode copies twice; they are in range

    def rows(self, rows: Rows) -> Vectors:
        """Some of the vectors, float32 (n, d)."""
        return self._vectors[rows]


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """The vectors of one document, which lie in a store and are searched there."""

    source: VectorSource
    document_id: str


Dense = DenseIndex | StoredVectors
Found = TypeVar("Found")


def nearest_of_each(indexes: Sequence[Dense], query: Vectors, top_k: int) -> list[tuple[Rows, Scores]]:
    """`nearest` of every index. A store is asked once for all the documents that lie in it."""
    return _each(
        indexes,
        lambda _, index: index.nearest(query, top_k),
        lambda _, stored: stored[0].source.nearest(query, [index.document_id for index in stored], top_k),
    )


def nearest_of_all(indexes: Sequence[Dense], query: Vectors, top_k: int, of_each: int) -> list[tuple[Rows, Scores]]:
    """Of every index, those among the `top_k` nearest of all that lie in one store, where it has an index over them;
    else its own `of_each` nearest."""
    found: dict[int, tuple[Rows, Scores]] = {}
    stored = {place: index for place, index in enumerate(indexes) if isinstance(index, StoredVectors)}
    for source in {index.source for index in stored.values()}:
        places = [place for place, index in stored.items() if index.source == source]
        near = source.nearest_of_all(query, [stored[place].document_id for place in places], top_k)
        found.update(zip(places, near or [], strict=False))
    rest = [place for place in range(len(indexes)) if place not in found]
    found.update(zip(rest, nearest_of_each([indexes[place] for place in rest], query, of_each), strict=True))
    return [found[place] for place in range(len(indexes))]


def cosines_of_each(indexes: Sequence[Dense], query: Vectors, rows: Sequence[Rows]) -> list[Scores]:
    """The cosines of chosen rows of every index. A store is asked once."""
    here = {place: index for place, index in enumerate(indexes) if isinstance(index, DenseIndex)}
    known = dict(zip(here, cosines_here(list(here.values()), query, [rows[place] for place in here]), strict=True))
    return _each(
        indexes,
        lambda place, _: known[place],
        lambda places, stored: stored[0].source.cosines(
            query, [(index.document_id, rows[place]) for place, index in zip(places, stored, strict=True)]
        ),
    )


def cosines_here(indexes: Sequence[DenseIndex], query: Vectors, rows: Sequence[Rows]) -> list[Scores]:
    """`cosines_of_each` of indexes in this process: one product, however few rows are each one's."""
    ends = np.cumsum([len(chosen) for chosen in rows], dtype=np.int64)
    gathered: Vectors = np.empty((int(ends[-1]) if len(ends) else 0, query.shape[1]), dtype=np.float32)
    for index, chosen, end in zip(indexes, rows, ends.tolist(), strict=True):
        if len(chosen):
            index.copy_rows(chosen, gathered[end - len(chosen) : end])
    scores: Scores = np.vecdot(gathered, query[0])  # in this thread alone: BLAS would wake others, which then spin
    return [scores[end - len(chosen) : end] for chosen, end in zip(rows, ends.tolist(), strict=True)]


def _each(
    indexes: Sequence[Dense],
    here: Callable[[int, DenseIndex], Found],
    there: Callable[[list[int], list[StoredVectors]], list[Found]],
) -> list[Found]:
    found = {place: here(place, index) for place, index in enumerate(indexes) if isinstance(index, DenseIndex)}
    stored = {place: index for place, index in enumerate(indexes) if isinstance(index, StoredVectors)}
    for source in {index.source for index in stored.values()}:
        places = [place for place, index in stored.items() if index.source == source]
        found.update(zip(places, there(places, [stored[place] for place in places]), strict=True))
    return [found[place] for place in range(len(indexes))]
