"""From a file to an index, telling every page on the way. Words are searchable at once, meaning follows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from shared_utils.chunking.chunker import chunk_pages
from shared_utils.errors import DocumentError, EncryptedPdf
from shared_utils.message import Message
from shared_utils.pdf.reader import DocumentOpened, PageReady, PagesRevised, ReadingLimits, read_pdf
from shared_utils.retrieval.index import DocumentIndex, build_index, indexed_text
from shared_utils.types import Cancelled, Document, Embedder, Page, PageVerdict, Vectors
from src.answering.file_report import count_verdicts, outcome
from src.events import Embedding, FileFinished, FileStatus, IngestEvent, PageRead, ReadingStarted, Searchable

_EMBEDDING_BATCH = 32  # chunks between two looks at the clock and at Cancel: about half a second on two slow cores


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read. `id` is the sha256 of its bytes; `name` is for display only."""

    id: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as far as it has been read, ready to be searched. Its vectors may still be missing."""

    document: Document
    path: Path  # where its pages are drawn from
    index: DocumentIndex
    complete: bool  # False while pages are still streaming in

    def page(self, number: int) -> Page | None:
        """The page at a 1-based position, if it has been read."""
        return next((page for page in self.document.pages if page.number == number), None)


Publish = Callable[[IndexedDocument], object]
"""Called with a better version of the document each time there is one."""


class Recogniser(Protocol):
    """Finds the words of scanned pages, where this machine can."""

    def hint(self) -> Message:
        """What would make scans readable here, in a sentence; "" where they are."""
        ...

    def recognise(
        self, path: Path, pages: Sequence[Page], nearest_to: Callable[[], int], cancelled: Cancelled
    ) -> Iterator[Page]:
        """Those of `pages` whose words are unknown, with their words, one by one, within a time budget.

        `nearest_to` is asked before each for the page number that matters most at that moment.
        """
        ...


def index_document(document: Document, path: Path, *, complete: bool = True) -> IndexedDocument:
    """Chunk and index a document's pages: words only, in a few milliseconds a page."""
    readable = [page for page in document.pages if page.verdict is not PageVerdict.UNREADABLE]
    chunks = chunk_pages(document.id, readable)
    return IndexedDocument(document, path, build_index(document.id, chunks), complete)


def read_file(
    source: SourceFile,
    limits: ReadingLimits,
    publish: Publish,
    *,
    password: str | None,
    cancelled: Cancelled,
) -> Iterator[IngestEvent]:
    """Read every page; publish what can be searched after 1, 2, 4, 8 … pages, then all of it. Raises DocumentError."""
    opened = DocumentOpened(0, "", ())
    pages: list[Page] = []
    publish_at = 1  # doubling keeps the cost of indexing a growing document linear

    def published(complete: bool) -> IndexedDocument:
        in_order = tuple(sorted(pages, key=lambda page: page.number))  # pages that were lost at first come last
        document = Document(source.id, source.name, opened.title or source.name, in_order, opened.outline)
        indexed = index_document(document, source.path, complete=complete)
        publish(indexed)
        return indexed

    for event in read_pdf(source.path, limits, password=password, cancelled=cancelled):
        match event:
            case DocumentOpened():
                opened = event
                yield ReadingStarted(source.name, event.pages)
            case PageReady(page):
                pages.append(page)
                if len(pages) == publish_at and len(pages) < opened.pages:
                    published(complete=False)
                    publish_at *= 2
                yield PageRead(source.name, page.number, opened.pages, page.verdict)
            case PagesRevised():
                pages = list(event.pages)
    if cancelled():
        return
    indexed = published(complete=True)
    yield Searchable(source.name, len(indexed.index.chunks))


def recognise_scans(
    indexed: IndexedDocument,
    recogniser: Recogniser,
    publish: Publish,
    *,
    nearest_to: Callable[[], int],
    cancelled: Cancelled,
) -> Iterator[IngestEvent]:
    """Find the words of pages that are pictures; publish the document after each."""
    name, pages = indexed.document.name, list(indexed.document.pages)
    for page in recogniser.recognise(indexed.path, indexed.document.pages, nearest_to, cancelled):
        pages[page.number - 1] = page
        document = replace(indexed.document, pages=tuple(pages))
        indexed = index_document(document, indexed.path)
        publish(indexed)
        yield PageRead(name, page.number, len(pages), page.verdict)
        yield Searchable(name, len(indexed.index.chunks))


def embed_document(
    indexed: IndexedDocument,
    embedder: Embedder,
    publish: Publish,
    *,
    cancelled: Cancelled,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Embedding]:
    """Give an indexed document its vectors, batch by batch, then publish it. Stops early, unpublished, on Cancel."""
    chunks = indexed.index.chunks
    started, parts = now(), list[Vectors]()
    order = sorted(range(len(chunks)), key=lambda i: len(chunks[i].text))  # like lengths together: less padding
    name = indexed.document.name
    yield Embedding(name, 0, len(chunks), None)
    for begin in range(0, len(chunks), _EMBEDDING_BATCH):
        if cancelled():
            return
        batch = order[begin : begin + _EMBEDDING_BATCH]
        parts.append(embedder.embed_passages([indexed_text(chunks[i]) for i in batch]))
        done = begin + len(batch)
        yield Embedding(name, done, len(chunks), (now() - started) / done * (len(chunks) - done))
    if parts:
        vectors = np.empty((len(chunks), parts[0].shape[1]), dtype=np.float32)
        vectors[order] = np.concatenate(parts)
        publish(replace(indexed, index=indexed.index.with_vectors(vectors)))


def finished(indexed: IndexedDocument, read_s: float, embed_s: float, ocr_hint: Message) -> FileFinished:
    """The last word on a file that was read."""
    pages, chunks = indexed.document.pages, len(indexed.index.chunks)
    status, reason = outcome(pages, ocr_hint)
    name = indexed.document.name
    return FileFinished(name, status, reason, len(pages), count_verdicts(pages), chunks, read_s, embed_s)


def failed(source: SourceFile, error: DocumentError, read_s: float) -> FileFinished:
    """The last word on a file that was not."""
    locked = isinstance(error, EncryptedPdf)
    return FileFinished(source.name, FileStatus.FAILED, error.message, 0, {}, 0, read_s, 0.0, needs_password=locked)


def pages_of(documents: Sequence[IndexedDocument]) -> dict[tuple[str, int], Page]:
    """(document id, page number) -> page, over all of `documents`."""
    return {(d.document.id, page.number): page for d in documents for page in d.document.pages}


def names_of(documents: Sequence[IndexedDocument]) -> dict[str, str]:
    """Document id -> display name."""
    return {document.document.id: document.document.name for document in documents}
