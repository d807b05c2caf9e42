"""A model that repeats the figure which the documents' own answer begins with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.message import literal
from shared_utils.types import QUOTED, Answer, Citation, Direct, DirectKind, DirectOperand, Sentence, Verdict
from src.answering.holding import MOSTLY_LEFT_OUT, SAID_ABOVE, what_holds
from src.answering.said_above import says_again

LEAD = "Margin, 2031: profit / sales = 30 / 120 = 25 %"
OWN = Answer(
    "What was the margin of the ferry in 2031?",
    True,
    (Sentence(LEAD, (1,), Verdict.SUPPORTED, SAID_ABOVE),),
    (Citation(1, "d", "ferry.pdf", 1, "1", "30", 4, 6),),
    "stop",
    QUOTED,
    LEAD,
    direct=Direct(DirectKind.CALCULATION, "Margin", "25", "%", (), "30 / 120"),
)


@pytest.mark.parametrize(
    ("sentence", "again"),
    [
        ("The answer is: 25%.", True),
        ("The margin of the ferry in 2031 was 25 %.", True),
        ("The margin of the ferry in 2031 was 26 %.", False),
        ("The margin of the ferry in 2030 was 25 %.", False),  # another year
        ("The margin of the harbour in 2031 was 25 %.", False),  # of something else
        ("The margin of the ferry was not 25 %.", False),
        ("The profit of the ferry in 2031 was 30.", False),  # an operand
        ("The answer is: 2031: profit / sales = 30 / 120 = 25 %", True),  # the whole sum
    ],
)
def test_the_figure_that_leads_is_said_again(sentence: str, again: bool) -> None:
    assert says_again(sentence, OWN) is again


@pytest.mark.parametrize(
    ("sentence", "again"),
    [
        ("The difference in 2031 is 5.", True),
        ("The difference between the fares of guests and the fares of children is 5.", True),
        ("The fares of guests in 2031 are 5.", False),  # of one of the two
    ],
)
def test_a_difference_is_no_figure_of_one_of_its_sides(sentence: str, again: bool) -> None:
    sides = tuple(
        DirectOperand(name, value, "", (1,)) for name, value in (("Fares of guests", "9"), ("Fares of children", "4"))
    )
    own = replace(
        OWN,
        question="What were the fares of guests in 2031, and the difference between them and the fares of children?",
        sentences=(Sentence("Difference, 2031: 9 - 4 = 5", (1,), Verdict.SUPPORTED, SAID_ABOVE),),
        direct=Direct(DirectKind.CALCULATION, "Difference", "5", "", sides, "9 - 4"),
    )
    assert says_again(sentence, own) is again


def test_what_was_asked_for_is_named_by_the_words_of_the_question() -> None:
    parts = tuple(DirectOperand(name, value, "", (1,)) for name, value in (("Upkeep", "5"), ("Total boats", "100")))
    own = replace(
        OWN,
        question="What is the R&D to boats ratio of the ferry?",
        sentences=(Sentence("Upkeep to boats, 2031: 5 / 100 = 5 %", (1,), Verdict.SUPPORTED, SAID_ABOVE),),
        direct=Direct(DirectKind.CALCULATION, "Upkeep to boats", "5", "%", parts, "5 / 100"),
    )
    assert says_again("R&D to boats ratio is 5 %.", own)
    assert not says_again("The total boats are 5.", own)


def test_a_yes_or_no_is_said_again_alone() -> None:
    lead = Sentence("No.", (1,), Verdict.SUPPORTED, SAID_ABOVE)
    own = replace(OWN, sentences=(lead,), direct=Direct(DirectKind.YES_NO, "", "no", "", ()))
    assert says_again("The answer is: No.", own)
    assert not says_again("The answer is: Yes.", own)
    assert not says_again("No, the ferry is closed.", own)


@pytest.mark.parametrize(
    ("lead", "sentence", "again"),
    [
        ("No.", "No, you cannot.", True),
        ("No.", "No, it is not possible to moor a boat at the north quay.", True),
        ("No.", "You cannot moor a boat at the north quay.", True),
        ("No.", "You can moor a boat at the north quay.", False),
        ("No.", "Yes, you can.", False),
        ("No.", "You cannot moor.", False),  # it may be of something else
        ("No.", "No, you cannot moor a raft at the north quay.", False),
        ("Yes.", "Yes, you can.", True),
        ("Yes.", "No, you cannot.", False),
    ],
)
def test_a_yes_or_no_is_said_again_in_the_words_of_the_question(lead: str, sentence: str, again: bool) -> None:
    own = replace(
        OWN,
        question="Is it possible that you can moor a boat at the north quay?",
        sentences=(Sentence(lead, (1,), Verdict.SUPPORTED, SAID_ABOVE),),
        direct=Direct(DirectKind.YES_NO, "", lead, "", ()),
    )
    assert says_again(sentence, own) is again


def test_nothing_is_said_again_where_no_figure_leads() -> None:
    assert not says_again("The answer is: 25 %.", replace(OWN, direct=None))


def test_what_is_said_again_is_not_told_as_wrong() -> None:
    wrong = Sentence("The answer is: 25 %.", (), Verdict.CONTRADICTED, literal("why"))
    made = what_holds(replace(OWN, sentences=(wrong,), direct=None), OWN)
    last = made.sentences[-1]
    assert (last.text, last.verdict, last.reason) == (wrong.text, Verdict.SUPPORTED, SAID_ABOVE)
    assert last.left_out
    assert last.citations == (1,)
    assert made.notes == ()  # nothing that it wrote has fallen


def test_what_is_said_again_beside_what_falls_does_not_hide_that() -> None:
    wrong = Sentence("The answer is: 25 %.", (), Verdict.CONTRADICTED, literal("why"))
    made_up = Sentence("The captain owns a brewery.", (), Verdict.NOT_FOUND, literal("why"))
    made = what_holds(replace(OWN, sentences=(wrong, made_up), direct=None), OWN)
    assert made.notes == (MOSTLY_LEFT_OUT,)
