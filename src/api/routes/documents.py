"""The files of one's library: put in, listed, read, taken out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, File, Query, Request, Response, UploadFile

from shared_utils.conversion.convert import is_taken, taken_here
from shared_utils.errors import DocumentGone
from src.api import sse
from src.api.as_json import document_json
from src.api.errors import Refused, no_such_document
from src.api.event_schemas import Gone, UploadStarted
from src.api.following import changes
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Document, DocumentId, Documents, Error, ErrorDetail, PageText, Retry
from src.presentation.escaping import form_name, plain
from src.views import DocumentView

router = APIRouter(tags=["documents"])
_GONE: dict[int | str, dict[str, object]] = {404: {"model": Error}}
LONGEST_WAIT_S = 120.0
_HEAD_BYTES = 1029  # a PDF says what it is within its first kilobyte (ISO 32000-2, 7.5.2, and what readers take)


@router.get("/api/documents")
async def list_documents(visit: CurrentVisit) -> Documents:
    """Every document of this library."""
    views = await visit.call(visit.shelf.documents)
    return Documents(documents=[document_json(view) for view in views])


@router.post(
    "/api/documents",
    status_code=202,
    response_model=Document | Documents,
    responses={202: sse.DESCRIBED, 415: {"model": Error}},
)
async def add_document(
    request: Request,
    visit: CurrentVisit,
    file: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            description=f"A PDF, or one of {', '.join(taken_here())}; several parts of this name are all taken.",
        ),
    ],
    wait_s: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, description="Answer when it is read, or then.")] = 0,
) -> Response | Document | Documents:
    """Put files in: PDFs, or others that pages are made of. They are read in the background; the same bytes again are
    the document that is there already.

    Of one file the answer is its document, of several a list. Where one of them is of no such kind, none is taken in.
    With `Accept: text/event-stream` the answer is the progress of one after another: stream_start, progress …,
    stream_end.
    """
    for one in file:
        await visit.load(partial(check_kind, one))
    entries = [await visit.load(partial(take_in, visit, one)) for one in file]
    visit.taken_in()
    if sse.MEDIA_TYPE in request.headers.get("accept", ""):
        return sse.Stream(_progress(visit, entries))
    until = anyio.current_time() + wait_s
    taken = [await as_far_as(visit, entry_id, max(0.0, until - anyio.current_time())) for entry_id in entries]
    return taken[0] if len(taken) == 1 else Documents(documents=taken)


def check_kind(file: UploadFile) -> None:
    """Raises Refused for what no reader could open. A damaged one is taken in, and tells what is wrong."""
    data = file.file.read()
    file.file.seek(0)
    if b"%PDF-" not in data[:_HEAD_BYTES] and b"endobj" not in data and not is_taken(file.filename or "", data):
        what = "empty" if not data else "no PDF"
        name = plain(form_name(file.filename or "")) or "This file"
        kinds = ", ".join(taken_here())
        message = (
            f"{name} is {what} and none of {kinds}, and nothing was taken in. Save or print it as PDF first, then put "
            "that in."
        )
        raise Refused(415, "not_a_pdf", message, param="file")


def take_in(visit: Visit, file: UploadFile) -> str:
    """The entry's id."""
    return visit.shelf.add(plain(form_name(file.filename or "")) or "document.pdf", file.file.read())


@router.get("/api/documents/{document_id}", responses=_GONE)
async def get_document(visit: CurrentVisit, document_id: DocumentId) -> Document:
    """Where a document stands."""
    return document_json(await found_document(visit, document_id))


@router.delete("/api/documents/{document_id}", status_code=204, responses=_GONE)
async def delete_document(visit: CurrentVisit, document_id: DocumentId) -> None:
    """Take a document out. It is wiped from the disk within a minute."""
    view = await found_document(visit, document_id)
    await visit.call(partial(visit.shelf.remove, view.entry_id))


@router.post("/api/documents/{document_id}/retry", status_code=202, responses=_GONE | {409: {"model": Error}})
async def retry_document(visit: CurrentVisit, document_id: DocumentId, how: Retry) -> Document:
    """Read a failed document again, with its password if it needs one. Unlocked, it has another id."""
    view = await found_document(visit, document_id)
    await visit.call(partial(visit.shelf.retry, view.entry_id, how.password))
    return document_json(await found_document(visit, document_id))


@router.get("/api/documents/{document_id}/pages/{page}", responses=_GONE)
async def get_page(visit: CurrentVisit, document_id: DocumentId, page: int) -> PageText:
    """The words of a page, as citations count them: quote == text[start:end]."""
    await visit.documents_loaded()
    return await visit.call(partial(page_text, visit, document_id, page))


def page_text(visit: Visit, document_id: str, page: int) -> PageText:
    """Raises DocumentGone where there is no such page, or where it has not been read."""
    indexed = next((d for d in visit.shelf.searchable() if d.document.id == document_id), None)
    found = indexed.page(page) if indexed else None
    if indexed is None or found is None:
        raise DocumentGone(
            "There is no such page, or it has not been read yet. GET /api/documents tells what there is."
        )
    return PageText(
        document_id=document_id,
        document=plain(indexed.document.name),
        page=found.number,
        pages=len(indexed.document.pages),
        page_label=plain(found.label),
        text=found.text,
        verdict=found.verdict.value,
        reason=str(found.reason),
        recognised=bool(found.word_boxes),
    )


async def found_document(visit: Visit, document_id: str) -> DocumentView:
    """The document with this id. Raises Refused where there is none."""
    views = await visit.call(visit.shelf.documents)
    view = next((view for view in views if view.document_id == document_id), None)
    if view is None:
        raise no_such_document()
    return view


# ------------------------------------------------------------------------------------------------ progress


def _entry(visit: Visit, entry_id: str) -> DocumentView | None:
    return next((view for view in visit.shelf.documents() if view.entry_id == entry_id), None)


def _settled(view: DocumentView | None) -> bool:
    return view is None or view.settled


async def _progress(visit: Visit, entries: Sequence[str]) -> AsyncGenerator[str, None]:
    with visit.stream():
        for entry_id in entries:
            async with aclosing(_progress_of(visit, entry_id)) as frames:
                async for frame in frames:
                    yield frame


async def _progress_of(visit: Visit, entry_id: str) -> AsyncGenerator[str, None]:
    told: Document | None = None
    yield sse.frame("stream_start", UploadStarted(entry=entry_id))
    look = partial(_entry, visit, entry_id)
    async with aclosing(changes(visit.services.blocking, visit.shelf, look, _settled)) as looks:
        async for view in looks:
            now = document_json(view) if view else None
            yield sse.HEARTBEAT if now == told else sse.frame("progress", now)
            told = now
    if told is None:
        gone = ErrorDetail(code="document_gone", message="The document was deleted meanwhile.")
        yield sse.frame("error", gone)
    elif told.state == "failed":
        yield sse.frame("error", ErrorDetail(code="unreadable_document", message=told.reason))
    yield sse.frame("stream_end", told or Gone())


async def as_far_as(visit: Visit, entry_id: str, wait_s: float) -> Document:
    """The document when it has been read, or after `wait_s`."""
    look = partial(_entry, visit, entry_id)
    with anyio.move_on_after(wait_s):
        async with aclosing(changes(visit.services.blocking, visit.shelf, look, _settled)) as looks:
            async for _ in looks:
                pass
    view = await visit.call(look)
    if view is None:
        raise DocumentGone("The document was deleted while it was being read.")
    return document_json(view)
