"""Hybrid search over one or many documents: words of the chunk, words of its page, meaning, and the document's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shared_utils.retrieval.bm25 import bm25_scores, statistics
from shared_utils.retrieval.dense import Rows, Scores, cosines_of_each, nearest_of_each
from shared_utils.retrieval.document_scores import document_scores
from shared_utils.retrieval.fusion import EQUAL, fused
from shared_utils.retrieval.fusion import Weights as Weights
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.retrieval.many import search_many
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_terms
from shared_utils.retrieval.within import Within, rows_within
from shared_utils.text.words import other_forms
from shared_utils.types import Embedder, Passage, Vectors

_CANDIDATES = 200  # of each document and each list: enough for any top_k a prompt has room for
_CANDIDATES_IN_ALL = 4_000  # where there are more than twenty documents
_FEWEST = 20  # of each of very many


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
    asked |= {form: asked[here] for form, here in other_forms(question).items() if here in asked}
    searched = [index for index in indexes if index.chunks]
    if not searched or top_k < 1:
        return []
    has_vectors = any(index.dense for index in searched)
    query = embedder.embed_query(question) if embedder and has_vectors else None
    names = [titles.get(index.document_id, "") for index in searched]
    if neighbours and within is None and sum(len(index.chunks) for index in searched) >= neighbours.large:
        return search_many(asked, searched, names, query, top_k, weights, neighbours)
    chunk_statistics = statistics(asked, [index.chunk_words for index in searched])
    page_statistics = statistics(asked, [index.page_words for index in searched])
    page_counts = np.array([len(index.page_words.lengths) for index in searched])
    of_documents = document_scores(asked, names, page_counts, page_statistics.frequencies)
    words = [
        (bm25_scores(asked, index.chunk_words, chunk_statistics), bm25_scores(asked, index.page_words, page_statistics))
        for index in searched
    ]
    count = min(_CANDIDATES, max(_FEWEST, _CANDIDATES_IN_ALL // len(searched)))
    rows = [_rows(index, *scores, count, within) for index, scores in zip(searched, words, strict=True)]
    cosines: list[Scores | None] = [None] * len(searched)
    if query is not None:
        near = {} if within else _nearest(searched, rows, query, count)
        rows, cosines = _by_meaning(searched, rows, query, near)
    candidates = [
        _Candidates(index, chosen, in_chunk[chosen], in_page[index.page_of[chosen]], meaning, document)
        for index, chosen, (in_chunk, in_page), meaning, document in zip(
            searched, rows, words, cosines, of_documents, strict=True
        )
    ]
    return _ranked(candidates, top_k, weights)


def _rows(index: DocumentIndex, chunk_words: Scores, page_words: Scores, count: int, within: Within | None) -> Rows:
    """The chunks of a document that its words speak for, or all that `within` accepts."""
    if within is None:
        return _best_rows(chunk_words + page_words[index.page_of], count)
    return rows_within(index, within)


def _nearest(
    indexes: Sequence[DocumentIndex], rows: Sequence[Rows], query: Vectors, count: int
) -> dict[int, tuple[Rows, Scores]]:
    """Of the documents that are not candidates from end to end, by place: the nearest rows and their cosines."""
    partly = {
        place: index.dense
        for place, index in enumerate(indexes)
        if index.dense is not None and len(rows[place]) < len(index.chunks)
    }
    return dict(zip(partly, nearest_of_each(list(partly.values()), query, count), strict=True))


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
    cosines = [
        found.cosines if found.cosines is not None else np.zeros(len(found.rows), np.float32) for found in candidates
    ]
    embedded = np.concatenate([np.full(len(found.rows), found.cosines is not None) for found in candidates])
    scores = fused(
        np.concatenate([found.chunk_words for found in candidates]),
        np.concatenate([found.page_words for found in candidates]),
        np.concatenate(cosines),
        embedded,
        np.concatenate([np.full(len(found.rows), found.document) for found in candidates]),
        weights,
    )
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
