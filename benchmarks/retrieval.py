"""How often the right page is found, and the right words are shown, and how fast.

python -m benchmarks.retrieval [--set FOLDER] [--write]

page R@k: the share of a question's gold pages among the k best pages, a page counting as its best chunk.
evidence@N: the share of questions of whose evidence text at least 60 % of the words are shown within N prompt tokens,
numbering included. Intervals are 95 %, by bootstrap over questions. The first run reads and embeds everything
(minutes); later runs take it from benchmarks/out/.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.retrieval_set import (
    OUT,
    Question,
    RetrievalSet,
    argument_parser,
    bootstrap_interval,
    clock,
    open_set,
    timed_ms,
    write_section,
)
from shared_utils.chunking.chunker import chunk_pages
from shared_utils.embeddings.onnx_minilm import OnnxMiniLmEmbedder
from shared_utils.embeddings.packaged_model import packaged_model_dir
from shared_utils.retrieval.bm25 import Term, bm25_scores, statistics
from shared_utils.retrieval.dense import DenseIndex
from shared_utils.retrieval.evidence import MARKER_TOKENS, select_evidence
from shared_utils.retrieval.index import DocumentIndex, build_index, indexed_text
from shared_utils.retrieval.search import Weights, search
from shared_utils.retrieval.units import prompt_tokens
from shared_utils.text.words import terms
from shared_utils.types import Chunk, Page, Passage
from src.rag_with_generation import CANDIDATES

DEPTH = 100  # chunks that pages are ranked from
BUDGETS = (400, 800, 1600)
SHOWN = 0.6

Ranker = Callable[[str, Sequence[DocumentIndex]], list[Passage]]
Picker = Callable[[str, Sequence[Passage], int], list[str]]


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table: what is searched, how, and how the prompt is filled from it."""

    name: str
    indexes: Mapping[str, DocumentIndex]
    rank: Ranker
    pick: Picker


@dataclass(frozen=True, slots=True)
class Outcome:
    recalls: tuple[float, float, float, float]
    reciprocal_rank: float
    shown: tuple[float, ...]  # for each budget; empty for a question without evidence text
    search_s: float


def measure(method: Method, questions: Sequence[Question], library: bool) -> list[Outcome]:
    return [outcome(method, question, library) for question in questions]


def outcome(method: Method, question: Question, library: bool) -> Outcome:
    names = list(method.indexes) if library else list(question.documents)
    began = clock()
    passages = method.rank(question.question, [method.indexes[name] for name in names])
    search_s = clock() - began
    ranks: dict[tuple[str, int], int] = {}
    for passage in passages:
        ranks.setdefault((passage.chunk.document_id, passage.chunk.page), len(ranks) + 1)
    found = [ranks.get((question.documents[0], page), DEPTH + 1) for page in question.gold_pages]
    recall_1, recall_3, recall_5, recall_10 = (float(np.mean([rank <= k for rank in found])) for k in (1, 3, 5, 10))
    shown = tuple(
        float(share_shown(question.evidence, method.pick(question.question, passages[:CANDIDATES], budget)) >= SHOWN)
        for budget in BUDGETS
        if question.evidence
    )
    reciprocal_rank = 1 / min(found) if min(found) <= 10 else 0.0
    return Outcome((recall_1, recall_3, recall_5, recall_10), reciprocal_rank, shown, search_s)


def share_shown(evidence: Sequence[str], shown: Sequence[str]) -> float:
    words = [word for text in evidence for word in re.findall(r"\w+", text.lower())]
    held = {word for text in shown for word in re.findall(r"\w+", text.lower())}
    return float(np.mean([word in held for word in words])) if words else 0.0


# ------------------------------------------------------------------------------------------------ the methods


def whole_chunks(question: str, passages: Sequence[Passage], budget: int) -> list[str]:
    """Whole chunks, best first, while they fit: what a top-k prompt does."""
    del question
    taken, tokens = [], 0
    for passage in passages:
        tokens += prompt_tokens(passage.chunk.text) + MARKER_TOKENS
        if tokens > budget:
            break
        taken.append(passage.chunk.text)
    return taken


def reciprocal_rank_fusion(rankings: Sequence[Sequence[str]], k: int = 60) -> dict[str, float]:
    """Σ 1 / (k + rank) over the lists an item stands in, ranks 1-based.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet" (SIGIR 2009).

    >>> fused = reciprocal_rank_fusion([["a", "b"], ["b", "c"]], k=60)
    >>> max(fused, key=fused.get)
    'b'
    """
    fused: dict[str, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            fused[item] = fused.get(item, 0.0) + 1 / (k + rank)
    return fused


def methods(data: RetrievalSet) -> Iterator[Method]:
    embedder, indexes, glossary = data.embedder, data.indexes, data.glossary
    titles = {name: name for name in indexes}

    def product(question: str, asked: Sequence[DocumentIndex]) -> list[Passage]:
        return search(question, asked, titles, embedder, DEPTH, glossary=glossary)

    def without(weights: Weights) -> Ranker:
        return lambda question, asked: search(question, asked, titles, embedder, DEPTH, weights, glossary=glossary)

    def words_only(question: str, asked: Sequence[DocumentIndex]) -> list[Passage]:
        return search(question, asked, titles, None, DEPTH, glossary=glossary)

    def dense(question: str, asked: Sequence[DocumentIndex]) -> list[Passage]:
        query = embedder.embed_query(question)
        scored = []
        for index in asked:
            if isinstance(index.dense, DenseIndex):
                rows, cosines = index.dense.nearest(query, DEPTH)
                scored += [(index.chunks[row], float(cosine)) for row, cosine in zip(rows, cosines, strict=True)]
        return ranked(scored)

    def bm25(question: str, asked: Sequence[DocumentIndex]) -> list[Passage]:
        wanted: dict[Term, float] = dict.fromkeys(terms(question), 1.0)
        known = statistics(wanted, [index.chunk_words for index in asked])
        scored = []
        for index in asked:
            scores = bm25_scores(wanted, index.chunk_words, known)
            best = np.argsort(-scores, kind="stable")[:DEPTH]
            scored += [(index.chunks[row], float(scores[row])) for row in best]
        return ranked(scored)

    def fused(question: str, asked: Sequence[DocumentIndex]) -> list[Passage]:
        lists = [bm25(question, asked), dense(question, asked)]
        chunks = {passage.chunk.id: passage.chunk for found in lists for passage in found}
        scores = reciprocal_rank_fusion([[passage.chunk.id for passage in found] for found in lists], k=60)
        return ranked([(chunks[key], score) for key, score in scores.items()])

    def evidence(question: str, passages: Sequence[Passage], budget: int) -> list[str]:
        found = select_evidence(question, passages, data.page_of, budget_tokens=budget, glossary=glossary)
        assert found.tokens <= budget
        return [span.text for span in found.spans]

    fixed = {
        name: data.index(name, [chunk for page in pages for chunk in fixed_chunks(name, page)])
        for name, pages in data.pages.items()
    }
    yield Method("1,000-character chunks, dense (LangChain's default)", fixed, dense, whole_chunks)
    yield Method("dense alone", indexes, dense, whole_chunks)
    yield Method("BM25 alone", indexes, bm25, whole_chunks)
    yield Method("both, reciprocal rank fusion k = 60", indexes, fused, whole_chunks)
    yield Method("**Footnote**, before the vectors are there", indexes, words_only, evidence)
    yield Method("**Footnote**, whole chunks in the prompt", indexes, product, whole_chunks)
    yield Method("… without the page's words", indexes, without(Weights(page_words=0.0)), evidence)
    yield Method("… without the chunk's words", indexes, without(Weights(chunk_words=0.0)), evidence)
    yield Method("… without the line items of ratios", indexes, without(Weights(glossary=0.0)), evidence)
    yield Method("… without telling documents apart", indexes, without(Weights(document=0.0)), evidence)
    yield Method("**Footnote**", indexes, product, evidence)


def ranked(scored: Sequence[tuple[Chunk, float]]) -> list[Passage]:
    best = sorted(scored, key=lambda pair: -pair[1])[:DEPTH]
    return [Passage(chunk, rank, score) for rank, (chunk, score) in enumerate(best, start=1)]


def fixed_chunks(name: str, page: Page, size: int = 1000, overlap: int = 200) -> Iterator[Chunk]:
    """Windows of `size` characters, cut at the last line or word border: LangChain's recursive splitter in short."""
    start = 0
    while start < len(page.text):
        end = min(len(page.text), start + size)
        if end < len(page.text):
            border = max(page.text.rfind("\n", start + overlap, end), page.text.rfind(" ", start + overlap, end))
            end = border if border > start + overlap else end
        if page.text[start:end].strip():
            yield Chunk(f"{name}:{page.number}:{start}", name, page.number, start, end, page.text[start:end])
        if end == len(page.text):
            break
        start = end - overlap


# ------------------------------------------------------------------------------------------------ the table


def table(data: RetrievalSet, library: bool) -> Iterator[str]:
    questions = [question for question in data.questions if question.library_ok or not library]
    budgets = " | ".join(f"evidence@{budget}" for budget in BUDGETS)
    where = "whole library" if library else "one known document"
    yield f"| {where}, {len(questions)} questions | R@1 | R@3 | R@5 | R@10 | MRR@10 | {budgets} | search |"
    yield "|---" * (7 + len(BUDGETS)) + "|"
    for method in methods(data):
        outcomes = measure(method, questions, library)
        columns = list(zip(*(found.recalls for found in outcomes), strict=True))
        columns.append(tuple(found.reciprocal_rank for found in outcomes))
        columns += list(zip(*(found.shown for found in outcomes if found.shown), strict=True))
        cells = " | ".join(cell(column) for column in columns)
        row = f"| {method.name} | {cells} | {timed_ms([found.search_s for found in outcomes])} |"
        print(row, flush=True)
        yield row


def indexing_cost(data: RetrievalSet, least_pages: int = 200) -> str:
    """CPU seconds to make pages searchable, by words and by meaning, over the first documents; nothing is cached."""
    embedder = OnnxMiniLmEmbedder(packaged_model_dir(), OUT / "model", threads=1)
    pages, words_s, meaning_s = 0, 0.0, 0.0
    for name, document in data.pages.items():
        if pages >= least_pages:
            break
        began = time.process_time()
        index = build_index(name, chunk_pages(name, document))
        words_s += time.process_time() - began
        began = time.process_time()
        embedder.embed_passages([indexed_text(chunk) for chunk in index.chunks])
        meaning_s += time.process_time() - began
        pages += len(document)
    return (
        f"Indexing 100 pages takes {100 * words_s / pages:.2f} CPU seconds for their words and "
        f"{100 * meaning_s / pages:.1f} for their meaning (over {pages} pages)."
    )


def cell(values: Sequence[float]) -> str:
    low, high = bootstrap_interval(values)
    return f"{np.mean(values):.3f} <sub>{low:.2f}–{high:.2f}</sub>"


def main() -> None:
    parser = argument_parser(__doc__ or "")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    arguments = parser.parse_args()
    data = open_set(arguments)
    body = ["## Retrieval", "", "`python -m benchmarks.retrieval --write`, development part, one core. " + METHOD, ""]
    body += [*table(data, library=False), "", *table(data, library=True), "", indexing_cost(data)]
    print(body[-1])
    if arguments.write:
        write_section("retrieval", "\n".join(body))


METHOD = (
    "Page R@k is the share of gold pages among the k best pages; evidence@N the share of questions of whose evidence "
    "text 60 % of the words are shown within N prompt tokens; search includes embedding the question. "
    "Small figures: 95 % bootstrap intervals. Scans without text count as misses."
)

if __name__ == "__main__":
    main()
