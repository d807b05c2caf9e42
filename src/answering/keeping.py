"""A document's pages and index on this machine's disk: kept when it has been read, opened without being read again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from shared_utils.retrieval.kept_index import open_called, open_index, save_index
from shared_utils.storage.kept_pages import KeptPages, PageMemory, page_arrays
from shared_utils.types import Checkpoint, Document
from src.answering.index_stamp import called_of, kept_of
from src.answering.ingestion import MOST_PASSAGES, IndexedDocument, index_document

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a document's pages and index are kept, so that the process need not hold them."""

    path: Path
    called: str = ""  # names its pages; "" where they may be others than the store has
    most_passages: int = MOST_PASSAGES
    memory: PageMemory = field(default_factory=PageMemory)

    @property
    def index_called(self) -> str:
        """Names what is kept for these pages by this version; "" where it cannot be told."""
        return called_of(self.called, self.most_passages) if self.called else ""


def open_kept(head: Document, path: Path, keeping: Keeping) -> IndexedDocument | None:
    """The document as it was kept, none of it read; None where it was not, or of other pages. `head` has no pages."""
    found = open_called(keeping.path, head.id, keeping.index_called)
    if found is None:
        return None
    index, beside = found
    pages = KeptPages(beside, keeping.memory, damaged=lambda: keeping.path.unlink(missing_ok=True))
    return IndexedDocument(replace(head, pages=pages), path, index, complete=True)


def index_kept(document: Document, path: Path, keeping: Keeping, *, checkpoint: Checkpoint) -> IndexedDocument:
    """As `index_document`, opened where it was kept of these pages; else made, and kept for the next time."""
    most_passages = keeping.most_passages
    index = open_index(keeping.path, document.id, kept_of(document.pages, most_passages))
    if index is not None:
        as_kept = IndexedDocument(document, path, index, complete=True)
        return keep_index(as_kept, keeping) if keeping.called else as_kept  # under the name that its pages have now
    indexed = index_document(document, path, most_passages=most_passages, checkpoint=checkpoint)
    # where some of its pages are not searched, that has to be found out again
    return keep_index(indexed, keeping) if indexed.document is document else indexed


def keep_index(indexed: IndexedDocument, keeping: Keeping) -> IndexedDocument:
    """The same document, its pages and index kept and searched where they lie."""
    document = indexed.document
    made_of = kept_of(document.pages, keeping.most_passages)
    try:
        save_index(
            keeping.path, indexed.index, made_of, called=keeping.index_called, beside=page_arrays(document.pages)
        )
    except OSError:  # no room, or the document was deleted with its folder: it is searched as it is
        _log.exception("the index of a document could not be kept; it is made again after a restart")
        return indexed
    kept = open_kept(document, indexed.path, keeping)
    if kept is not None:
        return replace(kept, complete=indexed.complete)
    return replace(indexed, index=open_index(keeping.path, document.id, made_of) or indexed.index)
