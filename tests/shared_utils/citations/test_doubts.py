"""How a doubt is told: partly, with the words that are missing, or not found."""

from __future__ import annotations

import pytest

from shared_utils.citations.doubts import CLOSE, doubted
from shared_utils.citations.firmness import Told, in_company
from shared_utils.citations.reading import Finding
from shared_utils.citations.text_units import units_of
from shared_utils.types import Verdict

PAGE = units_of("The ferry to the island sails at noon. Dogs and bicycles travel for half the fare.\n")
QUESTION = "When does the ferry to the island sail?"
OPEN = Finding(Verdict.PARTLY, is_wording=True, is_open=True, probability=0.4)
CLOSELY = Finding(Verdict.SUPPORTED, probability=0.5)


@pytest.mark.parametrize(
    ("sentence", "finding", "verdict", "reason"),
    [
        ("The ferry to the island sails at noon with bicycles and coffee.", CLOSELY, Verdict.PARTLY, "“coffee”"),
        ("The ferry to the island sails under a Danish captain.", OPEN, Verdict.NOT_FOUND, "“Danish”"),
        ("The ferry to the island sails at noon, for dogs.", CLOSELY, Verdict.PARTLY, str(CLOSE)),
        ("Die Fähre zur Insel fährt mittags und nimmt Hunde mit.", OPEN, Verdict.PARTLY, ""),  # not by its words
    ],
)
def test_a_doubt_tells_what_is_missing_and_is_partly_where_a_part_is_there(
    sentence: str, finding: Finding, verdict: Verdict, reason: str
) -> None:
    told = doubted(sentence, PAGE, QUESTION, finding, 0.3)
    assert told.verdict is verdict
    assert reason in str(told.reason)


def test_what_is_likely_may_be_told_in_other_words() -> None:
    sentence = "The ferry to the island departs around midday."
    assert doubted(sentence, PAGE, QUESTION, CLOSELY, 0.3).verdict is Verdict.NOT_FOUND
    assert doubted(sentence, PAGE, QUESTION, CLOSELY, 0.6).verdict is Verdict.PARTLY


def test_the_question_before_a_short_answer_does_not_make_it_likely() -> None:
    finding = Finding(Verdict.SUPPORTED, probability=0.9)
    short = Told("When does the ferry to the island sail: A question-and-answer session.", finding, PAGE, is_short=True)
    assert in_company([short], QUESTION)[0][0].verdict is Verdict.NOT_FOUND


def test_a_name_of_the_question_is_not_what_an_answer_lacks() -> None:
    question = "Does the ferry to Helgoland sail at noon?"
    short = Told("Does the ferry to Helgoland sail at noon: A quarrel.", CLOSELY, PAGE, is_short=True)
    assert "quarrel" in str(in_company([short], question)[0][0].reason)


def test_a_number_that_differs_stays_what_it_is() -> None:
    other = Finding(Verdict.CONTRADICTED, probability=0.2)
    claim = Told("The ferry to the island sails under a Danish captain at 3.", other, PAGE)
    assert in_company([claim], QUESTION)[0] == [other]
