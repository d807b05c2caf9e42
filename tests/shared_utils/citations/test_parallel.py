"""Figures and years that a sentence lists side by side belong to each other in their order."""

from __future__ import annotations

import pytest

from shared_utils.citations.parallel import parallel_lists
from shared_utils.citations.verification import verify
from shared_utils.text.quantities import quantities
from shared_utils.types import Verdict

HARBOUR = "The dues of the harbour came to 410,000 crowns and 655,000 crowns in 2021 and 2022."


def lists_of(text: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(years, tuple(str(q.value) for q in figures)) for years, figures in parallel_lists(text, quantities(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HARBOUR, [(("2021", "2022"), ("410000", "655000"))]),
        ("In 2020, 2021 and 2022 it carried 31, 45 and 52 ships.", [(("2020", "2021", "2022"), ("31", "45", "52"))]),
        ("In 2021 it carried 31 ships and in 2022 45 ships.", []),
        ("In 2021 and 2022 it carried 31, 45 and 52 ships.", []),
        ("Nothing is counted here.", []),
    ],
)
def test_only_lists_of_one_length_go_with_each_other(
    text: str, found: list[tuple[tuple[str, ...], tuple[str, ...]]]
) -> None:
    assert lists_of(text) == found


@pytest.mark.parametrize(
    "claim",
    [
        "The dues of the harbour came to 655,000 crowns in 2022.",
        "In 2021 the dues of the harbour came to 410,000 crowns.",
        "The dues of the harbour came to 410,000 crowns in 2021 and 655,000 crowns in 2022.",
    ],
)
def test_the_figure_of_its_year_is_supported(claim: str) -> None:
    assert verify(claim, [HARBOUR]).verdict is Verdict.SUPPORTED


def test_another_years_figure_is_contradicted_with_the_right_one() -> None:
    found = verify("The dues of the harbour came to 655,000 crowns in 2021.", [HARBOUR])
    assert found.verdict is Verdict.CONTRADICTED
    assert str(found.reason) == (
        "the page has 655,000 crowns under 2022, the answer says 2021; for 2021 it has 410,000 crowns"
    )
