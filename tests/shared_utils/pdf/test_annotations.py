from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageChops
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, NameObject, TextStringObject

from shared_utils.errors import DocumentGone, UnreadablePdf
from shared_utils.pdf.annotations import AnnotatedPdf, Highlight, annotate_pdf
from shared_utils.pdf.quotes import find_quote
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Page, Rect
from tests.shared_utils.pdf import pdfs

LIMITS = ReadingLimits(max_bytes=50_000_000)
SENTENCE = "The valve closes at 4.2 bar"
BASE = pdfs.pdf(pdfs.lines(SENTENCE, "Second line about the brass fitting.", x=100, y=600, size=14))
MADE_ON = 1_795_260_900.0  # 2026-11-21 11:35 UTC


def _sideways_crop(writer: pypdf.PdfWriter) -> None:
    """A crop box that hangs over the paper's edge, its corners the other way round."""
    writer.pages[0][NameObject("/CropBox")] = pypdf.generic.RectangleObject((900, 720, 60, 400))


VARIANTS = {
    "upright": BASE,
    "turned by 90": pdfs.turned(BASE, 90),
    "turned by 180": pdfs.turned(BASE, 180),
    "turned by 270": pdfs.turned(BASE, 270),
    "cropped": pdfs.cropped(BASE, (80, 500, 560, 700)),
    "cropped and turned": pdfs.turned(pdfs.cropped(BASE, (80, 500, 560, 700)), 90),
    "cropped beyond the paper": pdfs.turned(pdfs.edited(BASE, _sideways_crop), 270),
}


@pytest.fixture(scope="module")
def viewer() -> Iterator[PageViewer]:
    made = PageViewer(LIMITS)
    yield made
    made.close()


def first_page(path: Path) -> Page:
    last = list(read_pdf(path, LIMITS))[-1]
    assert isinstance(last, PagesRevised)
    return last.pages[0]


def highlight(viewer: PageViewer, path: Path, quote: str, note: str = "Why? Because.") -> Highlight:
    page = first_page(path)
    span = find_quote(page.text, quote)
    assert span is not None
    (rects,) = viewer.locate(path, page, [span])
    assert rects
    return Highlight(1, page.width, page.height, rects, note)


def annotate(path: Path, *highlights: Highlight) -> AnnotatedPdf:
    return annotate_pdf(path, highlights, LIMITS, author="Footnote", made_on=MADE_ON)


def notes_in(data: bytes) -> list[dict[str, Any]]:
    (page, *_) = pypdf.PdfReader(io.BytesIO(data)).pages
    listed: Any = page["/Annots"]
    return [dict(reference.get_object()) for reference in listed]


def words_under(data: bytes, rect: ArrayObject) -> str:
    """What PDFium reads inside a rectangle of the page's own space."""
    left, bottom, right, top = (float(value) for value in rect)
    document = pypdfium2.PdfDocument(data)
    try:
        words = document[0].get_textpage().get_text_bounded(left, bottom, right, top)
        return " ".join(words.split())
    finally:
        document.close()


def drawn(viewer: PageViewer, path: Path, width_px: int = 900) -> Image.Image:
    image = viewer.draw(path, 1, width_px=width_px)
    return Image.open(io.BytesIO(image.data)).convert("RGB")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_annotation_lies_on_the_words_and_they_are_drawn_yellow(
    viewer: PageViewer, tmp_path: Path, variant: str
) -> None:
    path = pdfs.written(tmp_path, VARIANTS[variant])
    mark = highlight(viewer, path, SENTENCE)
    copy = annotate(path, mark)
    assert copy.written == 1

    (found,) = notes_in(copy.data)
    assert words_under(copy.data, found["/Rect"]) == SENTENCE

    after = drawn(viewer, pdfs.written(tmp_path, copy.data, "copy.pdf"))
    changed = ImageChops.difference(drawn(viewer, path), after).convert("L").point(lambda v: 255 * (v > 40)).getbbox()
    scale = after.width / mark.width
    assert changed == pytest.approx([value * scale for value in mark.rects[0]], abs=8)  # JPEG rings a little
    colours = yellow_and_dark(after, mark.rects[0], scale)
    assert colours == (True, True)


def yellow_and_dark(picture: Image.Image, rect: Rect, scale: float) -> tuple[bool, bool]:
    """Whether the marker's colour is there, and whether the letters under it are still dark."""
    part = picture.crop(tuple(round(value * scale) for value in rect))  # type: ignore[arg-type]
    pixels = [colour for _, colour in part.getcolors(part.width * part.height) or []]
    seen = [colour for colour in pixels if isinstance(colour, tuple)]
    return any(r > 240 and g > 205 and b < 140 for r, g, b in seen), any(sum(colour) < 200 for colour in seen)


def test_an_annotation_says_who_when_and_why(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    note = "[1] Wann schließt das Ventil? — ٤٫٢ bar\n<script>alert(1)</script>"
    (found,) = notes_in(annotate(path, highlight(viewer, path, SENTENCE, note)).data)
    assert found["/Subtype"] == "/Highlight"
    assert found["/T"] == "Footnote"
    assert found["/Contents"] == note
    assert found["/M"] == "D:20261121113500Z"


def test_a_quote_over_two_lines_is_one_annotation_with_a_quadrilateral_a_line(
    viewer: PageViewer, tmp_path: Path
) -> None:
    path = pdfs.written(tmp_path, BASE)
    (found,) = notes_in(annotate(path, highlight(viewer, path, "4.2 bar Second line")).data)
    points = [float(value) for value in found["/QuadPoints"]]
    assert len(points) == 16
    # upper left, upper right, lower left, lower right: y falls from the first pair to the second
    assert points[1] == points[3] > points[5] == points[7]
    assert points[0] == points[4] < points[2] == points[6]


def test_what_the_pdf_had_before_stays(viewer: PageViewer, tmp_path: Path) -> None:
    def dress(writer: pypdf.PdfWriter) -> None:
        writer.add_outline_item(title="Valves", page_number=0)
        writer.add_metadata({"/Title": "About valves"})
        writer.add_annotation(0, FreeText(text="An earlier note", rect=(100, 300, 300, 330)))

    path = pdfs.written(tmp_path, pdfs.edited(BASE, dress))
    data = annotate(path, highlight(viewer, path, SENTENCE)).data
    copy = pypdf.PdfReader(io.BytesIO(data))
    assert copy.metadata is not None
    assert copy.metadata.title == "About valves"
    assert [str(entry.title) for entry in copy.outline if not isinstance(entry, list)] == ["Valves"]
    earlier, ours = notes_in(data)
    assert earlier["/Contents"] == "An earlier note"
    assert ours["/Contents"] == "Why? Because."
    assert first_page(pdfs.written(tmp_path, data, "copy.pdf")).text == first_page(path).text


def test_a_list_of_annotations_that_is_none_is_replaced(viewer: PageViewer, tmp_path: Path) -> None:
    def spoil(writer: pypdf.PdfWriter) -> None:
        writer.pages[0][NameObject("/Annots")] = TextStringObject("none")

    path = pdfs.written(tmp_path, pdfs.edited(BASE, spoil))
    assert len(notes_in(annotate(path, highlight(viewer, path, SENTENCE)).data)) == 1


def test_a_file_that_opens_without_its_owners_password_is_copied_without_any(
    viewer: PageViewer, tmp_path: Path
) -> None:
    path = pdfs.written(tmp_path, pdfs.encrypted(BASE, ""))
    copy = annotate(path, highlight(viewer, path, SENTENCE))
    assert not pypdf.PdfReader(io.BytesIO(copy.data)).is_encrypted
    assert copy.written == 1


def test_a_page_of_another_size_gets_no_highlight(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    mark = highlight(viewer, path, SENTENCE)
    assert annotate(path, replace(mark, height=mark.height * 2), mark).written == 1
    assert annotate(path, replace(mark, width=0.0)).written == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pdfs.encrypted(BASE, "secret"), "locked with a password"),
        (b"%PDF-1.7\nnothing of the kind", "damaged"),
    ],
)
def test_a_file_that_cannot_be_copied_says_so_in_a_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = pdfs.written(tmp_path, data)
    with pytest.raises(UnreadablePdf, match=rf"^No copy with highlights could be made of this PDF: .*{words}\.$"):
        annotate(path, Highlight(1, 612, 792, ((1, 1, 2, 2),), ""))


def test_a_page_that_is_not_there_is_a_damaged_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePdf, match="damaged"):
        annotate(pdfs.written(tmp_path, BASE), Highlight(7, 612, 792, ((1, 1, 2, 2),), ""))


def test_a_file_that_hangs_the_child_is_given_up(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    mark = highlight(viewer, path, SENTENCE)
    with pytest.raises(UnreadablePdf, match="took too long"):
        annotate_pdf(path, [mark], replace(LIMITS, document_s=0.0), author="Footnote", made_on=MADE_ON)


def test_a_deleted_file_is_gone(tmp_path: Path) -> None:
    with pytest.raises(DocumentGone):
        annotate(tmp_path / "nowhere.pdf")
