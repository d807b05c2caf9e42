"""Numbers that follow from those of the page, and which way they went."""

from __future__ import annotations

import pytest

from shared_utils.citations.dates import names_a_time
from shared_utils.citations.quantities import quantities
from shared_utils.citations.reading import read_claim
from shared_utils.citations.text_units import units_of
from shared_utils.citations.verification import verify
from shared_utils.citations.worked_out import changes_told, is_worked_out
from shared_utils.types import Verdict

PAGE = (
    "Year 2022 2023\nNet sales 14,544 14,694\nNet income 805 1,048\n"
    "Restricted cash was $379 million and $269 million at the end of both years. The plant employs 120 people.\n"
)


@pytest.mark.parametrize(
    ("claim", "follows"),
    [
        ("Net income rose from 805 to 1,048, that is by 243.", True),
        ("Net income rose from 805 to 1,048, that is by 244.", False),
        ("Net income rose from 805 to 1,048, that is by 30.2%.", True),
        ("Net income rose from 805 to 1,048, that is by about 30%.", True),
        ("Net income rose from 805 to 1,048, that is by 23%.", False),  # of what it was, not of what it became
        ("Net income rose from 805 to 1,049, that is by 244.", False),  # the page has no 1,049
        ("Net income was 805 and 1,048, together 1,853.", True),
        ("Restricted cash grew by $110 million.", True),
        ("Restricted cash grew by $111 million.", False),
        ("The plant employs 240 people.", False),
    ],
)
def test_a_number_follows_from_two_that_the_page_holds(claim: str, follows: bool) -> None:
    reading = read_claim(claim, units_of(PAGE))
    assert is_worked_out(reading.numbers[-1], reading) is follows


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("Net income rose from 805 to 1,048, an increase.", ["rose", "increase"]),
        ("Net income fell from 805 to 1,048.", []),
        ("Net income fell from 1,048 to 805.", ["fell"]),
        ("Net income rose from 805 to 1,049.", []),
        ("Net income rose.", []),
        ("Net income rose from 805 in 1870 to 1,048 in 1880.", ["rose"]),  # years that nothing else tells for ones
    ],
)
def test_the_numbers_tell_which_way_they_went(claim: str, told: list[str]) -> None:
    assert [word.text for word in changes_told(read_claim(claim, units_of(PAGE)))] == told


def test_what_is_worked_out_rightly_is_supported_and_what_is_not_is_doubted() -> None:
    claim = "Net sales rose by 150, from 14,544 to {}."
    assert verify(claim.format("14,694"), [PAGE]).verdict is Verdict.SUPPORTED
    assert verify("Net sales rose by 160, from 14,544 to 14,694.", [PAGE]).verdict is not Verdict.SUPPORTED
    assert verify("Net sales fell by 150, from 14,544 to 14,694.", [PAGE]).verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "when"),
    [
        ("It had 130 people in 1870.", [False, True]),
        ("Schools were founded in the late 1800s.", [True]),
        ("It sold 1870 tickets.", [False]),
    ],
)
def test_a_number_that_says_when_is_told_by_the_words_before_it(claim: str, when: list[bool]) -> None:
    assert [names_a_time(q, claim) for q in quantities(claim)] == when


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The board granted the motion on 3 May.", "The board denied the motion on 3 May."),
        ("The score rewards long answers.", "The score penalizes long answers."),
    ],
)
def test_what_is_granted_is_not_denied_and_what_is_rewarded_not_penalized(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is Verdict.CONTRADICTED
