"""What an answer says of itself: no claim of a page, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from shared_utils.citations.asides import said_to_be_lacking, speaks_to_the_reader
from shared_utils.citations.claimless import claims_nothing
from shared_utils.citations.verification import verify
from shared_utils.types import Verdict

PAGE = "The berth costs 240 kroner a night. Electricity is included from May on."


@pytest.mark.parametrize(
    "sentence",
    [
        "Sure, I can help you with that!",
        "I hope this helps!",
        "Please let me know if you have any other questions.",
        "Unfortunately, I cannot provide a detailed explanation of the tariff.",
        "Unable to answer based on the given passages.",
    ],
)
def test_what_speaks_to_the_reader_is_no_claim_and_no_part_of_an_answer(sentence: str) -> None:
    assert speaks_to_the_reader(sentence)
    assert verify(sentence, [PAGE]).verdict is Verdict.SUPPORTED
    assert claims_nothing(sentence, "What does the berth cost?")


@pytest.mark.parametrize(
    "sentence",
    [
        "The crane can help with heavy boats.",
        "I can help you with the boat for 240 kroner.",
        "Feel free to use the slipway after six.",
        "We cannot provide electricity before May.",
        "The policy does not cover floods.",
        "It does not give any information about guests to others.",
    ],
)
def test_what_says_something_is_no_aside(sentence: str) -> None:
    assert not speaks_to_the_reader(sentence)
    assert said_to_be_lacking(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("The passages do not mention the depth of the harbour basin.", Verdict.SUPPORTED),
        ("Note that the provided text does not specify any information on fuel prices.", Verdict.SUPPORTED),
        ("It does not give a complete answer to the question of whether dogs may swim.", Verdict.SUPPORTED),
        ("The documents do not say that electricity is included from May on.", Verdict.PARTLY),
    ],
)
def test_what_the_passages_are_said_to_lack_is_looked_for(sentence: str, verdict: Verdict) -> None:
    assert verify(sentence, [PAGE]).verdict is verdict


@pytest.mark.parametrize(
    ("sentence", "question", "empty"),
    [
        ("The passage discusses the importance of mooring lines.", "How old may mooring lines be?", True),
        ("The document provides a detailed overview of the berths for guests.", "What does a berth cost?", True),
        ("Der Abschnitt handelt von Gästen im Hafen.", "Was zahlen Gäste im Hafen?", True),
        ("The passage discusses the importance of mooring lines.", "What is this document about?", False),
        ("The passage discusses two rules: lines and fenders.", "Which rules are there for boats?", False),
        ("The board discusses the importance of mooring lines.", "How old may mooring lines be?", False),
        ("The passage states:", "How old may mooring lines be?", True),
        ("The board states:", "How old may mooring lines be?", False),
    ],
)
def test_what_tells_only_what_was_read_answers_nothing(sentence: str, question: str, empty: bool) -> None:
    assert bool(claims_nothing(sentence, question)) is empty


def test_a_name_made_of_the_questions_words_is_an_answer() -> None:
    question = "Which berth is recommended for guests who rarely visit the harbour?"
    assert claims_nothing("The berth recommended for guests who rarely visit the harbour is a berth.", question)
    assert not claims_nothing("The berth recommended for guests is the Rare Visits berth.", question)


def test_the_whole_name_of_what_was_asked_about_is_no_answer() -> None:
    assert claims_nothing("Ada Maria Brook studied before she went.", "Where did Brook study before she went?")
    assert not claims_nothing("Ada Brook studied in Lund before she went to Malmö.", "Where did Brook study?")
    assert not claims_nothing("Brook is Ada Maria Brook.", "Who is Brook?")


def test_a_sentence_that_ends_in_an_auxiliary_breaks_off() -> None:
    assert claims_nothing("The painter of the harbour, who came from the north, was", "Who painted the harbour?")
