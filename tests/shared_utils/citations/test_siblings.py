"""A number that a text gives to one thing, said of another."""

from __future__ import annotations

import pytest

from shared_utils.citations.reading import read_claim
from shared_utils.citations.siblings import number_of_another
from shared_utils.citations.text_units import units_of
from shared_utils.types import Verdict

PAGE = units_of(
    "In 2024 the valley spent 20,000 francs on bridges. The council met on bridges in session 4. "
    "In 2024 the valley spent 27,000 francs on schools. The valley has 31 schools.\n"
)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The valley spent 27,000 francs on bridges.", "20,000"),
        ("In 2024 the valley spent 20,000 francs on schools.", "27,000"),
        ("The valley spent 20,000 francs on bridges.", None),
        ("The valley spent 27,000 francs on tunnels.", None),  # nothing tells what is right
        ("The valley spent 27,000 francs.", None),
        ("The valley spent 31 francs on bridges and 20,000 on schools.", None),
    ],
)
def test_a_number_of_another_sentence_of_one_form_is_told_by_the_right_one(claim: str, page: str | None) -> None:
    found = number_of_another(read_claim(claim, PAGE))
    if page is None:
        assert found is None
    else:
        assert found is not None
        unit, finding = found
        assert finding.verdict is Verdict.CONTRADICTED
        assert page in unit.text
        assert page in str(finding.reason)
