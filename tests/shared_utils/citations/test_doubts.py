"""How a doubt is told: partly, with the words that are missing, or not found."""

from __future__ import annotations

import pytest

from shared_utils.citations.doubts import CLOSE, doubted
from shared_utils.citations.firmness import Told, in_company
from shared_utils.citations.reading import Finding
from shared_utils.citations.text_units import units_of
from shared_utils.message import message
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


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Noon fare bicycles sail for the dogs.", "of each other"),  # gathered from two sentences
        ("The island at noon sails to the ferry in half.", "of each other"),  # in another order
        ("The ferry is a financial entity of the north.", "“financial”"),
    ],
)
def test_of_what_no_place_says_nothing_is_found(sentence: str, reason: str) -> None:
    told = doubted(sentence, PAGE, QUESTION, CLOSELY, 0.3)
    assert told.verdict is Verdict.NOT_FOUND
    assert reason in str(told.reason)


DIFFERS = Finding(Verdict.PARTLY, message("the page says “noon” where the answer says “night”"), is_open=True)


def test_what_differs_stays_the_reason_where_a_part_stands() -> None:
    sentence = "The ferry sails to the island by night, and bicycles travel for half the fare."
    assert doubted(sentence, PAGE, QUESTION, DIFFERS, 0.3) == DIFFERS


def test_a_clause_that_is_not_said_leaves_nothing_of_a_sentence_whose_rest_is_made_up_as_well() -> None:
    told = doubted("The ferry is a financial entity, while the harbour is political.", PAGE, QUESTION, DIFFERS, 0.3)
    assert told.verdict is Verdict.NOT_FOUND
    assert "“financial”" in str(told.reason)


ROWS = units_of("Berths let to guests   128   140\nBerths in all   4,218   4,300\n")
OF_ANOTHER = Finding(Verdict.PARTLY, message("the page names 128, but not beside what the answer says of it"))


def test_a_figure_of_another_thing_is_not_found_where_a_sentence_says_nothing_else() -> None:
    question = "How many berths are there in all?"
    told = doubted("There are 555 berths in all.", ROWS, question, OF_ANOTHER, 0.6)
    assert (told.verdict, told.reason) == (Verdict.NOT_FOUND, OF_ANOTHER.reason)
    assert doubted("There are 4,218 berths in all.", ROWS, question, OF_ANOTHER, 0.6) == OF_ANOTHER


def test_whoever_speaks_on_the_page_and_what_only_carries_a_sentence_is_not_missing() -> None:
    page = units_of("Last night I watched the swans on the lake near our camp.\n")
    sentence = "It is a fact that the author watched the swans and geese on the lake near the camp."
    told = doubted(sentence, page, "What was seen?", CLOSELY, 0.3)
    assert (told.verdict, str(told.reason)) == (Verdict.PARTLY, "the cited words do not speak of “geese”")


def test_a_clause_that_stands_whole_is_a_part_whatever_the_other_one_lacks() -> None:
    sentence = "Bicycles travel for half the fare, and the harbour master owns a brewery in Vienna."
    assert doubted(sentence, PAGE, QUESTION, CLOSELY, 0.3).verdict is Verdict.PARTLY


def test_initials_of_the_words_before_them_are_no_name_that_is_missing() -> None:
    page = units_of("The berths are let by the first-come, first-served rule, and paid for by the hour.\n")
    sentence = "The berths are let by the First-Come, First-Served (FCFS) rule and paid for by the bollard."
    told = doubted(sentence, page, "How are the berths let?", CLOSELY, 0.3)
    assert str(told.reason) == "the cited words do not speak of “bollard”"


def test_a_number_that_differs_stays_what_it_is() -> None:
    other = Finding(Verdict.CONTRADICTED, probability=0.2)
    claim = Told("The ferry to the island sails under a Danish captain at 3.", other, PAGE)
    assert in_company([claim], QUESTION)[0] == [other]


def test_what_the_page_says_of_another_thing_is_not_close() -> None:
    page = units_of("Looking ahead, the guild is growing as a leader in trade. Malmö has no guild for 30 miles.\n")
    claim = "The guild says Malmö is growing as a leader in trade."
    told = doubted(claim, page, "What does the guild say about Malmö?", CLOSELY, 0.3, page)
    assert told.verdict is Verdict.NOT_FOUND
    assert "“Malmö” and “growing”" in str(told.reason)
