"""A number in another's place: told where it is another number, and not where it is only spaced otherwise."""

from __future__ import annotations

import pytest

from shared_utils.citations.substitutions import exchanged_number
from shared_utils.citations.text_units import words_of
from shared_utils.citations.verification import verify
from shared_utils.types import Verdict


@pytest.mark.parametrize(("page", "told"), [("4,800", "4,800"), ("3, 800", None), ("3,800", None)])
def test_the_same_digits_with_a_stray_space_are_no_other_number(page: str, told: str | None) -> None:
    claim = "Divers counted more than 3,800 grey seals on the islands."
    said = claim.replace("3,800", page)
    swap = exchanged_number(claim, words_of(claim), said, words_of(said))
    assert (swap.page if swap else None) == told


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("Around 56,000 seals were counted by divers.", "Around 56, 000 seals were counted by divers last spring."),
        ("The pump was right in 98.7 percent of the cases.", "The pump was right in 98. 7 percent of the cases."),
        ("Mara Lund, 72, rowed to the island.", "Ms Lund, 72, rowed to the island."),
        ("Open the valve to fill the tank.", "Turn the handle first. Step 4: open the valve to fill the tank."),
        ("It is the first treaty between Norway and Sweden.", "It is the first treaty between Sweden and Norway."),
        ("Hulda Max Gel works by heating the clog.", "Text: Hulda works by heating the clog. Buy Hulda Max Gel."),
        ("A diver's pulse is lower than a non diver's pulse.", "A diver's pulse is lower than that of other people."),
        (
            "It is displayed at the Museum of Sea and Ice (MSI) in Oslo.",
            "It is displayed at the Museum of Sea and Ice in Oslo.",
        ),
        ("Press along the slide to create a thin smear.", "Press along the slide to produce a thin smear."),
        (
            "The reef by the old harbour is recognized as a haven for rays and sharks.",
            "The reef by the old harbour is recognised as a haven for rays and sharks.",
        ),
    ],
)
def test_what_is_only_spelled_spaced_ordered_or_titled_otherwise_is_supported(claim: str, page: str) -> None:
    found = verify(claim, [page])
    assert found.verdict is Verdict.SUPPORTED, found.reason


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("Around 56,000 seals were counted by divers.", "Around 56, 800 seals were counted by divers last spring."),
        ("The treaty was signed by Norway and Denmark.", "The treaty was signed by Norway and Sweden."),
        ("The controls were ineffective in the past year.", "The controls were effective in the past year."),
        (
            "Its heating costs fell in the second quarter of 2023.",
            "Its cleaning costs fell in the second quarter of 2023.",
        ),
    ],
)
def test_what_is_another_thing_is_not(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is not Verdict.SUPPORTED
