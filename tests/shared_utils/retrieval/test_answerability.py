"""Questions the documents do not speak to are told apart, and the words that are missing are named."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.answerability import judge, signs
from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.search import search
from shared_utils.types import Chunk

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


def test_no_documents_answer_nothing() -> None:
    assert not judge("What were the net sales?", [], []).answerable
