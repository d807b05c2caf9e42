"""Follow-ups written out in full: what the newest turn names replaces what the turn before named."""

from __future__ import annotations

import pytest

from src.answering.ellipsis import written_out
from src.answering.follow_up import is_follow_up, standalone

ASKED = "What was total revenue of Northport in 2021?"


@pytest.mark.parametrize(
    ("topic", "question", "written"),
    [
        (ASKED, "And in 2020?", "What was total revenue of Northport in 2020?"),
        (ASKED, "And net income?", "What was net income of Northport in 2021?"),
        (ASKED, "What about its wages?", "What was wages of Northport in 2021?"),
        (ASKED, "And for Southgate?", "What was total revenue of Southgate in 2021?"),
        (ASKED, "And Southgate?", "What was total revenue of Southgate in 2021?"),
        (ASKED, "Compare that with 2019", "Compare total revenue of Northport in 2021 and 2019"),
        (ASKED, "How does that compare to Southgate?", "Compare total revenue of Northport and Southgate in 2021"),
        ("What did dredging cost in 2025?", "And wages?", "What did wages cost in 2025?"),
        ("What did dredging cost in 2025?", "Compare that with 2024", "Compare dredging in 2025 and 2024"),
        ("Who is Ingrid Solberg?", "How tall is she?", "How tall is Ingrid Solberg?"),
        ("How tall is Ingrid Solberg?", "When was she born?", "When was Ingrid Solberg born?"),
        (ASKED, "And why did it fall?", "Why did total revenue of Northport fall in 2021?"),
        ("How much timber was handled in 2025?", "And grain?", "How much grain was handled in 2025?"),
        ("How many ships called in all?", "And cruise ships?", "How many cruise ships called in all?"),
        (
            "What did the Trust spend on wages in 2025?",
            "And dredging?",
            "What did the Trust spend on dredging in 2025?",
        ),
        ("How often did the gates close in 2025?", "Who closed them?", "Who closed the gates in 2025?"),
        ("What was the largest ship?", "How long is it?", "How long is the largest ship?"),
        ("Who is the chair of the board?", "When did she join?", "When did the chair of the board join?"),
        ("Wie hoch war der Umsatz im Jahr 2021?", "Und 2020?", "Wie hoch war der Umsatz im Jahr 2020?"),
        ("Quel était le bénéfice en 2021 ?", "Et en 2020 ?", "Quel était le bénéfice en 2020 ?"),
    ],
)
def test_what_a_follow_up_changes_is_replaced(topic: str, question: str, written: str) -> None:
    assert is_follow_up(question)
    assert written_out(topic, question) == written


@pytest.mark.parametrize(
    ("topic", "question"),
    [
        (ASKED, "And the others?"),
        (ASKED, "And the year before that one?"),
        ("Why did the gates close?", "And the cranes?"),
        ("Who chairs the Harbour Trust of Nordhaven?", "How old is she?"),
        ("Compare wages in 2020 and 2021", "And in 2022?"),
    ],
)
def test_what_is_not_plain_is_left_to_both_questions(topic: str, question: str) -> None:
    assert written_out(topic, question) is None


def test_a_chain_of_five_keeps_its_subject_and_the_newest_turn_decides() -> None:
    chain = [ASKED, "And the year before?", "And net income?", "Compare that with 2018", "And wages?"]
    assert [standalone(question, chain[:turn]) for turn, question in enumerate(chain)] == [
        ASKED,
        "What was total revenue of Northport in 2020?",
        "What was net income of Northport in 2020?",
        "Compare net income of Northport in 2020 and 2018",
        "Compare wages of Northport in 2020 and 2018",
    ]


def test_a_long_chain_is_searched_by_what_it_began_with_and_what_was_asked_last() -> None:
    chain = ["Why did the gates close?", "And the cranes?", "And the pilots?", "And the tugs?"]
    searched = standalone(chain[-1], chain[:-1])
    assert "gates" in searched
    assert "cranes" not in searched
    assert searched.count("tugs") == 3
