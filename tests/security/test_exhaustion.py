"""Small things that unfold: files and requests that cost their sender little and would cost the server much."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from shared_utils.errors import DocumentError
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from tests.shared_utils.pdf import pdfs
from tests.src.api.conftest import Join, add_sample

LIMITS = ReadingLimits(max_bytes=50_000_000, max_pages=50, document_s=20, memory_bytes=400 * 2**20)


def built(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF written by hand; object 1 is its root."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


ROOT = b"<< /Type /Catalog /Pages 2 0 R >>"
ONE_PAGE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /X 4 0 R >> >> >>"
)
WIDE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000000000 2000000000] /Contents 4 0 R >>"
IMAGE = b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
ITSELF = pdfs.stream(
    b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >>"
)


def packed_twice() -> bytes:
    """Made when it is read, not when tests are collected: it takes a second."""
    twice = zlib.compress(zlib.compress(b" " * 200_000_000, 9), 9)
    return built(ROOT, ONE_PAGE, PAGE, pdfs.stream(twice, b"/Filter [/FlateDecode /FlateDecode]"))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "pages that are their own parents": partial(
        built, ROOT, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000000 >>"
    ),
    "brackets in brackets": partial(built, ROOT, b"[" * 300_000 + b"]" * 300_000),
    "a table of contents that is its own past": partial(
        built, ROOT, ONE_PAGE, PAGE, pdfs.shown("x"), trailer=b"/Prev 9"
    ),
    "a drawing that draws itself": partial(built, ROOT, ONE_PAGE, PAGE, ITSELF),
    "a page as large as a country": partial(built, ROOT, ONE_PAGE, WIDE, pdfs.shown("Here")),
    "a picture of ten gigabytes": partial(
        built, ROOT, ONE_PAGE, PAGE, pdfs.stream(zlib.compress(b"\0" * 10**6), IMAGE)
    ),
    "packed twice": packed_twice,
}


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_unfolds_ends_in_pages_or_a_sentence(tmp_path: Path, made: Callable[[], bytes]) -> None:
    path = pdfs.written(tmp_path, made())
    try:
        events = list(read_pdf(path, LIMITS))
    except DocumentError as refused:
        sentence = str(refused)
    else:
        assert isinstance(events[-1], PagesRevised)
        sentence = " ".join(str(page.reason) for page in events[-1].pages) or "read."
    assert sentence.endswith(".")


NESTED = "[" * 300_000
MANY_FIELDS = {f"f{number}": (f"{number}.pdf", b"%PDF-") for number in range(1_200)}


@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["/api/search", "/api/chat", "/api/chat/sync", "/v1/chat/completions", "/mcp"])
def test_brackets_in_brackets_are_refused(server: str, join: Join, path: str) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    answer = join(server).post(path, content=NESTED, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text


@pytest.mark.enable_socket
def test_a_form_of_a_thousand_files_is_refused_and_the_next_is_served(server: str, join: Join) -> None:
    client = join(server)
    answer = client.post("/api/documents", files=MANY_FIELDS)
    assert 400 <= answer.status_code < 500, answer.text
    assert client.get("/api/documents").json() == {"documents": []}
    add_sample(client)
