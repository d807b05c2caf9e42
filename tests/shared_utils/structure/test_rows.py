"""Rows of tables as stretches of the page, with exactly what names them."""

from __future__ import annotations

from pathlib import Path

from shared_utils.structure.rows import TableRow, groups_of, heads_of, names_over, over, row_at, rows_of
from shared_utils.structure.sentences import in_lines, page_rows, sentences_between
from shared_utils.types import Page, Span
from tests.shared_utils.tables.drawn import Read, read_one, rows, rules, words

SALES = (
    ("", "Volume", "", ""),
    ("", "2022", "2021", "2020"),
    ("Pumps", "", "", ""),
    ("  Sold at home", "204", "190", "180"),
    ("  Sold abroad to dealers and", "", "", ""),
    ("  to builders", "310", "288", "240"),
    ("Total pumps", "514", "478", "420"),
)


def drawn(folder: Path) -> Read:
    return read_one(
        folder,
        words((72, 690, "Table 4: What the works sold"), (72, 676, "(in thousands)")),
        rows(*SALES, y=650),
    )


def row_of(page: Page, label: str) -> TableRow:
    start = page.text.index(label)
    row = row_at(page, start, start + len(label))
    assert row is not None
    return row


def told(page: Page, spans: tuple[Span, ...]) -> list[str]:
    return [" ".join(page.text[span.start : span.end].split()) for span in spans]


def test_a_label_broken_over_two_lines_is_one_row(tmp_path: Path) -> None:
    page = drawn(tmp_path).page
    row = row_of(page, "to builders")
    assert row == row_of(page, "Sold abroad")
    assert told(page, row.parts) == ["Sold abroad to dealers and to builders 310 288 240"]


def test_a_row_has_its_heads_of_every_level_its_group_its_caption_and_its_scale(tmp_path: Path) -> None:
    page = drawn(tmp_path).page
    row = row_of(page, "Sold at home")
    assert " ".join(told(page, heads_of(page, row))).split() == ["Volume", "2022", "2021", "2020"]
    assert told(page, groups_of(page, row)) == ["Pumps"]
    names = " ".join(told(page, names_over(page, row.start, row.end)))
    assert "Table 4: What the works sold" in names
    assert "(in thousands)" in names
    said = " ".join(over(row))
    assert all(word in said for word in ("Table 4", "Pumps", "Volume", "2021"))


def test_values_of_one_row_are_no_names_of_another(tmp_path: Path) -> None:
    page = drawn(tmp_path).page
    names = " ".join(told(page, names_over(page, *_place(page, "Total pumps"))))
    assert not any(value in names for value in ("204", "310", "Sold"))


def test_outside_of_tables_there_is_no_row(tmp_path: Path) -> None:
    page = drawn(tmp_path).page
    assert row_at(page, *_place(page, "Table 4")) is None


def test_a_page_is_told_in_sentences_and_whole_rows_without_bare_names(tmp_path: Path) -> None:
    page = read_one(
        tmp_path,
        words((72, 720, "The works sold more than ever before."), (72, 690, "Table 4: What the works sold")),
        rows(*SALES, y=650),
    ).page
    found = sentences_between(page, 0, len(page.text), page_rows(page))
    assert [" ".join(page.text[one.start : one.end].split()) for one in found] == [
        "The works sold more than ever before.",
        "Sold at home 204 190 180",
        "Sold abroad to dealers and to builders 310 288 240",
        "Total pumps 514 478 420",
    ]
    assert len(rows_of(page)) == sum(one.row is not None for one in found)


def _place(page: Page, text: str) -> tuple[int, int]:
    start = page.text.index(text)
    return start, start + len(text)


def test_a_row_is_one_line_whose_cells_are_told_apart_where_blanks_would_not_do(tmp_path: Path) -> None:
    page = drawn(tmp_path).page
    told_as = in_lines(page, 0, len(page.text), page_rows(page))
    assert "Sold abroad to dealers and to builders 310 288 240" in told_as.split("\n")
    ruled = [(60, y, 560, y) for y in (700, 670, 630, 590)] + [(x, 590, x, 700) for x in (60, 220, 380, 560)]
    page = read_one(
        tmp_path,
        rules(*ruled),
        words((64, 682, "Error"), (224, 682, "Cause"), (384, 682, "What to do")),
        words(
            (64, 655, "Poor signal"), (224, 655, "The phone is too"), (224, 642, "far away"), (384, 655, "Come nearer")
        ),
        words((64, 615, "No charge"), (384, 615, "Load the watch")),
    ).page
    assert in_lines(page, 0, len(page.text), page_rows(page)).split("\n") == [
        "Error | Cause | What to do",
        "Poor signal | The phone is too far away | Come nearer",
        "No charge |  | Load the watch",
    ]
