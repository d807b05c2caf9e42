"""Office documents become PDFs where LibreOffice is installed; elsewhere a sentence says that it is missing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks.office_files import xlsx
from shared_utils.conversion import convert, office
from shared_utils.conversion.convert import Converter, is_taken, lacks_office, taken_here
from shared_utils.conversion.locked import is_locked
from shared_utils.conversion.sheets import fitted
from shared_utils.errors import UnreadablePdf
from shared_utils.pdf.isolation import WorkerCancelled
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf

LIMITS = ReadingLimits(max_bytes=5_000_000)
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
needs_office = pytest.mark.skipif(office.office_program() is None, reason="LibreOffice is not installed")


def word_file(path: Path, text: str) -> Path:
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{WORD_TYPE}"/></Types>'
    )
    relation = f'<Relationship Id="r1" Type="{OFFICE}" Target="word/document.xml"/>'
    paragraph = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", types)
        packed.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{relation}</Relationships>')
        packed.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{paragraph}</w:body></w:document>')
    return path


@needs_office
def test_a_word_file_is_read_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles: list[str] = []
    socket_of = office._socket_of

    def noted(profile: str) -> Path:
        profiles.append(profile)
        return socket_of(profile)

    monkeypatch.setattr(office, "_socket_of", noted)
    path = word_file(tmp_path / "a.docx", "The quay is 412 metres long.")
    made = Converter(LIMITS).pdf_of(path.name, path)
    (page,) = next(event.pages for event in read_pdf(made, LIMITS) if isinstance(event, PagesRevised))
    assert page.text.strip() == "The quay is 412 metres long."
    assert profiles
    assert not any(
        socket_of(profile).exists() or Path(profile.removeprefix("file://")).exists() for profile in profiles
    )


@needs_office
def test_a_damaged_word_file_says_so(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", "words")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(UnreadablePdf, match="it is damaged, or needs more memory"):
        Converter(LIMITS).pdf_of(path.name, path)


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
WORKBOOK = b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(12)


def package(manifest: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "locked"),
    [
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), True),
        (COMPOUND + "EncryptedSummary".encode("utf-16-le"), True),
        (COMPOUND + b"\xec\xa5\xc1\x00" + bytes(7) + b"\x01", True),
        (COMPOUND + b"\xec\xa5\xc1\x00" + bytes(8), False),
        (COMPOUND + WORKBOOK + b"\x2f\x00\x36\x00", True),
        (COMPOUND + WORKBOOK + b"\xe1\x00\x02\x00", False),
        (package("<manifest:encryption-data/>"), True),
        (package("<manifest:file-entry/>"), False),
        (b"PK\x03\x04 and no more", False),
        (b"", False),
    ],
)
def test_what_a_password_locks_is_told_from_what_is_damaged(data: bytes, locked: bool) -> None:
    assert is_locked(data) is locked


@needs_office
def test_a_file_with_a_password_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(COMPOUND + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnreadablePdf, match="protected by a password"):
        Converter(LIMITS).pdf_of(path.name, path)


@needs_office
def test_the_columns_of_a_wide_sheet_stay_on_one_page(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx([[f"c{column}r{row}" for column in range(20)] for row in range(3)], [20] * 20))
    made = Converter(LIMITS).pdf_of(path.name, path)
    (page,) = next(event.pages for event in read_pdf(made, LIMITS) if isinstance(event, PagesRevised))
    assert {f"c{column}r2" for column in range(20)} <= set(page.text.split())


def test_a_sheet_is_set_on_pages_whole_whatever_was_chosen_to_be_printed() -> None:
    flat = (
        '<table:table table:name="a" table:print="false" table:print-ranges="a.A1:a.B2" table:style-name="b">'
        '<style:page-layout-properties style:scale-to-pages="2" fo:margin="1cm" style:print-page-order="ltr"/>'
        '<style:page-layout-properties style:scale-to-X="2"><style:columns/></style:page-layout-properties>'
    )
    assert fitted(flat) == (
        '<table:table table:name="a" table:style-name="b">'
        '<style:page-layout-properties fo:margin="1cm" style:scale-to-X="1" style:scale-to-Y="0"/>'
        '<style:page-layout-properties style:scale-to-X="1" style:scale-to-Y="0"><style:columns/>'
        "</style:page-layout-properties>"
    )


@needs_office
def test_what_nobody_wants_any_more_is_not_converted(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", "words")
    with pytest.raises(WorkerCancelled):
        Converter(LIMITS).pdf_of(path.name, path, lambda: True)


def test_what_uses_up_its_allowance_of_computing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "office_program", lambda: "soffice.bin")
    monkeypatch.setattr(office, "_ended", lambda *_: -signal.SIGKILL)
    with pytest.raises(UnreadablePdf, match="takes too long"):
        Converter(LIMITS).pdf_of("a.docx", word_file(tmp_path / "a.docx", "words"))


def test_where_it_is_missing_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "office_program", lambda: None)
    path = word_file(tmp_path / "a.docx", "words")
    assert lacks_office(path.name, path.read_bytes())
    assert not is_taken(path.name, path.read_bytes())
    assert ".docx" not in taken_here()
    with pytest.raises(UnreadablePdf, match="LibreOffice"):
        Converter(LIMITS).pdf_of(path.name, path)


def test_what_it_becomes_reads_no_other_file_and_calls_nobody(tmp_path: Path) -> None:
    """Python in LibreOffice's place; the same attempts succeed outside."""
    kept, folder = tmp_path / "kept", tmp_path / "folder"
    kept.write_text("private")
    folder.mkdir()
    attempts = (
        "import os, socket, subprocess, sys\n"
        "def tried(what):\n"
        "    try: what(); return 'done'\n"
        "    except OSError as error: return type(error).__name__\n"
        f"print(tried(lambda: open({str(kept)!r}).read()), tried(lambda: open({str(tmp_path / 'new')!r}, 'w')),"
        f" tried(lambda: open('/proc/{os.getpid()}/environ').read()), tried(lambda: socket.socket(socket.AF_INET)),"
        " tried(lambda: subprocess.run(['/usr/bin/env'], stdout=subprocess.DEVNULL)),"
        f" tried(lambda: open({str(folder / 'own')!r}, 'w')))"
    )
    program = str(Path(sys.executable).resolve())
    command = [sys.executable, "-I", str(office._PROGRAM), program, str(folder), "2000000000", "20"]
    inside = subprocess.run([*command, "-I", "-c", attempts], capture_output=True, text=True, check=False, timeout=30)
    outside = subprocess.run([program, "-I", "-c", attempts], capture_output=True, text=True, check=True, timeout=30)
    assert outside.stdout.split() == ["done"] * 6
    if inside.returncode == 97:
        pytest.skip("the kernel has no Landlock")
    assert inside.stdout.split() == ["PermissionError"] * 5 + ["done"], inside.stderr
