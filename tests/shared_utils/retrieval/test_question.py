"""What is looked for, apart from how it should be answered."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.question import question_terms, question_words


@pytest.mark.parametrize(
    "wish",
    [
        "Round your answer to two decimal places.",
        "Answer in units of percents and round to one decimal place.",
        "Directly answer 'yes' or 'no'.",
        "Please answer in USD millions.",
        "Give me an integer.",
    ],
)
def test_wishes_about_the_form_are_not_looked_for(wish: str) -> None:
    question = "What were the net sales of the Vienna branch?"
    assert question_words(f"{question} {wish}") == question_words(question)


def test_a_question_made_of_such_words_only_keeps_them() -> None:
    assert question_words("Answer in one word: yes or no?")
    assert question_words("information?") == ["inform"]


def test_words_and_their_neighbours_are_looked_for() -> None:
    assert question_terms("net sales") == {"net": 1.0, "sale": 1.0, ("net", "sale"): 1.0}


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("What is the DPO?", ("account", "payabl")),
        ("Does the effective tax rate fall?", ("provis", "incom")),
        ("free cash flow of 2020", ("oper", "activ")),
        ("PP&E", ("properti", "plant")),
    ],
)
def test_a_ratio_stands_for_its_line_items(name: str, item: tuple[str, str]) -> None:
    assert question_terms(name)[item] > 0


def test_a_plain_word_stands_for_itself_only() -> None:
    assert set(question_terms("giraffes")) == {"giraff"}
