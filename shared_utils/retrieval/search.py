"""Hybrid search over one or many documents: words of the chunk, words of its page, meaning, and the document's name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.bm25 import Term, bm25_scores, statistics
from shared_utils.retrieval.dense import DenseIndex, Rows, Scores, cosines_of_each, nearest_of_each
from shared_utils.retrieval.fusion import max_normalised
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.retrieval.question import GLOSSARY_WEIGHT, NO_GLOSSARY, Glossary, question_terms
from shared_utils.text.words import terms
from shared_utils.types import Chunk, Embedder, Passage, Vectors

_CANDIDATES = 200  # of each document and each list: enough for any top_k a prompt has room for
_CANDIDATES_IN_ALL = 4_000  # where there are more than twenty documents
_FEWEST = 20  # of each of very many
_IN_A_FILE = 400  # nearest of a whole library

Within = Callable[[Chunk], bool]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each way of looking counts. Equal ones did as well as fitted ones: docs/adr/0012-hybrid-search.md."""

    chunk_words: float = 1.0
    page_words: float = 1.0
    meaning: float = 1.0
    document: float = 0.5  # only tells several documents apart
    glossary: float = GLOSSARY_WEIGHT  # what stands in documents for a name that was asked for


EQUAL = Weights()


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Some chunks of one document, and what each way of looking thinks of them. Arrays are aligned with `rows`."""

    index: DocumentIndex
    rows: Rows
    chunk_words: Scores
    page_words: Scores
    cosines: Scores | None
    document: float


def search(
    question: str,
    indexes: Sequence[DocumentIndex],
    titles: Mapping[str, str],
    embedder: Embedder | None,
    top_k: int,
    weights: Weights = EQUAL,
    within: Within | None = None,
    glossary: Glossary = NO_GLOSSARY,
    neighbours: Neighbours | None = None,
) -> list[Passage]:
    """The `top_k` chunks that speak to the question best, over all the documents given.

    score = (w_c · BM25 of the chunk + w_p · BM25 of its page + w_d · cosine) / Σ w, each divided by its best, plus
    w_n · how much the document itself is what is asked about when there are several. A document whose vectors
    are not there yet is scored by the remaining terms. `titles` maps document ids to names. With `within`, only the
    chunks it accepts are searched. What `glossary` knows of the question is searched as well. `neighbours` finds the
    nearest of a large library without a look at every vector.
    """
    asked = question_terms(question, glossary, weights.glossary)
    searched = [index for index in indexes if index.chunks]
    if not searched or top_k < 1:
        return []
    has_vectors = any(index.dense for index in searched)
    query = embedder.embed_query(question) if embedder and has_vectors else None
    chunk_statistics = statistics(asked, [index.chunk_words for index in searched])
    page_statistics = statistics(asked, [index.page_words for index in searched])
    document_scores = _document_scores(asked, searched, titles, page_statistics.frequencies)
    words = [
        (bm25_scores(asked, index.chunk_words, chunk_statistics), bm25_scores(asked, index.page_words, page_statistics))
        for index in searched
    ]
    count = min(_CANDIDATES, max(_FEWEST, _CANDIDATES_IN_ALL // len(searched)))
    rows = [_rows(index, *scores, count, within) for index, scores in zip(searched, words, strict=True)]
    cosines: list[Scores | None] = [None] * len(searched)
    if query is not None:
        near = {} if within else _nearest(searched, rows, query, count, neighbours)
        rows, cosines = _by_meaning(searched, rows, query, near)
    candidates = [
        _Candidates(index, chosen, in_chunk[chosen], in_page[index.page_of[chosen]], meaning, document)
        for index, chosen, (in_chunk, in_page), meaning, document in zip(
            searched, rows, words, cosines, document_scores, strict=True
        )
    ]
    return _ranked(candidates, top_k, weights)


def _rows(index: DocumentIndex, chunk_words: Scores, page_words: Scores, count: int, within: Within | None) -> Rows:
    """The chunks of a document that its words speak for, or all that `within` accepts."""
    if within is None:
        return _best_rows(chunk_words + page_words[index.page_of], count)
    return np.array([row for row, chunk in enumerate(index.chunks) if within(chunk)], dtype=np.int64)


def _nearest(
    indexes: Sequence[DocumentIndex],
    rows: Sequence[Rows],
    query: Vectors,
    count: int,
    neighbours: Neighbours | None,
) -> dict[int, tuple[Rows, Scores]]:
    """Of the documents that are not candidates from end to end, by place: the nearest rows and their cosines."""
    partly = {
        place: index.dense
        for place, index in enumerate(indexes)
        if index.dense is not None and len(rows[place]) < len(index.chunks)
    }
    here = {place: dense for place, dense in partly.items() if isinstance(dense, DenseIndex)}
    file = neighbours.of(tuple(here.values())) if neighbours else None
    inside = {place: dense for place, dense in here.items() if file and dense in file}
    found = file.nearest(tuple(inside.values()), query, _IN_A_FILE) if file and inside else []
    rest = [place for place in partly if place not in inside]
    exact = nearest_of_each([partly[place] for place in rest], query, count)
    return {**dict(zip(inside, found, strict=True)), **dict(zip(rest, exact, strict=True))}


def _by_meaning(
    indexes: Sequence[DocumentIndex], rows: Sequence[Rows], query: Vectors, near: Mapping[int, tuple[Rows, Scores]]
) -> tuple[list[Rows], list[Scores | None]]:
    """`rows`, with the ones `near` in meaning added, and their cosines; None for a document without vectors."""
    dense = {place: index.dense for place, index in enumerate(indexes) if index.dense is not None}
    # of the nearest ones the cosines are known
    rest = [_without(rows[place], near[place][0]) if place in near else rows[place] for place in dense]
    scores = cosines_of_each(list(dense.values()), query, rest)
    more, cosines = list(rows), list[Scores | None]([None] * len(rows))
    for place, others, score in zip(dense, rest, scores, strict=True):
        near_rows, near_scores = near.get(place, (others[:0], score[:0]))
        order = np.argsort(np.concatenate([near_rows, others]))
        more[place] = np.concatenate([near_rows, others])[order]
        cosines[place] = np.concatenate([near_scores, score])[order]
    return more, cosines


def _without(rows: Rows, others: Rows) -> Rows:
    return np.setdiff1d(rows, others) if len(others) else rows


def _best_rows(scores: Scores, count: int) -> Rows:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count)[:count]


def _ranked(candidates: Sequence[_Candidates], top_k: int, weights: Weights) -> list[Passage]:
    chunk_words = max_normalised(np.concatenate([found.chunk_words for found in candidates]))
    page_words = max_normalised(np.concatenate([found.page_words for found in candidates]))
    cosines = max_normalised(
        np.concatenate(
            [
                found.cosines if found.cosines is not None else np.zeros(len(found.rows), np.float32)
                for found in candidates
            ]
        )
    )
    embedded = np.concatenate([np.full(len(found.rows), found.cosines is not None) for found in candidates])
    document = np.concatenate([np.full(len(found.rows), found.document) for found in candidates])
    total = weights.chunk_words + weights.page_words + weights.meaning * embedded
    scores = weights.chunk_words * chunk_words + weights.page_words * page_words + weights.meaning * cosines
    scores = scores / np.maximum(total, 1e-9) + weights.document * document
    source = np.repeat(np.arange(len(candidates)), [len(found.rows) for found in candidates])
    rows = np.concatenate([found.rows for found in candidates])
    best = np.argsort(-scores, kind="stable")[:top_k]
    # in a document of one passage every idf is negative and every score 0: its words are found all the same
    matched = np.concatenate([found.chunk_words for found in candidates]) != 0
    return [
        Passage(chunk=candidates[source[i]].index.chunks[rows[i]], rank=rank, score=float(scores[i]))
        for rank, i in enumerate(best, start=1)
        if scores[i] > 0 or matched[i] or embedded[i]  # however far, the closest by meaning are still the closest
    ]


def _document_scores(
    asked: Mapping[Term, float], indexes: Sequence[DocumentIndex], titles: Mapping[str, str], frequencies: Rows
) -> list[float]:
    """Which of several documents is asked about: by its name, and by how many of its pages speak of it. Best is 1.

    Both are Σ idf · share over the question's terms, the idf telling documents apart, not chunks. `frequencies`: on how
    many pages of each document each term stands, (documents, terms).
    """
    if len(indexes) < 2:
        return [0.0] * len(indexes)
    names = [terms(titles.get(index.document_id, "")) for index in indexes]
    named = np.zeros(len(indexes), dtype=np.float32)
    spread = np.zeros(len(indexes), dtype=np.float32)
    pages = np.array([len(index.page_words.lengths) for index in indexes])
    for place, term in enumerate(asked):
        named += _told_apart(np.array([_in_name(term, name) for name in names]))
        if isinstance(term, str):
            spread += _told_apart(frequencies[:, place] / pages)
    return [float(score) for score in max_normalised(max_normalised(named) + 0.5 * max_normalised(spread))]


def _told_apart(shares: NDArray[np.generic]) -> Scores:
    """The shares of several documents in a term, weighted by how few of them have any."""
    holding = np.count_nonzero(shares)
    idf = math.log(1 + (len(shares) - holding + 0.5) / (holding + 0.5))
    return shares.astype(np.float32) * np.float32(idf)


def _in_name(term: Term, name: Sequence[str]) -> bool:
    """Also where the name runs a pair of words together: "Best Buy" in BESTBUY_2019.pdf."""
    return term in name if isinstance(term, str) else "".join(term) in "".join(name)
