from __future__ import annotations

import pytest

from shared_utils.retrieval.question import question_words
from shared_utils.types import Evidence, EvidenceSpan
from src.answering.follow_up import is_follow_up, read_on, standalone

REVENUE = "What was the total revenue of Adobe in 2020?"


@pytest.mark.parametrize(
    "question",
    [
        "And in 2021?",
        "What about its risks?",
        "Why?",
        "How long does it last?",
        "Und 2021?",
        "How much did they spend?",
        "How is another one added?",
        "Can records be deleted there?",
        "And on page 7?",
        "How long?",
    ],
)
def test_questions_that_leave_out_what_they_are_about_are_follow_ups(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who chairs the board?",
        "Where is the emergency stop?",
        "What does Adobe say about its customers?",
        "How many employees were there in the northern plants of the company?",
        "Why should a protector not be put on the back of the watch?",
        "Who is the defendant of this case?",
        "What is this document about?",
        "What is on page 7?",
        "Who is named on the first page?",
        "Is it allowed to bring Dogs onto the working quays?",
    ],
)
def test_questions_that_say_themselves_what_they_are_about_stand_alone(question: str) -> None:
    assert not is_follow_up(question)
    assert standalone(question, [REVENUE]) == question


def test_a_first_question_is_searched_as_it_is() -> None:
    assert standalone("And in 2021?", []) == "And in 2021?"


def test_a_new_year_replaces_the_earlier_one() -> None:
    searched = standalone("And in 2021?", [REVENUE])
    assert "revenue of Adobe" in searched
    assert "2021" in searched
    assert "2020" not in searched


def test_a_chain_of_follow_ups_keeps_its_first_topic() -> None:
    searched = standalone("And its costs?", [REVENUE, "And in 2021?"])
    assert "Adobe" in searched
    assert "2021" in searched
    assert "costs" in searched


def test_a_question_that_stands_alone_ends_the_earlier_topic() -> None:
    searched = standalone("And in 2021?", [REVENUE, "Who chairs the board of directors?"])
    assert "revenue" not in searched
    assert "chairs" in searched


def test_new_pages_replace_the_earlier_ones() -> None:
    searched = standalone("And on page 7?", ["Who complained on page 3?"])
    assert "complained" in searched
    assert "page 7" in searched
    assert "page 3" not in searched


def test_what_an_earlier_question_said_about_its_format_does_not_swallow_the_new_one() -> None:
    searched = standalone("And return on equity?", ["What is the return on assets? Round to two decimals"])
    assert "equiti" in question_words(searched) or "equity" in question_words(searched)


def test_the_year_before_is_counted_from_the_one_asked_last() -> None:
    chain = ["What was the revenue in 2020?", "And the year before?"]
    assert "2019" in standalone(chain[1], chain[:1])
    assert "2020" not in standalone(chain[1], chain[:1])
    assert "2018" in standalone("And the year before that?", chain)
    assert "2021" in standalone("Und im Folgejahr?", chain[:1])
    assert standalone("And the year before?", ["What was the revenue?"]).endswith("And the year before?")


def passage(marker: int, page: int, text: str, score: float) -> EvidenceSpan:
    return EvidenceSpan(marker, "one", page, 0, len(text), text, score)


def test_room_left_is_filled_by_what_may_answer_and_stands_on_pages_not_read_yet() -> None:
    read = Evidence((passage(1, 1, "Pump 11 moves 1407 litres in an hour.", 1.4),), 20, 460)
    best = passage(1, 3, "Pump 51 moves 2887 litres in an hour.", 1.4)
    near, far = passage(2, 4, "Pump 52 moves 2924 litres.", 0.6), passage(3, 5, "The crew noted the water.", 0.5)
    found = Evidence((best, near, far), 60, 460)
    told = read_on("And pump 51?", [read], found, lambda _: Evidence((best,), 20, 60))
    assert [span.page for span in told.spans] == [1, 3, 4]
