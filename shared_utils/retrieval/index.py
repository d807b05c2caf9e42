"""One document, searchable: by words at once, by meaning once its vectors are there. Immutable, so it is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.bm25 import Postings, PostingsBuilder, group_postings
from shared_utils.retrieval.dense import Dense, DenseIndex, StoredVectors
from shared_utils.text.words import terms
from shared_utils.types import Checkpoint, Chunk, Vectors, VectorSource, no_checkpoint


@dataclass(frozen=True, slots=True)
class DocumentIndex:
    """Made by `build_index`. Pickles; cheaper to store are its chunks and vectors, the rest is rebuilt from them."""

    document_id: str
    chunks: Sequence[Chunk]
    chunk_words: Postings
    page_words: Postings  # of the chunks' pages, ascending
    page_of: NDArray[np.integer]  # (chunks,) the unit in `page_words` that a chunk stands on
    dense: Dense | None = None

    @property
    def vectors(self) -> Vectors | None:
        """float32 (chunks, d), a copy, or None where there are none in this process's memory."""
        return self.dense.vectors if isinstance(self.dense, DenseIndex) else None

    def with_vectors(self, vectors: Vectors) -> DocumentIndex:
        """The same document, searchable by meaning. `vectors` belong to `chunks`, in order."""
        if len(vectors) != len(self.chunks):
            raise ValueError(f"{len(vectors)} vectors for {len(self.chunks)} chunks")
        return replace(self, dense=DenseIndex(vectors) if len(vectors) else None)

    def with_stored_vectors(self, source: VectorSource) -> DocumentIndex:
        """The same document, searchable by meaning in `source`, which holds a vector for each of its chunks."""
        return replace(self, dense=StoredVectors(source, self.document_id) if self.chunks else None)


def indexed_text(chunk: Chunk) -> str:
    """What is embedded and counted for a chunk: its heading, what stands over its rows, then its words. Of its page it
    is counted without the second: that stands on the page already, once."""
    return "\n".join(filter(None, (chunk.heading, chunk.context, chunk.text)))


class IndexBuilder:
    """Takes the chunks of a document one by one, and gives the index of all so far as often as it is wanted: a document
    that is still being read is indexed again and again, its words are looked at once."""

    def __init__(self, document_id: str) -> None:
        self.document_id = document_id
        self._chunks: list[Chunk] = []
        self._words = PostingsBuilder()
        self._page_words = PostingsBuilder()  # the same, but where something stands over a chunk's rows: pages hold it

    def __len__(self) -> int:
        return len(self._chunks)

    def add(self, chunk: Chunk) -> None:
        without = terms(indexed_text(replace(chunk, context="")))
        self._words.add(terms(indexed_text(chunk)) if chunk.context else without)
        self._page_words.add(without)
        self._chunks.append(chunk)

    def build(self, checkpoint: Checkpoint = no_checkpoint) -> DocumentIndex:
        """The index without vectors; they follow with `with_vectors`."""
        chunk_words = self._words.build(checkpoint)
        checkpoint()
        of_pages = self._page_words.build(checkpoint) if any(chunk.context for chunk in self._chunks) else chunk_words
        checkpoint()
        on_page = np.array([chunk.page for chunk in self._chunks], dtype=np.int64)
        pages, inverse = np.unique(on_page, return_inverse=True)
        page_of: NDArray[np.int32] = inverse.astype(np.int32)
        return DocumentIndex(
            document_id=self.document_id,
            chunks=tuple(self._chunks),
            chunk_words=chunk_words,
            page_words=group_postings(of_pages, page_of, len(pages)),
            page_of=page_of,
        )


def build_index(document_id: str, chunks: Sequence[Chunk]) -> DocumentIndex:
    """Index a document's words (0.3 s for 1,000 chunks). Vectors follow with `with_vectors`."""
    builder = IndexBuilder(document_id)
    for chunk in chunks:
        builder.add(chunk)
    return builder.build()
