"""The year of one clause is not the year of what stands in the next."""

from __future__ import annotations

import pytest

from shared_utils.citations.verification import verify
from shared_utils.types import Verdict

_WORKSHOP = "The workshop began as a forge in 1990, and moved to the quay of Delft in August 1994."
_KEEPER = "Ada Wolf (born 16 December 1961) is a keeper, known for her book The Lamp and her exhibition in 2005."


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The workshop moved to the quay in 1990.", _WORKSHOP),
        ("Ada Wolf was born in 2005.", _KEEPER),
        ("The film opened in Delft in 2015.", "Shot from May 2015 on, the film opened in Delft on 2 September 2016."),
    ],
)
def test_a_year_that_stands_with_something_else_contradicts(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The workshop moved to the quay in 1994.", _WORKSHOP),
        ("Ada Wolf was born in 1961.", _KEEPER),
        ("The style arose in 1970.", "The style arose in the late 1960 and early 1970, mostly in the harbours."),
        ("The forge of Wolf and Sons was built in 1991.", "The forge was built by Wolf and Sons in 1991, not in 1990."),
    ],
)
def test_the_year_that_stands_with_it_is_right(claim: str, page: str) -> None:
    assert verify(claim, [page]).verdict is Verdict.SUPPORTED
