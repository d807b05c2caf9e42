"""A number is held against the column that the claim speaks of, by the heads over the row."""

from __future__ import annotations

import pytest

from shared_utils.citations.verification import verify
from shared_utils.types import Verdict

PLANS = (
    "Price list of the ferry line\n"
    "Single   Return   Season\n"
    "Adults   12   20   310\n"
    "Children under twelve   6   10   150\n"
    "Cars up to 5 metres   38   70   unlimited\n"
)


def judged(claim: str) -> tuple[Verdict, str]:
    found = verify(claim, [PLANS])
    return found.verdict, str(found.reason)


@pytest.mark.parametrize(
    "claim",
    [
        "A single for adults costs 12.",
        "A season ticket for adults costs 310.",
        "Adults pay 12 for a single and 20 for a return.",
        "For cars up to 5 metres a return costs 70.",
    ],
)
def test_the_right_column_is_supported(claim: str) -> None:
    assert judged(claim)[0] is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (
            "A single for adults costs 310.",
            "the page has 310 under Season, the answer says Single; for Single it has 12",
        ),
        ("A return for adults costs 12.", "the page has 12 under Single, the answer says Return; for Return it has 20"),
        (
            "For cars up to 5 metres a season ticket costs 38.",
            "the page has 38 under Single, the answer says Season; for Season it has unlimited",
        ),
    ],
)
def test_another_column_is_contradicted_with_what_stands_in_the_right_one(claim: str, told: str) -> None:
    assert judged(claim) == (Verdict.CONTRADICTED, told)


def test_a_claim_that_names_no_column_is_told_so() -> None:
    verdict, reason = judged("Adults pay 20.")
    assert verdict is Verdict.PARTLY
    assert reason == "the row holds several numbers; which column 20 stands in cannot be told"


def test_one_value_in_every_column_needs_no_column() -> None:
    page = "Single   Return\nDogs   4   4\n"
    assert verify("Dogs cost 4 for a single or return.", [page]).verdict is Verdict.SUPPORTED
