"""The measured questions and their documents, read, chunked, embedded and cached under benchmarks/out/."""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from shared_utils.chunking.chunker import chunk_pages
from shared_utils.embeddings.onnx_minilm import OnnxMiniLmEmbedder
from shared_utils.embeddings.packaged_model import packaged_model_dir
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.retrieval.index import DocumentIndex, build_index, indexed_text
from shared_utils.retrieval.question import Glossary
from shared_utils.types import Chunk, Embedder, Page, Vectors
from src.answering.line_items import line_items

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks" / "out"
DEFAULT_SET = ROOT.parent / "shared" / "retrieval-dev"


@dataclass(frozen=True, slots=True)
class Question:
    """`gold_pages` are 1-based; empty for a question its document cannot answer. `kind`: data set, or how made."""

    id: str
    kind: str
    question: str
    documents: tuple[str, ...]
    gold_pages: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()
    library_ok: bool = False


@dataclass(frozen=True)
class RetrievalSet:
    """A folder with questions.jsonl, unanswerable.jsonl and pdfs/. Everything made from it is cached by content."""

    folder: Path

    @cached_property
    def questions(self) -> list[Question]:
        rows = _json_lines(self.folder / "questions.jsonl")
        return [
            Question(
                row["id"],
                row["set"],
                row["question"],
                tuple(row["documents"]),
                tuple(row["gold_pages"]),
                tuple(text for text in row["evidence_text"] if text.strip()),
                row["library_ok"],
            )
            for row in rows
        ]

    @cached_property
    def unanswerable(self) -> list[Question]:
        rows = _json_lines(self.folder / "unanswerable.jsonl")
        return [Question(row["id"], row["kind"], row["question"], tuple(row["documents"])) for row in rows]

    @cached_property
    def pages(self) -> dict[str, tuple[Page, ...]]:
        """By file name, which stands for the document's id here. Scans have no words: nothing is recognised."""
        return {path.name: self._read(path) for path in sorted((self.folder / "pdfs").glob("*.pdf"))}

    @cached_property
    def page_of(self) -> dict[tuple[str, int], Page]:
        return {(name, page.number): page for name, pages in self.pages.items() for page in pages}

    @cached_property
    def glossary(self) -> Glossary:
        return line_items()

    @cached_property
    def embedder(self) -> CachingEmbedder:
        return CachingEmbedder(OnnxMiniLmEmbedder(packaged_model_dir(), OUT / "model", threads=1))

    @cached_property
    def indexes(self) -> dict[str, DocumentIndex]:
        return {name: self.index(name, chunk_pages(name, pages)) for name, pages in self.pages.items()}

    def index(self, name: str, chunks: Sequence[Chunk]) -> DocumentIndex:
        texts = [indexed_text(chunk) for chunk in chunks]
        return build_index(name, chunks).with_vectors(self.embedder.embed_passages(texts))

    def _read(self, path: Path) -> tuple[Page, ...]:
        reader = sorted(source for room in ("pdf", "tables") for source in (ROOT / "shared_utils" / room).glob("*.py"))
        cache = OUT / f"pages-{_digest(path.read_bytes(), *(source.read_bytes() for source in reader))}.pickle"
        if cache.is_file():
            pages: tuple[Page, ...] = pickle.loads(cache.read_bytes())  # noqa: S301 - our own file
            return pages
        pages = ()
        for event in read_pdf(path, ReadingLimits(max_bytes=200_000_000)):
            if isinstance(event, PagesRevised):
                pages = event.pages
        OUT.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps(pages))
        return pages


class CachingEmbedder:
    """Keeps every batch's vectors on disk by what was embedded, so that only what changed is embedded again."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        cache = OUT / f"vectors-{_digest(*(text.encode() for text in texts))}.npy"
        if cache.is_file():
            cached: Vectors = np.load(cache).astype(np.float32)
            return cached
        vectors = self._embedder.embed_passages(texts)
        OUT.mkdir(parents=True, exist_ok=True)
        np.save(cache, vectors.astype(np.float16))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        return self._embedder.embed_query(text)


def open_set(arguments: argparse.Namespace) -> RetrievalSet:
    """The set named on the command line; ends the program in words when it is not there."""
    folder: Path = arguments.set
    if not (folder / "questions.jsonl").is_file():
        raise SystemExit(f"No questions.jsonl in {folder}. Name the folder of a retrieval set with --set.")
    return RetrievalSet(folder)


def argument_parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--set", type=Path, default=DEFAULT_SET, help="folder with questions.jsonl and pdfs/")
    return parser


def bootstrap_interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean, from 2,000 resamples."""
    sample = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(sample), (2000, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)


def write_section(name: str, body: str) -> None:
    """Put `body` between the section's markers in docs/benchmarks.md, adding the section if it is new."""
    path = ROOT / "docs" / "benchmarks.md"
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n{body.strip()}\n{end}"
    text = path.read_text(encoding="utf-8") if path.is_file() else "# Benchmarks\n"
    if begin in text and end in text:
        text = text[: text.index(begin)] + section + text[text.index(end) + len(end) :]
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    path.write_text(text, encoding="utf-8")


def timed_ms(seconds: Sequence[float]) -> str:
    return f"{1000 * float(np.median(seconds)):.1f} ms"


def clock() -> float:
    return time.perf_counter()


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:20]
