"""Files that stand beside a document's text: the pages it is drawn from, and its index on disk."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from shared_utils.conversion.convert import Converter
from shared_utils.errors import DocumentError, DocumentGone
from shared_utils.storage.store import Store
from src.answering.ingestion import SourceFile


def pages_of(converter: Converter, source: SourceFile) -> Path:
    """Where its pages are drawn from; made anew where only its text was kept. What cannot be is told when drawn."""
    with suppress(DocumentError):
        return converter.pdf_of(source.name, source.path)
    return source.path


def leave_none_behind(store: Store, document_id: str) -> None:
    """The index of a document that was deleted while it was made is deleted after it."""
    try:
        store.local_path(document_id)
    except DocumentGone:
        store.index_path(document_id).unlink(missing_ok=True)
