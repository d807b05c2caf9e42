"""One thing by another name: initials, and those who speak on the page."""

from __future__ import annotations

import pytest

from shared_utils.citations.features import features
from shared_utils.citations.reading import read_claim
from shared_utils.citations.text_units import units_of
from shared_utils.citations.verification import verify
from shared_utils.types import Verdict


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("Ada Wolf is the CEO of the yard.", "Ada Wolf is Chairman and Chief Executive Officer of the yard."),
        ("The Federal Harbour Administration sets the dues.", "The FHA sets the dues."),
        ("The FHA sets the dues.", "The Federal Harbour Administration sets the dues."),
    ],
)
def test_initials_and_what_they_stand_for_are_one_name(claim: str, page: str) -> None:
    found = features(read_claim(claim, units_of(page)))
    assert found.names_missing == 0
    assert found.covered == 1


def test_initials_of_another_thing_are_missing() -> None:
    found = features(read_claim("Ada Wolf is the CFO of the yard.", units_of("Ada Wolf is the Chief Engineer there.")))
    assert found.names_missing > 0


def test_initials_are_no_other_name_in_the_place_of_what_they_stand_for() -> None:
    page = "We are members of the Responsible Harbour Alliance, which audits the yards that we use."
    assert "says it of" not in str(verify("The yard is a member of the RHA.", [page]).reason)


def test_the_company_is_who_says_we_on_the_page() -> None:
    we, they = units_of("We derive a large share of our income from ferries."), units_of("They derive it from ferries.")
    claim = "The company derives a large share of its income from ferries."
    assert features(read_claim(claim, we)).covered == 1
    assert features(read_claim(claim, they)).covered < 1


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The dues cannot be controlled by the yard.", "The dues are outside of the control of the yard."),
        ("The insertion does not need a large cut.", "The insertion is small, avoiding a large cut."),
        ("A dramatic slowdown of growth came in spring.", "The growth slowed dramatically in spring."),
    ],
)
def test_a_denial_without_a_negation_and_a_word_in_another_form_are_no_opposites(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is not Verdict.CONTRADICTED
