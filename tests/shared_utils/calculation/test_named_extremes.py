"""The greatest or the least of things that a question names."""

from __future__ import annotations

import pytest

from shared_utils.calculation.named_extremes import most_of_named
from shared_utils.retrieval.table_rows import rows_of
from shared_utils.types import Page, PageVerdict
from tests.shared_utils.retrieval.test_lookup import table_of

TEXT = """Cash flows of the port
2022 2023
Cash provided by operating activities 640 720
Cash used in investing activities (160) (180)
Cash used in financing activities (90) (85)
Cash at the end 500 955
"""
ROWS = [line.split("|") for line in (
    "|2022|2023", "Cash provided by operating activities|640|720", "Cash used in investing activities|(160)|(180)",
    "Cash used in financing activities|(90)|(85)", "Cash at the end|500|955",
)]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "thing", "value"),
    [
        ("Among operating, investing and financing activities, which brought in the most cash in 2023?",
         "Operating", "720"),
        ("Of operating, investing, and financing activities, which brought in the least cash in 2022?",
         "Investing", "(160)"),
        ("Which used less cash in 2023: investing or financing activities?", "Investing", "(180)"),
        ("Among operating, lending and financing activities, which brought in the most cash in 2023?", None, None),
        ("Which activities brought in the most cash in 2023?", None, None),
        ("Among operating and investing activities, what was spent in 2023?", None, None),
    ],
)  # fmt: skip
def test_things_that_are_named_are_set_beside_one_another(question: str, thing: str | None, value: str | None) -> None:
    page = Page(1, "1", TEXT, PageVerdict.TEXT, tables=(table_of(ROWS, TEXT),))
    found = most_of_named(question, list(rows_of("d", page, 1.0)))
    assert (found.thing if found else None) == thing
    assert (found.found.facts[0].value.text if found else None) == value
