"""Heads set on a shade, titles, labels far from their figures: tables whose rules and white tell half of it."""

from __future__ import annotations

from pathlib import Path

from shared_utils.types import RowKind
from tests.shared_utils.tables.drawn import paths, read_one, rows, rules, texts, words
from tests.shared_utils.tables.test_none import justified

INCOME = (
    ("Asset class", "2023", "2022", "2021"),
    ("Shops", "17,606", "15,785", "12,868"),
    ("Offices", "2,165", "1,865", "1,722"),
    ("Flats", "15,441", "13,920", "11,146"),
    ("Total", "35,212", "31,570", "25,736"),
)


def test_the_first_row_over_the_first_of_many_rules_is_no_head(tmp_path: Path) -> None:
    """A shade under the names stands for the rule that is missing there."""
    under_rows = rules(*[(68, y, 530, y) for y in (629, 613, 597, 581)])
    table = read_one(tmp_path, under_rows, rows(*INCOME)).table
    assert texts(table) == [list(row) for row in INCOME]
    assert table.head_rows == 1


def test_a_row_inside_a_grid_without_a_rule_under_its_head_is_a_row(tmp_path: Path) -> None:
    ys = (664, 629, 613, 597, 581)
    grid = rules(*[(68, y, 530, y) for y in ys], *[(x, ys[0], x, ys[-1]) for x in (68, 298, 372, 452, 530)])
    table = read_one(tmp_path, grid, rows(*INCOME)).table
    assert texts(table) == [list(row) for row in INCOME]
    assert table.head_rows == 1


def test_numbers_of_columns_over_the_only_rule_are_names(tmp_path: Path) -> None:
    lead = (("Years ahead", "1", "2", "3"), *INCOME[1:])
    table = read_one(tmp_path, rules((68, 664, 530, 664), (68, 645, 530, 645), (68, 580, 530, 580)), rows(*lead)).table
    assert table.head_rows == 1


def test_ticks_are_what_a_row_holds(tmp_path: Path) -> None:
    ticked = (
        ("Engagement", "Tenants", "Staff", "Investors"),
        ("Surveys", "x", "x", ""),
        ("Newsletter", "x", "", "x"),
        ("Town hall", "", "x", ""),
        ("Open day", "x", "x", "x"),
    )
    under_rows = rules(*[(68, y, 530, y) for y in (664, 629, 613, 597, 581)])
    table = read_one(tmp_path, under_rows, rows(*ticked)).table
    assert table.head_rows == 1
    assert texts(table)[1] == ["Surveys", "x", "x", ""]


def test_rows_set_tight_and_filled_throughout_are_rows(tmp_path: Path) -> None:
    """Lines that fill every column are no broken cells, however near the labels come to the next column."""
    sources = (
        ("Dataset", "Original source"),
        *((f"Utilitarian {name}", f"{name} et al. (2019)") for name in ("Abe", "Bly", "Cox", "Day", "Eck")),
    )
    frame = rules((68, 664, 530, 664), (68, 647, 530, 647), (68, 580, 530, 580))
    table = read_one(tmp_path, frame, rows(*sources, lefts=(72, 172), right_aligned=9, pitch=11.5)).table
    assert table.rows == len(sources)


def test_a_table_of_words_with_a_lone_dash_has_one_row_of_names(tmp_path: Path) -> None:
    tools = (
        ("Tool", "Description", "How to use"),
        ("Console", "A page to manage storage", "Console guide"),
        ("Browser", "A program, given up in 2020", "–"),
        ("Browser+", "A program for Windows", "Tool guide"),
    )
    ys = (664, 645, 629, 613, 597)
    grid = rules(*[(68, y, 530, y) for y in ys], *[(x, ys[0], x, ys[-1]) for x in (68, 200, 400, 530)])
    table = read_one(tmp_path, grid, rows(*tools, lefts=(72, 205, 405), right_aligned=9)).table
    assert table.head_rows == 1


def test_a_title_set_large_and_wide_is_no_row(tmp_path: Path) -> None:
    name = ("GODWIN", "PAPER", "MILLS", "LIMITED")
    title = words(*[(72 + 120 * n, 690, word) for n, word in enumerate(name)], size=18)
    table = read_one(tmp_path, title, rows(*INCOME)).table
    assert texts(table) == [list(row) for row in INCOME]


def test_labels_far_from_their_figures_belong_to_them(tmp_path: Path) -> None:
    """A white in the middle of the page is no gutter where lines of figures stand beside the labels."""
    label = "Properties of several tenants that are anchored by a store of ours, number {}"
    far = (
        ("Asset class of the portfolio as a whole", *("Landfill", "Diverted", "Rate of all") * 2),
        *((label.format(n), *(f"{n}41", f"{n}70", f"4{n}.7%") * 2) for n in range(1, 9)),
    )
    table = read_one(tmp_path, rows(*far, lefts=(72, 430, 490, 550, 610, 670, 730)), size=(842, 595 + 200)).table
    assert table.columns == 7
    assert table.at(1, 0) is not None
    assert paths(table)[0].startswith("Properties of several tenants")


def test_a_table_beside_prose_keeps_its_labels_where_the_widest_white_is_its_own(tmp_path: Path) -> None:
    ratios = (
        ("$ in millions", "2016", "2015"),
        *((f"Deductions for goodwill {n}", f"{n},874", f"{n},814") for n in range(1, 31)),
    )
    table = rows(*ratios, lefts=(40, 180, 225), y=700)
    found = read_one(tmp_path, table, justified(310, 250, 45, y=700))
    assert list(found.table.kinds).count(RowKind.DATA) == 30
    assert "Deductions for goodwill 7 · 2015 ($ in millions) = 7,814" in paths(found.table)
