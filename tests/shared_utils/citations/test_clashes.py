"""What is told for another number or another name, and what is not."""

from __future__ import annotations

import pytest

from shared_utils.citations.verification import verify
from shared_utils.types import Verdict


@pytest.mark.parametrize(
    ("claim", "page", "told"),
    [
        ("The tower is 1.90 metres high.", "The tower is 210 cm high and was painted 31 times.", "210 cm"),
        ("The ferry carries 9 passengers a day.", "The ferry carries 12 passengers a day.", "12"),
        ("The fee for the ferry is 40.", "The fee for the ferry is 45.", "45"),
    ],
)
def test_a_number_of_the_same_measure_contradicts(claim: str, page: str, told: str) -> None:
    found = verify(claim, [page])
    assert found.verdict is Verdict.CONTRADICTED
    assert dict(found.reason.values)["page"] == told


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The wall of the tower is 1.90 metres thick.", "The wall of the tower was struck by lightning 31 times."),
        ("The ferry carries 9 passengers a day.", "The ferry makes 12 crossings a day."),
    ],
)
def test_a_number_of_another_measure_is_only_not_there(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is Verdict.NOT_FOUND


STEPS = (
    "Write a note for the crew\n"
    "1 Open the log and touch New .\n"
    "2 Write the note, set a date, then touch OK.\n"
    "3 Touch the flag to mark the note as urgent.\n"
    "4 Then touch Send.\n"
    "A note can be sent Daily or Weekly."
)


def test_a_name_from_elsewhere_in_a_steps_place_leaves_a_doubt() -> None:
    right, wrong = (
        verify(f"Touch the flag to mark the note as urgent and then touch {name}.", [STEPS]).verdict
        for name in ("Send", "Weekly")
    )
    assert (right, wrong) == (Verdict.SUPPORTED, Verdict.PARTLY)


def test_a_name_where_the_page_has_a_word_leaves_a_doubt_if_three_words_tell_the_place() -> None:
    page = "Access follows the principle of least privilege (PoLP). Identity and Access Management is free."
    claim = "The rule for access that crews follow is {} of least privilege (PoLP)."
    verdicts = [verify(claim.format(word), [page]) for word in ("Identity", "the principle")]
    assert str(verdicts[0].reason) == "the page says it of “principle”, not of “Identity”"
    assert "principle" not in str(verdicts[1].reason)


def test_one_word_read_off_a_scan_in_two_ways_is_no_other_word() -> None:
    page = "The port is responsible for the security of its IaaS, PaaS and SaaS services at all times."
    claim = page.replace("IaaS", "laaS")
    assert verify(claim, [page]).verdict is Verdict.SUPPORTED


def test_a_dialling_code_is_no_year() -> None:
    page = "The Limes Residential Home\nTel: 01983 873655\nDate of the visit: 7 July 2015"
    assert verify("The telephone number of The Limes Residential Home is 01983 873655.", [page]).verdict in (
        Verdict.SUPPORTED,
        Verdict.PARTLY,
    )
    assert "column" not in str(verify("The telephone of The Limes is 01983 873655.", [page]).reason)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The warranty covers water damage.", "Damage by water is not covered by the warranty."),
        ("The warranty does not cover water damage.", "Water damage is covered by the warranty for two years."),
        (
            "The firm is not subject to rules that govern the sale of seeds and bulbs.",
            "We are subject to the rules of the county, as well as rules that govern the sale of seeds, bulbs, peat.",
        ),
    ],
)
def test_what_says_the_same_but_for_a_not_is_contradicted_in_whatever_order(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is Verdict.CONTRADICTED


def test_a_not_beside_other_words_is_no_contradiction() -> None:
    page = "The warranty covers water damage in the first year. It does not cover theft."
    assert verify("The warranty covers water damage.", [page]).verdict is Verdict.SUPPORTED
    assert verify("Water damage is covered.", ["Damage by salt water, frost and hail is not covered."]).verdict is not (
        Verdict.SUPPORTED
    )
    assert verify("Batteries must be cool.", ["Batteries must be cool and never opened."]).verdict is not (
        Verdict.CONTRADICTED
    )


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        (
            "In a vacuum chamber the water of the reactor may boil at 35 °C already.",
            "At the pressure of a valley a large temperature of 100 °C is needed for water to break free in bulk.",
        ),
        (
            "You can call the office at 1-800-555-0100 to check the status of your return.",
            "It takes time to process a return. If you filed online, you should have a status within 72 hours.",
        ),
        (
            "In 2018 the film was chosen for the national registry by the library as significant.",
            "The library has chosen films for their importance since the registry began in 1988.",
        ),
    ],
)
def test_a_number_that_a_sentence_about_something_else_has_says_nothing_else_of_this(claim: str, page: str) -> None:
    found = verify(claim, [page])
    assert found.verdict is Verdict.NOT_FOUND
    assert "the page says" not in str(found.reason)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("It can push out a larger volume of water at once.", "So it can push out a greater volume of water at once."),
        (
            "The pump moves more water with each stroke and so needs fewer strokes to fill the basin.",
            "A strong pump moves much water with each stroke: it needs fewer strokes to fill the basin.",
        ),
        (
            "The style was developed in the early 1970s in the valley.",
            "The style is one that was developed in the late 1960s and early 1970s, largely in the valley.",
        ),
        (
            "Having a bath does not cause the loss of weight.",
            "Eating less, rather than a bath, is the cause of the loss of weight.",
        ),
        (
            "One way to keep birds off is to attach a net to the eaves with a staple gun.",
            "One day they came. To keep birds off, attach a net to the eaves around your porch with a staple gun.",
        ),
    ],
)
def test_a_word_that_both_sides_have_or_that_means_the_same_is_no_difference(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is Verdict.SUPPORTED


def test_the_other_end_of_a_scale_stays_a_contradiction() -> None:
    page = "The style is one that was developed in the late 1970s, largely in the valley."
    assert verify("The style was developed in the early 1970s in the valley.", [page]).verdict is Verdict.CONTRADICTED


def test_a_sentence_that_ends_in_figures_is_no_row_of_a_table() -> None:
    page = (
        "Clubs are old. - That the highest score ever in a game occurred in 1916 when the team beat its rival 222 - 0."
    )
    assert verify("The highest score ever was 222 - 0 in 1916.", [page]).verdict is Verdict.SUPPORTED


def test_reasons_name_what_is_missing_and_not_what_says_little() -> None:
    found = verify("It 's almost certain that the turbine even still rattles.", ["The mill stands by the river."])
    assert "turbine" in str(found.reason)
    assert not any(f"“{word}”" in str(found.reason) for word in ("s", "almost", "even", "still"))


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The stadium of the town cost $60 mil to build.", "The stadium of the town cost $ 60 million to build."),
        ("He has a $ 10 - million deal with the club.", "He has a deal of $ 10 million with the club."),
    ],
)
def test_millions_are_read_shortened_and_with_a_hyphen_apart(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is Verdict.SUPPORTED


def test_a_first_word_before_a_verb_is_a_name_that_has_to_stand_there() -> None:
    page = "The anthem was sung at the opening of the harbour bridge by a choir of pilots from the town."
    found = verify("Wolf sang the anthem at the opening of the harbour bridge.", [page])
    assert (found.verdict, str(found.reason)) == (Verdict.PARTLY, "the cited words do not name “Wolf”")
    assert verify("Additionally, the anthem was sung at the opening of the harbour bridge.", [page]).probability > 0.5


def test_one_of_the_first_is_not_the_first() -> None:
    page = "The Delft works were one of the first yards that built ships of steel."
    found = verify("The Delft works were the first yard that built ships of steel.", [page])
    assert found.verdict is Verdict.PARTLY
    assert "one of the first" in str(found.reason)
    assert verify("The Delft works were one of the first yards that built ships of steel.", [page]).verdict is (
        Verdict.SUPPORTED
    )


def test_an_adjective_of_a_place_is_no_other_name() -> None:
    page = "The names differ because of the long history of the country in the middle of Europe."
    claim = "The European names differ because of the long history of the country."
    assert verify(claim, [page]).verdict is Verdict.SUPPORTED
