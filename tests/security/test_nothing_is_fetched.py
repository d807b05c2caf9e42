"""A PDF that names an address on every occasion the format offers. Nobody calls there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pypdfium2.version
import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from shared_utils.pdf.isolation import PYPDF_WORKER, Worker
from src.presentation.annotated_pdf import annotated_copy
from src.rag_with_generation import Rag
from tests.shared_utils.pdf import pdfs
from tests.src.presentation.conversations import ask, read

pytestmark = pytest.mark.enable_socket

SECRET = b"BT /F1 24 Tf 72 500 Td (The key of the harbour is 4711.) Tj ET"
TOLD = "The harbour counted 1,206 ships in 2025."
ASKED: dict[str, object] = {
    "task": "read",
    "password": None,
    "pages": [],
    "max_pages": 9,
    "max_chars": 9_000,
}
QUESTION = "How many ships did the harbour count?"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port of this machine where somebody waits to be called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def address(of: socket.socket) -> str:
    return f"http://127.0.0.1:{of.getsockname()[1]}"


def was_called(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def name(text: str) -> NameObject:
    return NameObject(f"/{text}")


def entry(**values: object) -> DictionaryObject:
    return DictionaryObject({name(key): value for key, value in values.items()})


def calling(url: str, local: Path) -> bytes:
    """One page of text in a PDF that would like to be a browser, and to see a file of the server's."""
    text, at = TextStringObject, NumberObject

    def call_home(writer: PdfWriter) -> None:
        page = writer.pages[0]
        elsewhere = entry(FS=name("URL"), F=text(f"{url}/external"), Type=name("Filespec"))
        script = entry(S=name("JavaScript"), JS=text(f"app.launchURL('{url}/js'); this.submitForm('{url}/js2');"))
        actions = [
            entry(S=name("URI"), URI=text(f"{url}/uri")),
            entry(S=name("GoToR"), F=elsewhere, D=ArrayObject([at(0), name("Fit")])),
            entry(S=name("SubmitForm"), F=elsewhere),
            entry(S=name("ImportData"), F=elsewhere),
            entry(S=name("Launch"), F=elsewhere),
            script,
        ]
        for first, second in pairwise(actions):
            first[name("Next")] = second
        started = writer._add_object(actions[0])
        corners = ArrayObject(FloatObject(value) for value in (50, 50, 200, 80))
        links = [
            writer._add_object(entry(Type=name("Annot"), Subtype=name("Link"), Rect=corners, A=a)) for a in actions
        ]
        page[name("Annots")] = ArrayObject(links)
        page[name("AA")] = entry(O=started, C=started)
        near = entry(F=text(str(local)), Type=name("Filespec"))
        _draw_from_elsewhere(writer, elsewhere, near)
        form = DecodedStreamObject()
        form.set_data(f"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><a href='{url}/xfa'/></xdp:xdp>".encode())
        root = writer.root_object
        root[name("AcroForm")] = entry(XFA=writer._add_object(form), Fields=ArrayObject(), NeedAppearances=at(1))
        root[name("OpenAction")] = started
        root[name("AA")] = entry(WC=started, WS=started)
        root[name("URI")] = entry(Base=text(url))
        named = ArrayObject([text("named"), writer._add_object(script)])
        root[name("Names")] = entry(JavaScript=entry(Names=named))

    return pdfs.edited(pdfs.pdf(pdfs.lines(TOLD)), call_home)


def _draw_from_elsewhere(writer: PdfWriter, elsewhere: DictionaryObject, near: DictionaryObject) -> None:
    """What is drawn on the page lies in files outside: a picture at an address, text in a file on this machine."""
    page = writer.pages[0]
    picture, words = DecodedStreamObject(), DecodedStreamObject()
    picture.update(
        entry(
            Type=name("XObject"),
            Subtype=name("Image"),
            Width=NumberObject(1),
            Height=NumberObject(1),
            ColorSpace=name("DeviceGray"),
            BitsPerComponent=NumberObject(8),
            F=elsewhere,
            OPI=DictionaryObject({name("2.0"): entry(Type=name("OPI"), F=elsewhere)}),
        )
    )
    words.update(entry(F=near))
    resources = page["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    resources[name("XObject")] = entry(Far=writer._add_object(picture))
    drawing = DecodedStreamObject()
    drawing.set_data(b"q 100 0 0 100 300 300 cm /Far Do Q")
    contents = [page.raw_get("/Contents"), *map(writer._add_object, (drawing, words))]
    page[name("Contents")] = ArrayObject(contents)


def test_somebody_who_is_called_notices(listening: socket.socket) -> None:
    assert not was_called(listening)
    socket.create_connection(listening.getsockname()).close()
    assert was_called(listening)


def test_nobody_is_called_while_a_pdf_is_read_asked_shown_and_annotated(
    rag: Rag, tmp_path: Path, listening: socket.socket
) -> None:
    local = pdfs.written(tmp_path, SECRET, "secret.txt")
    path = pdfs.written(tmp_path, calling(address(listening), local))
    conversation = ask(rag, read(rag, path), [QUESTION])
    answer = conversation.turns[0].answer
    assert answer is not None
    assert answer.citations[0].quote == TOLD  # it was read to its end, traps and all
    document_id = conversation.document.document.id
    assert [page.text for page in conversation.document.document.pages] == [TOLD]
    assert conversation.pages.page_image(document_id, 1, width_px=600).data
    assert annotated_copy(conversation.turns, document_id, conversation.pages)
    assert not was_called(listening)


def test_nobody_is_called_by_the_second_reader(tmp_path: Path, listening: socket.socket) -> None:
    """pypdf reads what PDFium does not."""
    local = pdfs.written(tmp_path, SECRET, "secret.txt")
    path = pdfs.written(tmp_path, calling(address(listening), local))
    with path.open("rb") as file, Worker(PYPDF_WORKER, memory_bytes=2**30, cpu_s=20) as worker:
        worker.hand(file.fileno())
        worker.ask(ASKED)
        told = [worker.receive(20), worker.receive(20)]
    assert TOLD in str(told)
    assert "4711" not in str(told)
    assert not was_called(listening)


def test_the_pdf_engine_can_run_neither_javascript_nor_xfa() -> None:
    assert not {"V8", "XFA"} & set(pypdfium2.version.PDFIUM_INFO.flags)
