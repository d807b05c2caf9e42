from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared_utils.errors import DocumentError
from shared_utils.pdf import ocr
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
