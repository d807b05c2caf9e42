"""A figure or a theme through the years, with its places."""

from __future__ import annotations

import time
from functools import partial

from fastapi import APIRouter

from src.api.errors import no_such_document
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Error
from src.api.timeline_schemas import TimelineRequest, TimelineResponse
from src.library.timeline import timeline
from src.presentation.timeline import timeline_json

router = APIRouter(tags=["timeline"])


@router.post("/api/timeline", responses={404: {"model": Error}})
async def through_the_years(visit: CurrentVisit, request: TimelineRequest) -> TimelineResponse:
    """A figure by the name of its row, a theme by its words, or the themes that change most, each with its places.

    `dates` that are given are kept with the library and hold from then on.
    """
    await visit.documents_loaded()
    return await visit.search(partial(found, visit, request))


def found(visit: Visit, request: TimelineRequest) -> TimelineResponse:
    """Blocks for some tenths of a second of a core. Raises Refused for a document that is not there."""
    began = time.monotonic()
    documents = visit.shelf.searchable()
    there = {one.document.id for one in documents}
    if not there.issuperset((*request.document_ids, *request.dates)):
        raise no_such_document()
    if request.dates:
        visit.shelf.correct_dates(request.dates)
    chosen = [one for one in documents if not request.document_ids or one.document.id in request.document_ids]
    made = timeline(
        visit.rag, chosen, figure=request.figure, about=request.theme, corrected=visit.shelf.corrected_dates()
    )
    texts = {(one.document.id, page.number): page.text for one in chosen for page in one.document.pages}
    told = timeline_json(made, texts) | {"elapsed_ms": round((time.monotonic() - began) * 1000, 1)}
    return TimelineResponse.model_validate(told)
