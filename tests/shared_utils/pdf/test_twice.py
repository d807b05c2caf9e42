"""Words that a page draws twice are read once."""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from shared_utils.pdf.twice import second_drawings
from tests.shared_utils.tables.drawn import read_one, rows, texts

SHIPS = (("Port", "2022", "2021"), ("Berg", "17,606", "15,785"), ("Dahl", "2,165", "1,865"), ("Elv", "412", "398"))


def test_a_page_drawn_twice_says_each_word_once(tmp_path: Path) -> None:
    found = read_one(tmp_path, rows(*SHIPS), rows(*SHIPS))
    assert found.page.text.split() == [word for row in SHIPS for word in row]
    assert texts(found.table) == [list(row) for row in SHIPS]


def test_an_imitated_bold_says_each_word_once(tmp_path: Path) -> None:
    def bold(canvas: Canvas) -> None:
        for shift in (0, 0.4):
            canvas.drawString(72 + shift, 700, "Dues of the port")
            canvas.drawString(72, 680, "are paid on landing.")

    assert read_one(tmp_path, bold).page.text.split() == ["Dues", "of", "the", "port", "are", "paid", "on", "landing."]


def test_the_same_word_elsewhere_is_another_one() -> None:
    raw = "unq unq unq"
    words = [(0, 3, 100, 0, 140, 90), (4, 7, 300, 0, 340, 90), (8, 11, 301, 2, 341, 92)]
    assert second_drawings(raw, words) == {8}
