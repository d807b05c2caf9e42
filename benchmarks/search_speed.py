"""Search at 10,000 and 200,000 passages, one core, warm: `python -m benchmarks.search_speed [--write] [--million]`.

Passages are drawn with the word frequencies of natural language (Zipf), their vectors around topics: speed depends on
how many there are and on how common the words of the question are, not on what they mean. How many of the ten nearest
the inverted file finds depends on how vectors lie, so that is told of real passages, as many as the retrieval
benchmark has embedded, and blends of two that stand near one another up to the number wanted.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
from collections.abc import Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_set import OUT, clock, write_section
from shared_utils.retrieval.dense import DenseIndex
from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.inverted_file import LARGE, InvertedFile, Neighbours
from shared_utils.retrieval.search import search
from shared_utils.types import Chunk, Vectors
from src.answering.line_items import line_items

PASSAGES_A_DOCUMENT = 1000
WORDS_A_PASSAGE = 90
VOCABULARY = 30_000
QUESTIONS = 40
BARS_MS = {10_000: 20.0, 200_000: 50.0}
MILLION_MS = {1_000_000: 150.0}
TOPICS = 4_000
NOISE = 0.02  # a number, on vectors of length 1


class TopicVectors:
    """Stands where the embedding model stands; embedding a question takes it another 2 to 10 ms."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._topics = unit(random.standard_normal((TOPICS, 384)))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        topics = self._topics[self._random.integers(0, TOPICS, len(texts))]
        return unit(topics + self._random.standard_normal(topics.shape) * NOISE)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


def unit(vectors: NDArray[np.floating]) -> Vectors:
    normed: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return normed


def blended(real: Vectors, count: int, random: np.random.Generator) -> Vectors:
    """Real passages' vectors, and blends of two of one document up to `count`."""
    more = max(0, count - len(real))
    first = random.integers(0, len(real), more)
    second = np.minimum(first + random.integers(1, 30, more), len(real) - 1)
    share = random.uniform(0.3, 0.7, (more, 1)).astype(np.float32)
    mixed = real[first] * share + real[second] * (1 - share) + random.standard_normal((more, 384)) * NOISE
    joined: Vectors = np.concatenate([real[:count], unit(mixed)])
    return joined


def recall_at_10(real: Vectors, count: int, random: np.random.Generator, questions: int = 200) -> float:
    """Of the ten nearest of an exact scan, the share that the inverted file finds."""
    every = blended(real, count, random)
    members = [DenseIndex(part) for part in np.array_split(every, max(1, count // PASSAGES_A_DOCUMENT))]
    file, exact = InvertedFile(members), DenseIndex(every)
    begins = np.cumsum([0, *(len(member) for member in members)])
    found = []
    for query in unit(real[random.integers(0, len(real), questions)] + random.standard_normal((questions, 384)) * 0.04):
        rows = [
            rows + begin for (rows, _), begin in zip(file.nearest(members, query[None], 10), begins[:-1], strict=True)
        ]
        found.append(len(np.intersect1d(np.concatenate(rows), exact.nearest(query[None], 10)[0])) / 10)
    return float(np.mean(found))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    options.add_argument("--million", action="store_true", help="a million passages as well, which take 6 GB")
    arguments = options.parse_args()
    os.sched_setaffinity(0, {0}) if hasattr(os, "sched_setaffinity") else None
    random = np.random.default_rng(7)
    embedder = TopicVectors(random)
    real = [np.load(path) for path in sorted(OUT.glob("vectors-*.npy"))]
    rows = [
        "| passages | documents | search, median | 95 % within | bar | of the ten nearest, found | memory |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    missed = False
    indexes: list[DocumentIndex] = []
    for passages, bar in (BARS_MS | (MILLION_MS if arguments.million else {})).items():
        while len(indexes) * PASSAGES_A_DOCUMENT < passages:
            indexes.append(document(len(indexes), random, embedder))
        taken = sorted(searched_ms(indexes, random, embedder))
        middle, late = median(taken), taken[int(0.95 * len(taken))]
        missed |= middle > bar
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        recall = "–"
        if real and passages >= LARGE:
            recall = f"{recall_at_10(np.concatenate(real), passages, random):.3f}"
        speed = f"{middle:.1f} ms | {late:.1f} ms | {bar:g} ms"
        rows.append(f"| {passages:,} | {len(indexes)} | {speed} | {recall} | {memory:.1f} GB |")
        print(rows[-1], flush=True)
    if arguments.write:
        head = f"## Search\n\n`python -m benchmarks.search_speed --write`, {platform.machine()}, one core, warm; "
        write_section("search", f"{head}embedding the question comes on top.\n\n" + "\n".join(rows))
    return int(missed)


def words(random: np.random.Generator, count: int) -> list[str]:
    return [f"word{rank}" for rank in np.minimum(random.zipf(1.2, count), VOCABULARY)]


def document(number: int, random: np.random.Generator, embedder: TopicVectors) -> DocumentIndex:
    name = f"{number:064}"
    drawn = words(random, PASSAGES_A_DOCUMENT * WORDS_A_PASSAGE)
    texts = [" ".join(drawn[i : i + WORDS_A_PASSAGE]) for i in range(0, len(drawn), WORDS_A_PASSAGE)]
    chunks = [Chunk(f"{name}:{i}", name, i // 5 + 1, 0, len(text), text) for i, text in enumerate(texts)]
    return build_index(name, chunks).with_vectors(embedder.embed_passages(texts))


def searched_ms(indexes: list[DocumentIndex], random: np.random.Generator, embedder: TopicVectors) -> list[float]:
    titles = {index.document_id: f"report {number}" for number, index in enumerate(indexes)}
    glossary, neighbours = line_items(), Neighbours(run=lambda work: work())
    taken = []
    for _ in range(QUESTIONS + 3):
        question = " ".join(words(random, 9))
        began = clock()
        search(question, indexes, titles, embedder, 40, glossary=glossary, neighbours=neighbours)
        taken.append((clock() - began) * 1000)
    return taken[3:]


if __name__ == "__main__":
    raise SystemExit(main())
