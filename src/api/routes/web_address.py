"""A document from a web address, where the operator allows it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from src.api.errors import Refused
from src.api.routes.documents import LONGEST_WAIT_S, as_far_as
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Document, Error, WebAddress
from src.presentation.escaping import plain

router = APIRouter(tags=["documents"])


@router.post("/api/web-address", status_code=202, responses={403: {"model": Error}, 502: {"model": Error}})
async def add_web_address(
    visit: CurrentVisit,
    wanted: WebAddress,
    wait_s: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, description="Answer when it is read, or then.")] = 0,
) -> Document:
    """Put in what lies at a public web address: a PDF, a web page, or another file that is taken. The server fetches
    it, within half a minute, and nothing that it links to. 403 where the operator does not allow it."""
    entry_id = await added(visit, wanted.url)
    return await as_far_as(visit, entry_id, wait_s)


async def added(visit: Visit, address: str) -> str:
    """The entry's id, once the file is fetched and kept. Raises Refused, FootnoteError."""
    if not visit.web.allowed:
        raise Refused(
            403,
            "web_addresses_off",
            "This server fetches nothing from web addresses: FOOTNOTE_WEB_ADDRESSES is not set. Fetch the file "
            "yourself, then put it in.",
        )
    with visit.stream():
        name, data = await visit.services.blocking.wait(partial(visit.web.file_at, visit.shelf.name, address))
    return await visit.load(lambda: visit.shelf.add(plain(name), data))
