"""A shelf's documents: taken in, read, removed, brought back, drawn."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from shared_utils.errors import DocumentGone, FootnoteError
from shared_utils.pdf.ocr import tesseract_available
from shared_utils.types import Rect
from src.library.sample import sample_pdf
from src.rag_with_generation import Rag
from src.views import DocumentState
from tests.conftest import DrawPdf
from tests.shared_utils.pdf import pdfs
from tests.src.library.shelves import (
    MINE,
    TALK,
    THEIRS,
    OpenLibrary,
    answered,
    bytes_of,
    settled,
    shelf_with_sample,
)
from tests.waiting import until

ROOT = Path(__file__).parents[3]


def test_a_file_goes_from_queued_to_ready_with_every_page_and_passage_counted(
    open_library: OpenLibrary,
) -> None:
    (view,) = shelf_with_sample(open_library()).documents()
    assert view.state is DocumentState.READY
    assert view.pages == len(view.page_verdicts) == 4
    assert view.embedded == view.chunks > 0
    assert view.title == "Harbour Trust of Nordhaven: annual report 2025"


def test_a_file_whose_reading_was_cut_short_is_read_again_after_a_restart(open_library: OpenLibrary) -> None:
    library = open_library()
    document_id = library.store.put_file(sample_pdf()[1])
    library.store.add_to_workspace(MINE, document_id, "sample.pdf")
    library.close()

    shelf = open_library().shelf(MINE)
    until(lambda: settled(shelf))
    assert [view.state for view in shelf.documents()] == [DocumentState.READY]


def test_the_same_bytes_again_are_the_same_document_under_its_own_name(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    first = shelf.documents()[0].entry_id
    assert shelf.add("other name.pdf", sample_pdf()[1]) == first
    (view,) = shelf.documents()
    assert (view.name, view.state) == (sample_pdf()[0], DocumentState.READY)


def test_the_same_name_with_other_bytes_is_another_document(open_library: OpenLibrary, draw_pdf: DrawPdf) -> None:
    shelf = shelf_with_sample(open_library())
    shelf.add(sample_pdf()[0], draw_pdf("x.pdf", [["Other words."]]).read_bytes())
    until(lambda: settled(shelf))
    name = sample_pdf()[0]
    assert [view.name for view in shelf.documents()] == [name, f"{name.removesuffix('.pdf')} (2).pdf"]


def test_a_removed_document_can_be_restored_and_is_wiped_when_it_is_not(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path
) -> None:
    library = open_library()
    shelf = library.shelf(MINE)
    entry = shelf.add("secret.pdf", draw_pdf("secret.pdf", [["The password is xyzzyplugh."]]).read_bytes())
    until(lambda: settled(shelf))
    shelf.remove(entry)
    assert shelf.documents() == ()
    shelf.restore(entry)
    assert len(shelf.documents()) == 1
    shelf.remove(entry)
    shelf._documents.wipe_removed()
    with pytest.raises(DocumentGone):
        shelf.restore(entry)
    library.close()
    assert b"xyzzyplugh" not in bytes_of(tmp_path / "data")


def test_a_locked_file_asks_for_its_password_says_when_it_is_wrong_and_never_keeps_it(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path
) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=draw_pdf("open.pdf", [["The valve closes at 4.2 bar."]]))
    writer.encrypt("sea-salt-42", algorithm="AES-256")
    locked = tmp_path / "locked.pdf"
    writer.write(locked)

    library = open_library()
    shelf = library.shelf(MINE)
    entry = shelf.add("locked.pdf", locked.read_bytes())
    until(lambda: settled(shelf))
    assert shelf.documents()[0].needs_password

    shelf.retry(entry, "pepper")
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert view.state is DocumentState.FAILED
    assert view.needs_password
    assert "does not open" in str(view.reason) or "wrong" in str(view.reason).lower() or "password" in str(view.reason)

    shelf.retry(entry, "sea-salt-42")
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert view.state is DocumentState.READY
    shelf.ask(TALK, "At what pressure does the valve close?")
    assert "4.2 bar" in str(answered(shelf).answer)
    assert shelf.page_image(view.document_id, 1, width_px=300).data
    library.close()
    assert b"sea-salt-42" not in bytes_of(tmp_path / "data")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"max_file_mb": 0}, "at most 0 MB"),
        ({"max_files": 0}, "Remove one"),
        ({"max_person_mb": 0}, "Remove some"),
        ({"max_person_pages": 0}, "0 pages"),
        ({"max_total_mb": 0}, "server is full"),
        ({"max_total_pages": 0}, "server is full"),
    ],
)
def test_limits_refuse_in_a_sentence_and_keep_nothing(
    open_library: OpenLibrary, limit: dict[str, int], words: str
) -> None:
    library = open_library(None, None, **limit)
    shelf = library.shelf(MINE)
    with pytest.raises(FootnoteError, match=words):
        shelf.add(*sample_pdf())
    assert shelf.documents() == ()
    assert library.store.total_usage().files == 0


def test_a_broken_file_says_why_and_the_others_go_on(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    shelf.add("../<b>not a pdf</b>.pdf", b"PK\x03\x04 something else")
    shelf.add(*sample_pdf())
    shelf.add("blank.pdf", blank_pdf())
    until(lambda: settled(shelf))
    broken, sample, blank = shelf.documents()
    assert broken.state is DocumentState.FAILED
    assert "not a PDF" in str(broken.reason)
    assert broken.lasts
    assert broken.name == "../<b>not a pdf</b>.pdf"
    assert sample.state is DocumentState.READY
    assert not sample.lasts
    assert (blank.state, blank.lasts) == (DocumentState.FAILED, True)


def blank_pdf() -> bytes:
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def test_a_cited_page_can_be_drawn_with_its_words_highlighted(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    shelf.ask(TALK, "How many ships called at the port?")
    answer = answered(shelf).answer
    assert answer is not None
    citation = answer.citations[0]
    rects: tuple[Rect, ...] = shelf.rects(citation)
    plain = shelf.page_image(citation.document_id, citation.page, width_px=500)
    marked = shelf.page_image(citation.document_id, citation.page, width_px=500, highlights=rects)
    assert rects
    assert plain.width_px == marked.width_px == 500
    assert plain.data != marked.data


def test_what_is_removed_while_it_is_read_stops_and_is_taken_up_when_it_is_restored(
    open_library: OpenLibrary, draw_pdf: DrawPdf
) -> None:
    long = draw_pdf("long.pdf", [[f"Line {line} of page {page}." for line in range(30)] for page in range(80)])
    shelf = open_library().shelf(MINE)
    entry = shelf.add("long.pdf", long.read_bytes())
    until(lambda: bool(shelf.documents()[0].page_verdicts))
    shelf.remove(entry)
    assert shelf.documents() == ()
    shelf.restore(entry)
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.pages, len(view.page_verdicts)) == (DocumentState.READY, 80, 80)


_INGEST = """
import sys
from pathlib import Path
from dataclasses import replace
from src.settings import Settings
from tests.prepared_models import MODELS
from src.wiring import build_library

library = build_library(Settings(models_dir=MODELS, data_dir=Path(sys.argv[1]), ollama_url="http://127.0.0.1:9"))
shelf = library.shelf(sys.argv[3])
shelf.add("long.pdf", Path(sys.argv[2]).read_bytes())
print("added", flush=True)
while True:
    print(len(shelf.documents()[0].page_verdicts), shelf.documents()[0].embedded, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 200, 20_000])
def test_a_kill_in_the_middle_of_reading_loses_nothing(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path, lines: int
) -> None:
    long = draw_pdf("long.pdf", [[f"Line {line} of page {page}." for line in range(30)] for page in range(60)])
    command = [sys.executable, "-c", _INGEST, str(tmp_path / "data"), str(long), MINE]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert child.stdout is not None
    for _ in range(lines):
        child.stdout.readline()
    child.kill()
    child.wait()
    child.stdout.close()

    shelf = open_library().shelf(MINE)
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.pages, view.embedded) == (DocumentState.READY, 60, view.chunks)


@pytest.mark.skipif(not tesseract_available(), reason="tesseract is not installed")
def test_a_scan_is_recognised_and_can_be_cited_with_a_place_on_its_page(
    open_library: OpenLibrary, rag: Rag, draw_pdf: DrawPdf, tmp_path: Path
) -> None:
    drawn = draw_pdf("drawn.pdf", [["The valve closes at 4.2 bar.", "It opens again at 3.1 bar."]])
    picture = rag.viewer.draw(drawn, 1, width_px=1600)
    scan = tmp_path / "scan.pdf"
    canvas = Canvas(str(scan), pagesize=A4)
    canvas.drawImage(ImageReader(io.BytesIO(picture.data)), 0, 0, *A4)
    canvas.save()

    shelf = open_library().shelf(MINE)
    shelf.add("scan.pdf", scan.read_bytes())
    until(lambda: settled(shelf))
    shelf.ask(TALK, "At what pressure does the valve close?")
    answer = answered(shelf).answer
    assert answer is not None
    assert "4.2 bar" in answer.citations[0].quote
    assert [str(note) for note in answer.notes if "text recognition" in str(note)] == [
        "Page 1 of scan.pdf is a picture: its words come from text recognition. Compare what matters."
    ]
    (x0, y0, x1, y1) = answer.citations[0].rects[0]
    assert (60 < x0 < 85, 190 < x1 < 330, 60 < y0 < 90, 70 < y1 < 100) == (True, True, True, True)


def test_a_scan_where_nothing_is_recognised_says_so_and_so_does_every_answer(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    turned = pdfs.picture_of(pdfs.lines("The valve closes at 4.2 bar."), quarter_turns=2)
    picture = pdfs.picture_of(pdfs.lines(*["The valve opens at 3.1 bar."] * 4, y=400), box=(60, 320, 500, 110))
    text = pdfs.lines("The pump was serviced in May by the works.", y=740)
    shelf = open_library().shelf(MINE)
    shelf.add("manual.pdf", pdfs.pdf(text, turned, pdfs.together(text, picture)))
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.pages_unread) == (DocumentState.PARTIAL, 2)
    assert str(view.reason).startswith(
        "Page 2 is a scan without words. Page 3 holds a picture that may hold words, which were not read. "
        "Scanned pages need the program tesseract"
    )
    shelf.ask(TALK, "When was the pump serviced?")
    answer = answered(shelf).answer
    assert answer is not None
    told = [str(note) for note in answer.notes]
    assert "Page 2 of manual.pdf could not be read, so something may be missing here." in told
    assert "A picture on page 3 of manual.pdf was not read, so something may be missing here." in told


def test_fifty_files_at_once_all_settle_and_leave_room_for_somebody_else(
    open_library: OpenLibrary, draw_pdf: DrawPdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    embedded: list[str] = []  # in the order in which they were done
    keep = library.store.save_vectors

    def noted(document_id: str, *rest: Any) -> None:
        keep(document_id, *rest)
        embedded.append(document_id)

    monkeypatch.setattr(library.store, "save_vectors", noted)
    mine, theirs = library.shelf(MINE), library.shelf(THEIRS)
    drawn = [draw_pdf(f"{number}.pdf", [[f"File number {number}."]]).read_bytes() for number in range(50)]
    for number, data in enumerate(drawn):
        mine.add(f"{number}.pdf", data)
    theirs.add(*sample_pdf())
    until(lambda: settled(theirs) and settled(mine), within_s=180)
    assert {view.state for view in mine.documents()} == {DocumentState.READY}
    assert theirs.documents()[0].document_id in embedded[:-1]
