"""Rows of tables compared by what their values are called."""

from __future__ import annotations

from shared_utils.editions.compare import compare
from shared_utils.editions.model import Change, ChangeKind, Fact
from tests.shared_utils.editions.made import edition


def _text(side: Fact | None) -> str | None:
    return side.text if side else None


def told(change: Change) -> list[tuple[str, str | None, str | None]]:
    return [(f.about, _text(f.before), _text(f.after)) for f in change.facts]


OLD = edition(["2018", "2017"], [["Ships called", "4,118", "3,902"], ["Cargo, tonnes", "88,400", "91,250"]], "a.pdf")


def test_a_value_is_told_with_its_label_and_the_name_over_it() -> None:
    new = edition(
        ["2018", "2017"], [["Ships called", "4,181", "3,902"], ["Cargo, tonnes", "88,400", "91,250"]], "b.pdf"
    )
    (change,) = compare(OLD, new).changes
    assert change.is_row
    assert told(change) == [("Ships called · 2018", "4,118", "4,181")]


def test_columns_in_another_order_are_no_change_of_values() -> None:
    new = edition(
        ["2017", "2018"], [["Ships called", "3,902", "4,118"], ["Cargo, tonnes", "91,250", "88,400"]], "b.pdf"
    )
    assert [change for change in compare(OLD, new).changes if change.facts and "·" in change.facts[0].about] == []


def test_the_next_years_report_is_compared_year_by_year_and_a_restated_value_stands_out() -> None:
    new = edition(
        ["2019", "2018"], [["Ships called", "4,500", "4,120"], ["Cargo, tonnes", "90,100", "88,400"]], "b.pdf"
    )
    found = [change for change in compare(OLD, new).changes if change.kind is ChangeKind.REWORDED]
    assert [told(change) for change in found if change.facts and change.facts[0].about] == [
        [("Ships called · 2018", "4,118", "4,120")]
    ]


def test_values_of_other_years_are_set_side_by_side_with_both_years() -> None:
    new = edition(
        ["2020", "2019"], [["Ships called", "4,700", "4,500"], ["Cargo, tonnes", "88,400", "91,250"]], "b.pdf"
    )
    found = [change for change in compare(OLD, new).changes if change.facts and "Ships" in change.facts[0].about]
    assert [told(change) for change in found] == [
        [("Ships called · 2018 → 2020", "4,118", "4,700"), ("Ships called · 2017 → 2019", "3,902", "4,500")]
    ]


def test_a_label_that_a_narrow_column_broke_is_the_same_label() -> None:
    new = edition(
        ["2018", "2017"], [["Ships cal led", "4,118", "3,902"], ["Cargo, tonnes", "88,400", "91,250"]], "b.pdf"
    )
    assert compare(OLD, new).changes == ()


def test_a_row_whose_cells_were_broken_over_two_lines_is_the_same_row() -> None:
    old = edition(["2018", "2017"], [["Opening balance", "144.8", "6,433.3"], ["Fees", "12", "13"]], "a.pdf")
    new = edition(
        ["2018", "2017"], [["Opening", "144.8", ""], ["balance", "", "6,433.3"], ["Fees", "12", "13"]], "b.pdf"
    )
    assert compare(old, new).changes == ()
