from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shared_utils.errors import EncryptedPdf, NotAPdf
from shared_utils.message import NOTHING, Message
from shared_utils.retrieval import index
from shared_utils.storage.page_codec import decode_page
from shared_utils.text.words import terms
from shared_utils.types import Page, PageVerdict
from src.answering.answers import unread_notes
from src.answering.ingestion import IndexedDocument, index_document
from src.answering.keeping import Keeping, index_kept, keep_index, open_kept
from src.events import Embedding, FileFinished, FileStatus, PageRead, ReadingStarted, Searchable
from src.library.sample import sample_pdf
from src.rag_with_generation import Rag
from tests.conftest import DrawPdf, source
from tests.fakes import never
from tests.shared_utils.pdf import pdfs


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


# ------------------------------------------------------------------------------------------------ budgets


def read_whole(rag: Rag, path: Path, **changes: object) -> tuple[FileFinished, list[IndexedDocument]]:
    versions: list[IndexedDocument] = []
    *_, last = replace(rag, **changes).ingest(source(path), versions.append, cancelled=never)  # type: ignore[arg-type]
    assert isinstance(last, FileFinished)
    return last, versions


def test_a_file_of_too_many_characters_is_searched_as_far_as_they_reach_and_says_what_to_do(
    rag: Rag, tmp_path: Path
) -> None:
    path = pdfs.written(tmp_path, pdfs.dense(pages=100, sentences=20))
    last, versions = read_whole(rag, path, limits=replace(rag.limits, max_chars=4000))
    assert last.status is FileStatus.PARTIAL
    assert last.pages == 100
    assert 4 <= last.page_verdicts[PageVerdict.TEXT] < 10
    assert "beyond the first 4,000 characters" in str(last.reason)
    assert "split the file" in str(last.reason)
    assert versions[-1].index.chunks


def test_a_file_of_too_many_passages_is_searched_as_far_as_they_reach_and_says_what_to_do(
    rag: Rag, tmp_path: Path
) -> None:
    path = pdfs.written(tmp_path, pdfs.dense(pages=20, sentences=30))
    whole, _ = read_whole(rag, path)
    most = whole.chunks // 2
    last, versions = read_whole(rag, path, most_passages=most)
    assert last.status is FileStatus.PARTIAL
    assert most - whole.chunks // 20 <= last.chunks <= most  # a page is searched as a whole, or not at all
    assert f"beyond the first {most} passages" in str(last.reason)
    assert "split the file" in str(last.reason)
    assert {chunk.page for chunk in versions[-1].index.chunks} == set(
        range(1, last.page_verdicts[PageVerdict.TEXT] + 1)
    )
    # brought back from what was kept, it is the same
    kept = versions[-1]
    assert index_document(kept.document, path, most_passages=most).index.chunks == kept.index.chunks


def test_pages_that_indexing_does_not_reach_in_time_are_accounted_for(rag: Rag, sample: Path) -> None:
    versions: list[IndexedDocument] = []
    list(rag.read(source(sample), versions.append, cancelled=never))
    late = index_document(versions[-1].document, sample, time_limit_s=0.0)
    assert late.index.chunks == ()
    assert {page.verdict for page in late.document.pages} == {PageVerdict.UNREADABLE}
    assert "within the 0 seconds" in str(late.document.pages[0].reason)


def test_while_a_file_is_read_its_words_are_looked_at_once_and_then_once_more(
    rag: Rag, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def noted(text: str) -> list[str]:
        looked_at.append(text)
        return terms(text)

    monkeypatch.setattr(index, "terms", noted)
    versions: list[IndexedDocument] = []
    path = pdfs.written(tmp_path, pdfs.dense(pages=64, sentences=10))
    list(rag.read(source(path), versions.append, cancelled=never))
    assert [len(version.document.pages) for version in versions] == [1, 2, 4, 8, 16, 32, 64]
    assert len(looked_at) <= 2 * len(versions[-1].index.chunks)


def test_a_dense_first_page_is_not_indexed_again_for_every_thin_one_that_follows(rag: Rag, tmp_path: Path) -> None:
    thin = [pdfs.lines(f"Sheet {number}") for number in range(2, 70)]
    path = pdfs.written(tmp_path, pdfs.pdf(pdfs.lines(*("Word after word after word" for _ in range(40))), *thin))
    versions: list[IndexedDocument] = []
    list(rag.read(source(path), versions.append, cancelled=never))
    sizes = [sum(len(page.text) for page in version.document.pages) for version in versions]
    assert sum(sizes) <= 4 * sizes[-1]
    assert len(versions[-1].document.pages) == 69


@pytest.mark.parametrize("asked", [1, 50, 200])
def test_indexing_ends_at_once_when_it_is_cancelled_and_nothing_is_said_to_be_searchable(
    rag: Rag, tmp_path: Path, asked: int
) -> None:
    path = pdfs.written(tmp_path, pdfs.dense(pages=4, sentences=400))
    versions: list[IndexedDocument] = []
    cancelled, questions = False, 0

    def is_cancelled() -> bool:
        nonlocal questions
        questions += cancelled
        return cancelled and questions > asked  # so many passages after the last page

    for event in rag.read(source(path), versions.append, cancelled=is_cancelled):
        assert not isinstance(event, Searchable)
        cancelled = isinstance(event, PageRead) and event.page == 4
    assert not any(version.complete for version in versions)


def test_a_file_that_has_reached_its_limit_is_given_no_more_text_by_recognition(rag: Rag, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, pdfs.dense(pages=50, sentences=20))
    cut = replace(rag, limits=replace(rag.limits, max_chars=4000), recogniser=Unasked())
    versions: list[IndexedDocument] = []
    list(cut.read(source(path), versions.append, cancelled=never))
    assert list(cut.recognise(versions[-1], versions.append, cancelled=never)) == []


class Unasked:
    """A recogniser that must not be asked."""

    def hint(self) -> Message:
        return NOTHING

    def recognise(self, *_: object) -> Iterator[Page]:
        raise AssertionError


def read(rag: Rag, path: Path) -> IndexedDocument:
    """The last of what is published of a file."""
    versions: list[IndexedDocument] = []
    for _ in rag.read(source(path), versions.append, cancelled=never):
        pass
    return versions[-1]


def test_an_index_is_made_once_and_opened_from_then_on(
    rag: Rag, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, kept = read(rag, sample), tmp_path / "kept"
    first = index_kept(whole.document, sample, Keeping(kept), checkpoint=lambda: None)
    with monkeypatch.context() as patched:
        patched.setattr("src.answering.ingestion.IndexBuilder", None)  # nothing is indexed
        again = index_kept(whole.document, sample, Keeping(kept), checkpoint=lambda: None)
    assert first.index.chunks == again.index.chunks == whole.index.chunks
    found = [rag.search("How many ships called?", [one]).passages for one in (whole, first, again)]
    assert found[0] == found[1] == found[2] != ()


def test_a_kept_document_is_opened_by_the_name_of_its_pages_and_answers_as_it_did(
    rag: Rag, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(rag, sample)
    keep_index(whole, Keeping(tmp_path / "kept", "first"))
    head = replace(whole.document, pages=())
    decoded: list[bytes] = []

    def noted(body: bytes) -> Page:
        decoded.append(body)
        return decode_page(body)

    with monkeypatch.context() as patched:
        patched.setattr("shared_utils.storage.kept_pages.decode_page", noted)
        opened = open_kept(head, sample, Keeping(tmp_path / "kept", "first"))
        assert opened is not None
        assert unread_notes([opened]) == unread_notes([whole])
        assert not decoded
        asked = rag.search("How many ships called?", [opened])
        assert asked.evidence == rag.search("How many ships called?", [whole]).evidence
        assert 0 < len(decoded) <= len(whole.document.pages)
    assert opened.document == whole.document
    assert open_kept(head, sample, Keeping(tmp_path / "kept", "second")) is None
    assert open_kept(head, sample, Keeping(tmp_path / "kept", "")) is None


def test_an_index_of_other_pages_is_not_taken_for_theirs(rag: Rag, sample: Path, tmp_path: Path) -> None:
    whole, kept = read(rag, sample), tmp_path / "kept"
    keep_index(whole, Keeping(kept))
    pages = (Page(1, "1", "Otters swim.", PageVerdict.TEXT), *whole.document.pages[1:])
    other = index_kept(replace(whole.document, pages=pages), sample, Keeping(kept), checkpoint=lambda: None)
    assert other.index.chunk_words.document_frequency("otter") == 1


def test_where_an_index_cannot_be_kept_it_is_searched_as_it_is(
    rag: Rag, sample: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = read(rag, sample)
    assert keep_index(whole, Keeping(tmp_path / "absent" / "kept")).index is whole.index
    assert "could not be kept" in caplog.text


def test_a_document_whose_end_is_not_searched_is_told_so_each_time(rag: Rag, sample: Path, tmp_path: Path) -> None:
    whole = read(rag, sample)
    for _ in range(2):
        keeping = Keeping(tmp_path / "kept", "pages", most_passages=3)
        cut = index_kept(whole.document, sample, keeping, checkpoint=lambda: None)
        assert cut.document.pages[-1].verdict is PageVerdict.UNREADABLE
        assert len(cut.index.chunks) <= 3
