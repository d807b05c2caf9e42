"""BM25 over postings gives rank_bm25's scores, for words and for pairs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from shared_utils.retrieval.bm25 import (
    Okapi,
    Term,
    bm25_scores,
    build_postings,
    group_postings,
    statistics,
    with_pairs,
)

_words = st.lists(st.sampled_from(["net", "sale", "cost", "asset", "lease", "tax"]), min_size=1, max_size=12)


def asked(words: list[str]) -> dict[Term, float]:
    return {term: float(count) for term, count in Counter(with_pairs(words)).items()}


@given(st.lists(_words, min_size=1, max_size=8), _words)
def test_scores_equal_rank_bm25_on_the_same_terms(units: list[list[str]], question: list[str]) -> None:
    reference = BM25Okapi([with_pairs(unit) for unit in units]).get_scores(with_pairs(question))
    postings = build_postings(units)

    scores = bm25_scores(asked(question), postings, statistics(asked(question), [postings]))

    np.testing.assert_allclose(scores, reference, rtol=1e-4, atol=1e-4)


@given(st.lists(_words, min_size=1, max_size=8), _words)
def test_what_is_known_of_the_terms_is_what_rank_bm25_knows(units: list[list[str]], question: list[str]) -> None:
    reference = BM25Okapi([with_pairs(unit) for unit in units])
    wanted = with_pairs(question)

    known = statistics(wanted, [build_postings(units)])

    assert (known.corpus_size, known.k1, known.b, known.epsilon) == (
        reference.corpus_size,
        reference.k1,
        reference.b,
        reference.epsilon,
    )
    assert known.avgdl == pytest.approx(reference.avgdl)
    assert known.average_idf == pytest.approx(reference.average_idf)
    assert known.idf == pytest.approx({term: reference.idf[term] for term in wanted if term in reference.idf})


def test_the_parameters_and_the_idf_are_inherited_and_not_written_again() -> None:
    assert issubclass(Okapi, BM25Okapi)
    postings = build_postings([["net", "sale"], ["sale"], ["tax"]])
    raw = BM25Okapi([with_pairs(unit) for unit in (["net", "sale"], ["sale"], ["tax"])]).idf["tax"]
    assert statistics(["tax"], [postings]).idf == {"tax": raw}  # the very same number: the same lines worked it out


def test_two_documents_are_scored_as_if_they_were_one() -> None:
    first = [["net", "sale"], ["tax", "rate", "tax"], ["lease"], ["cost"]]
    second = [["sale"], ["asset", "lease"], ["goodwill", "asset"], ["note"], ["risk"]]
    question = asked(["sale", "asset", "tax"])
    together = build_postings(first + second)
    apart = [build_postings(first), build_postings(second)]

    known = statistics(question, apart)
    scores = np.concatenate([bm25_scores(question, postings, known) for postings in apart])

    np.testing.assert_allclose(scores, bm25_scores(question, together, statistics(question, [together])), rtol=1e-5)


def test_grouping_chunks_into_pages_counts_what_the_pages_hold() -> None:
    chunks = [["net", "sale"], ["sale", "cost"], ["tax"]]
    grouped = group_postings(build_postings(chunks), np.array([0, 0, 1], dtype=np.int32), 2)

    assert grouped.document_frequency("sale") == 1
    assert grouped.counts[grouped.held("sale")].tolist() == [2.0]
    assert grouped.units[grouped.held("tax")].tolist() == [1]
    assert grouped.lengths.tolist() == [6.0, 1.0]


def test_pairs_never_reach_from_one_chunk_into_the_next() -> None:
    postings = build_postings([["net"], ["sale", "tax"]])
    assert postings.document_frequency(("net", "sale")) == 0
    assert postings.document_frequency(("sale", "tax")) == 1


@pytest.mark.parametrize("units", [[], [[]], [[], ["word"]]])
def test_empty_chunks_and_documents_score_nothing(units: list[list[str]]) -> None:
    postings = build_postings(units)
    scores = bm25_scores({"absent": 1.0}, postings, statistics({"absent": 1.0}, [postings]))
    assert scores.tolist() == [0.0] * len(units)
