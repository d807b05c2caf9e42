"""What is filled into forms and written in annotations is read, under names for people."""

from __future__ import annotations

from pathlib import Path

import pypdf
from pypdf.annotations import FreeText, Text
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from shared_utils.pdf.entries import Entry, Labels, lines
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.types import Page
from tests.shared_utils.pdf import pdfs

LIMITS = ReadingLimits(max_bytes=50_000_000)


def read(folder: Path, data: bytes) -> Page:
    last = list(read_pdf(pdfs.written(folder, data), LIMITS))[-1]
    assert isinstance(last, PagesRevised)
    return last.pages[0]


def test_a_text_box_behind_a_label_is_its_value_and_one_that_stands_alone_is_called_one(tmp_path: Path) -> None:
    form = pdfs.pdf(pdfs.together(pdfs.lines("Vessel:", y=700), pdfs.lines("Berth wanted:", y=660)))

    def write(writer: pypdf.PdfWriter) -> None:
        writer.add_annotation(0, FreeText(text="Morning Star", rect=(160, 695, 300, 712)))
        writer.add_annotation(0, FreeText(text="7", rect=(160, 655, 300, 672)))
        writer.add_annotation(0, FreeText(text="Paid in full on arrival", rect=(160, 300, 400, 320)))

    assert read(tmp_path, pdfs.edited(form, write)).text.splitlines() == [
        "Vessel:",
        "Berth wanted:",
        "Vessel: Morning Star",
        "Berth wanted: 7",
        "Text box: Paid in full on arrival",
    ]


def test_a_sticky_note_says_whose_it_is_and_a_hidden_one_is_not_told(tmp_path: Path) -> None:
    def write(writer: pypdf.PdfWriter) -> None:
        writer.add_annotation(0, Text(text="Lowered after the appeal.", rect=(300, 500, 316, 516), title_bar="Ida"))
        hidden = Text(text="Nobody sees this.", rect=(300, 400, 316, 416))
        hidden.flags = 2  # type: ignore[assignment]
        writer.add_annotation(0, hidden)

    page = read(tmp_path, pdfs.edited(pdfs.pdf(pdfs.lines("The fee is 90 crowns.")), write))
    assert page.text.splitlines() == ["The fee is 90 crowns.", "Note by Ida: Lowered after the appeal."]


def test_the_words_that_a_stamp_shows_are_read(tmp_path: Path) -> None:
    def write(writer: pypdf.PdfWriter) -> None:
        look = StreamObject()
        look.set_data(b"BT /F1 18 Tf 4 6 Td (RECEIVED 3 MAY 2024) Tj ET")
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): font})
        look.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): pypdf.generic.RectangleObject((0, 0, 220, 24)),
                NameObject("/Resources"): DictionaryObject({NameObject("/Font"): fonts}),
            }
        )
        stamp = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Stamp"),
                NameObject("/Rect"): pypdf.generic.RectangleObject((300, 600, 520, 624)),
                NameObject("/T"): TextStringObject("the clerk"),
                NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(look)}),
            }
        )
        writer.add_annotation(0, stamp)

    page = read(tmp_path, pdfs.edited(pdfs.pdf(pdfs.lines("Application")), write))
    assert page.text.splitlines() == ["Application", "Stamp: RECEIVED 3 MAY 2024"]


def form(*, filled: bool) -> pdfs.Draw:
    def draw(canvas: Canvas) -> None:
        fields = canvas.acroForm
        canvas.drawString(72, 704, "Owner:")
        fields.textfield(name="f1", value="Ada Lind" if filled else "", x=150, y=700, width=200, height=20)
        canvas.drawString(72, 664, "Side:")
        for name, x in (("port", 150), ("starboard", 250)):
            fields.radio(name="side", tooltip="Side of the quay", value=name, selected=filled and x > 200, x=x, y=660)
            canvas.drawString(x + 25, 664, name.title())
        canvas.drawString(180, 624, "Shore power")
        fields.checkbox(name="c1", checked=False, x=150, y=620)
        canvas.drawString(180, 584, "Crane")
        fields.checkbox(name="c2", checked=filled, x=150, y=580)

    return draw


def test_a_group_tells_its_choice_once_and_a_box_what_is_printed_beside_it(tmp_path: Path) -> None:
    page = read(tmp_path, pdfs.pdf(form(filled=True)))
    told = page.text.splitlines()
    assert told[-4:] == ["Owner: Ada Lind", "Side of the quay: starboard", "Shore power: No", "Crane: Yes"]
    assert page.text.count("starboard") == 1


def test_a_form_that_nobody_filled_in_claims_nothing(tmp_path: Path) -> None:
    page = read(tmp_path, pdfs.pdf(form(filled=False)))
    assert "No" not in page.text.split()
    assert "none chosen" not in page.text


def test_a_choice_whose_name_means_nothing_is_told_by_its_printed_words() -> None:
    entry = Entry(0, "group", "Pier", "Choice2")
    assert list(lines([entry], {0: Labels("", "Island pier")}, "")) == ["Pier: Island pier"]


def test_a_short_value_is_told_although_its_characters_stand_elsewhere() -> None:
    entries = [Entry(0, "field", "Crew", "16"), Entry(1, "field", "Name of the ship", "Aurora Borealis")]
    assert list(lines(entries, {}, "In 2016 the Aurora Borealis sank.")) == ["Crew: 16"]
