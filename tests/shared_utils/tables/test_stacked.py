"""Tables close to each other, or to text: where one ends, whose caption is whose, what goes on behind an empty row."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from shared_utils.pdf.page_tables import ends_in_names
from shared_utils.tables.continuation import carried
from shared_utils.tables.texts import is_loss
from tests.shared_utils.pdf.pdfs import pdf
from tests.shared_utils.tables.drawn import paths, read, read_one, rows, rules, texts, words

WORKS = ("Harbour works", "3,100", "2,900")
DUES = ("Harbour dues", "640", "720")
RENTS = ("Quay rents", "160", "180")


def test_a_scale_over_new_periods_begins_another_statement(tmp_path: Path) -> None:
    first = rows(("", "May 31, 2022", "May 31, 2021"), WORKS, ("Cranes", "(41)", "90"), ("Total", "4,059", "3,990"))
    title = words((72, 594, "Statements of dues, not audited"), (72, 580, "(In thousands)"))
    second = rows(("", "June 30, 2020", "June 30, 2019"), DUES, RENTS, ("Total", "800", "900"), y=566)
    tables = read_one(tmp_path, first, title, second).tables
    assert len(tables) == 2
    said = paths(tables[1])
    assert "Harbour dues · June 30, 2019 (In thousands) = 720" in said
    assert not any("May" in path for path in said)


def test_a_scale_amid_a_table_begins_none(tmp_path: Path) -> None:
    table = rows(("", "2022", "2021"), WORKS, DUES, ("(In thousands)",), RENTS, ("Total", "3,900", "3,800"))
    assert len(read_one(tmp_path, table).tables) == 1


def test_a_group_behind_an_empty_row_keeps_the_names_over_its_columns(tmp_path: Path) -> None:
    first = rows(("", "2022", "2021"), WORKS, ("Cranes", "41", "90"), ("Sheds", "12", "14"))
    second = rows(("Income:",), DUES, RENTS, ("Fees", "12", "15"), y=559)
    (table,) = read_one(tmp_path, first, second).tables
    assert "Income · Harbour dues · 2021 = 720" in paths(table)


def test_figures_with_a_loss_name_no_columns(tmp_path: Path) -> None:
    table = rows(("", "75", "(37)"), ("", "(921)", "147"), DUES, RENTS, ("Total", "(223)", "691"))
    assert read_one(tmp_path, table).table.head_rows == 0


@pytest.mark.parametrize(("text", "told"), [("(921)", True), ("$ (4,236 )", True), ("(2)", False), ("(2019)", False)])
def test_a_loss_is_told_from_a_note(text: str, told: bool) -> None:
    assert is_loss(text) is told


def test_the_first_rule_under_figures_parts_a_sum_from_its_items(tmp_path: Path) -> None:
    table = rows(DUES, RENTS, ("Subtotal", "800", "900"), ("Fees", "12", "15"), ("Fines", "3", "4"))
    under = rules((150, 631, 442, 631))
    found = read_one(tmp_path, table, under).table
    assert found.head_rows == 0
    assert texts(found)[0] == ["Harbour dues", "640", "720"]


def test_of_two_captions_the_nearer_is_a_tables_own(tmp_path: Path) -> None:
    over = words((72, 690, "Table 1: Ships that were seen"))
    table = rows(("", "2022", "2021"), WORKS, DUES, RENTS)
    under = words((72, 650 - 4 * 14, "Table 2: Income of the harbour"))
    assert read_one(tmp_path, over, table, under).table.caption == "Table 2: Income of the harbour"


def test_where_other_tables_have_their_captions_there_a_table_has_its_own(tmp_path: Path) -> None:
    """The caption of the first stands nearer to the second table than its own."""
    first = rows(("", "2022", "2021"), WORKS, DUES, RENTS, y=700)
    second = rows(("", "2022", "2021"), ("Ships", "310", "290"), ("Boats", "71", "70"), ("Tugs", "7", "8"), y=620)
    captions = words((72, 636, "Table 1: Income"), (72, 560, "Table 2: Calls"))
    found = read_one(tmp_path, first, second, captions).tables
    assert [table.caption for table in found] == ["Table 1: Income", "Table 2: Calls"]


def test_a_figures_caption_under_a_table_is_not_the_tables(tmp_path: Path) -> None:
    over = words((72, 690, "Table 1: Income of the harbour"))
    table = rows(("", "2022", "2021"), WORKS, DUES, RENTS)
    under = words((72, 650 - 4 * 14, "Figure 2: A crane"))
    assert read_one(tmp_path, over, table, under).table.caption == "Table 1: Income of the harbour"


def test_labels_of_any_length_go_on_over_pages_with_what_the_figures_count(tmp_path: Path) -> None:
    scale = words((72, 290, "(In thousands)"))
    short = rows(("", "2022", "2021"), *((f"Quay {n}", f"{n}20", f"{n}10") for n in range(1, 9)), y=270)
    long = rows(*((f"Maintenance of quay {n} and of its crane", f"{n}20", f"{n}10") for n in range(1, 9)), y=720)

    def first(canvas: Canvas) -> None:
        scale(canvas)
        short(canvas)

    pages = read(tmp_path, pdf(first, long))
    bound = carried([page.tables for page in pages])
    said = paths(bound[1][0])
    assert "Maintenance of quay 3 and of its crane · 2021 (In thousands) = 310" in said


def test_names_at_the_foot_of_a_page_are_those_of_the_next_pages_rows(tmp_path: Path) -> None:
    table = rows(("", "2022", "2021"), *((f"Quay {n}", f"{n}20", f"{n}10") for n in range(1, 9)), y=400)
    names = words((330, 200, "May 31, 2020"), (330, 170, "Fair"), (330, 158, "Value"))
    rest = rows(*((f"Crane {n}", f"{n}20", f"{n}10") for n in range(1, 9)), y=720)

    def first(canvas: Canvas) -> None:
        table(canvas)
        names(canvas)

    pages = read(tmp_path, pdf(first, rest))
    assert carried([page.tables for page in pages])[1][0].before is not None
    parted = {number for number, one in enumerate(pages) if ends_in_names(one.page)}
    assert parted == {0}
    assert carried([page.tables for page in pages], parted)[1][0].before is None


def test_a_table_over_two_columns_of_text_is_not_cut_at_their_gutter(tmp_path: Path) -> None:
    """No word of its caption lies over the middle of the gutter, where a blank does."""
    table = rows(
        ("Method", "Crawled", "Precise", "Recall", "At twenty"),
        *((f"Way of search {n}", f"0.{n}107", f"0.{n}513", f"0.{n}221", f"0.{n}444") for n in range(1, 13)),
        lefts=(80, 170, 232, 310, 400),
        y=740,
    )
    begins = rows(("Table 6: Results on all",), lefts=(241.5,), right_aligned=0, y=530)
    ends = words((304.3, 530, "the questions that were asked."))
    said = (
        3 * "The pumps of the lower basin were read and their wear was told by those who had built them long before. "
    )
    starts = [said.index(" ", 7 * n) + 1 for n in range(27)]
    left = words(*((60, 500 - 12 * n, said[at : at + 52].rsplit(" ", 1)[0]) for n, at in enumerate(starts[:24])))
    right = words(*((315, 500 - 12 * n, said[at : at + 54].rsplit(" ", 1)[0]) for n, at in enumerate(starts[3:])))
    (found,) = read_one(tmp_path, table, begins, ends, left, right).tables
    assert found.columns == 5
