"""The passages for a question, without anybody writing."""

from __future__ import annotations

import time
from functools import partial

from fastapi import APIRouter

from src.answering.asked import checked_question
from src.answering.ingestion import IndexedDocument
from src.api.asking import documents_asked
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Error, FoundEvidence, FoundPassage, SearchRequest, SearchResponse
from src.presentation.escaping import plain
from src.rag_with_generation import SearchResult

router = APIRouter(tags=["search"])


@router.post("/api/search", responses={404: {"model": Error}})
async def search(visit: CurrentVisit, request: SearchRequest) -> SearchResponse:
    """The best passages, the evidence a model would be given, and whether the documents speak to the query at all."""
    await visit.documents_loaded()
    return await visit.search(partial(found, visit, request))


def found(visit: Visit, request: SearchRequest) -> SearchResponse:
    """Blocks for some hundredths of a second of a core. Raises QuestionError where there is nothing to search."""
    began = time.monotonic()
    documents = documents_asked(visit.shelf, request.document_id or "", request.collection or "")
    query = checked_question(request.query, visit.rag.max_question_chars, documents)
    result = visit.rag.search(query, documents, top_k=request.top_k)
    return _drawn(query, result, documents, (time.monotonic() - began) * 1000)


def _drawn(query: str, result: SearchResult, documents: list[IndexedDocument], elapsed_ms: float) -> SearchResponse:
    names = {d.document.id: plain(d.document.name) for d in documents}
    by_id = {d.document.id: d for d in documents}
    passages = []
    for passage in result.passages:
        chunk = passage.chunk
        page = by_id[chunk.document_id].page(chunk.page)
        passages.append(
            FoundPassage(
                rank=passage.rank,
                score=round(passage.score, 6),
                document_id=chunk.document_id,
                document=names[chunk.document_id],
                page=chunk.page,
                page_label=plain(page.label) if page else "",
                start=chunk.start,
                end=chunk.end,
                text=chunk.text,
                heading=chunk.heading,
            )
        )
    evidence = [
        FoundEvidence(
            marker=span.marker,
            document_id=span.document_id,
            document=names[span.document_id],
            page=span.page,
            start=span.start,
            end=span.end,
            text=span.text,
        )
        for span in result.evidence.spans
    ]
    return SearchResponse(
        query=query,
        answerable=result.answerable,
        route=str(result.route.label),
        passages=passages,
        evidence=evidence,
        elapsed_ms=round(elapsed_ms, 1),
    )
