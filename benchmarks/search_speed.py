"""Search at 10,000 and 200,000 passages, one core, warm: `python -m benchmarks.search_speed [--write] [--million]`.

Passages are drawn with the word frequencies of natural language (Zipf), and kept as the product keeps them: an index of
each document in a file. Their vectors are those of real passages, as many as the retrieval benchmark has embedded, and
blends of two that stand near one another up to the number wanted; vectors around topics where none were embedded. How
many of the ten nearest the inverted file finds is told against an exact scan of the same vectors.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_set import OUT, clock, write_section
from shared_utils.retrieval.bm25 import PostingsBuilder, group_postings
from shared_utils.retrieval.dense import DenseIndex, nearest_of_each
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.retrieval.kept_index import open_index, save_index
from shared_utils.retrieval.search import search
from shared_utils.types import Chunk, Vectors
from src.answering.line_items import line_items

PASSAGES_A_DOCUMENT = 1000
WORDS_A_PASSAGE = 90
VOCABULARY = 30_000
QUESTIONS = 40
AT_ONCE = 50_000  # vectors that are made
QUESTIONED = 100  # near a passage, to tell how many of the ten nearest are found
MOST_GB = 1.0  # of memory beside the vectors
BARS_MS = {10_000: 20.0, 200_000: 50.0}
MILLION_MS = {1_000_000: 150.0}
TOPICS = 4_000
NOISE = 0.02  # a number, on vectors of length 1


class TopicVectors:
    """Vectors around topics, where none of real passages are there."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._topics = unit(random.standard_normal((TOPICS, 384)))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        topics = self._topics[self._random.integers(0, TOPICS, len(texts))]
        return unit(topics + self._random.standard_normal(topics.shape) * NOISE)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


class NearVectors:
    """Stands where the embedding model stands: a question lies near a passage. To embed one takes 2 to 10 ms more."""

    def __init__(self, among: Vectors, random: np.random.Generator) -> None:
        self._among, self._random = among, random

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        near = self._among[self._random.integers(0, len(self._among), len(texts))]
        return unit(near + self._random.standard_normal(near.shape) * 2 * NOISE)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


def unit(vectors: NDArray[np.floating]) -> Vectors:
    normed: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return normed


def blended(real: Vectors, count: int, random: np.random.Generator) -> Vectors:
    """Real passages' vectors, and blends of two of one document up to `count`."""
    joined = np.empty((count, real.shape[1]), dtype=np.float32)
    joined[: len(real)] = real[:count]
    for begin in range(len(real), count, AT_ONCE):
        end = min(begin + AT_ONCE, count)
        joined[begin:end] = _blends(real, end - begin, random)
    return joined


def _blends(real: Vectors, more: int, random: np.random.Generator) -> Vectors:
    first = random.integers(0, len(real), more)
    second = np.minimum(first + random.integers(1, 30, more), len(real) - 1)
    share = random.uniform(0.3, 0.7, (more, 1)).astype(np.float32)
    mixed = real[first] * share + real[second] * (1 - share) + random.standard_normal((more, 384)) * NOISE
    return unit(mixed)


def recall_at_10(members: Sequence[DenseIndex], neighbours: Neighbours, queries: Vectors) -> float:
    """Of the ten nearest of an exact scan, the share that the inverted file finds."""
    file = neighbours.of(members)
    assert file is not None
    found = []
    for query in queries[:, None]:
        exact = [score for _, scores in nearest_of_each(members, query, 10) for score in scores]
        tenth = np.sort(np.array(exact))[-10]
        near = np.concatenate([scores for _, scores in file.nearest(members, query, 10)])
        found.append(min(10, int(np.count_nonzero(near >= tenth - 1e-6))) / 10)
    return float(np.mean(found))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    options.add_argument(
        "--million", action="store_true", help="a million passages as well: 5 GB of disk and of memory"
    )
    arguments = options.parse_args()
    os.sched_setaffinity(0, {0}) if hasattr(os, "sched_setaffinity") else None
    bars: dict[int, float] = BARS_MS | (MILLION_MS if arguments.million else {})
    random = np.random.default_rng(7)
    real = [np.load(path) for path in sorted(OUT.glob("vectors-*.npy"))]
    first = np.concatenate(real) if real else TopicVectors(random).embed_passages([""] * AT_ONCE)
    vectors = blended(first, max(bars), random)
    rows = [
        "| passages | documents | search, median | 95 % within | bar | user CPU, mean | of the ten nearest, found | "
        "vectors | memory beside them | mapped | on disk | opened in |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    missed = False
    with TemporaryDirectory() as folder:
        neighbours = Neighbours(run=lambda work: work(), folder=Path(folder))
        for passages, bar in bars.items():
            row, is_missed = measured(passages, bar, vectors[:passages], Path(folder), neighbours, random)
            missed |= is_missed
            rows.append(row)
            print(row, flush=True)
    if arguments.write:
        head = f"## Search\n\n`python -m benchmarks.search_speed --write`, {platform.machine()}, one core, warm; "
        write_section("search", f"{head}embedding the question comes on top.\n\n" + "\n".join(rows))
    return int(missed)


def measured(
    passages: int, bar: float, vectors: Vectors, folder: Path, neighbours: Neighbours, random: np.random.Generator
) -> tuple[str, bool]:
    """The row of so many passages, and whether a bar is missed."""
    count = passages // PASSAGES_A_DOCUMENT
    for number in range(count):
        if not (folder / f"{number}.index").exists():
            save_index(folder / f"{number}.index", drawn_document(number, random), "")
    before, began = held_memory(), time.monotonic()
    kept = [open_index(folder / f"{number}.index", f"{number:064}", "") for number in range(count)]
    opened_s = time.monotonic() - began
    own = np.array_split(vectors, count)
    indexes = [index.with_vectors(part) for index, part in zip(kept, own, strict=True) if index is not None]
    held = passages * vectors.shape[1] * 4 / 1e9
    embedder = NearVectors(vectors, random)
    taken, cpu_ms = searched_ms(indexes, random, embedder, neighbours)
    middle, late = median(taken), sorted(taken)[int(0.95 * len(taken))]
    recall = "–"
    if passages >= neighbours.large:
        members = [index.dense for index in indexes if isinstance(index.dense, DenseIndex)]
        recall = f"{recall_at_10(members, neighbours, embedder.embed_passages([''] * QUESTIONED)):.3f}"
    after = held_memory()
    beside, mapped = after["RssAnon"] - before["RssAnon"] - held, after["RssFile"] - before["RssFile"]
    disk = sum((folder / f"{number}.index").stat().st_size for number in range(count)) / 1e9
    speed = f"{middle:.1f} ms | {late:.1f} ms | {bar:g} ms | {cpu_ms:.1f} ms"
    room = f"{held:.2f} GB | {beside:.2f} GB | {mapped:.2f} GB | {disk:.2f} GB | {opened_s:.2f} s"
    return f"| {passages:,} | {count} | {speed} | {recall} | {room} |", middle > bar or beside > MOST_GB


def held_memory() -> dict[str, float]:
    """GB that this process holds (RssAnon), and that it has mapped of files, which the machine may take back."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    found = dict(line.split(":", 1) for line in status)
    return {name: int(found[name].split()[0]) / 1e6 for name in ("RssAnon", "RssFile")}


def words(random: np.random.Generator, count: int) -> list[str]:
    return [f"word{rank}" for rank in np.minimum(random.zipf(1.2, count), VOCABULARY)]


def document(number: int, random: np.random.Generator, embedder: TopicVectors) -> DocumentIndex:
    return drawn_document(number, random).with_vectors(embedder.embed_passages([""] * PASSAGES_A_DOCUMENT))


def drawn_document(number: int, random: np.random.Generator) -> DocumentIndex:
    """Words are counted as they were drawn: `build_index` would count the same in their text, and take longer."""
    name = f"{number:064}"
    drawn = words(random, PASSAGES_A_DOCUMENT * WORDS_A_PASSAGE)
    units = [drawn[i : i + WORDS_A_PASSAGE] for i in range(0, len(drawn), WORDS_A_PASSAGE)]
    builder = PostingsBuilder()
    for unit_words in units:
        builder.add(unit_words)
    counted, page_of = builder.build(), np.arange(len(units), dtype=np.int32) // 5
    texts = [" ".join(unit_words) for unit_words in units]
    chunks = [
        Chunk(f"{name}:{i // 5 + 1}:{i}", name, i // 5 + 1, i, i + len(text), text) for i, text in enumerate(texts)
    ]
    pages = group_postings(counted, page_of, int(page_of[-1]) + 1)
    return DocumentIndex(name, tuple(chunks), counted, pages, page_of)


def searched_ms(
    indexes: list[DocumentIndex], random: np.random.Generator, embedder: NearVectors, neighbours: Neighbours
) -> tuple[list[float], float]:
    """What each question took, and what of the CPU on average; without the first ones, which join and make."""
    titles = {index.document_id: f"report {number}" for number, index in enumerate(indexes)}
    glossary = line_items()
    taken, cpu_s = list[float](), list[float]()
    for _ in range(QUESTIONS + 3):
        question = " ".join(words(random, 9))
        began, cpu = clock(), time.process_time()
        search(question, indexes, titles, embedder, 40, glossary=glossary, neighbours=neighbours)
        taken.append((clock() - began) * 1000)
        cpu_s.append(time.process_time() - cpu)
    return taken[3:], float(np.mean(cpu_s[3:])) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
