"""What is looked for, apart from how it should be answered."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.question import glossary_of, question_terms, question_words


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


_GLOSSARY = glossary_of({"load factor": ["revenue passenger miles", "seat miles"]})


def test_a_name_stands_for_what_documents_print_of_it() -> None:
    asked = question_terms("Which load factor was reached?", _GLOSSARY, 0.5)
    assert asked["load", "factor"] == 1.0
    assert asked["passeng", "mile"] == asked["seat"] == 0.5


@pytest.mark.parametrize("question", ["giraffes", "the factor of the load"])
def test_other_words_stand_for_themselves_only(question: str) -> None:
    assert question_terms(question, _GLOSSARY) == question_terms(question)
