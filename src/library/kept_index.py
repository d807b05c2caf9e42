"""What stands beside a document's text: what it is drawn from, and its pages and index on this machine's disk."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from shared_utils.conversion.convert import Converter
from shared_utils.errors import DamagedDocument, DocumentError, DocumentGone
from shared_utils.storage.store import ReadingState, Store
from shared_utils.types import Cancelled
from src.answering.ingestion import IndexedDocument, SourceFile, stopping
from src.answering.keeping import index_kept, keep_index, open_kept
from src.rag_with_generation import Rag


def pages_of(converter: Converter, source: SourceFile) -> Path:
    """Where its pages are drawn from; made anew where only its text was kept. What cannot be is told when drawn."""
    with suppress(DocumentError):
        return converter.pdf_of(source.name, source.path)
    return source.path


def open_whole(
    rag: Rag, store: Store, source: SourceFile, state: ReadingState | None, cancelled: Cancelled
) -> IndexedDocument | None:
    """A document of which every page is kept, to be searched by its words; None where not every page is.

    Nothing of it is read where this machine has its pages and index already. Raises WorkStopped.
    """
    opened = store.load_opened(source.id, source.name)
    if opened is None or state is None or not state.pages_read or len(state.pages_read) != state.page_count:
        return None
    head, called = opened
    path, keeping = pages_of(rag.converter, source), rag.keeping(store.index_path(source.id), called)
    indexed = open_kept(head, path, keeping)
    if indexed is None or len(indexed.document.pages) != state.page_count:
        document = None
        with suppress(DamagedDocument):  # read anew, its pages replace the damaged ones
            document = store.load_document(source.id, source.name)
        if document is None or len(document.pages) != state.page_count:
            return None
        indexed = index_kept(document, path, keeping, checkpoint=stopping(cancelled))
        leave_none_behind(store, source.id)
    return indexed


def keep_whole(rag: Rag, store: Store, indexed: IndexedDocument) -> IndexedDocument:
    """A document that was read a moment ago, its pages and index kept on this machine."""
    document = indexed.document
    opened, called = store.load_opened(document.id, document.name), ""
    with suppress(DamagedDocument):
        kept = store.load_document(document.id, document.name)  # after their name was asked for
        if opened is not None and kept is not None and kept.pages == document.pages:
            called = opened[1]
    kept_here = keep_index(indexed, rag.keeping(store.index_path(document.id), called))
    leave_none_behind(store, document.id)
    return kept_here


def leave_none_behind(store: Store, document_id: str) -> None:
    """The index of a document that was deleted while it was made is deleted after it."""
    try:
        store.local_path(document_id)
    except DocumentGone:
        store.index_path(document_id).unlink(missing_ok=True)
