"""Tables as words alone give them away: whose column a cell stands in, and which lines are over it."""

from __future__ import annotations

import pytest

from shared_utils.citations.quantities import quantities
from shared_utils.citations.tables import cells_of, column_keys, columns_over, headings_of, key_of_cell
from shared_utils.citations.text_units import units_of

_PROSE = (
    "The harbour board owns bridges, cranes and tugs, and it keeps all of them in order with the money that every "
    "ship pays on its way in.\n"
)


def columns(text: str) -> list[tuple[str, ...]]:
    """The columns over the last row."""
    units = units_of(text)
    return columns_over(units, len(units) - 1)


def headings(text: str) -> list[str]:
    units = units_of(text)
    return [heading.text for heading in headings_of(units, len(units) - 1)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2021 2022\nSales 41 42\n", [("2021", "2022")]),
        ("FY2021 FY2022\nSales 41 42\n", [("2021", "2022")]),
        ("Year ended\nDecember 31,\n2021 2022\nSales 41 42\nCosts 31 32\n", [("2021", "2022")]),
        ("Q1 Q2 Q3\nSales 1 2 3\n", [("1", "2", "3")]),
        ("2022 2023\nQ1 Q2 Q1 Q2\nSales 1 2 3 4\n", [("2022", "2023"), ("1", "2", "1", "2")]),
        ("Sales 41 42\n", []),
    ],
)
def test_columns_are_named_by_the_lines_over_the_row(text: str, keys: list[tuple[str, ...]]) -> None:
    assert columns(text) == keys


def test_the_columns_of_the_nearest_table_count_and_no_line_across_prose() -> None:
    assert columns("2014 2015\nSales 1 2\nBridges\n2021 2022\nTolls 41 42\n") == [("2021", "2022")]
    assert columns("2014 2015\nSales 1 2\nBridges\nTolls 41 42\n") == [("2014", "2015")]
    assert columns(f"2014 2015\nSales 1 2\n{_PROSE}Tolls 41 42\n") == []


def test_headings_over_a_row_are_no_rows_of_numbers_and_end_with_prose() -> None:
    assert headings("Harbour\n2021 2022\nSales 41 42\nBridges\nTolls 31 32\n") == ["Bridges", "2021 2022", "Harbour"]
    assert headings(f"Harbour\n{_PROSE}Bridges\nTolls 31 32\n") == ["Bridges"]
    led_in = _PROSE.replace(".", ":")
    assert headings(f"Harbour\n{led_in}Tolls 31 32\n") == [led_in.strip(), "Harbour"]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("Sales 41 42", ["41", "42"]),
        ("Sales 41 — 43", ["41", None, "43"]),
        ("Tax of note 12 paid 41 42", ["41", "42"]),
        ("Tax $ (137) $ 208", ["-137", "208"]),
    ],
)
def test_cells_stand_behind_the_last_word_of_a_row_and_a_dash_is_one(row: str, cells: list[str | None]) -> None:
    (unit,) = units_of(row)
    assert [q and f"{'-' * q.negative}{q.mantissa}" for q in cells_of(unit)] == cells


@pytest.mark.parametrize(
    ("keys", "row", "places"),
    [
        (("2021", "2022"), "41 42", ["2021", "2022"]),
        (("2021", "2022"), "3 41 42", [None, "2021", "2022"]),  # "Note 3": columns count from the right
        (("2021", "2022"), "41 5 42 6", ["2021", "2021", "2022", "2022"]),  # amount and share
        (("2021", "2022", "2023"), "41 42", [None, None]),  # one is missing, which one nobody can tell
    ],
)
def test_a_cell_is_told_its_column_only_where_it_can_be(
    keys: tuple[str, ...], row: str, places: list[str | None]
) -> None:
    cells = list(quantities(row))
    assert [key_of_cell(keys, cells, i) for i in range(len(cells))] == places


def test_years_and_quarters_are_told_from_amounts() -> None:
    found = column_keys("FY2020, the second quarter, Q3 and 2019; $2,021, 2019.5, the first time")
    assert [(column.family, column.key) for column in found] == [
        ("year", "2020"),
        ("year", "2019"),
        ("quarter", "2"),
        ("quarter", "3"),
    ]
