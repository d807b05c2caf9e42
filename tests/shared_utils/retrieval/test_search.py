"""Search finds the page that speaks to a question, in one document or among several, with or without vectors."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np
import pytest

from shared_utils.retrieval.index import DocumentIndex, build_index, indexed_text
from shared_utils.retrieval.question import glossary_of
from shared_utils.retrieval.search import search
from shared_utils.types import Chunk, Vectors

_BOEING = [
    "Revenues by segment are described below for commercial airplanes and defense.",
    "The effective tax rate was 0.6% in 2022 compared with 14.8% in 2021.",
    "Employees are covered by collective bargaining agreements with unions.",
]
_ADOBE = [
    "The effective tax rate was 21% in 2022 due to lower tax benefits.",
    "Digital media subscriptions grew because creative cloud users increased.",
    "Our headquarters are in San Jose, where we own three buildings.",
]


class WordVectors:
    """A tiny honest embedder: one dimension a word seen, so that common words mean nearness."""

    dimension = 64

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, sum(word.encode()) % self.dimension] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


def index_of(document_id: str, texts: Sequence[str], vectors: bool = True) -> DocumentIndex:
    chunks = [Chunk(f"{document_id}:{n}:0", document_id, n, 0, len(text), text) for n, text in enumerate(texts, 1)]
    index = build_index(document_id, chunks)
    return index.with_vectors(WordVectors().embed_passages([indexed_text(c) for c in chunks])) if vectors else index


def pages(question: str, *indexes: DocumentIndex, top_k: int = 10, names: dict[str, str] | None = None) -> list[str]:
    found = search(question, indexes, names or {}, WordVectors(), top_k)
    return [f"{passage.chunk.document_id}:{passage.chunk.page}" for passage in found]


def test_the_page_with_the_words_comes_first() -> None:
    assert pages("What do unions agree with employees?", index_of("boeing", _BOEING))[0] == "boeing:3"


def test_ranks_are_one_based_and_scores_fall() -> None:
    passages = search("effective tax rate", [index_of("boeing", _BOEING)], {}, WordVectors(), 10)
    scores = [passage.score for passage in passages]

    assert [passage.rank for passage in passages] == list(range(1, len(passages) + 1))
    assert scores == sorted(scores, reverse=True)


def test_no_more_than_top_k_are_returned() -> None:
    assert len(pages("effective tax rate", index_of("boeing", _BOEING), top_k=1)) == 1
    assert pages("effective tax rate", index_of("boeing", _BOEING), top_k=0) == []


@pytest.mark.parametrize("name", ["Boeing 2022", "BOEING_2022_10K.pdf"])
def test_the_document_that_is_named_comes_first(name: str) -> None:
    both = (index_of("a", _ADOBE), index_of("b", _BOEING))
    names = {"a": "ADOBE_2022_10K.pdf", "b": name}
    assert pages("What was the effective tax rate of Boeing in 2022?", *both, names=names)[0] == "b:2"
    assert pages("What was the effective tax rate of Adobe in 2022?", *both, names=names)[0] == "a:1"


def test_a_name_written_together_is_recognised() -> None:
    both = (index_of("a", _ADOBE), index_of("b", _ADOBE))
    assert pages("tax rate of Best Buy", *both, names={"a": "report1.pdf", "b": "BESTBUY_2019.pdf"})[0].startswith("b")


def test_a_document_without_vectors_is_found_among_others() -> None:
    found = pages("creative cloud subscriptions", index_of("b", _BOEING), index_of("a", _ADOBE, vectors=False))
    assert found[0] == "a:2"


def test_words_alone_are_searched_without_an_embedder() -> None:
    passages = search("creative cloud", [index_of("a", _ADOBE, vectors=False)], {}, None, 3)
    assert passages[0].chunk.page == 2


def test_what_documents_print_is_found_by_the_name_the_glossary_has_for_it() -> None:
    texts = ["Accounts payable 14,8 Inventories 5,1 Cost of sales 2,2", *_BOEING, *_ADOBE]
    glossary = glossary_of({"dpo": ["accounts payable", "inventories"]})
    found = search("What is the DPO?", [index_of("d", texts)], {}, WordVectors(), 10, glossary=glossary)
    assert found[0].chunk.page == 1


def test_how_to_answer_is_not_what_is_searched() -> None:
    texts = [*_BOEING, "We round numbers to one decimal place in this report, unless we answer otherwise."]
    found = pages("What was the effective tax rate? Round your answer to one decimal place.", index_of("d", texts))
    assert found[0] == "d:2"


@pytest.mark.parametrize("vectors", [True, False])
def test_only_the_part_that_is_asked_about_is_searched(vectors: bool) -> None:
    index = index_of("boeing", _BOEING, vectors)
    found = search("effective tax rate", [index], {}, WordVectors(), 10, within=lambda chunk: chunk.page == 1)

    assert {passage.chunk.page for passage in found} <= {1}
    assert search("effective tax rate", [index], {}, WordVectors(), 10, within=lambda chunk: chunk.page > 9) == []


@pytest.mark.parametrize("question", ["", "???", "the of and", "xyzzy"])
def test_questions_without_known_words_do_not_fail(question: str) -> None:
    assert len(pages(question, index_of("a", _ADOBE))) <= len(_ADOBE)


def test_empty_documents_and_no_documents_find_nothing() -> None:
    assert search("tax", [], {}, WordVectors(), 5) == []
    assert search("tax", [build_index("empty", [])], {}, WordVectors(), 5) == []


def test_vectors_must_belong_to_the_chunks() -> None:
    with pytest.raises(ValueError, match="2 vectors for 3 chunks"):
        index_of("a", _ADOBE, vectors=False).with_vectors(np.zeros((2, 64), dtype=np.float32))


def test_an_index_survives_pickling() -> None:
    index = index_of("a", _ADOBE)
    again: DocumentIndex = pickle.loads(pickle.dumps(index))  # noqa: S301
    assert pages("creative cloud", again) == pages("creative cloud", index)
    assert index.vectors is not None
    assert again.vectors is not None
    np.testing.assert_array_equal(again.vectors, index.vectors)


def test_chinese_and_arabic_questions_find_their_pages() -> None:
    texts = ["公司的营业收入增长了百分之十二。", "净利润下降，因为成本上升。", "ارتفعت إيرادات الشركة", "Nothing here."]
    index = index_of("d", texts, vectors=False)
    assert search("营业收入是多少？", [index], {}, None, 1)[0].chunk.page == 1
    assert search("ما هي الإيرادات؟", [index], {}, None, 1)[0].chunk.page == 3


def test_a_document_of_one_passage_is_found_by_its_words_before_its_vectors_are_there() -> None:
    text = "The valve closes at 4.2 bar."
    index = build_index("d", [Chunk("d:1:0", "d", 1, 0, len(text), text)])
    assert [passage.chunk.text for passage in search("When does the valve close?", [index], {}, None, 5)] == [text]
    assert search("Who chairs the board?", [index], {}, None, 5) == []


class AboutMoney:
    """An embedder that knows only whether a text is about money."""

    dimension = 2

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        near = [[1, 0] if "rent" in text or "Kosten" in text else [0, 1] for text in texts]
        return np.array(near, dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


def test_a_question_in_other_words_finds_its_page_by_meaning_in_a_document_and_in_a_part_of_it() -> None:
    texts = ["Pets are allowed.", "The rent is due in May.", "Gates close at noon.", "The rent may be raised."]
    index = index_of("lease", texts, vectors=False)
    meaning = index.with_vectors(AboutMoney().embed_passages(texts))

    assert search("Kosten?", [index], {}, None, 5) == []
    assert {passage.chunk.page for passage in search("Kosten?", [meaning], {}, AboutMoney(), 2)} == {2, 4}
    part = search("Kosten?", [meaning], {}, AboutMoney(), 1, within=lambda chunk: chunk.page > 2)
    assert [passage.chunk.page for passage in part] == [4]


def test_a_word_inside_a_longer_word_of_a_name_does_not_name_the_document() -> None:
    both = (index_of("a", _ADOBE), index_of("b", _ADOBE))
    assert pages("tax rate of the port", *both, names={"a": "letter.pdf", "b": "report.pdf"})[0] == "a:1"
    assert pages("tax rate of the report", *both, names={"a": "letter.pdf", "b": "report.pdf"})[0] == "b:1"
