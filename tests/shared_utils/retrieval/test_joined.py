"""The words of many documents joined score as those of each, and a large library is searched as a small one."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_utils.retrieval.bm25 import Term, bm25_scores, build_postings, statistics, with_pairs
from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.retrieval.joined import Part, alone, joined
from shared_utils.retrieval.joined_words import JoinedWords
from shared_utils.retrieval.search import search
from shared_utils.types import Chunk, Vectors

WORDS = ["net", "sale", "cost", "asset", "lease", "tax"]
_documents = st.lists(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join), max_size=6),
    min_size=2,
    max_size=5,
)


def index_of(name: str, texts: Sequence[str], *, vectors: bool = False) -> DocumentIndex:
    """Two passages a page, every third under a caption that its page does not count."""
    chunks = [
        Chunk(f"{name}:{n // 2 + 1}:{n}", name, n // 2 + 1, n, n + len(text), text, context="lease" if n % 3 else "")
        for n, text in enumerate(texts)
    ]
    index = build_index(name, chunks)
    return index.with_vectors(Meaning().embed_passages(texts)) if vectors else index


def asked(words: Sequence[str]) -> dict[Term, float]:
    return {term: float(count) for term, count in Counter(with_pairs(list(words))).items()}


class Meaning:
    """One dimension a word, the same for the same."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), 40), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, sum(word.encode()) % 40] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


@settings(deadline=None)
@given(_documents, st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.integers(0, 3))
def test_joined_documents_score_as_each_by_itself_and_some_of_them_as_if_the_others_were_not_there(
    texts: list[list[str]], question: list[str], left_out: int
) -> None:
    indexes = [index_of(f"d{n}", own) for n, own in enumerate(texts)]
    among = np.array([n != left_out for n in range(len(indexes))])
    part = joined(indexes)
    for chosen in (np.ones_like(among), among):
        here = [index for index, is_in in zip(indexes, chosen, strict=True) if is_in]
        for counted, apart in (
            (part.chunks, [index.chunk_words for index in here]),
            (part.pages, [index.page_words for index in here]),
        ):
            together = counted.among(chosen)
            wanted, known = statistics(asked(question), apart), statistics(asked(question), [together])
            assert known.corpus_size == wanted.corpus_size
            assert known.idf == pytest.approx(wanted.idf)
            assert known.avgdl == pytest.approx(wanted.avgdl)
            scores = bm25_scores(asked(question), together, known)
            scores = scores[np.repeat(chosen, np.diff(counted.begins))]
            each = [bm25_scores(asked(question), postings, wanted) for postings in apart]
            np.testing.assert_allclose(scores, np.concatenate([*each, scores[:0]]), rtol=1e-5, atol=1e-6)
            if counted is part.pages:
                found = part.document_frequencies(known, together)[chosen]
                np.testing.assert_array_equal(found, wanted.frequencies)


def test_a_question_of_many_postings_is_summed_to_the_same_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    postings = build_postings([[WORDS[i % 6], WORDS[i % 4], WORDS[i % 3]] for i in range(50)])
    question = asked(["net", "sale", "lease", "net"])
    at_once = bm25_scores(question, postings, statistics(question, [postings]))
    monkeypatch.setattr("shared_utils.retrieval.bm25._AT_ONCE", 0)
    term_by_term = bm25_scores(question, postings, statistics(question, [postings]))
    assert at_once.tobytes() == term_by_term.tobytes()
    assert at_once.any()


def library(count: int, passages: int = 40) -> list[DocumentIndex]:
    random = np.random.default_rng(3)
    texts = random.choice([*WORDS, "goodwill", "outlook", "risk", "dividend"], (count, passages, 7))
    return [index_of(f"d{n}", [" ".join(text) for text in own], vectors=True) for n, own in enumerate(texts)]


def found(indexes: Sequence[DocumentIndex], question: str, neighbours: Neighbours | None) -> dict[str, float]:
    titles = {index.document_id: f"report {index.document_id}" for index in indexes}
    passages = search(question, indexes, titles, Meaning(), 30, neighbours=neighbours)
    assert [passage.score for passage in passages] == sorted((p.score for p in passages), reverse=True)
    last = passages[-1].score + 1e-5  # of those that are as good as the last, others may be told
    return {passage.chunk.id: passage.score for passage in passages if passage.score > last}


@pytest.mark.parametrize("question", ["net sale of goodwill", "lease risk in report d7", "dividend", "nowhere at all"])
def test_a_large_library_is_searched_as_a_small_one_before_and_after_its_words_are_joined(question: str) -> None:
    indexes, work = library(12), list[Callable[[], None]]()
    neighbours = Neighbours(large=100, run=work.append)
    exactly = found(indexes, question, None)
    assert found(indexes, question, neighbours) == pytest.approx(exactly)
    assert len(work) == 2  # the words, and the vectors, for which there are too few here to be looked for otherwise
    work[0]()
    ((part, places),) = neighbours.words.of(indexes)
    assert places.tolist() == list(range(12))
    assert len(part.page_of) == 12 * 40
    assert found(indexes, question, neighbours) == pytest.approx(exactly)
    some = indexes[2:10]
    assert found(some, question, neighbours) == pytest.approx(found(some, question, None))


def test_a_document_that_has_no_vectors_yet_is_found_in_a_large_library() -> None:
    indexes = library(6)
    indexes[4] = replace(indexes[4], dense=None)
    neighbours = Neighbours(large=100, run=lambda work: None)
    exactly = found(indexes, "net sale of goodwill", None)
    assert found(indexes, "net sale of goodwill", neighbours) == pytest.approx(exactly)
    assert any(chunk.startswith("d4:") for chunk in exactly)


class Beside:
    """Work that a test lets be done."""

    def __init__(self) -> None:
        self.work: list[Callable[[], None]] = []
        self.words = JoinedWords(self.work.append, most_units=100)

    def parts(self, indexes: Sequence[DocumentIndex]) -> list[tuple[Part, list[int]]]:
        return [(part, places.tolist()) for part, places in self.words.of(indexes)]

    def do(self) -> None:
        while self.work:
            self.work.pop(0)()


def test_nobody_waits_until_words_are_joined_and_parts_are_no_larger_than_they_may_be() -> None:
    indexes, beside = library(5), Beside()
    assert [places for _, places in beside.parts(indexes)] == [[0], [1], [2], [3], [4]]
    assert len(beside.parts(indexes)) == 5
    assert len(beside.work) == 1  # it is done once, not for every question
    beside.do()
    assert sorted(places for _, places in beside.parts(indexes)) == [[0, 1], [2, 3], [4]]
    assert beside.work == []  # one document alone is nothing to be joined


def test_a_document_that_is_removed_is_not_asked_at_once_and_soon_not_kept() -> None:
    indexes, beside = library(2), Beside()
    beside.parts(indexes)
    beside.do()
    indexes += [index_of("new", ["net sale"])]
    assert [places for _, places in beside.parts(indexes)] == [[0, 1], [2]]
    assert beside.work == []  # one passage more is no reason
    del indexes[0]
    gc.collect()
    ((part, places), _) = beside.parts(indexes)
    assert places == [-1, 0]
    beside.do()
    parts = beside.parts(indexes)
    assert all(one is not part for one, _ in parts)
    assert sorted(place for _, places in parts for place in places) == [0, 1]


def test_where_there_is_no_room_each_document_goes_on_being_searched_by_itself(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    indexes, work = library(3), list[Callable[[], None]]()
    words = JoinedWords(work.append, folder=tmp_path / "absent")
    words.of(indexes)
    work.pop()()
    assert "The words of 3 documents could not be joined." in caplog.text
    assert [places.tolist() for _, places in words.of(indexes)] == [[0], [1], [2]]


def test_a_document_alone_is_a_part() -> None:
    index = library(1)[0]
    part = alone(index)
    assert part.chunks.postings is index.chunk_words
    assert part.pages.begins.tolist() == [0, 20]
