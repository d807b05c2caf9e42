"""An embedder that embeds no text twice: every sentence of an answer is held against the same few evidence texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared_utils.citations.nearness import KnowsWords
from shared_utils.types import Embedder, Vectors


class RememberingEmbedder:
    """Keeps every vector for as long as it lives: make one for each answer. Not to be shared between threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._passages: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._passages]
        if new:
            self._passages.update(zip(new, self._embedder.embed_passages(new), strict=True))
        kept: Vectors = np.stack([self._passages[text] for text in texts])
        return kept

    def embed_query(self, text: str) -> Vectors:
        if text not in self._queries:
            self._queries[text] = self._embedder.embed_query(text)
        return self._queries[text]

    def embed_words(self, words: Sequence[str]) -> Vectors:
        """Of words by themselves; where the embedder knows none, all are far from each other."""
        if isinstance(self._embedder, KnowsWords):
            return self._embedder.embed_words(words)
        return np.zeros((len(words), 1), dtype=np.float32)
