"""Nearest vectors by inner product: FAISS IndexFlatIP, exact."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from shared_utils.types import Vectors

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]


class DenseIndex:
    """The vectors of one document. Immutable; pickles as its vectors."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors`: float32 (n, d), rows of unit length, so that the inner product is the cosine."""
        contiguous = np.ascontiguousarray(vectors, dtype=np.float32)
        self._index = faiss.IndexFlatIP(contiguous.shape[1])
        self._index.add(contiguous)

    def __reduce__(self) -> tuple[type[DenseIndex], tuple[Vectors]]:
        return DenseIndex, (self.vectors,)

    @property
    def vectors(self) -> Vectors:
        """float32 (n, d): a copy, for FAISS's own memory is gone with its index."""
        copied: Vectors = self._index.reconstruct_n(0, self._index.ntotal)
        return copied

    def nearest(self, query: Vectors, top_k: int) -> tuple[Rows, Scores]:
        """Row numbers and cosines of the `top_k` vectors nearest to a query (1, d), best first."""
        # FAISS shares out queries among threads, and there is one: more threads would only spin, and take the cores
        # from whatever else runs. OpenMP keeps this setting per calling thread.
        faiss.omp_set_num_threads(1)
        scores, rows = self._index.search(query, min(top_k, self._index.ntotal))
        return rows[0], scores[0]

    def cosines(self, query: Vectors, rows: Rows) -> Scores:
        """The cosines of chosen rows."""
        chosen: Scores = self._index.reconstruct_batch(rows) @ query[0]
        return chosen
