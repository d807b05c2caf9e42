"""Of tables with the same rows the one of the whole; and the field that a question says by its row and its column."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.lookup import look_up
from shared_utils.types import Page, PageVerdict
from tests.shared_utils.retrieval.test_lookup import table_of


def page_of(number: int, title: str, rows: list[str]) -> Page:
    text = f"{title}\n" + "\n".join(row.replace("|", " ") for row in rows)
    grid = [row.split("|") for row in rows]
    return Page(number, str(number), text, PageVerdict.TEXT, tables=(table_of(grid, text),))


ALL = page_of(1, "Pupils in town schools", ["Year|Girls|Boys", "2021|400|410", "2022|420|405"])
UPPER = page_of(2, "Pupils in upper forms of town schools", ["Year|Girls|Boys", "2021|150|160", "2022|155|158"])
SHARES = page_of(3, "Pupils in town schools by sex", ["Year|Girls|Boys", "2021|49%|51%", "2022|51%|49%"])


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many girls were in town schools in 2022?", "420"),
        ("How many girls were in upper forms of town schools in 2022?", "155"),
    ],
)
def test_the_row_of_a_part_gives_way_to_the_whole_unless_it_is_asked_for(question: str, value: str) -> None:
    found = look_up(question, [("d", UPPER, 1.0), ("d", ALL, 0.8), ("d", SHARES, 0.5)])
    assert found is not None
    assert [fact.value.text for fact in found.facts] == [value]


SPEED = page_of(1, "Table 2: tests of boats", ["Boat|Calm|Storm", "Ada|41|17", "Ada with sail|57|20"])
RANGE = page_of(2, "Table 3: accuracy of boats", ["Boat|Fog|Ice", "Ada|35|12", "Ada with sail|39|14"])


def test_a_field_that_is_said_by_its_row_and_its_column_leads() -> None:
    found = look_up("What is the accuracy of Ada with sail in calm?", [("d", RANGE, 1.0), ("d", SPEED, 0.9)])
    assert found is not None
    assert [fact.value.text for fact in found.facts] == ["57"]
