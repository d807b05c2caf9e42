"""Words that are struck out are left out of a page's text; lines that are there for something else strike nothing."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.types import Page, PageVerdict
from tests.shared_utils.pdf import pdfs

LIMITS = ReadingLimits(max_bytes=50_000_000)
X, Y, SIZE = 72.0, 700.0, 12.0
SENTENCE = "The yearly fee is 310 dollars 480 dollars in all."


def page_of(folder: Path, draw: pdfs.Draw) -> Page:
    return read(folder, pdfs.pdf(draw))


def read(folder: Path, data: bytes) -> Page:
    last = list(read_pdf(pdfs.written(folder, data), LIMITS))[-1]
    assert isinstance(last, PagesRevised)
    (page,) = last.pages
    return page


def extent(words: str, text: str = SENTENCE) -> tuple[float, float]:
    """Where words of the sentence begin and end on the page."""
    before = text[: text.index(words)]
    start = X + stringWidth(before, "Helvetica", SIZE)
    return start, start + stringWidth(words, "Helvetica", SIZE)


def line_through(words: str, *, height: float = 0.3, width: float = 0.8, shade: float = 0.0) -> pdfs.Draw:
    """The sentence, and a line over these words at so many font sizes above the baseline."""

    def draw(canvas: Canvas) -> None:
        pdfs.lines(SENTENCE, x=X, y=Y, size=SIZE)(canvas)
        canvas.setLineWidth(width)
        canvas.setStrokeGray(shade)
        start, end = extent(words)
        canvas.line(start, Y + height * SIZE, end, Y + height * SIZE)

    return draw


def test_words_with_a_line_through_them_are_left_out_and_the_sentence_stays_one(tmp_path: Path) -> None:
    page = page_of(tmp_path, line_through("310 dollars"))
    assert page.text == "The yearly fee is 480 dollars in all."
    assert page.verdict is PageVerdict.TEXT
    assert "struck out" in str(page.reason)


def test_a_thin_rectangle_strikes_as_a_line_does(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        pdfs.lines(SENTENCE, x=X, y=Y, size=SIZE)(canvas)
        start, end = extent("310 dollars")
        canvas.setFillColorRGB(0.8, 0, 0)
        canvas.rect(start, Y + 3, end - start, 0.9, stroke=0, fill=1)

    assert page_of(tmp_path, draw).text == "The yearly fee is 480 dollars in all."


def test_pieces_of_a_line_word_by_word_strike_as_one_does(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        pdfs.lines(SENTENCE, x=X, y=Y, size=SIZE)(canvas)
        for words in ("310", "dollars"):
            start, end = extent(words)
            for i in range(8):
                step = (end - start) / 8
                canvas.rect(start + i * step, Y + 3.4, step, 0.4, stroke=0, fill=1)

    assert page_of(tmp_path, draw).text == "The yearly fee is 480 dollars in all."


def test_a_line_that_is_struck_out_whole_leaves_no_empty_one(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        pdfs.lines("It ends in May.", "It ends in June.", "It ends in July.", x=X, y=Y, size=SIZE)(canvas)
        canvas.line(
            X, Y - 1.3 * SIZE + 3.5, X + stringWidth("It ends in June.", "Helvetica", SIZE), Y - 1.3 * SIZE + 3.5
        )

    assert page_of(tmp_path, draw).text == "It ends in May.\nIt ends in July."


def test_a_page_of_which_every_word_is_struck_out_says_so(tmp_path: Path) -> None:
    page = page_of(tmp_path, line_through(SENTENCE))
    assert (page.text, page.verdict) == ("", PageVerdict.EMPTY)
    assert "struck out" in str(page.reason)


def test_a_value_struck_out_in_the_cell_of_a_table_is_in_no_cell(tmp_path: Path) -> None:
    table = pdfs.cells(
        ("Item", "Old", "New", "Unit"), ("Harbour dues", "41.20", "45.90", "EUR"),
        ("Pilotage", "88.00", "91.50", "EUR"), ("Mooring", "12.75", "13.10", "EUR"),
    )  # fmt: skip

    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.95)
        canvas.rect(325, 650 - 18 - 5, 60, 18, stroke=1, fill=1)  # the cell, shaded and ruled
        canvas.setFillGray(0)
        table(canvas)
        canvas.line(329, 650 - 18 + 3, 331 + stringWidth("41.20", "Helvetica", 10), 650 - 18 + 3)

    page = page_of(tmp_path, draw)
    assert "41.20" not in page.text
    assert {"88.00", "12.75", "45.90"} <= set(page.text.split())
    assert all("41.20" not in cell.text for found in page.tables for cell in found.cells)


@pytest.mark.parametrize("height", [-0.12, -0.2, 0.95, 1.1])
def test_underlines_and_rules_between_rows_strike_nothing(tmp_path: Path, height: float) -> None:
    assert page_of(tmp_path, line_through("310 dollars", height=height)).text == SENTENCE


def test_a_stripe_behind_words_and_a_white_line_strike_nothing(tmp_path: Path) -> None:
    assert page_of(tmp_path, line_through("310 dollars", width=9, shade=0.8)).text == SENTENCE
    assert page_of(tmp_path, line_through("310 dollars", shade=1)).text == SENTENCE


def test_a_line_that_is_painted_over_strikes_nothing(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        start, end = extent("310 dollars")
        canvas.line(start, Y + 3.6, end, Y + 3.6)
        canvas.setFillGray(1)
        canvas.rect(start - 2, Y - 4, end - start + 4, 16, stroke=0, fill=1)
        canvas.setFillGray(0)
        pdfs.lines(SENTENCE, x=X, y=Y, size=SIZE)(canvas)

    assert page_of(tmp_path, draw).text == SENTENCE


def test_a_line_that_runs_across_the_page_behind_a_label_strikes_nothing(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        pdfs.lines("Limit", x=200, y=Y, size=SIZE)(canvas)
        canvas.line(72, Y + 3.6, 540, Y + 3.6)

    assert page_of(tmp_path, draw).text == "Limit"


def test_a_table_with_rules_close_to_its_rows_keeps_every_number(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.setLineWidth(0.4)
        for i in range(12):
            canvas.drawString(72, 650 - 11 * i, f"Row {i}")
            canvas.drawString(200, 650 - 11 * i, f"{i * 37 + 11}.5")
            canvas.line(70, 650 - 11 * i - 2.4, 260, 650 - 11 * i - 2.4)

    page = page_of(tmp_path, draw)
    assert all(f"{i * 37 + 11}.5" in page.text for i in range(12))


def test_of_a_word_that_is_struck_in_part_the_other_letters_stay(tmp_path: Path) -> None:
    sentence = "A member may vote unlawfully here."

    def draw(canvas: Canvas) -> None:
        pdfs.lines(sentence, x=X, y=Y, size=SIZE)(canvas)
        start, _ = extent("unlawfully", sentence)
        canvas.line(start, Y + 3.4, start + stringWidth("un", "Helvetica", SIZE), Y + 3.4)

    assert page_of(tmp_path, draw).text == "A member may vote lawfully here."


def test_a_number_that_is_struck_in_part_is_left_out_whole(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        pdfs.lines("Pay 41,207 now.", x=X, y=Y, size=SIZE)(canvas)
        start, _ = extent("41,207", "Pay 41,207 now.")
        canvas.line(start, Y + 3.6, start + stringWidth("41,", "Helvetica", SIZE), Y + 3.6)

    assert page_of(tmp_path, draw).text == "Pay now."


def test_words_struck_on_a_page_that_is_set_sideways_are_left_out(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 100)
        canvas.rotate(90)
        canvas.setFont("Helvetica", SIZE)
        canvas.drawString(0, 0, "Keep these words.")
        canvas.drawString(0, -20, "Drop those words.")
        canvas.line(0, -16.5, stringWidth("Drop those words.", "Helvetica", SIZE), -16.5)

    assert page_of(tmp_path, draw).text == "Keep these words."


def struck_by_annotation(words: str, flags: int = 4) -> bytes:
    start, end = extent(words)

    def annotate(writer: pypdf.PdfWriter) -> None:
        corners = (start, Y + 10, end, Y + 10, start, Y - 3, end, Y - 3)
        annotation = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/StrikeOut"),
                NameObject("/Rect"): ArrayObject(map(FloatObject, (start, Y - 3, end, Y + 10))),
                NameObject("/QuadPoints"): ArrayObject(map(FloatObject, corners)),
                NameObject("/F"): FloatObject(flags),
                NameObject("/Contents"): TextStringObject(words),
            }
        )
        writer.add_annotation(0, annotation)

    def on_painted_paper(canvas: Canvas) -> None:
        canvas.setFillGray(1)
        canvas.rect(0, 0, 612, 792, stroke=0, fill=1)
        canvas.setFillGray(0)
        pdfs.lines(SENTENCE, x=X, y=Y, size=SIZE)(canvas)

    return pdfs.edited(pdfs.pdf(on_painted_paper), annotate)


def test_what_an_annotation_strikes_out_is_left_out_and_its_copy_of_the_words_too(tmp_path: Path) -> None:
    assert read(tmp_path, struck_by_annotation("310 dollars")).text == "The yearly fee is 480 dollars in all."


def test_a_hidden_annotation_strikes_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, struck_by_annotation("310 dollars", flags=2)).text == SENTENCE
