"""Questions the documents do not speak to are told apart, and the words that are missing are named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from shared_utils.retrieval.answerability import judge, signs
from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.search import search
from shared_utils.types import Chunk, Vectors

_TEXTS = [
    "Amcor reported net sales of 14,694 million dollars in fiscal 2023, up one percent.",
    "The Flexibles segment makes packaging for food and healthcare.",
    "Net income attributable to Amcor was 1,048 million dollars in fiscal 2023.",
    "Dividends of 49 cents a share were declared in 2023 and 48 cents in 2022.",
]


@pytest.fixture
def amcor() -> DocumentIndex:
    return build_index("d", [Chunk(f"d:{n}", "d", n, 0, len(t), t) for n, t in enumerate(_TEXTS, start=1)])


def answerable(question: str, index: DocumentIndex) -> bool:
    return judge(question, search(question, [index], {}, None, 10), [index]).answerable


@pytest.mark.parametrize(
    "question",
    [
        "What were the net sales in fiscal 2023?",
        "Which dividends were declared in 2022?",
        "What does the Flexibles segment make?",
    ],
)
def test_what_stands_on_a_page_is_answerable(question: str, amcor: DocumentIndex) -> None:
    assert answerable(question, amcor)


@pytest.mark.parametrize(
    "question",
    [
        "How do I pair the watch with my phone?",
        "What were the net sales of Boeing and Airbus in fiscal 2010?",
        "Who painted the ceiling of the chapel?",
        "",
    ],
)
def test_what_stands_nowhere_is_not(question: str, amcor: DocumentIndex) -> None:
    assert not answerable(question, amcor)


def test_where_nothing_was_found_nothing_is_answered(amcor: DocumentIndex) -> None:
    assert not judge("Did Amcor's dividends grow?", [], [amcor]).answerable


def test_names_and_years_are_signs_of_their_own(amcor: DocumentIndex) -> None:
    found = signs("What did Amcor and Boeing sell in 2010?", [amcor], None)
    assert found.missing_names == 0.5
    assert found.missing_year == 1.0
    assert signs("What did Amcor sell in 2023?", [amcor], None).missing_year == 0.0
    assert signs("Who bought 2,009 boxes from Amcor?", [amcor], None).missing_year == 0.0


def test_no_documents_answer_nothing() -> None:
    assert not judge("What were the net sales?", [], []).answerable


class Meaning:
    """An embedder for which all texts are the same, and every question is as near to them as it is told."""

    dimension = 2

    def __init__(self, cosine: float) -> None:
        self._cosine = cosine

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1, 0]] * len(texts), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return np.array([[self._cosine, (1 - self._cosine**2) ** 0.5]], dtype=np.float32)


@pytest.mark.parametrize(("cosine", "found"), [(0.7, True), (0.1, False)])
def test_a_question_in_other_words_is_answerable_when_a_chunk_is_near_in_meaning(
    cosine: float, found: bool, amcor: DocumentIndex
) -> None:
    embedder = Meaning(cosine)
    index = amcor.with_vectors(embedder.embed_passages(_TEXTS))
    question = "How much cash did shareholders receive?"
    passages = search(question, [index], {}, embedder, 10)
    assert judge(question, passages, [index], embedder).answerable is found
    assert not judge(question, passages, [amcor], embedder).answerable  # without vectors words alone decide


def test_nearness_in_meaning_does_not_make_up_for_a_year_that_stands_nowhere(amcor: DocumentIndex) -> None:
    embedder = Meaning(0.7)
    index = amcor.with_vectors(embedder.embed_passages(_TEXTS))
    for year, found in (("2023", True), ("1987", False)):
        question = f"How much cash did shareholders receive in {year}?"
        assert judge(question, search(question, [index], {}, embedder, 10), [index], embedder).answerable is found


def test_what_chance_would_give_among_many_chunks_counts_for_nothing() -> None:
    embedder = Meaning(0.5)

    def cosine(chunks: int) -> float | None:
        index = build_index("d", [Chunk(f"d:{n}", "d", n, 0, 5, "words") for n in range(chunks)])
        with_vectors = index.with_vectors(embedder.embed_passages(["words"] * chunks))
        return signs("words", [with_vectors], embedder.embed_query("words")).cosine

    assert cosine(1) == pytest.approx(0.5)
    assert cosine(10) == pytest.approx(0.4)
    assert cosine(100) == pytest.approx(0.3)


def test_names_are_missing_only_where_no_document_has_them(amcor: DocumentIndex) -> None:
    text = "Boeing sells airplanes."
    boeing = build_index("b", [Chunk("b:1", "b", 1, 0, len(text), text)])
    assert signs("What did Amcor and Boeing sell?", [amcor, boeing], None).missing_names == 0.0


def test_a_name_of_several_words_stands_where_two_of_them_stand_side_by_side(amcor: DocumentIndex) -> None:
    texts = ["Our best year: buy more, sell more.", "Acorn Trading sold its stores."]
    other = build_index("s", [Chunk(f"s:{n}", "s", n, 0, len(t), t) for n, t in enumerate(texts, start=1)])
    assert signs("What does the shop Best Buy sell?", [amcor, other], None).missing_names == 1.0
    assert signs("What did Acorn Trading sell?", [amcor, other], None).missing_names == 0.0
    assert signs("What Is The Best Buy For More Stores?", [amcor, other], None).missing_names < 1.0
