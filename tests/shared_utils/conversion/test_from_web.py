"""What was fetched is told by what it is, whatever its server calls it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shared_utils.conversion.convert import Converter
from shared_utils.conversion.from_web import file_of
from shared_utils.errors import WebAddressError
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.web_address import Fetched

PAGE = b"<!-- made by hand -->\n<!DOCTYPE html><title>Harbour</title><p>The quay is 412 metres long.</p>"
ROOT = "https://harbour.example"


@pytest.mark.parametrize(
    ("address", "told", "data", "name"),
    [
        (f"{ROOT}/a/report.pdf", "text/html", b"%PDF-1.7 words", "report.pdf"),
        (f"{ROOT}/get?id=7", "application/octet-stream", b"%PDF-1.7 words", "get.pdf"),
        (f"{ROOT}/", "application/pdf", PAGE, "harbour.example.html"),
        (f"{ROOT}/wiki/Quay%20%28north%29", "", b"\xef\xbb\xbf" + PAGE, "Quay (north).html"),
        (f"{ROOT}/quay.xhtml", "", b'<?xml version="1.0"?>\n<html>', "quay.xhtml"),
        (f"{ROOT}/figures.csv", "text/html", b"a,b\n1,2\n", "figures.csv"),
        (f"{ROOT}/a.png", "text/plain", b"\x89PNG\r\n\x1a\n", "a.png"),
    ],
)
def test_it_is_what_its_bytes_say(address: str, told: str, data: bytes, name: str) -> None:
    assert file_of(Fetched(address, told, data)) == (name, data)


@pytest.mark.parametrize(
    ("address", "data"),
    [(f"{ROOT}/a.pdf", b"PK\x03\x04"), (f"{ROOT}/a.html", b"\0\1\2\3" * 9), (f"{ROOT}/", b"{}"), (f"{ROOT}/", b"")],
)
def test_what_is_no_file_that_is_taken_says_so(address: str, data: bytes) -> None:
    with pytest.raises(WebAddressError, match="no PDF, no web page"):
        file_of(Fetched(address, "application/pdf", data))


@pytest.mark.parametrize("declared", ["windows-1251", "unknown", ""])
def test_a_page_in_an_encoding_that_its_server_alone_declares_is_read(declared: str, tmp_path: Path) -> None:
    said = "<html><p>Причал имеет длину 412 метров.</p>".encode("windows-1251" if declared else "utf-8")
    if declared == "unknown":
        said = said.replace(b"<html>", b'<html><meta charset="windows-1251">')
    name, data = file_of(Fetched(f"{ROOT}/", f"text/html; charset={declared}" if declared else "text/html", said))
    path = tmp_path / name
    path.write_bytes(data)
    limits = ReadingLimits(max_bytes=1_000_000)
    made = Converter(limits).pdf_of(name, path)
    (page,) = next(event.pages for event in read_pdf(made, limits) if isinstance(event, PagesRevised))
    assert "Причал имеет длину 412 метров." in page.text


def test_a_beginning_of_nothing_but_comments_takes_no_time() -> None:
    began = time.process_time()
    with pytest.raises(WebAddressError):
        file_of(Fetched(f"{ROOT}/", "text/html", b"<!---->" * 9_000 + b"<p"))
    assert time.process_time() - began < 1


def test_files_of_one_name_have_pages_of_their_own(tmp_path: Path) -> None:
    limits, made = ReadingLimits(max_bytes=1_000_000), tmp_path / "made"
    made.mkdir()
    pdfs = set()
    for folder, text in (("a", "The quay."), ("b", "The lock.")):
        path = tmp_path / folder / "notes.txt"
        path.parent.mkdir()
        path.write_text(text)
        pdf = Converter(limits, made).pdf_of(path.name, path)
        (page,) = next(event.pages for event in read_pdf(pdf, limits) if isinstance(event, PagesRevised))
        assert page.text.strip() == text
        pdfs.add(pdf)
    assert len(pdfs) == 2
