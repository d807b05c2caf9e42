from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from shared_utils.errors import DocumentError
from shared_utils.pdf import ocr
from shared_utils.pdf.ocr_words import is_covered
from shared_utils.pdf.quotes import find_quote
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Page, PageVerdict
from tests.shared_utils.pdf import pdfs
from tests.shared_utils.pdf.kernels import kernel_lacks

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
def test_ocr_that_takes_too_long_is_stopped(
    viewer: PageViewer, scan: tuple[Path, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "PAGE_WALL_S", 0.001)
    with pytest.raises(DocumentError, match="OCR of this page failed"):
        ocr.ocr_page(viewer, *scan)


def test_without_tesseract_the_package_to_install_is_named(
    viewer: PageViewer, scan: tuple[Path, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert not ocr.tesseract_available()
    with pytest.raises(DocumentError, match=r"apt install tesseract-ocr.*brew install tesseract"):
        ocr.ocr_page(viewer, *scan)


# ------------------------------------------------------------------------------------------------ any way up

LETTER = (
    "Dear Ms Ferreira,", "the jetty was measured on 4 October and is 38 metres long.", "Its planks were laid in 1974.",
    "We ask you to pay the fee of 2,310 crowns by the end of the month.", "Yours sincerely, the harbour office",
)  # fmt: skip


def only_page(folder: Path, draw: pdfs.Draw) -> tuple[Path, Page]:
    path = pdfs.written(folder, pdfs.pdf(draw))
    last = list(read_pdf(path, LIMITS))[-1]
    assert isinstance(last, PagesRevised)
    return path, last.pages[0]


@needs_tesseract
@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_scan_is_read_whichever_way_it_lies_and_its_words_are_where_they_are_seen(
    viewer: PageViewer, tmp_path: Path, quarter_turns: int
) -> None:
    draw = pdfs.picture_of(pdfs.lines(*LETTER, y=600, size=14), quarter_turns=quarter_turns)
    read = ocr.ocr_page(viewer, *only_page(tmp_path, draw))
    assert "pay the fee of 2,310 crowns" in read.text
    first = next(box for box in read.word_boxes if read.text[box.start : box.end] == "Ferreira,")
    last = next(box for box in read.word_boxes if read.text[box.start : box.end] == "sincerely,")
    across, down = last.rect[0] - first.rect[0], last.rect[1] - first.rect[1]
    is_first_above = {0: down > 40, 1: across > 40, 2: down < -40, 3: across < -40}  # the page's way down
    assert is_first_above[quarter_turns]
    assert all(
        0 <= box.rect[0] < box.rect[2] <= 612 and 0 <= box.rect[1] < box.rect[3] <= 792 for box in read.word_boxes
    )


@needs_tesseract
def test_of_a_page_that_is_picture_in_part_the_picture_is_read_as_well(viewer: PageViewer, tmp_path: Path) -> None:
    text = pdfs.lines("The inspection took two days.", "Its result is shown below.", y=740)
    picture = pdfs.picture_of(pdfs.lines(*LETTER, y=400, size=12), box=(60, 320, 500, 110))
    path, page = only_page(tmp_path, pdfs.together(text, picture))
    assert page.verdict is PageVerdict.MIXED
    read = ocr.ocr_page(viewer, path, page)
    assert read.verdict is PageVerdict.TEXT
    assert read.text.startswith(page.text)
    assert read.text.count("two days") == 1
    places = [find_quote(read.text, words) for words in ("inspection took two days", "fee of 2,310 crowns")]
    above, below = viewer.locate(path, read, [place for place in places if place])
    assert above[0][3] < 60 < 360 < below[0][1]


@needs_tesseract
def test_a_stamped_scan_is_read_although_its_stamp_is_text(viewer: PageViewer, tmp_path: Path) -> None:
    stamp = pdfs.lines("Case 3:21-cv-00417   Document 12   Filed 06/01/21   Page 2 of 16", y=776, size=9)
    path, page = only_page(tmp_path, pdfs.together(pdfs.picture_of(pdfs.lines(*LETTER, y=600, size=14)), stamp))
    read = ocr.ocr_page(viewer, path, page)
    assert "Filed 06/01/21" in read.text
    assert "planks were laid in 1974" in read.text


@needs_tesseract
def test_what_makes_no_sense_is_not_kept_and_the_page_says_so(viewer: PageViewer, tmp_path: Path) -> None:
    path, page = only_page(tmp_path, pdfs.picture_of(pdfs.lines(*LETTER * 3, y=700, size=14), is_mirrored=True))
    read = ocr.ocr_page(viewer, path, page)
    assert (read.text, read.verdict) == ("", PageVerdict.UNREADABLE)
    assert "makes no sense" in str(read.reason)


def test_a_script_that_no_installed_language_is_written_in_is_named() -> None:
    assert not is_covered("Han", ["deu", "eng"])
    assert not is_covered("Cyrillic", ["deu", "eng"])
    assert is_covered("Cyrillic", ["eng", "ukr"])
    assert is_covered("Fraktur", ["eng"])  # of which nothing is known


@needs_tesseract
def test_only_computing_counts_against_the_time_that_recognition_has(
    viewer: PageViewer, scan: tuple[Path, Page]
) -> None:
    left = ocr.CpuTime(100.0)
    ocr.ocr_page(viewer, *scan, left)
    assert 90 < left.left_s < 100


def test_a_program_that_computes_on_and_on_is_ended_by_its_own_clock_and_counted() -> None:
    left = ocr.CpuTime(10.0)
    busy = [sys.executable, "-c", "import resource as r; r.setrlimit(r.RLIMIT_CPU, (1, 1))\nwhile True: pass"]
    with pytest.raises(DocumentError, match="took more than 1 seconds"):
        ocr._said(busy, b"", 1.0, left, wall_s=120.0)
    assert left.left_s < 9.6


def photograph(canvas: Canvas) -> None:
    noise = np.random.default_rng(3).normal(0, 12, (500, 700))
    hills = 128 + 60 * np.sin(np.linspace(0, 9, 700))[None, :] * np.cos(np.linspace(0, 5, 500))[:, None]
    image = Image.fromarray(np.clip(hills + noise, 0, 255).astype(np.uint8))
    canvas.drawImage(ImageReader(image), 60, 100, 480, 340)
    canvas.drawString(60, 700, "The bay in the morning, seen from the lighthouse.")


def test_a_photograph_beside_words_takes_nothing_from_a_page_even_where_nothing_is_recognised(
    viewer: PageViewer, tmp_path: Path
) -> None:
    path, page = only_page(tmp_path, photograph)
    assert page.verdict is PageVerdict.MIXED
    assert ocr.looked_at(viewer, path, page).verdict is PageVerdict.TEXT


def test_a_picture_of_words_stays_unread_where_nothing_is_recognised(viewer: PageViewer, tmp_path: Path) -> None:
    picture = pdfs.picture_of(pdfs.lines(*LETTER, y=400, size=12), box=(60, 320, 500, 110))
    path, page = only_page(tmp_path, pdfs.together(pdfs.lines("See below.", y=740), picture))
    assert ocr.looked_at(viewer, path, page) == page


# ------------------------------------------------------------------------------------------------ what it is told


@pytest.fixture
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, object]]:
    """Runs a program in tesseract's place, under the same terms, and returns what it found."""
    python = Path(sys.executable).resolve()
    monkeypatch.setenv("HF_TOKEN", "s3cret-of-the-server")
    monkeypatch.setenv("TESSDATA_PREFIX", str(python.parents[1]))  # its library, where tesseract has its models
    script = tmp_path / "probe.py"

    def run() -> dict[str, object]:
        tesseract = ocr._Tesseract(str(python), (), is_confined=True)
        command = tesseract.command(["-I", "-S", "-c", script.read_text()], cpu_s=30)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout))

    script.write_text(
        f"""import errno, json, os, resource, socket, subprocess
def came_of(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "possible"
print(json.dumps({{
    "environment": sorted(os.environ),
    "limits": [resource.getrlimit(getattr(resource, "RLIMIT_" + name))[0] for name in ("FSIZE", "AS", "CPU")],
    "read": came_of(lambda: open({str(script)!r}).read()),
    "users": came_of(lambda: open("/etc/passwd").read()),
    "write": came_of(lambda: open({str(tmp_path / "made")!r}, "w")),
    "delete": came_of(lambda: os.unlink({str(script)!r})),
    "call": came_of(lambda: socket.socket()),
    "start": came_of(os.fork),
    "kill": came_of(lambda: os.kill({os.getpid()}, 0)),
    "models": came_of(lambda: open(os.__file__).read()),
}}))"""
    )
    return run


def test_tesseract_is_told_four_variables_and_no_key_and_is_held_to_limits(
    probe: Callable[[], dict[str, object]],
) -> None:
    found = probe()
    environment = found["environment"]
    assert isinstance(environment, list)
    assert set(environment) - {"LC_CTYPE"} <= {"PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "OMP_THREAD_LIMIT"}
    assert found["limits"] == [0, 2**31, 30]


@pytest.mark.skipif(bool(kernel_lacks()), reason=f"this kernel lacks {', '.join(kernel_lacks())}")
def test_tesseract_reads_its_models_and_reaches_nothing_else(probe: Callable[[], dict[str, object]]) -> None:
    found = probe()
    assert found["models"] == "possible"
    refused = {"read", "users", "write", "delete", "call", "start", "kill"}
    assert {found[attempt] for attempt in refused} <= {"EPERM", "EACCES"}


@needs_tesseract
def test_tesseract_runs_in_the_sandbox_where_it_starts_there() -> None:
    program = shutil.which("tesseract")
    assert program
    ocr._installed.cache_clear()
    assert ocr._installed(program).is_confined


def test_a_tesseract_that_needs_more_runs_all_the_same_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho 'List of available languages (1):' | cat\necho eng\n")  # starts a process
    program.chmod(0o755)
    ocr._installed.cache_clear()
    try:
        found = ocr._installed(str(program))
    finally:
        ocr._installed.cache_clear()
    assert found.languages == ("eng",)
    if not kernel_lacks():
        assert not found.is_confined
        assert "does not start in the sandbox" in caplog.text
