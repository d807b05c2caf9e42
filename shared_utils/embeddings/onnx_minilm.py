"""all-MiniLM-L6-v2 in int8 through ONNX Runtime: the default embedder. No torch, ready in under a second."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from shared_utils.embeddings.kindred import Kindred
from shared_utils.embeddings.packaged_model import WEIGHTS_SHA256, check_weights
from shared_utils.errors import EmbeddingError
from shared_utils.types import Vectors

_GRAPH_VERSION = 1  # raised whenever minilm_graph.py makes something else of the same weights
_MAX_TOKENS = 256  # what the model was trained to read; the rest of a passage is not seen
_DIMENSION = 384
_BATCH_TOKENS = 4096  # padded tokens a run: enough to fill the cores, small enough for their caches
_MOST_PADDING = 12  # tokens that a longer text may add to a batch: as much time as a run of its own costs


class OnnxMiniLmEmbedder:
    """Unit vectors of 384 dimensions, mean-pooled over at most 256 word pieces.

    `model_dir` holds model.safetensors and tokenizer.json; the int8 graph is made from them once (3 s) and kept in
    `cache_dir`. Safe to share between threads; `threads` is how many cores one call may use. Raises EmbeddingError.
    """

    def __init__(self, model_dir: Path, cache_dir: Path, threads: int = 1) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        except Exception as error:  # tokenizers raises nothing narrower
            raise EmbeddingError(
                "The embedding model's tokenizer cannot be read from {folder}: {error}", folder=model_dir, error=error
            ) from error
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()
        self._session = _session(_cached_graph(model_dir / "model.safetensors", cache_dir), threads)
        self._query = lru_cache(maxsize=32)(self._embed_query)
        self._words = Kindred(cache_dir)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, 384), in the order of the texts. Call it with a few dozen at a time to be able to stop."""
        vectors = np.empty((len(texts), _DIMENSION), dtype=np.float32)
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for batch in _batches([len(tokens) for tokens in ids]):
            vectors[batch] = self._embed([ids[i] for i in batch])
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """float32 (1, d), not to be written to: a question is asked for several times until it is answered."""
        return self._query(text)

    def embed_words(self, words: Sequence[str]) -> Vectors:
        """float32 (n, 384) of single words, without running the model; zeros for those that it has not whole."""
        return self._words.vectors(words)

    def _embed_query(self, text: str) -> Vectors:
        vector = self.embed_passages([text])
        vector.flags.writeable = False
        return vector

    def _embed(self, ids: Sequence[Sequence[int]]) -> Vectors:
        input_ids = np.zeros((len(ids), max(map(len, ids))), dtype=np.int32)
        mask = np.zeros_like(input_ids)
        for row, tokens in enumerate(ids):
            input_ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        (hidden,) = self._session.run(["hidden"], {"input_ids": input_ids, "attention_mask": mask})
        return mean_pool(hidden, mask)


def mean_pool(hidden: NDArray[np.float32], mask: NDArray[np.int32]) -> Vectors:
    """The mean over each row's unmasked positions, scaled to unit length: (n, length, d) -> (n, d)."""
    # The mean's denominator would vanish in the scaling, so the sum serves.
    summed = np.einsum("nld,nl->nd", hidden, mask.astype(np.float32))
    unit: Vectors = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)
    return unit


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of texts of like length, so that little is spent on padding, within the token budget of a run."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        padding = len(batch) * (lengths[index] - lengths[batch[-1]]) if batch else 0
        if batch and (padding > _MOST_PADDING or (len(batch) + 1) * lengths[index] > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _session(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Waiting threads would otherwise spin, and take the cores from the model that is writing an answer.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no base of their own
        raise EmbeddingError(
            "The embedding model cannot be started from {file}: {error}. Delete this file; it is made again.",
            file=graph,
            error=error,
        ) from error


def _cached_graph(weights: Path, cache_dir: Path) -> Path:
    """The int8 graph for these weights, made at first use and put in place atomically."""
    graph = cache_dir / f"minilm-int8-{WEIGHTS_SHA256[:16]}-v{_GRAPH_VERSION}.onnx"
    if graph.is_file():
        return graph
    check_weights(weights, WEIGHTS_SHA256)
    from shared_utils.embeddings.minilm_graph import build_minilm_graph  # onnx is only needed once

    content = build_minilm_graph(load_file(weights)).SerializeToString()
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache_dir, prefix=graph.stem, delete=False) as file:
            file.write(content)
        os.replace(file.name, graph)
    except OSError as error:
        raise EmbeddingError(
            "The embedding model cannot be prepared in {folder}: {error}. Make the folder writable, or "
            "free 60 MB on its disk.",
            folder=cache_dir,
            error=error.strerror or error,
        ) from error
    return graph
