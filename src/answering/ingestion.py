"""From a file to an index, telling every page on the way. Words are searchable at once, meaning follows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Protocol

import numpy as np

from shared_utils.chunking.chunker import iter_chunks
from shared_utils.conversion.convert import Converter
from shared_utils.errors import DocumentError, EncryptedPdf
from shared_utils.message import Message, message
from shared_utils.pdf.isolation import WorkerCancelled
from shared_utils.pdf.reader import (
    DocumentOpened,
    PageReady,
    PagesRevised,
    ReadingLimits,
    read_pdf,
    unreadable_page,
)
from shared_utils.retrieval.index import DocumentIndex, IndexBuilder, indexed_text
from shared_utils.storage.kept_pages import facts_of, page_numbered
from shared_utils.types import (
    Cancelled,
    Checkpoint,
    Document,
    Embedder,
    Evidence,
    Page,
    PageVerdict,
    Vectors,
    no_checkpoint,
)
from src.answering.file_report import count_verdicts, outcome
from src.events import Embedding, FileFinished, FileStatus, IngestEvent, PageRead, ReadingStarted, Searchable

MOST_PASSAGES = 40_000
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
        return page_numbered(self.document.pages, number)


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


class WorkStopped(Exception):
    """Nobody wants the result any more."""


def stopping(cancelled: Cancelled) -> Checkpoint:
    """A checkpoint that raises WorkStopped once the work is cancelled."""

    def checkpoint() -> None:
        if cancelled():
            raise WorkStopped

    return checkpoint


def index_document(
    document: Document,
    path: Path,
    *,
    complete: bool = True,
    most_passages: int = MOST_PASSAGES,
    time_limit_s: float = math.inf,
    checkpoint: Checkpoint = no_checkpoint,
) -> IndexedDocument:
    """Chunk and index a document's pages: words only, in a few milliseconds a page.

    From the page on with which it would have more than `most_passages`, or that is not reached within `time_limit_s`,
    pages are UNREADABLE with a reason: nobody must think that they were searched.
    """
    builder = IndexBuilder(document.id)
    end = _fill(builder, document.pages, most_passages, time_limit_s, checkpoint)
    if end is not None:
        document = _without_pages_from(*end, document)
    return IndexedDocument(document, path, builder.build(checkpoint), complete)


def _fill(
    builder: IndexBuilder, pages: Sequence[Page], most_passages: int, time_limit_s: float, checkpoint: Checkpoint
) -> tuple[int, Message] | None:
    """Add the passages of `pages`; where that had to end, the page that was not added, and why, to finish "it …"."""
    readable = [page for page in pages if page.verdict is not PageVerdict.UNREADABLE]
    until = time.monotonic() + time_limit_s
    for number, chunks_of_page in groupby(iter_chunks(builder.document_id, readable), lambda chunk: chunk.page):
        if time.monotonic() > until:
            return number, message(
                "was not reached within the {seconds:g} seconds a document gets", seconds=time_limit_s
            )
        chunks = list(islice(chunks_of_page, most_passages - len(builder) + 1))
        if len(builder) + len(chunks) > most_passages:
            return number, message(
                "lies beyond the first {limit:,} passages, the most that are searched of one file; split the file to "
                "have the rest read",
                limit=most_passages,
            )
        for chunk in chunks:
            checkpoint()
            builder.add(chunk)
    return None


def _without_pages_from(number: int, why: Message, document: Document) -> Document:
    """The same document, its pages from `number` on accounted for as unread."""
    unread = unreadable_page(number, why)
    pages = (
        page if page.number < number else replace(unread, number=page.number, label=page.label)
        for page in document.pages
    )
    return replace(document, pages=tuple(pages))


def read_file(
    source: SourceFile,
    limits: ReadingLimits,
    publish: Publish,
    *,
    password: str | None,
    most_passages: int = MOST_PASSAGES,
    converter: Converter,
    cancelled: Cancelled,
) -> Iterator[IngestEvent]:
    """Read every page, made first where the file is of another kind; publish what can be searched after 1, 2, 4, 8 …
    pages, then all of it. Raises DocumentError.

    Once `cancelled`, the events just end.
    """
    try:
        source = replace(source, path=converter.pdf_of(source.name, source.path, cancelled))
    except WorkerCancelled:
        return
    opened = DocumentOpened(0, "", ())
    pages: list[Page] = []
    so_far, unindexed = IndexBuilder(source.id), list[Page]()
    read_chars, published_chars, publish_at = 0, 0, 1  # what is published again and again costs no more than twice all
    checkpoint = stopping(cancelled)

    def document() -> Document:
        in_order = tuple(sorted(pages, key=lambda page: page.number))  # pages that were lost at first come last
        return Document(source.id, source.name, opened.title or source.name, in_order, opened.outline, opened.made_on)

    with (
        suppress(WorkStopped),
        closing(read_pdf(source.path, limits, password=password, cancelled=cancelled)) as events,
    ):
        for event in events:
            match event:
                case DocumentOpened():
                    opened = event
                    yield ReadingStarted(source.name, event.pages)
                case PageReady(page):
                    pages.append(page)
                    unindexed.append(page)
                    read_chars += len(page.text)
                    if publish_at <= len(pages) < opened.pages and published_chars <= read_chars:
                        _fill(so_far, unindexed, most_passages, math.inf, checkpoint)
                        publish(IndexedDocument(document(), source.path, so_far.build(checkpoint), complete=False))
                        publish_at, published_chars = 2 * len(pages), published_chars + read_chars
                        unindexed.clear()
                    yield PageRead(source.name, page.number, opened.pages, page.verdict)
                case PagesRevised():
                    pages = list(event.pages)
        if cancelled():
            return
        indexed = index_document(
            document(),
            source.path,
            most_passages=most_passages,
            time_limit_s=limits.document_s,
            checkpoint=checkpoint,
        )
        publish(indexed)
        yield Searchable(source.name, len(indexed.index.chunks))


def recognise_scans(
    indexed: IndexedDocument,
    recogniser: Recogniser,
    publish: Publish,
    *,
    nearest_to: Callable[[], int],
    max_chars: int,
    most_passages: int = MOST_PASSAGES,
    cancelled: Cancelled,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[IngestEvent]:
    """Find the words of pages that are pictures; publish the document after each, and its index as often as that
    takes no longer than recognising does. A file that has reached a limit of text is given no more."""
    name, pages = indexed.document.name, list(indexed.document.pages)
    began, indexing_s, is_behind = now(), 0.0, False

    def again() -> IndexedDocument:
        return index_document(
            indexed.document, indexed.path, most_passages=most_passages, checkpoint=stopping(cancelled)
        )

    def is_full() -> bool:
        chars = sum(len(page.text) for page in indexed.document.pages)
        return chars >= max_chars or len(indexed.index.chunks) >= most_passages

    with suppress(WorkStopped):
        if is_full():
            return
        for page in recogniser.recognise(indexed.path, indexed.document.pages, nearest_to, cancelled):
            pages[page.number - 1] = page
            indexed, is_behind = replace(indexed, document=replace(indexed.document, pages=tuple(pages))), True
            if indexing_s <= (now() - began) / 2:
                started = now()
                indexed, is_behind = again(), False
                indexing_s += now() - started
            publish(indexed)
            yield PageRead(name, page.number, len(pages), page.verdict)
            yield Searchable(name, len(indexed.index.chunks))
            if is_full():
                break
        if is_behind:
            publish(again())


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


class PagesOf(Mapping[tuple[str, int], Page]):
    """(document id, page number) -> page, over some documents; a page is looked at when it is asked for."""

    def __init__(self, documents: Sequence[IndexedDocument]) -> None:
        self._documents = {one.document.id: one for one in documents}

    def __getitem__(self, key: tuple[str, int]) -> Page:
        page = self._documents[key[0]].page(key[1])
        if page is None:
            raise KeyError(key)
        return page

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return ((id_, facts.number) for id_, one in self._documents.items() for facts in facts_of(one.document.pages))

    def __len__(self) -> int:
        return sum(len(one.document.pages) for one in self._documents.values())


def pages_of(documents: Sequence[IndexedDocument]) -> Mapping[tuple[str, int], Page]:
    """(document id, page number) -> page, over all of `documents`."""
    return PagesOf(documents)


def labels_of(evidence: Evidence, documents: Sequence[IndexedDocument]) -> dict[int, str]:
    """Marker -> where it stands, as the model is told: "report.pdf p. 7"."""
    names = names_of(documents)
    return {span.marker: f"{names[span.document_id]} p. {span.page}" for span in evidence.spans}


def names_of(documents: Sequence[IndexedDocument]) -> dict[str, str]:
    """Document id -> display name."""
    return {document.document.id: document.document.name for document in documents}
