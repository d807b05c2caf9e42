"""A number in another's place: told where it is another number, and not where it is only spaced otherwise."""

from __future__ import annotations

import pytest

from shared_utils.citations.substitutions import exchanged_number
from shared_utils.citations.text_units import words_of


@pytest.mark.parametrize(("page", "told"), [("4,800", "4,800"), ("3, 800", None), ("3,800", None)])
def test_the_same_digits_with_a_stray_space_are_no_other_number(page: str, told: str | None) -> None:
    claim = "Divers counted more than 3,800 grey seals on the islands."
    said = claim.replace("3,800", page)
    swap = exchanged_number(claim, words_of(claim), said, words_of(said))
    assert (swap.page if swap else None) == told
