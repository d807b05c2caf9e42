"""What a cell says: labels, groups, names over columns, scale and currency, also over pages and side by side."""

from __future__ import annotations

from pathlib import Path

from shared_utils.pdf.placed import placed_by_ocr
from shared_utils.tables.continuation import carried
from shared_utils.tables.find import find_tables
from shared_utils.types import Page, PageVerdict, RowKind, Scale, WordBox
from tests.shared_utils.pdf.pdfs import pdf
from tests.shared_utils.tables.drawn import Read, paths, read, read_one, rows, rules, words


def test_a_value_is_told_by_its_label_its_names_and_its_scale(tmp_path: Path) -> None:
    drawn = rows(
        ("", "2023", "2022"),
        ("Total revenue", "$ 19,409", "$ 17,606"),
        ("Net income per share", "11.82", "10.10"),
        ("Tax rate", "20.1%", "21.0%"),
    )
    over = words((72, 686, "Table 4. Selected results"), (72, 670, "(dollars in millions, except per share data)"))
    table = read_one(tmp_path, over, drawn).table
    assert table.caption == "Table 4. Selected results"
    assert table.scale == Scale("dollars in millions, except per share data", 1_000_000)
    assert table.currency == "$"
    said = paths(table)
    assert "Total revenue · 2022 (dollars in millions, except per share data) = $ 17,606" in [
        " ".join(path.split()) for path in said
    ]
    assert "Net income per share · 2023 = 11.82" in said  # excepted
    assert "Tax rate · 2022 = 21.0%" in said  # a share counts nothing


def test_columns_are_named_by_any_words(tmp_path: Path) -> None:
    drawn = rows(
        ("", "Starter", "Team", "Enterprise"),
        ("Mailboxes included", "5", "40", "250"),
        ("Storage (GB)", "10", "50", "200"),
        ("Support by telephone", "no", "no", "yes"),
    )
    said = paths(read_one(tmp_path, drawn).table)
    assert "Mailboxes included · Team = 40" in said
    assert "Support by telephone · Enterprise = yes" in said


def test_names_of_several_levels_are_told_outermost_first(tmp_path: Path) -> None:
    drawn = rows(
        ("Port", "Calls", "Cargo (tonnes)", "Calls", "Cargo (tonnes)"),
        ("Narvik", "310", "4,100", "290", "3,900"),
        ("Bodø", "122", "810", "131", "845"),
        ("Alta", "71", "455", "70", "431"),
        lefts=(72, 160, 250, 340, 430),
    )
    over = words((240, 668, "2023"), (420, 668, "2022"), (320, 686, "Year"))
    ruled = rules((190, 682, 490, 682), (190, 664, 312, 664), (370, 664, 492, 664), (68, 646, 492, 646))
    said = paths(read_one(tmp_path, drawn, over, ruled).table)
    assert "Bodø · Year · 2022 · Cargo (tonnes) = 845" in said


def test_a_column_s_own_scale_comes_before_the_table_s(tmp_path: Path) -> None:
    drawn = rows(
        ("In millions", "Revenue", "Staff (in thousands)"),
        ("Oslo", "310", "12"),
        ("Bergen", "122", "8"),
        ("Tromsø", "80", "3"),
        lefts=(72, 250, 400),
    )
    said = paths(read_one(tmp_path, drawn).table)
    assert "Oslo · Revenue (In millions) = 310" in said
    assert "Oslo · Staff (in thousands) (in thousands) = 12" in said


def test_names_of_groups_hold_until_the_next_one(tmp_path: Path) -> None:
    drawn = rows(
        ("", "2023", "2022"),
        ("Assets", "", ""),
        ("  Cash", "120", "110"),
        ("  Ships", "900", "950"),
        ("Total assets", "1,020", "1,060"),
        ("Liabilities", "", ""),
        ("  Loans", "400", "450"),
        ("Total liabilities", "400", "450"),
    )
    table = read_one(tmp_path, drawn).table
    said = paths(table)
    assert "Assets · Ships · 2022 = 950" in said
    assert "Total assets · 2023 = 1,020" in said
    assert "Liabilities · Loans · 2023 = 400" in said
    assert [kind for kind in table.kinds if kind is RowKind.TOTAL] == [RowKind.TOTAL] * 2


def test_rows_set_further_in_belong_to_the_row_above(tmp_path: Path) -> None:
    drawn = rows(
        ("", "2023", "2022"),
        ("Enrolment", "300", "290"),
        ("   Men", "140", "141"),
        ("   Women", "160", "149"),
        ("Teachers", "20", "19"),
    )
    said = paths(read_one(tmp_path, drawn).table)
    assert "Enrolment · Women · 2023 = 160" in said
    assert "Teachers · 2022 = 19" in said


def test_a_group_named_beside_its_rows_is_told_with_each(tmp_path: Path) -> None:
    drawn = rows(
        ("Season", "Berth", "Rent", "Ships"),
        ("Summer", "Outer pier", "1,200", "31"),
        ("", "Inner pier", "900", "18"),
        ("Winter", "Outer pier", "640", "7"),
        ("", "Inner pier", "410", "5"),
        lefts=(72, 180, 300, 400),
        right_aligned=2,
    )
    said = paths(read_one(tmp_path, drawn).table)
    assert "Summer · Inner pier · Rent = 900" in said
    assert "Winter · Inner pier · Ships = 5" in said


def test_a_head_in_the_middle_names_what_follows(tmp_path: Path) -> None:
    drawn = rows(
        ("", "North", "South"),
        ("Calls", "310", "120"),
        ("Cargo", "400", "130"),
        ("", "East", "West"),
        ("Calls", "31", "12"),
        ("Cargo", "40", "13"),
    )
    said = paths(read_one(tmp_path, drawn).table)
    assert said[0] == "Calls · North = 310"
    assert said[-1] == "Cargo · West = 13"


def test_halves_set_side_by_side_are_read_by_their_own_labels(tmp_path: Path) -> None:
    drawn = rows(
        ("Age", "Persons", "Age", "Persons"),
        ("1 year", "3,269", "4 years", "3,141"),
        ("2 years", "3,223", "5 years", "3,162"),
        ("3 years", "3,179", "6 years", "3,109"),
        lefts=(72, 150, 260, 340),
        right_aligned=9,
    )
    table = read_one(tmp_path, drawn).table
    assert table.parts == (0, 2)
    assert "5 years · Persons = 3,162" in paths(table)


def test_a_table_goes_on_over_pages_under_the_names_of_the_first(tmp_path: Path) -> None:
    first = rows(("Part", "Price", "Stock"), *((f"bolt {n} mm", f"{n}.85", f"{n * 7}") for n in range(10, 22)), y=250)
    second = rows(*((f"bolt {n} mm", f"{n}.85", f"{n * 7}") for n in range(22, 30)), y=720)
    pages = read(tmp_path, pdf(first, second))
    alone = paths(pages[1].tables[0])
    assert "bolt 25 mm = 25.85" in alone
    bound = carried([page.tables for page in pages])
    assert "bolt 25 mm · Price = 25.85" in paths(bound[1][0])
    assert bound[0] == pages[0].tables


def test_another_table_on_the_next_page_goes_on_from_none(tmp_path: Path) -> None:
    first = rows(("Part", "Price", "Stock"), *((f"bolt {n} mm", f"{n}.85", f"{n}") for n in range(10, 15)), y=250)
    second = rows(*((f"ship {n}", f"{n}", f"{n}", f"{n}") for n in range(22, 30)), lefts=(72, 200, 300, 420), y=720)
    pages = read(tmp_path, pdf(first, second))
    assert carried([page.tables for page in pages])[1][0].before is None


def test_words_that_ocr_found_make_tables_too() -> None:
    lines = (("", "2023", "2022"), ("Fish", "120", "110"), ("Ice", "40", "44"), ("Salt", "9", "8"))
    text, boxes = "", []
    for number, line in enumerate(lines):
        for x, word in zip((72.0, 300.0, 400.0), line, strict=True):
            if word:
                boxes.append(
                    WordBox(
                        len(text),
                        len(text) + len(word),
                        (x, 100 + 16.0 * number, x + 5 * len(word), 111 + 16.0 * number),
                    )
                )
                text += word + " "
        text = text.rstrip() + "\n"
    page = Page(1, "1", text, PageVerdict.TEXT, width=612, height=792, reader="ocr", word_boxes=tuple(boxes))
    (table,) = find_tables(placed_by_ocr(page))
    assert paths(table)[1] == "Fish · 2022 = 110"


def test_a_page_without_words_has_no_tables(tmp_path: Path) -> None:
    assert read_one(tmp_path, rules((72, 72, 300, 72))).tables == ()


def test_years_as_labels_are_labels(tmp_path: Path) -> None:
    drawn = rows(("Year", "Calls", "Cargo"), *((str(y), f"{y - 1900}", f"{2 * y:,}") for y in range(2015, 2021)))
    found: Read = read_one(tmp_path, drawn)
    assert "2017 · Cargo = 4,034" in paths(found.table)


def test_a_label_that_says_its_value_is_a_row_and_names_no_group(tmp_path: Path) -> None:
    drawn = rows(
        ("", "2023", "2022"),
        ("Total current liabilities", "68,391", "87,812"),
        ("Commitments and contingencies",),
        ("Preferred stock:",),
        ("Authorized shares — 500",),
        ("Issued shares — none", "—", "—"),
        ("Common stock:",),
        ("Authorized shares — 5,000",),
        ("Issued shares — 514 and 521",),
        ("Outstanding shares — 491", "5", "5"),
        ("Treasury stock, at cost", "(1,837)", "(1,837)"),
    )
    table = read_one(tmp_path, drawn).table
    data = [n for n, kind in enumerate(table.kinds) if kind is RowKind.DATA]
    assert [cell.text for n in data if (cell := table.at(n, 0))] == [
        "Authorized shares — 500",
        "Issued shares — none",
        "Authorized shares — 5,000",
        "Issued shares — 514 and 521",
        "Outstanding shares — 491",
        "Treasury stock, at cost",
    ]
