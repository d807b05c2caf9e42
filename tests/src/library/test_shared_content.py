"""What a stranger who adds the same file can do to its owner's copy: nothing."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from shared_utils.pdf.ocr import tesseract_available
from src.library.library import Library
from src.rag_with_generation import Rag
from src.views import DocumentState
from tests.conftest import DrawPdf
from tests.src.library.shelves import MINE, TALK, THEIRS, OpenLibrary, answered, settled, shelf_with_sample
from tests.waiting import until

Harm = Callable[[OpenLibrary, Library, bytes], None]


@pytest.fixture
def scan(rag: Rag, draw_pdf: DrawPdf, tmp_path: Path) -> bytes:
    """Two pages of words, and two that are pictures of words."""
    lines = [[f"Valve {n} closes at {n}.2 bar.", f"Valve {n} opens again at {n}.1 bar."] for n in (1, 2, 3, 4)]
    drawn = draw_pdf("drawn.pdf", lines)
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=A4)
    for number, page in enumerate(lines, start=1):
        if number <= 2:
            for at, line in enumerate(page):
                canvas.drawString(72, 760 - 20 * at, line)
        else:
            picture = rag.viewer.draw(drawn, number, width_px=1600)
            canvas.drawImage(ImageReader(io.BytesIO(picture.data)), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return (tmp_path / "scan.pdf").read_bytes()


def removes_it_at_once(open_library: OpenLibrary, library: Library, data: bytes) -> None:
    theirs = library.shelf(THEIRS)
    theirs.remove(theirs.add("theirs.pdf", data))
    wiped_by_readers(library)


def removes_it_when_its_pages_are_read(open_library: OpenLibrary, library: Library, data: bytes) -> None:
    theirs = library.shelf(THEIRS)
    entry = theirs.add("theirs.pdf", data)
    until(lambda: theirs.documents()[0].state not in (DocumentState.QUEUED, DocumentState.READING))
    theirs.remove(entry)
    wiped_by_readers(library)


def reads_it_to_the_end_where_nothing_is_recognised(open_library: OpenLibrary, library: Library, data: bytes) -> None:
    theirs = open_library(ocr_seconds=0.0).shelf(THEIRS)
    theirs.add("theirs.pdf", data)
    until(lambda: settled(theirs))
    assert theirs.documents()[0].state is DocumentState.PARTIAL  # as its own reading came to


def wiped_by_readers(library: Library) -> None:
    """Return once nobody reads any more."""
    theirs = library.shelf(THEIRS)
    follower = theirs.add("after.pdf", b"%PDF-1.7 not a file that can be read")
    until(lambda: settled(theirs))
    theirs.remove(follower)
    library.store.erase_removed(0.0)


@pytest.mark.skipif(not tesseract_available(), reason="tesseract is not installed")
@pytest.mark.parametrize(
    "harm",
    [removes_it_at_once, removes_it_when_its_pages_are_read, reads_it_to_the_end_where_nothing_is_recognised],
)
def test_the_owners_pages_footnotes_and_status_stay_through_a_restart(
    open_library: OpenLibrary, scan: bytes, harm: Harm
) -> None:
    library = open_library()
    mine = library.shelf(MINE)
    mine.add("mine.pdf", scan)
    until(lambda: settled(mine))
    (view,) = mine.documents()
    assert (view.state, view.pages) == (DocumentState.READY, 4)
    mine.ask(TALK, "At what pressure does valve 3 close?")
    answer = answered(mine).answer
    assert answer is not None
    assert "3.2 bar" in answer.citations[0].quote
    kept = library.store.load_document(view.document_id, "mine.pdf")
    state = library.store.reading_state(view.document_id)
    vectors = library.store.count_vectors(view.document_id, library.rag.vector_model)

    harm(open_library, library, scan)
    assert library.store.load_document(view.document_id, "mine.pdf") == kept
    assert library.store.reading_state(view.document_id) == state
    library.close()
    library = open_library()
    mine = library.shelf(MINE)
    until(lambda: settled(mine))
    assert library.store.load_document(view.document_id, "mine.pdf") == kept
    assert library.store.reading_state(view.document_id) == state
    assert library.store.count_vectors(view.document_id, library.rag.vector_model) == vectors > 0
    assert mine.documents() == (view,)
    for citation in answer.citations:
        (found,) = [d for d in mine.searchable() if d.document.id == citation.document_id]
        page = found.page(citation.page)
        assert page is not None
        assert page.text[citation.start : citation.end] == citation.quote


def test_a_page_that_rotted_on_the_disk_is_read_anew(open_library: OpenLibrary, tmp_path: Path) -> None:
    library = open_library()
    (view,) = shelf_with_sample(library).documents()
    kept = library.store.load_document(view.document_id, view.name)
    library.store.index_path(view.document_id).unlink()  # this machine has no copy of its own
    library.close()
    with closing(sqlite3.connect(tmp_path / "data" / "store" / "footnote.sqlite", isolation_level=None)) as db:
        db.execute(
            "UPDATE page SET body = CAST(substr(body, 1, 100) || zeroblob(length(body) - 100) AS BLOB) WHERE number = 2"
        )
    library = open_library()
    mine = library.shelf(MINE)
    until(lambda: settled(mine))
    assert mine.documents() == (view,)
    assert library.store.load_document(view.document_id, view.name) == kept
