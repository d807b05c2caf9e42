"""An answer's evidence is embedded once, however many sentences are held against it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared_utils.citations.remembering import RememberingEmbedder
from shared_utils.types import Vectors


class Counting:
    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


def test_no_text_is_embedded_twice_and_the_order_is_kept() -> None:
    counting = Counting()
    remembering = RememberingEmbedder(counting)
    remembering.embed_passages(["a", "bb"])
    assert remembering.embed_passages(["bb", "ccc", "a", "bb"])[:, 0].tolist() == [2, 3, 1, 2]
    assert remembering.embed_query("dddd")[0].tolist() == remembering.embed_query("dddd")[0].tolist() == [4, 1]
    assert counting.embedded == ["a", "bb", "ccc", "dddd"]
