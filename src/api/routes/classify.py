"""What kind of question it is, for programs that route."""

from __future__ import annotations

from fastapi import APIRouter

from src.answering.asked import checked_question
from src.answering.classify import classify
from src.api.asking import documents_asked
from src.api.routes.visit import CurrentVisit
from src.api.schemas import Error
from src.api.timeline_schemas import ClassifyRequest, ClassifyResponse

router = APIRouter(tags=["search"])


@router.post("/api/classify", responses={404: {"model": Error}})
async def classification(visit: CurrentVisit, request: ClassifyRequest) -> ClassifyResponse:
    """Its kind, the part of the documents that it is confined to, its language, and how sure that is. By rules: no
    search and no model. The same numbers stand in the event `routing` of an answer."""
    await visit.documents_loaded()
    return await visit.search(lambda: _classified(visit, request))


def _classified(visit: CurrentVisit, request: ClassifyRequest) -> ClassifyResponse:
    documents = documents_asked(visit.shelf, request.document_id or "")
    question = checked_question(request.question, visit.rag.max_question_chars, documents)
    told = classify(question, documents)
    return ClassifyResponse(
        kind=told.kind,
        part=str(told.part),
        language=told.language,
        confidence=told.confidence,
        elapsed_ms=round(told.elapsed_ms, 3),
    )
