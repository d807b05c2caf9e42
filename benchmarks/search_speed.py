"""Search at 10,000 and 200,000 passages, one core, warm: `python -m benchmarks.search_speed [--write]`.

Passages are drawn with the word frequencies of natural language (Zipf), vectors at random: speed depends on
how many there are and on how common the words of the question are, not on what they mean.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from statistics import median

import numpy as np

from benchmarks.retrieval_set import clock, write_section
from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.search import search
from shared_utils.types import Chunk, Vectors
from src.answering.line_items import line_items

PASSAGES_A_DOCUMENT = 1000
WORDS_A_PASSAGE = 90
VOCABULARY = 30_000
QUESTIONS = 40
BARS_MS = {10_000: 20.0, 200_000: 100.0}


class RandomVectors:
    """Stands where the embedding model stands; embedding a question takes it another 2 to 10 ms."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = self._random.standard_normal((len(texts), 384)).astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    write = options.parse_args().write
    os.sched_setaffinity(0, {0}) if hasattr(os, "sched_setaffinity") else None
    random = np.random.default_rng(7)
    embedder = RandomVectors(random)
    rows = ["| passages | documents | search, median | 95 % within | bar |", "|---:|---:|---:|---:|---:|"]
    missed = False
    indexes: list[DocumentIndex] = []
    for passages, bar in BARS_MS.items():
        while len(indexes) * PASSAGES_A_DOCUMENT < passages:
            indexes.append(document(len(indexes), random, embedder))
        taken = sorted(searched_ms(indexes, random, embedder))
        middle, late = median(taken), taken[int(0.95 * len(taken))]
        missed |= middle > bar
        rows.append(f"| {passages:,} | {len(indexes)} | {middle:.1f} ms | {late:.1f} ms | {bar:g} ms |")
        print(rows[-1], flush=True)
    if write:
        head = f"## Search\n\n`python -m benchmarks.search_speed --write`, {platform.machine()}, one core, warm; "
        write_section("search", f"{head}embedding the question comes on top.\n\n" + "\n".join(rows))
    return int(missed)


def words(random: np.random.Generator, count: int) -> list[str]:
    return [f"word{rank}" for rank in np.minimum(random.zipf(1.2, count), VOCABULARY)]


def document(number: int, random: np.random.Generator, embedder: RandomVectors) -> DocumentIndex:
    name = f"{number:064}"
    drawn = words(random, PASSAGES_A_DOCUMENT * WORDS_A_PASSAGE)
    texts = [" ".join(drawn[i : i + WORDS_A_PASSAGE]) for i in range(0, len(drawn), WORDS_A_PASSAGE)]
    chunks = [Chunk(f"{name}:{i}", name, i // 5 + 1, 0, len(text), text) for i, text in enumerate(texts)]
    return build_index(name, chunks).with_vectors(embedder.embed_passages(texts))


def searched_ms(indexes: list[DocumentIndex], random: np.random.Generator, embedder: RandomVectors) -> list[float]:
    titles = {index.document_id: f"report {number}" for number, index in enumerate(indexes)}
    glossary = line_items()
    taken = []
    for _ in range(QUESTIONS + 3):
        question = " ".join(words(random, 9))
        began = clock()
        search(question, indexes, titles, embedder, 40, glossary=glossary)
        taken.append((clock() - began) * 1000)
    return taken[3:]


if __name__ == "__main__":
    raise SystemExit(main())
