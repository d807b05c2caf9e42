"""The same words in other places: sides exchanged, more told than the page says, another time, another cause."""

from __future__ import annotations

import pytest

from shared_utils.citations.causes import causal_links, check_causes
from shared_utils.citations.comparisons import check_comparisons
from shared_utils.citations.crossed import check_crossed
from shared_utils.citations.periods import check_periods
from shared_utils.citations.reading import Finding, read_claim
from shared_utils.citations.roles import check_roles
from shared_utils.citations.strength import check_strength
from shared_utils.citations.text_units import units_of
from shared_utils.citations.verification import verify
from shared_utils.types import Verdict

_PLACES = (check_strength, check_periods, check_comparisons, check_roles, check_crossed, check_causes)


def told(claim: str, page: str) -> list[Finding]:
    reading = read_claim(claim, units_of(page))
    return [finding for check in _PLACES for finding in check(reading)]


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The harbour board sued the shipyard in 1998.", "The shipyard sued the harbour board in 1998."),
        ("The shipyard was sued by the pilots.", "The pilots were sued by the shipyard over the dues."),
        ("The pilots bought the shipyard.", "The pilots were bought by the shipyard for its licence."),
        ("Miller won the cup from the guild.", "Last year the guild won the silver cup from Miller."),
    ],
)
def test_the_sides_of_a_verb_may_not_be_exchanged(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The harbour board was sued by the shipyard in 1998.", "The shipyard sued the harbour board in 1998."),
        ("Rivals copied the lamp of Weller.", "Weller brought new lamps, with Weller's lamp being copied by rivals."),
        ("The packet trade declined by 9%.", "Low prices led to a 9% decline in the packet trade."),
        ("The keeper and the pilot signed the log.", "The log was signed by the pilot and the keeper."),
    ],
)
def test_a_verb_may_change_its_voice(claim: str, page: str) -> None:
    assert not told(claim, page)


def test_what_is_said_of_two_things_may_not_be_crossed() -> None:
    page = "She is the child of a Danish sailmaker father and a Polish teacher mother."
    assert told("Her father is Polish and her mother is Danish.", page)
    assert not told("Her father is Danish and her mother is Polish.", page)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        (
            "All of the lamps are trimmed by the keepers.",
            "While most of the lamps are trimmed by the keepers, we help.",
        ),
        (
            "The yard earns all of its income from ferries.",
            "The yard earns a large portion of its income from ferries.",
        ),
        ("The ferry is available in every harbour.", "The ferry is only available in some harbours."),
        ("Help is given only by telephone.", "Help is given in many ways, primarily by telephone and in person."),
        ("A storm will delay the ferries.", "A storm could delay the ferries or the trains."),
        ("The quay was completed in 2031.", "The quay is expected to be completed in 2031."),
        ("Der Sturm verzögert die Fähren.", "Der Sturm könnte die Fähren verzögert haben."),
    ],
)
def test_no_more_and_nothing_surer_than_the_page_says(claim: str, page: str) -> None:
    assert told(claim, page)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("Most of the lamps are trimmed by the keepers.", "All of the lamps are trimmed by the keepers."),
        ("A storm may delay the ferries.", "A storm could delay the ferries or the trains."),
        ("The ferry is not available in all harbours.", "The ferry is only available in some harbours."),
        ("The quay should be completed in 2031.", "The quay is expected to be completed in 2031."),
        ("All lamps are lit at dusk.", "At most of the piers the keepers rest; all lamps are lit at dusk."),
    ],
)
def test_less_or_as_much_as_the_page_says_is_right(claim: str, page: str) -> None:
    assert not told(claim, page)


_QUARTERS = "Trade slowed in the third quarter due to the storms. It recovered in the fourth quarter to 4.9%."
_YEARS = "In 2011, we had income of about $29 million with costs of about $23 million. In 2016 costs fell."


def test_a_figure_keeps_its_year_and_its_quarter() -> None:
    assert told("Trade was 4.9% in the third quarter.", _QUARTERS)
    assert not told("Trade was 4.9% in the fourth quarter.", _QUARTERS)
    assert told("In 2016, costs were about $23 million.", _YEARS)
    assert not told("In 2011, costs were about $23 million.", _YEARS)
    range_only_compared = "Sales are to lie between $47.75 million and $50.75 million, compared with 2017."
    assert not told("Sales of 2018 are to lie between $47.75 million and $50.75 million.", range_only_compared)


def test_an_event_keeps_its_part_of_the_year() -> None:
    page = "The worries eased in the second quarter and the outlook improved in the second half."
    assert told("The worries eased in the second half.", page)
    assert not told("The worries eased in the second quarter.", page)


def test_a_comparison_goes_the_way_the_page_says() -> None:
    page = "In 2016, despite higher income, our running costs were down by 10 percent vs. 2011."
    assert told("Running costs in 2016 were 10 percent higher than in 2011.", page)
    assert not told("Running costs in 2016 were 10 percent lower than in 2011.", page)


_CAUSES = (
    "Trade slowed in spring due to the poor harvest. The glut of tea led to falling prices. "
    "The yard left two markets. As a result of this it earned money by the second half."
)


@pytest.mark.parametrize(
    "claim",
    [
        "Trade slowed in spring due to the glut of tea.",
        "The glut of tea was caused by falling prices.",
        "The yard earned money by the second half because of the poor harvest.",
    ],
)
def test_another_cause_and_a_cause_for_an_effect_are_told(claim: str) -> None:
    assert told(claim, _CAUSES)


@pytest.mark.parametrize(
    "claim",
    [
        "Trade slowed in spring because of a poor harvest.",
        "Falling prices were caused by the glut of tea.",
        "The yard earned money by the second half because it left two markets.",
        "A poor harvest caused trade to slow in spring.",
    ],
)
def test_the_cause_in_other_words_is_right(claim: str) -> None:
    assert not told(claim, _CAUSES)


def test_a_cause_may_stand_on_either_side() -> None:
    ahead, behind = (next(causal_links(text)) for text in ("Due to rain, sales fell.", "Sales fell due to rain."))
    assert ahead == behind
