"""Where the words of citations are drawn on their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Citation, Rect, Span
from src.answering.ingestion import IndexedDocument


def located(
    viewer: PageViewer, citations: Sequence[Citation], documents: Sequence[IndexedDocument]
) -> tuple[Citation, ...]:
    """The citations with their rectangles, () where those are not known. Each page is asked once for all of its own."""
    by_id = {document.document.id: document for document in documents}
    of_page: dict[tuple[str, int], dict[Span, tuple[Rect, ...]]] = {}
    for citation in citations:
        spans = of_page.setdefault((citation.document_id, citation.page), {})
        spans[Span(citation.start, citation.end)] = ()
    for (document_id, number), spans in of_page.items():
        document = by_id[document_id]
        page = document.page(number)
        if page is not None:
            spans.update(zip(spans, viewer.locate(document.path, page, list(spans)), strict=True))
    return tuple(replace(one, rects=of_page[one.document_id, one.page][Span(one.start, one.end)]) for one in citations)
