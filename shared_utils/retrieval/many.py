"""Search over a large library: the same scores as over a small one, of all its passages at once.

What is looked at more closely differs: of the documents that a question is most about their best passages by words, of
all others those among the best of the library, and the nearest in meaning of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.bm25 import Postings, Rows, Scores, Term, bm25_scores, statistics
from shared_utils.retrieval.dense import DenseIndex, cosines_of_each, nearest_of_all
from shared_utils.retrieval.document_scores import document_scores
from shared_utils.retrieval.fusion import Weights, fused
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.retrieval.joined_words import Asked
from shared_utils.types import Passage, Vectors

_ASKED_ABOUT = 20  # documents whose passages are looked at most closely
_OF_EACH = 200  # … of each of them
_OF_ALL = 4_000
_NEAREST = 400  # in meaning, of a whole library
_NEAREST_OF_EACH = 20  # of a document that is in no file

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Words:
    """What words say of every passage of the parts, one after the other; of those that are not asked, -inf in `both`.

    `begins`: where each document's passages begin.
    """

    chunk: Scores
    page: Scores
    both: Scores
    begins: Places
    documents: list[float]


def search_many(
    asked: Mapping[Term, float],
    indexes: Sequence[DocumentIndex],
    names: Sequence[str],
    query: Vectors | None,
    top_k: int,
    weights: Weights,
    neighbours: Neighbours,
) -> list[Passage]:
    """See `search`, whose arguments these are: what is asked as terms and as a vector (1, d), all with passages."""
    words = _by_words(asked, indexes, names, neighbours.words.of(indexes))
    chosen = _candidates(words, indexes)
    near, known = _nearest(words, indexes, query, neighbours) if query is not None else (chosen[:0], _none())
    ids = _ascending(chosen, near)
    order = np.argsort(words.begins, kind="stable")
    of = order[np.searchsorted(words.begins[order], ids, side="right") - 1]  # the document of each
    cosines, embedded = np.zeros(len(ids), dtype=np.float32), np.zeros(len(ids), dtype=bool)
    if query is not None:
        has = np.array([index.dense is not None for index in indexes])
        embedded = has[of]
        rest = embedded.copy()
        at = np.searchsorted(ids, near)
        cosines[at], rest[at] = known, False
        cosines[rest] = _cosines(words, indexes, query, ids[rest], of[rest])
    document = np.array(words.documents)[of]
    scores = fused(words.chunk[ids], words.page[ids], cosines, embedded, document, weights)
    best = np.argsort(-scores, kind="stable")[:top_k]
    matched = words.chunk[ids] != 0
    return [
        Passage(indexes[of[i]].chunks[int(ids[i] - words.begins[of[i]])], rank, float(scores[i]))
        for rank, i in enumerate(best.tolist(), start=1)
        if scores[i] > 0 or matched[i] or embedded[i]
    ]


def _by_words(
    asked: Mapping[Term, float], indexes: Sequence[DocumentIndex], names: Sequence[str], parts: Sequence[Asked]
) -> _Words:
    chunks = [part.chunks.among(places >= 0) for part, places in parts]
    pages = [part.pages.among(places >= 0) for part, places in parts]
    of_chunks, of_pages = statistics(asked, chunks), statistics(asked, pages)
    sizes = [len(postings.lengths) for postings in chunks]
    total = sum(sizes)
    chunk, page, both = (np.empty(total, dtype=np.float32) for _ in range(3))
    begins = np.zeros(len(indexes), dtype=np.int64)
    frequencies = np.zeros((len(indexes), len(asked)), dtype=np.int64)
    base = 0
    for (part, places), own, own_pages, size in zip(parts, chunks, pages, sizes, strict=True):
        here = slice(base, base + size)
        chunk[here] = bm25_scores(asked, own, of_chunks)
        page[here] = bm25_scores(asked, own_pages, of_pages)[part.page_of]
        both[here] = _masked(chunk[here] + page[here], own)
        is_asked = places >= 0
        begins[places[is_asked]] = part.chunks.begins[:-1][is_asked] + base
        frequencies[places[is_asked]] = part.document_frequencies(of_pages, own_pages)[is_asked]
        base += size
    page_counts = np.array([len(index.page_words.lengths) for index in indexes])
    return _Words(chunk, page, both, begins, document_scores(asked, names, page_counts, frequencies))


def _masked(scores: Scores, postings: Postings) -> Scores:
    if postings.asked is not None:
        scores[~postings.asked] = -np.inf
    return scores


def _candidates(words: _Words, indexes: Sequence[DocumentIndex]) -> Places:
    """The passages that words speak for, ascending."""
    chosen = [_best(words.both, _OF_ALL)]
    for place in np.argsort(-np.array(words.documents), kind="stable")[:_ASKED_ABOUT].tolist():
        begin = int(words.begins[place])
        chosen.append(_best(words.both[begin : begin + len(indexes[place].chunks)], _OF_EACH) + begin)
    ids = _ascending(*chosen)
    return ids[words.both[ids] > -np.inf]


def _ascending(*places: Places) -> Places:
    """All of them in order, each once; of some thousand, `np.unique`, which hashes, takes several times as long."""
    ids = np.sort(np.concatenate(places))
    return ids[np.diff(ids, prepend=-1) > 0]


def _best(scores: Scores, count: int) -> Rows:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(scores, -count)[-count:]


def _nearest(
    words: _Words, indexes: Sequence[DocumentIndex], query: Vectors, neighbours: Neighbours
) -> tuple[Places, Scores]:
    """The nearest in meaning, ascending, and their cosines."""
    here = {place: index.dense for place, index in enumerate(indexes) if isinstance(index.dense, DenseIndex)}
    file = neighbours.of(tuple(here.values()))
    inside = {place: dense for place, dense in here.items() if file and dense in file}
    found = list(zip(inside, file.nearest(tuple(inside.values()), query, _NEAREST), strict=True)) if file else []
    rest = {place: index.dense for place, index in enumerate(indexes) if place not in inside and index.dense}
    found += zip(rest, nearest_of_all(list(rest.values()), query, _NEAREST, _NEAREST_OF_EACH), strict=True)
    parts = [(rows + words.begins[place], scores) for place, (rows, scores) in found if len(rows)]
    if not parts:
        return np.array([], dtype=np.int64), _none()
    ids, scores = np.concatenate([rows for rows, _ in parts]), np.concatenate([scores for _, scores in parts])
    order = np.argsort(ids)
    return ids[order], scores[order]


def _cosines(words: _Words, indexes: Sequence[DocumentIndex], query: Vectors, ids: Places, of: Places) -> Scores:
    """The cosines of chosen passages, in the order of `ids`, which are ascending; `of` names the document of each."""
    if not len(ids):
        return _none()
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    documents = of[begins].tolist()
    within = ids - words.begins[of]
    rows = [within[begin:end] for begin, end in pairwise([*begins.tolist(), len(ids)])]
    dense = [index for index in (indexes[place].dense for place in documents) if index is not None]
    return np.concatenate(cosines_of_each(dense, query, rows))


def _none() -> Scores:
    return np.array([], dtype=np.float32)
