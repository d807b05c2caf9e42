from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared_utils.errors import EncryptedPdf, NotAPdf
from shared_utils.message import NOTHING
from src.answering.ingestion import IndexedDocument
from src.events import Embedding, FileFinished, FileStatus, PageRead, ReadingStarted, Searchable
from src.library.sample import sample_pdf
from src.rag_with_generation import Rag
from tests.conftest import DrawPdf, source
from tests.fakes import never


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.pdf"
    path.write_bytes(sample_pdf()[1])
    return path


def test_every_page_is_told_before_the_file_is_finished(rag: Rag, sample: Path) -> None:
    events = list(rag.ingest(source(sample), lambda _: None, cancelled=never))
    assert isinstance(events[0], ReadingStarted)
    assert [event.page for event in events if isinstance(event, PageRead)] == [1, 2, 3, 4]
    kinds = [type(event) for event in events]
    assert kinds.index(Searchable) < kinds.index(Embedding)
    last = events[-1]
    assert isinstance(last, FileFinished)
    assert (last.status, last.reason, last.pages) == (FileStatus.READY, NOTHING, 4)
    assert last.chunks > 4


def test_a_document_can_be_searched_from_its_first_page_and_gets_its_vectors_last(rag: Rag, sample: Path) -> None:
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(source(sample), versions.append, cancelled=never):
        pass
    assert [len(version.document.pages) for version in versions[:2]] == [1, 2]
    assert not versions[0].complete
    assert versions[0].index.chunks
    assert versions[-1].complete
    assert versions[-2].index.vectors is None
    vectors = versions[-1].index.vectors
    assert vectors is not None
    assert len(vectors) == len(versions[-1].index.chunks)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_every_chunk_is_a_verbatim_slice_of_its_page(rag: Rag, sample: Path) -> None:
    versions: list[IndexedDocument] = []
    for _ in rag.read(source(sample), versions.append, cancelled=never):
        pass
    document = versions[-1]
    for chunk in document.index.chunks:
        page = document.page(chunk.page)
        assert page is not None
        assert page.text[chunk.start : chunk.end] == chunk.text


def test_pages_that_do_not_exist_are_none(rag: Rag, sample: Path) -> None:
    versions: list[IndexedDocument] = []
    for _ in rag.read(source(sample), versions.append, cancelled=never):
        pass
    assert versions[-1].page(0) is None
    assert versions[-1].page(5) is None


def test_a_file_that_is_not_a_pdf_ends_failed_with_a_sentence(rag: Rag, tmp_path: Path) -> None:
    path = tmp_path / "notes.pdf"
    path.write_text("just words")
    (last,) = rag.ingest(source(path), lambda _: None, cancelled=never)
    assert isinstance(last, FileFinished)
    assert last.status is FileStatus.FAILED
    assert "not a PDF" in str(last.reason)
    with pytest.raises(NotAPdf):
        list(rag.read(source(path), lambda _: None, cancelled=never))


def test_a_locked_file_asks_for_its_password_and_opens_with_it(rag: Rag, draw_pdf: DrawPdf) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=draw_pdf("open.pdf", [["The valve closes at 4.2 bar."]]))
    writer.encrypt("seasalt", algorithm="AES-256")
    locked = draw_pdf("locked.pdf", [[]])
    writer.write(locked)
    (last,) = rag.ingest(source(locked), lambda _: None, cancelled=never)
    assert isinstance(last, FileFinished)
    assert last.needs_password
    with pytest.raises(EncryptedPdf):
        list(rag.read(source(locked), lambda _: None, password="wrong", cancelled=never))
    versions: list[IndexedDocument] = []
    list(rag.read(source(locked), versions.append, password="seasalt", cancelled=never))
    assert "4.2 bar" in versions[-1].document.pages[0].text


def test_cancelling_embedding_publishes_nothing_half_done(rag: Rag, sample: Path) -> None:
    versions: list[IndexedDocument] = []
    list(rag.read(source(sample), versions.append, cancelled=never))
    published: list[IndexedDocument] = []
    events = list(rag.embed(versions[-1], published.append, cancelled=lambda: True))
    assert len(events) == 1
    assert published == []
