"""Which passages a search is confined to, told so that documents beside are left out without a look at theirs."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

import numpy as np

from shared_utils.retrieval.dense import Rows
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.types import Chunk

Within = Callable[[Chunk], bool]


@dataclass(frozen=True, slots=True, eq=False)
class InDocuments:
    """Accepts the chunks of the documents `ids` that `also` accepts, too; all of theirs without it."""

    ids: Set[str]
    also: Within | None = None

    def __call__(self, chunk: Chunk) -> bool:
        return chunk.document_id in self.ids and (self.also is None or self.also(chunk))


def rows_within(index: DocumentIndex, within: Within | None) -> Rows:
    """The places of the chunks of a document that `within` accepts, ascending; all of them without it."""
    if isinstance(within, InDocuments):
        return rows_within(index, within.also) if index.document_id in within.ids else np.arange(0)
    if within is None:
        return np.arange(len(index.chunks))
    return np.array([row for row, chunk in enumerate(index.chunks) if within(chunk)], dtype=np.int64)
