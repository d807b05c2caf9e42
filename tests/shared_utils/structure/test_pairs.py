"""Label and value pairs: told by a colon, a wide gap, or a value that is nothing else; sentences are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.structure.model import words
from shared_utils.structure.pairs import pairs
from tests.shared_utils.structure.written import page
from tests.shared_utils.tables.drawn import read_one, rows


def told(text: str) -> list[tuple[str, str]]:
    one = page(text)
    return [(words(one, pair.label), words(one, pair.value)) for pair in pairs(one)]


def test_a_colon_sets_a_label_apart() -> None:
    assert told("Date of issue: 7 September 2020\nContract no.: AB-1234\nPrepared by: Ina Roth\n") == [
        ("Date of issue", "7 September 2020"),
        ("Contract no.", "AB-1234"),
        ("Prepared by", "Ina Roth"),
    ]


def test_a_wide_gap_sets_a_label_apart() -> None:
    assert told("Issue   01\nDate   2020-09-07\nOwner   The parish of Hale\n") == [
        ("Issue", "01"),
        ("Date", "2020-09-07"),
        ("Owner", "The parish of Hale"),
    ]


def test_several_pairs_stand_on_one_line() -> None:
    assert told("Invoice: 1001   Date: 2021-03-04\n") == [("Invoice", "1001"), ("Date", "2021-03-04")]


def test_a_blank_is_enough_where_neighbours_are_pairs_and_values_are_no_words() -> None:
    assert told("Height 1.67 m\nWeight 58 kg\n") == [("Height", "1.67 m"), ("Weight", "58 kg")]
    assert told("Height 1.67 m\n") == []


def test_a_value_goes_on_over_lines() -> None:
    one = page("Address: Hill House, Mill Lane,\nHale, Kent\nPhone: +44 1632 960001\n")
    (address, phone) = pairs(one)
    assert words(one, address.value) == "Hill House, Mill Lane, Hale, Kent"
    assert len(address.parts) == 2
    assert words(one, phone.label) == "Phone"


@pytest.mark.parametrize(
    "text",
    [
        "The committee has three members who are: Ann, Bob and Cid, and they meet in May.\n",
        "Note: keep the lid shut while the motor runs.\n",
        "We are proud of what was reached: the output of all plants rose by a third within\n"
        "two years: nobody had thought that possible.\n",
        "March 2020\nApril 2020\n",
        "Prices   12\nTerms   14\nDelivery   15\nSignatures   19\n",
        "See https://example.org\n",
        "Table 3: Sales\nFigure 2: Costs\n",
    ],
)
def test_sentences_captions_months_and_contents_are_no_pairs(text: str) -> None:
    assert told(text) == []


def test_rows_of_a_table_of_two_columns_are_pairs(tmp_path: Path) -> None:
    drawn = read_one(tmp_path, rows(("Length", "120"), ("Width", "80"), ("Depth", "45"), ("Weight", "12")))
    found = {words(drawn.page, pair.label): words(drawn.page, pair.value) for pair in pairs(drawn.page)}
    assert found == {"Length": "120", "Width": "80", "Depth": "45", "Weight": "12"}
