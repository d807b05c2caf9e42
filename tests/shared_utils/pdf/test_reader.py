from __future__ import annotations

import io
import random
import stat
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from pypdf.constants import PageLabelStyle
from reportlab.pdfgen.canvas import Canvas

from shared_utils.errors import (
    DamagedFile,
    DocumentError,
    EncryptedPdf,
    NotAPdf,
    PdfTooLarge,
    UnreadablePdf,
    WrongPassword,
)
from shared_utils.pdf.engines import Budget
from shared_utils.pdf.reader import (
    DocumentOpened,
    PageReady,
    PagesRevised,
    ReadingEvent,
    ReadingLimits,
    read_pdf,
    save_decrypted_copy,
)
from shared_utils.types import OutlineEntry, Page, PageVerdict
from tests.shared_utils.pdf import pdfs

LIMITS = ReadingLimits(max_bytes=50_000_000)


def events_of(
    folder: Path, data: bytes, limits: ReadingLimits = LIMITS, password: str | None = None
) -> list[ReadingEvent]:
    return list(read_pdf(pdfs.written(folder, data), limits, password=password))


def pages_of(
    folder: Path, data: bytes, limits: ReadingLimits = LIMITS, password: str | None = None
) -> tuple[Page, ...]:
    last = events_of(folder, data, limits, password)[-1]
    assert isinstance(last, PagesRevised)
    return last.pages


def opened(folder: Path, data: bytes) -> DocumentOpened:
    first = events_of(folder, data)[0]
    assert isinstance(first, DocumentOpened)
    return first


@pytest.mark.parametrize(
    ("written", "told"),
    [("D:20191104153012+01'00'", "2019-11-04"), ("D:2019", "2019-01-01"), ("D:19040101", ""), ("soon", "")],
)
def test_the_day_that_a_file_says_it_was_made(tmp_path: Path, written: str, told: str) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdfs.pdf(pdfs.lines("Sheet"))))
    writer.add_metadata({"/CreationDate": written})
    writer.write(tmp_path / "dated.pdf")
    assert opened(tmp_path, (tmp_path / "dated.pdf").read_bytes()).made_on == told


def test_a_file_made_on_the_day_it_is_read_was_converted_for_that(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdfs.pdf(pdfs.lines("Sheet"))))
    writer.add_metadata({"/CreationDate": f"D:{datetime.now(UTC):%Y%m%d%H%M%S}Z"})
    writer.write(tmp_path / "dated.pdf")
    assert opened(tmp_path, (tmp_path / "dated.pdf").read_bytes()).made_on == ""


def test_every_page_is_ready_once_and_final_once(tmp_path: Path) -> None:
    first, *ready, last = events_of(tmp_path, pdfs.pdf(*(pdfs.lines(f"Sheet {i}") for i in range(1, 6))))
    assert isinstance(first, DocumentOpened)
    assert first.pages == 5
    assert [event.page.number for event in ready if isinstance(event, PageReady)] == [1, 2, 3, 4, 5]
    assert isinstance(last, PagesRevised)
    assert [page.text for page in last.pages] == [f"Sheet {i}" for i in range(1, 6)]


# ------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"PK\x03\x04word/document.xml", "Office document"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"Dear reader, this is a letter.", "plain text"),
        (bytes(range(128, 256)) * 20, "something else"),
    ],
)
def test_what_is_not_a_pdf_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(NotAPdf, match=said):
        events_of(tmp_path, data)


@pytest.mark.parametrize("kept", [9, 300])
def test_a_cut_off_pdf_is_called_damaged(tmp_path: Path, kept: int) -> None:
    with pytest.raises(DamagedFile, match="damaged or cut off"):
        events_of(tmp_path, pdfs.raw_pdf(pdfs.shown("Hello"))[:kept])


def test_a_pdf_without_pages_says_so(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="no pages"):
        events_of(tmp_path, pdfs.raw_pdf())


def test_a_missing_file_is_a_document_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePdf, match="upload it again"):
        list(read_pdf(tmp_path / "gone.pdf", LIMITS))


def test_too_many_bytes_and_too_many_pages_are_refused_with_both_numbers(tmp_path: Path) -> None:
    data = pdfs.pdf(*[pdfs.lines("x")] * 7)
    with pytest.raises(PdfTooLarge, match=r"7 pages; at most 5"):
        events_of(tmp_path, data, replace(LIMITS, max_pages=5))
    with pytest.raises(PdfTooLarge, match="MB"):
        events_of(tmp_path, data, replace(LIMITS, max_bytes=100))


@pytest.mark.parametrize("password", ["kestrel", "pässwörd€"])
def test_a_password_is_asked_for_tried_and_needed(tmp_path: Path, password: str) -> None:
    data = pdfs.encrypted(pdfs.pdf(pdfs.lines("The valve closes at 4.2 bar.")), password)
    with pytest.raises(EncryptedPdf) as asked:
        events_of(tmp_path, data)
    assert not isinstance(asked.value, WrongPassword)
    with pytest.raises(WrongPassword):
        events_of(tmp_path, data, password="guess")
    assert pages_of(tmp_path, data, password=password)[0].text == "The valve closes at 4.2 bar."


def test_a_decrypted_copy_opens_without_the_password_and_only_for_its_owner(tmp_path: Path) -> None:
    locked = pdfs.written(tmp_path, pdfs.encrypted(pdfs.pdf(pdfs.lines("Valves")), "kestrel"), "locked.pdf")
    copy = tmp_path / "copy.pdf"
    save_decrypted_copy(locked, "kestrel", copy, LIMITS)
    assert pages_of(tmp_path, copy.read_bytes())[0].text == "Valves"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with pytest.raises(WrongPassword):
        save_decrypted_copy(locked, "guess", tmp_path / "other.pdf", LIMITS)
    assert not (tmp_path / "other.pdf").exists()


def test_an_empty_user_password_is_no_obstacle(tmp_path: Path) -> None:
    assert pages_of(tmp_path, pdfs.encrypted(pdfs.pdf(pdfs.lines("Open")), ""))[0].text == "Open"


# ------------------------------------------------------------------------------------------------ lost pages


def test_a_page_that_kills_its_reader_is_accounted_for_and_the_others_are_read(tmp_path: Path) -> None:
    limits = replace(LIMITS, memory_bytes=400 * 2**20)
    data = pdfs.raw_pdf(pdfs.shown("first"), pdfs.bomb(600), pdfs.shown("third"))
    pages = pages_of(tmp_path, data, limits)
    assert [page.text for page in pages] == ["first", "", "third"]
    assert [page.number for page in pages] == [1, 2, 3]
    assert pages[1].verdict in (PageVerdict.UNREADABLE, PageVerdict.EMPTY)
    assert pages[1].reason


def test_from_the_page_on_at_which_the_characters_are_used_up_pages_are_unreadable_with_the_reason(
    tmp_path: Path,
) -> None:
    pages = pages_of(tmp_path, pdfs.dense(pages=400, sentences=40), replace(LIMITS, max_chars=10_000))
    read = [page for page in pages if page.verdict is PageVerdict.TEXT]
    assert sum(len(page.text) for page in read[:-1]) < 10_000 <= sum(len(page.text) for page in read)
    assert [page.number for page in read] == list(range(1, len(read) + 1))
    assert len(pages) == 400
    for page in pages[len(read) :]:
        assert page.verdict is PageVerdict.UNREADABLE
        assert "beyond the first 10,000 characters" in str(page.reason)
        assert "split the file" in str(page.reason)


def test_when_the_document_s_time_is_up_the_rest_is_unreadable_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pdfs.pdf(*(pdfs.lines(f"Sheet {i}") for i in range(1, 2001)))
    reading = read_pdf(pdfs.written(tmp_path, data), LIMITS)
    begun = [next(reading) for _ in range(3)]
    monkeypatch.setattr(Budget, "left_s", lambda self: 0.0)
    *ready, last = reading
    assert isinstance(last, PagesRevised)
    assert [page.number for page in last.pages] == list(range(1, 2001))
    assert len(begun) + len(ready) == 2001
    assert last.pages[0].text == "Sheet 1"
    assert last.pages[-1].verdict is PageVerdict.UNREADABLE
    assert "was not reached within the 120 seconds" in str(last.pages[-1].reason)


def test_a_very_long_page_is_cut_and_says_so(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.lines("0123456789" * 5)), replace(LIMITS, max_chars_per_page=20))
    assert page.text == "0123456789" * 2
    assert "first 20 characters" in str(page.reason)


def test_a_cancelled_reading_just_ends(tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, pdfs.pdf(*[pdfs.lines("x")] * 3))
    assert list(read_pdf(path, LIMITS, cancelled=lambda: True)) == []


def test_damaged_copies_end_in_pages_or_a_document_error(tmp_path: Path) -> None:
    rng = random.Random(11)
    seeds = [
        pdfs.pdf(pdfs.lines("one"), pdfs.cells(("a", "1", "2"))),
        pdfs.raw_pdf(pdfs.shown("Hello"), pdfs.shown("World")),
        pdfs.encrypted(pdfs.pdf(pdfs.lines("secret")), ""),
    ]
    for _ in range(24):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        del data[rng.randrange(len(data)) :][: rng.choice([0, 50])]
        with suppress(DocumentError):
            pages = pages_of(tmp_path, bytes(data))
            assert [page.number for page in pages] == list(range(1, len(pages) + 1))


# ------------------------------------------------------------------------------------------------ reading order


def test_the_cells_of_a_table_row_stand_on_one_line_with_their_label(tmp_path: Path) -> None:
    table = [("Net revenues", "41,207", "38,655", "36,114"), ("Other income (loss), net", "(1,674)", "841", "34")]
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.cells(*table)))
    assert [" ".join(line.split()) for line in page.text.splitlines()] == [" ".join(row) for row in table]
    assert [page.text[row.start : row.end] for row in page.table_rows] == page.text.splitlines()


def test_numbers_drawn_column_by_column_return_to_their_labels(tmp_path: Path) -> None:
    table = [
        ("Properties", "30", "(71)"),
        ("Legal Proceedings", "32", "88"),
        ("Summary", "114", "12"),
        ("Index", "115", "96"),
    ]
    columns = zip(*table, strict=True)
    draws = (
        pdfs.cells(*[[text] for text in column], columns=[x]) for x, column in zip((72, 400, 500), columns, strict=True)
    )
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.together(*draws)))
    assert page.text.splitlines() == ["   ".join(row) for row in table]


def test_the_axis_of_a_chart_does_not_join_the_paragraph_beside_it(tmp_path: Path) -> None:
    prose = pdfs.lines(*[pdfs.PROSE[:40]] * 12, size=10)
    axis = pdfs.cells(["$90"], ["$60"], ["$30"], ["$0"], columns=[420], y=690)
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.together(prose, axis)))
    assert page.text.splitlines() == [pdfs.PROSE[:40].strip()] * 12 + ["$90", "$60", "$30", "$0"]


@pytest.mark.parametrize("row_by_row", [True, False])
def test_columns_are_read_one_after_the_other_however_they_were_drawn(tmp_path: Path, row_by_row: bool) -> None:
    words = (pdfs.PROSE * 3).split()
    left, right = ([" ".join(words[i : i + 6]) for i in range(at, at + 60, 6)] for at in (0, 60))
    order = [(c, i) for i in range(10) for c in (0, 1)] if row_by_row else [(c, i) for c in (0, 1) for i in range(10)]
    draws = (pdfs.lines((left, right)[c][i], x=(72, 330)[c], y=700 - 14 * i, size=9) for c, i in order)
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.together(*draws)))
    assert page.text.split() == " ".join(left + right).split()


def test_a_word_broken_at_a_line_end_is_joined_and_a_compound_keeps_its_hyphen(tmp_path: Path) -> None:
    texts = ("Check the tem-", "perature of the gearbox and the long-", "term drift. A long wait, a term.")
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.lines(*texts)))
    assert "the temperature\nof the gearbox" in page.text
    assert "the long-term\ndrift" in page.text


def test_the_whole_document_decides_about_a_hyphen(tmp_path: Path) -> None:
    broken = pdfs.lines("They measured the cross-", "bar twice.")
    pages = pages_of(tmp_path, pdfs.pdf(broken, pdfs.lines("The crossbar is new.")))
    assert "crossbar\ntwice" in pages[0].text


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_table_set_sideways_keeps_its_rows(tmp_path: Path, degrees: int) -> None:
    """As filings set wide tables: the words are turned, and the page turned back where a reader is to see it."""

    def sideways(canvas: Canvas) -> None:
        canvas.translate(306, 396)
        canvas.rotate(degrees)
        canvas.translate(-306, -396)
        pdfs.cells(("Balance, April 1", "367", "362,097"), ("Options exercised", "50", "1,201"), y=500)(canvas)

    (page,) = pages_of(tmp_path, pdfs.pdf(sideways))
    assert page.text.split("\n") == ["Balance, April 1   367   362,097", "Options exercised   50   1,201"]


def test_lines_that_climb_a_turned_page_are_read_from_the_top(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path, pdfs.turned(pdfs.pdf(pdfs.lines("First line here", "Second line here")), 90))
    assert page.text == "First line here\nSecond line here"


def test_the_runs_lead_every_character_back_to_pdfium_s(tmp_path: Path) -> None:
    table = pdfs.cells(("Revenues", "41,207", "38,655"), y=500)
    data = pdfs.pdf(pdfs.together(pdfs.lines("The tem-", "perature rose, and so", "did the rest."), table))
    (page,) = pages_of(tmp_path, data)
    glyphs = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    covered: set[int] = set()
    for run in page.runs:
        assert page.text[run.text_start :][: run.length] == glyphs[run.glyph_start :][: run.length]
        covered.update(range(run.text_start, run.text_start + run.length))
    assert {character for i, character in enumerate(page.text) if i not in covered} <= {" ", "\n"}


# ------------------------------------------------------------------------------------------------ verdicts


def test_a_picture_of_a_page_is_a_scan_and_a_blank_page_is_empty(tmp_path: Path) -> None:
    data = pdfs.pdf(pdfs.lines("Words"), pdfs.picture_of(pdfs.lines("Harbour log")), lambda canvas: None)
    pages = pages_of(tmp_path, data)
    assert [page.verdict for page in pages] == [PageVerdict.TEXT, PageVerdict.SCANNED, PageVerdict.EMPTY]
    assert not pages[0].reason
    assert "OCR" in str(pages[1].reason)
    assert pages[2].reason


def test_the_text_layer_of_a_scan_is_its_text_and_not_hidden(tmp_path: Path) -> None:
    words = "The keeper recorded 47 ships on 12 March of that year."
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.picture_of(pdfs.lines(words), text_layer=pdfs.invisible(words))))
    assert (page.verdict, page.text, page.hidden) == (PageVerdict.TEXT, words, ())


def test_a_few_words_on_a_large_picture_are_a_mixed_page(tmp_path: Path) -> None:
    caption = pdfs.lines("Figure 7: the old harbour, seen from the lighthouse.", y=60)
    (page,) = pages_of(tmp_path, pdfs.pdf(pdfs.together(pdfs.picture_of(pdfs.lines("Signs")), caption)))
    assert page.verdict is PageVerdict.MIXED


def test_a_picture_beside_much_text_is_told_and_a_small_mark_is_not(tmp_path: Path) -> None:
    prose = pdfs.lines(*[pdfs.PROSE[i : i + 80] for i in range(0, 1200, 80)], y=740, size=10)
    long = pdfs.lines(*[pdfs.PROSE[:80]] * 12, y=740, size=10)
    half = pdfs.picture_of(pdfs.lines("Result"), box=(60, 80, 480, 300))
    mark = pdfs.picture_of(pdfs.lines("Result"), box=(60, 80, 100, 100))
    pages = pages_of(tmp_path, pdfs.pdf(pdfs.together(long, half), pdfs.together(long, mark), prose))
    assert [page.verdict for page in pages] == [PageVerdict.MIXED, PageVerdict.TEXT, PageVerdict.TEXT]


def test_a_page_of_words_that_nobody_sees_or_of_signs_alone_is_empty(tmp_path: Path) -> None:
    data = pdfs.pdf(pdfs.invisible("Nothing of this is drawn on the page."), pdfs.lines("* * *", "----"))
    pages = pages_of(tmp_path, data)
    assert [page.verdict for page in pages] == [PageVerdict.EMPTY] * 2
    assert [str(page.reason) for page in pages] == [
        "This page holds words that cannot be seen.",
        "This page holds signs but no words.",
    ]


def test_letters_without_a_meaning_are_told_from_a_blank_page(tmp_path: Path) -> None:
    boxes = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [.1 0 0 .1 0 0] /FirstChar 1 /LastChar 1"
    glyph = b" /Widths [10] /Encoding << /Differences [1 /g1] >> /CharProcs << /g1 99 0 R >> >>"
    drawn = pdfs.stream(b"BT /F1 24 Tf 72 700 Td (\x01\x01\x01) Tj ET")
    blank = pdfs.stream(b"BT /F1 24 Tf 72 700 Td (   ) Tj ET")
    data = pdfs.raw_pdf(drawn, blank).replace(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", boxes + glyph, 1
    )
    shape = b"99 0 obj\n" + pdfs.stream(b"10 0 0 0 10 10 d1 1 1 8 8 re f") + b"\nendobj\n"
    data = data.replace(b"xref\n", shape + b"xref\n", 1)
    coded, empty = pages_of(tmp_path, data)
    assert coded.verdict is PageVerdict.UNREADABLE
    assert "without their meaning" in str(coded.reason)
    assert empty.verdict is PageVerdict.EMPTY


def test_words_that_nobody_can_see_are_flagged_and_the_others_are_not(tmp_path: Path) -> None:
    def white(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 600, "white on paper")
        canvas.setFillColorRGB(0, 0, 0.5)
        canvas.rect(60, 540, 300, 30, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 550, "white on blue")
        canvas.setFillColorRGB(0, 0, 0)

    tiny = pdfs.lines("far too small", y=500, size=0.4)
    away = pdfs.lines("beside the page", x=900, y=450)
    visible = pdfs.lines("plain to see")
    (page,) = pages_of(
        tmp_path, pdfs.pdf(pdfs.together(visible, white, tiny, away, pdfs.invisible("not drawn", y=400)))
    )
    hidden = " ".join(page.text[span.start : span.end] for span in page.hidden)
    assert " ".join(hidden.split()) == "white on paper far too small beside the page not drawn"
    seen = [i for i in range(len(page.text)) if not any(span.start <= i < span.end for span in page.hidden)]
    assert "".join(page.text[i] for i in seen).split() == ["plain", "to", "see", "white", "on", "blue"]


# ------------------------------------------------------------------------------------------------ the document layer


def test_title_outline_labels_and_attachment_names_are_read(tmp_path: Path) -> None:
    def edit(writer: pypdf.PdfWriter) -> None:
        writer.add_metadata({"/Title": "Valve handbook"})
        chapter = writer.add_outline_item(title="Valves", page_number=0)
        writer.add_outline_item(title="Brass", page_number=1, parent=chapter)
        writer.add_attachment("../../etc/passwd", b"no")
        writer.set_page_label(0, 0, style=PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(1, 2, style=PageLabelStyle.DECIMAL, start=1)

    data = pdfs.edited(pdfs.pdf(*[pdfs.lines("x")] * 3), edit)
    document = opened(tmp_path, data)
    assert document.title == "Valve handbook"
    assert document.outline == (OutlineEntry("Valves", 1, 1), OutlineEntry("Brass", 2, 2))
    assert document.attachments == ("passwd",)
    assert [page.label for page in pages_of(tmp_path, data)] == ["i", "1", "2"]


def test_a_title_that_a_program_left_behind_is_no_title(tmp_path: Path) -> None:
    assert opened(tmp_path, pdfs.pdf(pdfs.lines("x"))).title == ""  # reportlab writes "untitled"


def test_what_is_filled_into_a_form_can_be_found(tmp_path: Path) -> None:
    def form(canvas: Canvas) -> None:
        canvas.drawString(72, 720, "Registration")
        canvas.acroForm.textfield(name="ship", value="Aurora Borealis", x=150, y=650, width=200, height=20)
        canvas.acroForm.checkbox(name="insured", checked=True, x=150, y=610)
        canvas.acroForm.checkbox(name="leaking", checked=False, x=150, y=570)

    (page,) = pages_of(tmp_path, pdfs.pdf(form))
    assert page.text.splitlines() == ["Registration", "ship: Aurora Borealis", "insured: Yes"]


def test_a_raised_digit_behind_a_number_is_the_mark_of_a_note_and_not_a_digit(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        for line, mark, rest in (("It has 45,201", "2", " people"), ("and 9", "4", " deaths of 120")):
            text.setFont("Helvetica", 11)
            text.textOut(line)
            text.setFont("Helvetica", 6.4)
            text.setRise(4)
            text.textOut(mark)
            text.setFont("Helvetica", 11)
            text.setRise(0)
            text.textLine(rest)
        text.textOut("In 2023 a smaller number is ")
        text.setFont("Helvetica", 7)
        text.textOut("1,377")
        canvas.drawText(text)

    page, table = pages_of(tmp_path, pdfs.pdf(draw, pdfs.cells(("Deaths", "17", "9"), ("Fires", "4", "5"))))
    assert "45,201² people" in page.text
    assert "9⁴ deaths of 120" in page.text
    assert "1,377" in page.text
    assert table.text.split() == ["Deaths", "17", "9", "Fires", "4", "5"]
