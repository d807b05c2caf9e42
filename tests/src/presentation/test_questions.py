from __future__ import annotations

from functools import partial

import pytest

from shared_utils.errors import QuestionError
from src.presentation import questions

questions_from = partial(questions.questions_from, most=200, max_chars=2000)

TWO = ("How many ships called?", "Why did timber fall?")


@pytest.mark.parametrize(
    "source",
    [
        "How many ships called?\nWhy did timber fall?",
        "  How many ships   called?\r\n\r\n---\r\nWhy did timber fall?\r\nhow many SHIPS called?\r\n",
        "1. How many ships called?\n2) Why did timber fall?",
        "- How many ships called?\n• Why did timber fall?",
        b"\xef\xbb\xbfHow many ships called?\nWhy did timber fall?",
        "How many ships called?\nWhy did timber fall?".encode("utf-16"),
        b"id,Question\n1,How many ships called?\n2,Why did timber fall?\n3,\n4",
        b'"question";"note"\n"How many ships called?";"a;b"\n"Why did timber fall?";',
        b"note\tFrage\nx\tHow many ships called?\ny\tWhy did timber fall?",
        b'question\n"How many ships called?"\nWhy did timber fall?',
    ],
)
def test_questions_are_read_from_what_people_have(source: str | bytes) -> None:
    assert questions_from(source) == TWO


def test_a_question_in_a_table_may_hold_commas_quotes_and_line_ends() -> None:
    table = b'id,question\n1,"What, and why:\nthe ""seals""?"\n'
    assert questions_from(table) == ('What, and why: the "seals"?',)


def test_a_column_of_questions_without_separators_keeps_its_commas() -> None:
    assert questions_from("question\nWhat, and why?") == ("What, and why?",)


def test_a_year_at_the_beginning_is_not_a_number_of_the_list() -> None:
    assert questions_from("2024. What happened then?") == ("2024. What happened then?",)


def test_text_that_is_not_utf_8_is_windows_text() -> None:
    assert questions_from("Warum fällt Holz?".encode("cp1252")) == ("Warum fällt Holz?",)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "no question"),
        (b"\n \n---\n", "no question"),
        (b"question\n\n", "no question"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        ("\n".join(f"Question {n}?" for n in range(5)), "5 questions; at most 4"),
        ("Short?\n" + "why " * 20, "Question 2 of this list has 79 characters; at most 50"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(source: str | bytes, words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        questions_from(source, most=4, max_chars=50)
