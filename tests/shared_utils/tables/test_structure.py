"""Rows, columns and cells: what is drawn is what is read, with rules and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from tests.shared_utils.pdf.pdfs import pdf, turned
from tests.shared_utils.tables.drawn import Draw, cell_of, read, read_one, rows, rules, texts, words

INCOME = (
    ("", "2023", "2022", "2021"),
    ("Revenue", "17,606", "15,785", "12,868"),
    ("Cost of sales", "2,165", "1,865", "1,722"),
    ("Gross profit", "15,441", "13,920", "11,146"),
)


def as_texts(table: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [list(row) for row in table]


def grid(xs: tuple[float, ...], ys: tuple[float, ...]) -> Draw:
    """Every rule of a grid."""
    level = [(xs[0], y, xs[-1], y) for y in ys]
    return rules(*level, *[(x, ys[0], x, ys[-1]) for x in xs])


def stripes(canvas: Canvas) -> None:
    canvas.setFillColor(HexColor(0xCCEEFF))
    for number in (1, 3):
        for x, width in ((70, 229), (300, 79), (380, 79), (460, 79)):
            canvas.rect(x, 646 - 16 * number, width, 15, stroke=0, fill=1)
        for x in (299, 379, 459):  # the stripe's ends between two cells
            canvas.rect(x, 645 - 16 * number, 1, 17, stroke=0, fill=1)
    canvas.setFillColor(HexColor(0x000000))


def test_a_table_without_rules_is_read_by_its_white(tmp_path: Path) -> None:
    assert texts(read_one(tmp_path, rows(*INCOME)).table) == as_texts(INCOME)


def test_stripes_behind_the_rows_change_nothing(tmp_path: Path) -> None:
    assert texts(read_one(tmp_path, stripes, rows(*INCOME)).table) == as_texts(INCOME)


def test_rules_around_every_cell_change_nothing(tmp_path: Path) -> None:
    ruled = grid((68, 298, 372, 452, 530), (664, 645, 629, 613, 597))
    assert texts(read_one(tmp_path, ruled, rows(*INCOME)).table) == as_texts(INCOME)


def test_rules_around_the_head_alone_change_nothing(tmp_path: Path) -> None:
    ruled = rules((68, 664, 530, 664), (68, 646, 530, 646), (68, 597, 530, 597))
    assert texts(read_one(tmp_path, ruled, rows(*INCOME)).table) == as_texts(INCOME)


def test_the_words_of_a_ruled_cell_come_together_over_its_lines(tmp_path: Path) -> None:
    drawn = words(
        (72, 650, "Measure"),
        (202, 650, "Reason"),
        (72, 630, "Dredging"),
        (202, 630, "the channel had silted"),
        (202, 618, "up to four metres"),
        (72, 600, "New piles"),
        (202, 600, "shipworm"),
    )
    table = read_one(tmp_path, drawn, grid((68, 198, 340), (662, 644, 612, 594))).table
    assert texts(table) == [
        ["Measure", "Reason"],
        ["Dredging", "the channel had silted up to four metres"],
        ["New piles", "shipworm"],
    ]


def test_ruled_rows_of_several_figures_are_several_rows(tmp_path: Path) -> None:
    ruled = grid((68, 298, 372, 452, 530), (664, 645, 597))
    assert texts(read_one(tmp_path, ruled, rows(*INCOME)).table) == as_texts(INCOME)


def test_merged_cells_cover_their_rows_and_columns(tmp_path: Path) -> None:
    drawn = words(
        (210, 650, "Berths and their rent"),
        (72, 620, "Outer pier"),
        (172, 630, "Summer"),
        (272, 630, "1,200"),
        (172, 610, "Winter"),
        (272, 610, "640"),
        (72, 590, "Inner pier"),
        (172, 590, "Summer"),
        (272, 590, "900"),
    )
    frame = grid((68, 340), (664, 644, 584))
    inside = rules((168, 644, 168, 584), (268, 644, 268, 584), (168, 624, 340, 624), (68, 604, 340, 604))
    table = read_one(tmp_path, drawn, frame, inside).table
    head, pier = cell_of(table, "Berths and their rent"), cell_of(table, "Outer pier")
    assert (head.row, head.row_end, head.column, head.column_end) == (0, 0, 0, 2)
    assert (pier.row, pier.row_end, pier.column, pier.column_end) == (1, 2, 0, 0)
    assert texts(table)[2] == ["Outer pier", "Winter", "640"]


def test_an_empty_field_has_no_cell_and_moves_no_other(tmp_path: Path) -> None:
    holed = (*INCOME[:2], ("Grants", "", "31", ""), *INCOME[2:])
    assert texts(read_one(tmp_path, rows(*holed)).table) == as_texts(holed)


def test_a_label_broken_over_lines_is_one_label(tmp_path: Path) -> None:
    drawn = rows(
        *INCOME,
        ("Income before provision for taxes on", "", "", ""),
        ("income and interests of others", "3,102", "2,860", "2,411"),
        ("Taxes", "640", "602", "540"),
        lefts=(72, 250, 330, 410),
    )
    assert texts(read_one(tmp_path, drawn).table)[4:] == [
        ["Income before provision for taxes on income and interests of others", "3,102", "2,860", "2,411"],
        ["Taxes", "640", "602", "540"],
    ]


def test_a_label_whose_figures_stand_beside_its_last_line_does_not_go_on_the_row_above(tmp_path: Path) -> None:
    drawn = rows(
        ("", "Cost", "Net"),
        ("Berths let", "397", "185"),
        ("Warehouses and other", "", ""),
        ("buildings", "705", "352"),
        ("Harbour- and harbour-", "", ""),
        ("based cranes", "299", "117"),
        lefts=(72, 130, 210),
    )
    assert texts(read_one(tmp_path, drawn, words((72, 400, "Every harbour-based crane was painted in spring."))).table)[
        1:
    ] == [
        ["Berths let", "397", "185"],
        ["Warehouses and other buildings", "705", "352"],
        ["Harbour- and harbour-based cranes", "299", "117"],
    ]


def test_a_name_that_spans_columns_is_told_by_the_rule_under_it_or_by_its_place(tmp_path: Path) -> None:
    drawn = rows(
        ("Port", "Calls", "Cargo", "Calls", "Cargo"),
        ("Narvik", "310", "4,100", "290", "3,900"),
        ("Bodø", "122", "810", "131", "845"),
        ("Alta", "71", "455", "70", "431"),
        lefts=(72, 180, 260, 340, 420),
    )
    over = words((260, 668, "2023"), (420, 668, "2022"))
    ruled = rules((200, 664, 322, 664), (360, 664, 482, 664), (68, 646, 482, 646))
    for marks in ([ruled], []):
        table = read_one(tmp_path, drawn, over, *marks).table
        assert texts(table)[:2] == [
            ["Port", "2023", "2023", "2022", "2022"],
            ["Port", "Calls", "Cargo", "Calls", "Cargo"],
        ]


def test_dots_that_lead_to_a_column_are_no_words(tmp_path: Path) -> None:
    drawn = rows(*((row[0] + " " + "." * 40 if row[0] else "", *row[1:]) for row in INCOME))
    assert texts(read_one(tmp_path, drawn).table) == as_texts(INCOME)


def test_a_typewriter_s_wide_blanks_are_no_columns(tmp_path: Path) -> None:
    drawn = rows(
        ("Age group", "Share", "Total", "Rate"),
        ("1 - 2 years", "0.0287", "6,493,373", "4.1"),
        ("3 - 5 years", "0.0419", "9,483,880", "3.9"),
        ("6 - 11 years", "0.0920", "20,834,439", "3.1"),
        font="Courier",
    )
    assert texts(read_one(tmp_path, drawn).table)[1] == ["1 - 2 years", "0.0287", "6,493,373", "4.1"]


def test_cells_are_slices_of_the_page_s_text_where_they_are_drawn(tmp_path: Path) -> None:
    found = read_one(tmp_path, rows(*INCOME))
    cell = cell_of(found.table, "13,920")
    (span,) = cell.spans
    assert found.page.text[span.start : span.end] == "13,920"
    x0, y0, x1, y1 = cell.rect
    assert x0 < 440 <= x1 + 1
    assert y0 < 792 - 602 < y1
    assert all(" ".join(found.page.text[s.start : s.end] for s in c.spans) == c.text for c in found.table.cells)


@pytest.mark.parametrize(
    ("degrees", "middle"), [(90, (637, 345)), (180, (612 - 345, 637)), (270, (792 - 637, 612 - 345))]
)
def test_a_turned_page_has_the_same_table_where_it_is_shown(
    tmp_path: Path, degrees: int, middle: tuple[float, float]
) -> None:
    (found,) = read(tmp_path, turned(pdf(rows(*INCOME)), degrees))
    assert texts(found.table) == as_texts(INCOME)
    x0, y0, x1, y1 = cell_of(found.table, "17,606").rect
    assert x0 < middle[0] < x1
    assert y0 < middle[1] < y1


def test_a_table_set_sideways_is_read_along_its_words(tmp_path: Path) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(700, 60)
        canvas.rotate(90)
        rows(*INCOME, y=400)(canvas)
        canvas.restoreState()

    found = read_one(tmp_path, words((72, 560, "Annex B is set sideways.")), sideways, size=(792, 612))
    assert texts(found.table) == as_texts(INCOME)
    x0, y0, x1, y1 = cell_of(found.table, "17,606").rect
    assert x0 < 700 - 384 < x1
    assert y1 - y0 > x1 - x0


def test_a_field_of_figures_and_one_of_words_are_two_tables(tmp_path: Path) -> None:
    sentence = "The rent was settled in the spring of the year in which the new pier was opened to all ships."
    between = words(*[(72, 560 - 12 * i, sentence) for i in range(3)])
    second = rows(("", "Days", "Ships"), ("May", "31", "210"), ("June", "30", "265"), ("July", "31", "301"), y=500)
    found = read_one(tmp_path, rows(*INCOME), between, second)
    assert [texts(table)[1][0] for table in found.tables] == ["Revenue", "May"]


def test_names_side_by_side_in_a_ruled_group_are_those_of_its_columns(tmp_path: Path) -> None:
    body = [("Theft", "6", "29", "12", "35"), ("Arson", "1", "17", "10", "41"), ("Fraud", "5", "68", "3", "95")]
    lefts = (72, 186, 220, 286, 320)
    head = [("Offence", "Under 18", "18 years", "Under 18", "18 years"), ("", "years", "and over", "years", "and over")]
    drawn = words((237, 652, "Male"), (323, 652, "Female"), size=8)
    ruled = grid((68, 202, 290, 384), (664, 646, 622, 570))
    table = read_one(
        tmp_path,
        drawn,
        rows(*head, lefts=lefts, y=636, pitch=10, size=8),
        rows(*body, lefts=lefts, y=612, size=8),
        ruled,
    ).table
    assert texts(table)[:2] == [
        ["", "Male", "Male", "Female", "Female"],
        ["Offence", "Under 18 years", "18 years and over", "Under 18 years", "18 years and over"],
    ]
    assert texts(table)[2:] == [list(row) for row in body]
