"""Negations and directions: what turns a sentence into its opposite is seen, what only looks like it is not."""

from __future__ import annotations

import pytest

from shared_utils.citations.polarity import opposition, unmatched_negation
from shared_utils.citations.text_units import words_of


def opposed(claim: str, *page: str) -> tuple[str, str] | None:
    """What the answer says, and what the page says in its place."""
    found = opposition((claim, words_of(claim)), [(sentence, words_of(sentence)) for sentence in page])
    return (found.answer, found.page) if found else None


@pytest.mark.parametrize(
    ("claim", "page", "sides"),
    [
        ("Prices will fall.", "Prices may rise and will not fall.", ("fall", "not fall")),
        ("Dogs are not allowed in the yard.", "Dogs are allowed in the yard.", ("not allowed", "allowed")),
        ("Members can't vote in the hall.", "Members vote in the hall.", ("can't vote", "vote")),
        ("Members vote without guests.", "Members vote with guests.", ("without guests", "guests")),
        ("Nobody votes in the hall.", "Members vote in the hall.", ("Nobody votes", "vote")),
        (
            "The drug shortens the illness.",
            "No evidence that the drug shortens it.",
            ("drug", "No evidence that the drug"),
        ),
        ("The treatment was not ineffective.", "The treatment was ineffective.", ("not ineffective", "ineffective")),
        ("The left door is locked.", "The right door is locked.", ("left", "right")),
        ("Pilots must be at least 21.", "Pilots must be at most 21.", ("least", "most")),
        ("The rent is due before May.", "The rent is due after May.", ("before", "after")),
    ],
)
def test_the_opposite_of_what_the_page_says_is_seen_and_both_are_told(
    claim: str, page: str, sides: tuple[str, str]
) -> None:
    assert opposed(claim, page) == sides


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("Prices may rise.", "Prices may rise and will not fall."),
        ("Prices will not fall.", "Prices may rise and will not fall."),
        ("Prices did not rise in May.", "Prices fell in May."),
        ("Dogs are allowed in the yard.", "If they do not bark, dogs are allowed in the yard."),
        ("Order 5 is late.", "Order no. 5 is late."),
        ("The telephone for orders is 5.", "The telephone no for orders is 5."),
        ("High prices are listed.", "The list has high and low prices."),
        ("Low prices are listed.", "The list has high and low prices."),
        ("The left door is locked.", "The left door is locked, the right one is open."),
        ("Members cannot vote in the hall.", "Members can't vote in the hall."),
        ("Lamps sold well.", "Sales of tables rose in May."),
    ],
)
def test_what_agrees_with_the_page_or_speaks_of_something_else_is_no_opposite(claim: str, page: str) -> None:
    assert opposed(claim, page) is None


def test_each_word_is_held_against_the_sentence_in_which_its_neighbours_stand() -> None:
    page = ("Sales of lamps rose in Spain.", "Sales of chairs fell in Malta.")
    assert opposed("Sales of lamps rose in Spain.", *page) is None
    assert opposed("Sales of chairs fell in Malta.", *page) is None
    assert opposed("Sales of lamps fell in Spain.", *page) == ("fell", "rose")
    assert opposed("Sales of chairs rose in Malta.", *page) == ("rose", "fell")


@pytest.mark.parametrize(
    ("claim", "page", "denial"),
    [
        ("Sales rose in Europe, not in Asia.", "Sales rose in Europe.", "not in Asia"),
        ("Sales did not rise in Europe.", "Sales fell in Europe.", None),  # the page says so in its own way
        ("Sales did not fall in Europe.", "Sales fell in Europe.", "not fall"),
        ("Sales rose without discounts.", "Sales rose. There was no strike.", None),  # some denial is there to stand on
        ("Sales rose in Europe.", "Sales rose in Europe.", None),
    ],
)
def test_a_denial_needs_one_on_the_page_or_the_other_end_of_its_scale(
    claim: str, page: str, denial: str | None
) -> None:
    assert unmatched_negation((claim, words_of(claim)), [(page, words_of(page))]) == denial
