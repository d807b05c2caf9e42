"""The same words in other places: sides exchanged, more told than the page says, another time, another cause."""

from __future__ import annotations

import pytest

from shared_utils.citations.alternatives import check_alternatives
from shared_utils.citations.causes import causal_links, check_causes
from shared_utils.citations.comparisons import check_comparisons
from shared_utils.citations.crossed import check_crossed
from shared_utils.citations.periods import check_periods
from shared_utils.citations.reading import Finding, read_claim
from shared_utils.citations.roles import check_roles
from shared_utils.citations.strength import check_strength
from shared_utils.citations.subjects import check_subjects
from shared_utils.citations.text_units import units_of
from shared_utils.citations.verification import verify
from shared_utils.types import Verdict

_PLACES = (
    check_alternatives,
    check_subjects,
    check_strength,
    check_periods,
    check_comparisons,
    check_roles,
    check_crossed,
    check_causes,
)


def told(claim: str, page: str) -> list[Finding]:
    reading = read_claim(claim, units_of(page))
    return [finding for check in _PLACES for finding in check(reading)]


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The harbour board sued the shipyard in 1998.", "The shipyard sued the harbour board in 1998."),
        ("The shipyard was sued by the pilots.", "The pilots were sued by the shipyard over the dues."),
        ("The pilots bought the shipyard.", "The pilots were bought by the shipyard for its licence."),
        ("The rules are based on the tables of the guild.", "The tables of the guild are based on the rules."),
        ("The pump carries water from the lake to the sea.", "It carries the water from the sea to the lake, by pump."),
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
        ("The pump carries water from the sea to the lake.", "It carries the water from the sea to the lake, by pump."),
        ("The keeper and the pilot signed the log.", "The log was signed by the pilot and the keeper."),
    ],
)
def test_a_verb_may_change_its_voice(claim: str, page: str) -> None:
    assert not told(claim, page)


def test_what_the_page_says_of_one_name_is_not_said_of_another() -> None:
    page = "Ada B. Wolf is Harbour Master. Carl D. Stein is Chief Pilot and Keeper."
    assert told("Ada B. Wolf is Chief Pilot and Keeper.", page)
    assert not told("Carl D. Stein is Chief Pilot and Keeper.", page)


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


_CLASSES = "The Basic class is lower in price, but it is slightly slower than the Prime class in the tests."


@pytest.mark.parametrize("claim", ["The Prime class is slightly slower than the Basic class in the tests."])
def test_two_things_may_not_be_compared_the_other_way_round(claim: str) -> None:
    assert told(claim, _CLASSES)


def test_the_same_comparison_from_its_other_end_is_right() -> None:
    claim, page = "The Prime ferry is faster than the Basic ferry.", "The Basic ferry is slower than the Prime ferry."
    assert verify(claim, [page]).verdict is Verdict.SUPPORTED


def test_a_lower_cost_is_no_higher_cost() -> None:
    page = "This class has the same speed as the Prime class, with a lower cost."
    assert told("This class has a higher cost than the Prime class.", page)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The survey was made in the winter of 2015.", "The board made the survey during the summer of 2015."),
        ("The ferry sails on Tuesday.", "The ferry sails on Monday only."),
        ("The mole lies on the northern bank.", "The mole lies on the southern bank of the river."),
    ],
)
def test_one_of_a_set_excludes_the_others(claim: str, page: str) -> None:
    assert told(claim, page)


def test_a_word_of_a_set_that_the_page_has_as_well_is_left_to_the_judgement() -> None:
    page = "The ferry sails on Monday and Tuesday. It rests on Friday."
    assert not told("The ferry sails on Monday and Tuesday.", page)
    assert not told("The ferry rests on Friday.", page)


def test_what_one_can_do_need_not_be_done() -> None:
    page = "You can specify tags when you upload a file."
    assert told("Users must specify tags when they upload a file.", page)
    assert not told("Users can specify tags when they upload a file.", page)


def test_the_whole_of_a_thing_is_more_than_most_of_it() -> None:
    assert told("The whole of the county was mapped by 1850.", "Most of the county was mapped by 1850.")


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The home did not have enough staff at night.", "There were insufficient staff to run the home at night."),
        ("The trademark is licensed without fees.", "The trademark is licensed fee-free to the yard."),
    ],
)
def test_a_word_that_denies_by_its_form_answers_a_negation(claim: str, page: str) -> None:
    assert "deny nothing" not in str(verify(claim, [page]).reason)
