"""Words that are kin in meaning, by the vectors that the embedding model has of single words: "salary" and "wages".

The rows of its first layer, without their mean, know nothing of a sentence and much of words: a thousandth of the
time that it takes to read them (Mikolov et al., "Distributed representations of words and phrases", 2013).
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from shared_utils.embeddings.packaged_model import WEIGHTS_SHA256, check_weights, packaged_model_dir
from shared_utils.errors import EmbeddingError
from shared_utils.types import Vectors

LEAST = 0.42  # the cosine of words that are kin: "salary" and "wages" .51, "salary" and "income" .35
_SHORTEST = 3  # letters
_BEGINNING = 5  # letters that "director" and "directed" have in common
_ROWS = 4096  # that are compared at once
_MATRIX = "embeddings.word_embeddings.weight"
_log = logging.getLogger(__name__)


class Kindred:
    """Kin of the words that the packaged model has whole. The vectors are made from its weights once (0.5 s) and kept
    in `cache_dir`, 8 MB; where neither is there, no word has kin. Safe to share between threads."""

    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir
        self._loaded = lru_cache(maxsize=1)(self._load)
        self.of = lru_cache(maxsize=1024)(self._of)

    def _of(self, word: str, least: float = LEAST, /) -> tuple[str, ...]:
        """Of a word in small letters, the nearest first, then what begins like it; () for one that is not known."""
        words, vectors = self._loaded()
        place = words.get(word)
        if place is None:
            return ()
        asked = vectors[place].astype(np.float32)
        blocks = (vectors[i : i + _ROWS].astype(np.float32) @ asked for i in range(0, len(vectors), _ROWS))
        cosines = np.concatenate(list(blocks)) / float(asked @ asked)
        every = list(words)
        near = [every[i] for i in np.argsort(-cosines)[: int((cosines >= least).sum())]]
        alike = [one for one in every if len(word) > _BEGINNING and one.startswith(word[:_BEGINNING])]
        return tuple(one for one in dict.fromkeys([*near, *alike]) if one != word)

    def vectors(self, words: Sequence[str]) -> Vectors:
        """float32 (n, 384), of unit length; zeros for a word that is not known."""
        places, vectors = self._loaded()
        found = np.zeros((len(words), vectors.shape[1]), dtype=np.float32)
        known = [(i, place) for i, word in enumerate(words) if (place := places.get(word)) is not None]
        if known:
            rows, stands = zip(*known, strict=True)
            kept = vectors[list(stands)].astype(np.float32)
            found[list(rows)] = kept / np.linalg.norm(kept, axis=1, keepdims=True)
        return found

    def _load(self) -> tuple[dict[str, int], NDArray[np.int8]]:
        try:
            vectors = prepared(self._cache_dir)
            return {word: place for place, word in enumerate(_vocabulary())}, vectors
        except (EmbeddingError, OSError, ValueError, KeyError):
            _log.info("words have no kin: the embedding model's vectors of words are not there")
            return {}, np.zeros((0, 1), dtype=np.int8)


def prepared(cache_dir: Path) -> NDArray[np.int8]:
    """Unit vectors of the model's whole words, times 127, int8 (words, 384): kept, or made and kept.

    Raises EmbeddingError where they are neither kept nor the weights there.
    """
    file = cache_dir / f"minilm-words-{WEIGHTS_SHA256[:16]}-v1.npy"
    if file.is_file():
        kept: NDArray[np.int8] = np.load(file, mmap_mode="r")  # two hold it, and every process
        return kept
    weights = packaged_model_dir() / "model.safetensors"
    check_weights(weights, WEIGHTS_SHA256)
    with safe_open(weights, "numpy") as opened:
        matrix = opened.get_tensor(_MATRIX)
    matrix = (matrix - matrix.mean(axis=0))[list(_vocabulary().values())]
    vectors: NDArray[np.int8] = np.rint(127 * matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.int8)
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=cache_dir, prefix=file.stem, delete=False) as written:
        np.save(written, vectors)
    os.replace(written.name, file)
    return vectors


def _vocabulary() -> dict[str, int]:
    """The whole words, in order -> their rows in the model's own matrix."""
    data = json.loads((packaged_model_dir() / "tokenizer.json").read_text(encoding="utf-8"))
    found = {word: row for word, row in data["model"]["vocab"].items() if word.isalpha() and len(word) >= _SHORTEST}
    return dict(sorted(found.items()))
