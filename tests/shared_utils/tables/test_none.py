"""No table where a person sees none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from shared_utils.tables.charts import is_chart
from shared_utils.tables.find import find_tables
from shared_utils.tables.lines import text_lines
from shared_utils.tables.model import PlacedPage
from shared_utils.tables.ruling import Rule, ruled_grids
from tests.shared_utils.pdf.pdfs import PROSE, raw_pdf
from tests.shared_utils.tables.drawn import Draw, paths, read, read_one, rows, rules, texts, words

WORDS = (PROSE * 20).split()


def justified(x: float, width: float, lines: int, y: float = 700, size: float = 10) -> Draw:
    """Running text whose words are set apart to fill the lines."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", size)
        left = list(WORDS)
        for number in range(lines):
            line: list[str] = []
            while canvas.stringWidth(" ".join([*line, left[0]]), "Times-Roman", size) < width - 6:
                line.append(left.pop(0))
            free = width - sum(canvas.stringWidth(word, "Times-Roman", size) for word in line)
            at = x
            for word in line:
                canvas.drawString(at, y - 1.2 * size * number, word)
                at += canvas.stringWidth(word, "Times-Roman", size) + free / (len(line) - 1)

    return draw


def chart(ticks: list[str], *, is_curved: bool) -> Draw:
    """An axis of ticks, months under it, values beside a curve or in bars."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        for number, tick in enumerate(ticks):
            canvas.drawRightString(95, 500 + 30 * number, tick)
            canvas.line(100, 503 + 30 * number, 460, 503 + 30 * number)
        path = canvas.beginPath()
        path.moveTo(110, 505)
        for number, month in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun")):
            canvas.drawString(110 + 60 * number, 488, month)
            canvas.drawString(120 + 60 * number, 500 + 30 * number, f"{31 * number + 40}")
            if is_curved:
                path.lineTo(110 + 60 * number, 515 + 22 * number)
            else:
                path.rect(110 + 60 * number, 490, 8, 20 + 22 * number)
        canvas.drawPath(path)

    return draw


CONTENTS = [
    ("Fairways and their marks", "3"),
    ("The harbour office", "7"),
    ("Fees and exemptions", "12"),
    ("Storms", "19"),
    ("Index", "31"),
]

NO_TABLES: dict[str, tuple[Draw, ...]] = {
    "one column": (justified(72, 450, 30),),
    "two columns": (justified(72, 220, 40), justified(310, 220, 40, y=697)),
    "three columns": (justified(60, 150, 40), justified(225, 150, 40), justified(390, 150, 40)),
    "a list": (
        words(
            *[(72, 700 - 16 * n, "•") for n in range(6)],
            *[(90, 700 - 16 * n, f"the keeper of lamp {n + 3} writes every ship down") for n in range(6)],
        ),
    ),
    "contents": (rows(*CONTENTS, lefts=(72, 400)),),
    "a chart of bars": (chart([f"{50 * n:,}" for n in range(7)], is_curved=False),),
    "a chart of curves": (chart([f"{10**n:,}" for n in range(7)], is_curved=True),),
    "a letter": (
        words(
            (72, 700, "Harbour office"),
            (400, 700, "12 May 2023"),
            (72, 686, "Pier 3"),
            (72, 650, "Dear Sir,"),
            (72, 636, "the rent is due."),
        ),
    ),
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_there_is_no_table_in(tmp_path: Path, kind: str) -> None:
    assert read_one(tmp_path, *NO_TABLES[kind]).tables == ()


def test_a_table_in_one_column_of_a_page_leaves_the_other_alone(tmp_path: Path) -> None:
    table = rows(
        ("$ in millions", "2023", "2022"),
        ("Deposits", "1,310", "1,290"),
        ("Loans", "2,122", "2,131"),
        ("Other", "71", "70"),
        ("Total", "3,503", "3,491"),
        lefts=(310, 400, 470),
        y=600,
    )
    text = (justified(72, 220, 45), justified(310, 220, 5), justified(310, 220, 25, y=500))
    found = read_one(tmp_path, table, *text)
    assert len(found.tables) == 1
    assert "Loans · 2022 ($ in millions) = 2,131" in paths(found.table)


def test_sentences_under_a_table_are_no_rows(tmp_path: Path) -> None:
    table = rows(("", "2023", "2022"), ("Fish", "120", "110"), ("Ice", "40", "44"), ("Salt", "9", "8"))
    found = read_one(tmp_path, table, justified(72, 450, 2, y=584))
    assert texts(found.table)[-1] == ["Salt", "9", "8"]


def test_a_caption_is_no_row(tmp_path: Path) -> None:
    table = rows(("", "2023", "2022"), ("Fish", "120", "110"), ("Ice", "40", "44"), ("Salt", "9", "8"))
    over = words(
        (72, 680, "Table 7."), (125, 680, "Fish, ice and salt that were landed at the two"), (125, 668, "piers")
    )
    found = read_one(tmp_path, table, over, rules((72, 663, 460, 663), (72, 646, 460, 646)))
    assert texts(found.table)[0] == ["", "2023", "2022"]
    assert found.table.caption == "Table 7. Fish, ice and salt that were landed at the two piers"


def test_a_curve_over_much_of_a_region_makes_it_a_chart() -> None:
    page = field_of_numbers(6, 6)
    lines = text_lines(page)
    box = (0, 0, 360, 360)
    assert not is_chart(box, lines, page)
    assert is_chart(box, lines, replace(page, drawings=((20, 20, 300, 300),)))
    assert not is_chart(box, lines, replace(page, drawings=((20, 20, 60, 60),)))  # a sign beside words


def test_a_page_of_very_many_strokes_is_read_all_the_same(tmp_path: Path) -> None:
    strokes = b"".join(b"%d %d m %d %d l S " % (n % 600, n % 700, n % 600, n % 700 + 50) for n in range(20_000))
    body = strokes + b"BT /F1 12 Tf 72 700 Td (Lamp oil is in the shed.) Tj ET"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body)
    (found,) = read(tmp_path, raw_pdf(stream))
    assert "Lamp oil" in found.page.text
    assert found.tables == ()


def field_of_numbers(rows_: int, columns: int) -> PlacedPage:
    """A page packed with numbers."""
    placed = [
        (3 * i, 3 * i + 2, 60 * (i % columns), 60 * (i // columns), 60 * (i % columns) + 20, 60 * (i // columns) + 50)
        for i in range(rows_ * columns)
    ]
    return PlacedPage("17 " * len(placed), tuple(placed))


def test_more_words_than_anybody_could_read_are_left_as_lines() -> None:
    assert len(find_tables(field_of_numbers(100, 40))) == 1
    assert find_tables(field_of_numbers(1_000, 40)) == ()


def test_the_many_lines_of_a_drawing_are_no_fields() -> None:
    """A million fields would have to be looked at one by one."""
    across = [Rule(60 * n, 0, 60_000) for n in range(1_000)]
    assert ruled_grids(across, across) == []
    assert ruled_grids(across[:100], across[:100]) == []
    assert len(ruled_grids(across[:10], across[:10])) == 1
