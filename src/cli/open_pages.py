"""The pages of files that are open but on no shelf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shared_utils.errors import DocumentGone
from shared_utils.message import NOTHING
from shared_utils.pdf.viewer import PageImage
from shared_utils.types import Citation, PageVerdict, Rect
from src.answering.ingestion import IndexedDocument
from src.rag_with_generation import Rag
from src.views import DocumentState, DocumentView


class OpenPages:
    """See `Pages`."""

    def __init__(self, rag: Rag, documents: Sequence[IndexedDocument]) -> None:
        self._rag = rag
        self._documents = {indexed.document.id: indexed for indexed in documents}

    def views(self) -> tuple[DocumentView, ...]:
        """The documents as a report lists them."""
        return tuple(_view(indexed) for indexed in self._documents.values())

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        return citation.rects or self._rag.locate(citation, self._indexed(citation.document_id))

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        found = self._indexed(document_id).page(page)
        return (found.width, found.height) if found else (0.0, 0.0)

    def page_image(self, document_id: str, page: int, *, width_px: int, is_small: bool = False) -> PageImage:
        return self._rag.viewer.draw(self.file_path(document_id), page, width_px=width_px, is_small=is_small)

    def file_path(self, document_id: str) -> Path:
        return self._indexed(document_id).path

    def _indexed(self, document_id: str) -> IndexedDocument:
        if document_id not in self._documents:
            raise DocumentGone("This document is not among the open ones.")
        return self._documents[document_id]


def _view(indexed: IndexedDocument) -> DocumentView:
    document = indexed.document
    verdicts: tuple[PageVerdict, ...] = tuple(page.verdict for page in document.pages)
    chunks = len(indexed.index.chunks)
    return DocumentView(
        entry_id=document.id,
        document_id=document.id,
        name=document.name,
        title=document.title,
        state=DocumentState.READY,
        pages=len(document.pages),
        page_verdicts=verdicts,
        chunks=chunks,
        embedded=chunks,
        seconds_left=None,
        reason=NOTHING,
    )
