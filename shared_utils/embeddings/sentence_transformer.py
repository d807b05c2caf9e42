"""Any sentence-transformers model, through torch: the reference, and the way to other models."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from shared_utils.errors import EmbeddingError
from shared_utils.types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceTransformerEmbedder:
    """`path_or_name`: a folder, or a model's name on the hub (downloaded on first use). Loads on construction."""

    def __init__(self, path_or_name: str | Path) -> None:
        # Takes ten seconds and half a gigabyte, so only those pay who construct one.
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EmbeddingError(
                "Embedding models other than the default need sentence-transformers. "
                "Install it with: pip install sentence-transformers"
            ) from error
        try:
            self._model: SentenceTransformer = SentenceTransformer(str(path_or_name), device="cpu")
        except (OSError, ValueError) as error:
            raise EmbeddingError(
                "The embedding model {name} cannot be loaded: {error}. Check its name or folder.",
                name=path_or_name,
                error=error,
            ) from error
        self._query = lru_cache(maxsize=32)(self._embed_query)
        self._dimension = int(self.embed_query("dimension").shape[1])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """float32 (1, d), not to be written to: a question is asked for several times until it is answered."""
        return self._query(text)

    def _embed_query(self, text: str) -> Vectors:
        vector = self.embed_passages([text])
        vector.flags.writeable = False
        return vector
