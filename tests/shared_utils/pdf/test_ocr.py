from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.errors import DocumentError
from shared_utils.pdf import ocr
from shared_utils.pdf.quotes import find_quote
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Page, PageVerdict
from tests.shared_utils.pdf import pdfs

LIMITS = ReadingLimits(max_bytes=50_000_000)
needs_tesseract = pytest.mark.skipif(not ocr.tesseract_available(), reason="tesseract is not installed")


@pytest.fixture
def viewer() -> Iterator[PageViewer]:
    made = PageViewer(LIMITS)
    yield made
    made.close()


@pytest.fixture
def scan(tmp_path: Path) -> tuple[Path, Page]:
    text = pdfs.lines("HARBOUR MASTER LOG 1931", "The keeper recorded 47 ships on 12 March.", size=16)
    path = pdfs.written(tmp_path, pdfs.pdf(pdfs.picture_of(text)))
    last = list(read_pdf(path, LIMITS))[-1]
    assert isinstance(last, PagesRevised)
    return path, last.pages[0]


@needs_tesseract
def test_the_words_of_a_scan_are_read_and_stand_where_they_are_drawn(
    viewer: PageViewer, scan: tuple[Path, Page]
) -> None:
    path, page = scan
    read = ocr.ocr_page(viewer, path, page)
    assert (read.verdict, read.reader, read.number) == (PageVerdict.TEXT, "ocr", page.number)
    span = find_quote(read.text, "recorded 47 ships")
    assert span is not None
    ((rect,),) = viewer.locate(path, read, [span])
    assert rect[1] == pytest.approx(792 - 700 + 1.3 * 16 - 12, abs=4)
    assert 72 < rect[0] < rect[2] < 400
    for box in read.word_boxes:
        assert not any(character.isspace() for character in read.text[box.start : box.end])


@needs_tesseract
def test_a_page_without_words_is_empty_after_ocr(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, pdfs.pdf(lambda canvas: None))
    page = Page(number=1, label="1", text="", verdict=PageVerdict.SCANNED, width=612, height=792)
    assert ocr.ocr_page(viewer, path, page).verdict is PageVerdict.EMPTY


@needs_tesseract
def test_ocr_that_takes_too_long_is_stopped(viewer: PageViewer, scan: tuple[Path, Page]) -> None:
    with pytest.raises(DocumentError, match=r"longer than 0\.001 seconds"):
        ocr.ocr_page(viewer, *scan, time_limit_s=0.001)


def test_without_tesseract_the_package_to_install_is_named(
    viewer: PageViewer, scan: tuple[Path, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert not ocr.tesseract_available()
    with pytest.raises(DocumentError, match=r"apt install tesseract-ocr.*brew install tesseract"):
        ocr.ocr_page(viewer, *scan)
