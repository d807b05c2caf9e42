"""Okapi BM25: rank-bm25's class, with postings in place of its loop over every chunk.

    score(q, d) = Σ_t idf(t) · f(t, d) · (k1 + 1) / (f(t, d) + k1 · (1 − b + b · |d| / avgdl))
    idf(t) = ln((N − n(t) + 0.5) / (n(t) + 0.5)), or ε · (mean idf) where that is negative

Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009). k1, b, ε and the idf are those of
rank_bm25.BM25Okapi, from which `Okapi` inherits; what is counted and scored comes from postings. N, n(t) and avgdl are
summed over whichever documents are searched together. A term is a word or a pair of neighbouring words: pairs reward
phrases ("operating income") at the price of a second integer per word.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from shared_utils.retrieval.stored_words import StoredWords
from shared_utils.types import Checkpoint, no_checkpoint

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]
Term = str | tuple[str, str]

_AT_ONCE = 50_000  # postings of a question: more are summed term by term


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms of one document and their rows: words first, then pairs."""

    words: Mapping[str, int]
    pairs: NDArray[np.int64]  # sorted; (row of the first word << 32) + row of the second

    def has_any(self, words: Sequence[str]) -> bool:
        """Whether one of many words is a term here; quicker than a look at each."""
        if isinstance(self.words, StoredWords):
            return any(word in self.words for word in self.words.likely(words))
        return any(word in self.words for word in words)

    def rows(self, terms: Sequence[Term]) -> Rows:
        """The row of each of some terms, int64 (n,), -1 where it stands nowhere."""
        known = self.words.get
        found = np.empty(len(terms), dtype=np.int64)
        places, keys = [], []  # of the pairs whose words both occur
        for place, term in enumerate(terms):
            if isinstance(term, str):
                found[place] = known(term, -1)
                continue
            found[place] = -1
            first, second = known(term[0]), known(term[1])
            if first is not None and second is not None:
                places.append(place)
                keys.append((first << 32) + second)
        if places and len(self.pairs):
            wanted = np.array(keys, dtype=np.int64)
            at = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
            found[places] = np.where(self.pairs[at] == wanted, len(self.words) + at, -1)
        return found


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Postings:
    """Which units (chunks, pages) of one document, or of several that were joined, hold a term, and how often.

    The term of row r stands in `units[offsets[r]:offsets[r + 1]]`, ascending, `counts` times each. Arrays of smaller
    integers serve as well, and may lie in a file.
    """

    lexicon: Lexicon
    offsets: NDArray[np.integer]
    units: NDArray[np.integer]
    counts: NDArray[np.generic]
    lengths: NDArray[np.float32]  # terms in each unit, pairs included
    idf_sum: float  # over the documents' own terms, negative ones as they are
    vocabulary: int  # terms of each document, summed
    asked: NDArray[np.bool_] | None = None  # (units,) of joined documents those that are searched; None for all

    @property
    def size(self) -> int:
        """Units that are searched."""
        return len(self.lengths) if self.asked is None else int(np.count_nonzero(self.asked))

    @property
    def total_length(self) -> float:
        """Terms in the units that are searched."""
        return float((self.lengths if self.asked is None else self.lengths[self.asked]).sum())

    def held(self, term: Term) -> slice:
        """Where in `units` and `counts` a term stands."""
        row = int(self.lexicon.rows((term,))[0])
        return slice(0, 0) if row < 0 else slice(int(self.offsets[row]), int(self.offsets[row + 1]))

    def document_frequency(self, term: Term) -> int:
        return len(self.units[self.held(term)])

    def frequencies(self, rows: Rows) -> Rows:
        """How many units that are searched hold the terms of some rows (-1: it stands nowhere), int64 (n,)."""
        if self.asked is None:
            return np.where(rows < 0, 0, self.offsets[rows + 1] - self.offsets[rows]).astype(np.int64)
        held = [slice(0, 0) if row < 0 else slice(*self.offsets[row : row + 2].tolist()) for row in rows]
        return np.array([np.count_nonzero(self.asked[self.units[part]]) for part in held], dtype=np.int64)


def with_pairs(words: Sequence[str]) -> list[Term]:
    """A text's words and its pairs of neighbours.

    >>> with_pairs(["net", "sale"])
    ['net', 'sale', ('net', 'sale')]
    """
    return [*words, *pairwise(words)]


class PostingsBuilder:
    """Takes units one by one, and gives the postings of all so far as often as they are wanted."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._numbers, self._lengths = array("q"), array("q")  # lists of as many integers take four times the memory

    def add(self, unit: Sequence[str]) -> None:
        """One more unit, as its words in order."""
        words = self._words
        self._numbers.extend(words.setdefault(word, len(words)) for word in unit)
        self._lengths.append(len(unit))

    def build(self, checkpoint: Checkpoint = no_checkpoint) -> Postings:
        """The words and the pairs of the units so far."""
        ids, lengths = np.array(self._numbers, dtype=np.int64), np.array(self._lengths, dtype=np.int64)
        unit_of = np.repeat(np.arange(len(lengths)), lengths)
        neighbours = unit_of[:-1] == unit_of[1:]
        pair_keys = ((ids[:-1] << 32) + ids[1:])[neighbours]
        pairs, pair_ids = np.unique(pair_keys, return_inverse=True)
        checkpoint()
        return _postings(
            Lexicon(dict(self._words), pairs),
            rows=np.concatenate([ids, len(self._words) + pair_ids]),
            units=np.concatenate([unit_of, unit_of[:-1][neighbours]]),
            weights=None,
            unit_count=len(lengths),
        )


def build_postings(units: Iterable[Sequence[str]]) -> Postings:
    """Index the words and the pairs of some units, given as their words in order."""
    builder = PostingsBuilder()
    for unit in units:
        builder.add(unit)
    return builder.build()


def group_postings(postings: Postings, group_of: NDArray[np.int32], groups: int) -> Postings:
    """The same terms over coarser units: `group_of[u]` is the group (page) of unit (chunk) u."""
    return _postings(
        postings.lexicon,
        rows=np.repeat(np.arange(len(postings.offsets) - 1), np.diff(postings.offsets)),
        units=group_of[postings.units].astype(np.int64),
        weights=postings.counts,
        unit_count=groups,
    )


def _postings(
    lexicon: Lexicon,
    rows: NDArray[np.int64],
    units: NDArray[np.int64],
    weights: NDArray[np.generic] | None,
    unit_count: int,
) -> Postings:
    """Sum occurrences (row, unit, weight) into postings, ordered by row, then unit."""
    keys, inverse = np.unique(rows * max(1, unit_count) + units, return_inverse=True)
    counts = np.bincount(inverse, weights=weights, minlength=len(keys)).astype(np.float32)
    row_of, unit_of = np.divmod(keys, max(1, unit_count))
    frequencies = np.bincount(row_of, minlength=len(lexicon.words) + len(lexicon.pairs))
    return Postings(
        lexicon=lexicon,
        offsets=np.concatenate([[0], np.cumsum(frequencies)]),
        units=unit_of.astype(np.int32),
        counts=counts,
        lengths=np.bincount(unit_of, weights=counts, minlength=unit_count).astype(np.float32),
        idf_sum=float((np.log(unit_count - frequencies + 0.5) - np.log(frequencies + 0.5)).sum()),
        vocabulary=len(frequencies),
    )


class Okapi(BM25Okapi):  # type: ignore[misc]  # the package has no types
    """rank_bm25's BM25 of a question over some documents' postings.

    `corpus_size`, `avgdl`, `idf` and `average_idf` are what BM25Okapi would know of the same units, `idf` of the
    question's terms alone: those that occur nowhere are absent. `doc_freqs` and `doc_len` stay empty, since the
    postings hold both. The mean idf behind the floor is the mean of the documents' own: exact for one document, and
    for several it only touches terms that stand in more than half of all units.
    """

    documents: tuple[Postings, ...]
    frequencies: Rows  # (documents, terms of the question): in how many units of each it stands
    corpus_size: int
    avgdl: float  # terms in a unit
    idf: dict[Term, float]
    average_idf: float
    k1: float
    b: float
    epsilon: float

    def __init__(self, question: Iterable[Term], documents: Sequence[Postings]) -> None:
        self._terms = tuple(dict.fromkeys(question))
        self._rows = {id(postings): postings.lexicon.rows(self._terms) for postings in documents}
        vocabulary = sum(postings.vocabulary for postings in documents)
        self._mean_idf = sum(postings.idf_sum for postings in documents) / max(1, vocabulary)
        super().__init__(documents)

    def _initialize(self, corpus: Sequence[Postings]) -> dict[Term, int]:
        """Sum what the postings have counted; returns in how many units each term of the question stands."""
        self.documents = tuple(corpus)
        self.corpus_size = sum(postings.size for postings in corpus)
        self.avgdl = sum(postings.total_length for postings in corpus) / max(1, self.corpus_size)
        self.frequencies = np.array([postings.frequencies(self._rows[id(postings)]) for postings in corpus])
        found = self.frequencies.sum(axis=0) if len(corpus) else np.zeros(len(self._terms), dtype=np.int64)
        return {term: int(units) for term, units in zip(self._terms, found, strict=True) if units}

    def _calc_idf(self, nd: Mapping[Term, int]) -> None:
        """BM25Okapi's, whose mean is here that of every term of the documents and not of the question's."""
        if nd:
            super()._calc_idf(nd)
        self.average_idf = self._mean_idf
        common = [term for term, units in nd.items() if 2 * units > self.corpus_size]  # where the idf is negative
        self.idf.update(dict.fromkeys(common, self.epsilon * self._mean_idf))

    def get_scores(self, query: Mapping[Term, float], postings: Postings) -> Scores:
        """The score of every unit of one of the documents, float32 (n,).

        `query` weights the question's terms; how often they are asked is rank_bm25's weight.
        """
        weights = np.array([query.get(term, 0.0) * self.idf.get(term, 0.0) for term in self._terms])
        rows = self._rows[id(postings)]
        chosen = (rows >= 0) & (weights != 0)
        if not chosen.any():
            return np.zeros(len(postings.lengths), dtype=np.float32)
        begins = postings.offsets[rows[chosen]].astype(np.int64)
        ends = postings.offsets[rows[chosen] + 1].astype(np.int64)
        weights = weights[chosen] * (self.k1 + 1)
        saturation = self.k1 * (1 - self.b + self.b * postings.lengths / self.avgdl)
        if int((ends - begins).sum()) > _AT_ONCE:
            return _term_by_term(postings, zip(weights.tolist(), begins, ends, strict=True), saturation)
        held = np.concatenate([np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)])
        units, counts = postings.units[held], postings.counts[held].astype(np.float32)
        parts = np.repeat(weights, ends - begins) * counts / (counts + saturation[units])
        return np.bincount(units, weights=parts, minlength=len(postings.lengths)).astype(np.float32)

    def held_rows(self, postings: Postings) -> Rows:
        """The row of each term of the question in one of the documents, -1 where it stands nowhere."""
        return self._rows[id(postings)]


def _term_by_term(postings: Postings, terms: Iterable[tuple[float, int, int]], saturation: Scores) -> Scores:
    """The same sums, to the bit, without a copy of all the postings of a question: a term holds a unit once.

    `terms`: the weight of each, and where in the postings it begins and ends.
    """
    scores = np.zeros(len(postings.lengths))
    for weight, begin, end in terms:
        units, counts = postings.units[begin:end].astype(np.intp), postings.counts[begin:end].astype(np.float32)
        parts = np.multiply(counts, weight, dtype=np.float64)
        counts += saturation.take(units)
        parts /= counts
        parts += scores.take(units)  # `take`, and each step in place: a fourth less than one expression
        scores[units] = parts
    return scores.astype(np.float32)


def statistics(question: Iterable[Term], documents: Sequence[Postings]) -> Okapi:
    """What BM25 knows of the question's terms in all the units that are searched together."""
    return Okapi(question, documents)


def bm25_scores(question: Mapping[Term, float], postings: Postings, known: Okapi) -> Scores:
    """The score of every unit of one document, float32 (n,).

    >>> postings = build_postings([["net", "sale"], ["gross", "margin"], ["outlook"]])
    >>> scores = bm25_scores({"sale": 1.0}, postings, statistics(["sale"], [postings]))
    >>> int(scores.argmax()), float(scores[1])
    (0, 0.0)
    """
    return known.get_scores(question, postings)
