"""The link under which others read a conversation: told, made or brought up to date, taken back."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request

from shared_utils.storage.share_store import SharedLink
from src.api.admission import Admitted
from src.api.collection_schemas import Link
from src.api.errors import Refused
from src.api.routes.visit import CurrentVisit
from src.api.schemas import Error, ThreadId
from src.i18n import say_for

router = APIRouter(tags=["threads"], responses={403: {"model": Error}, 404: {"model": Error}})


@router.get("/api/threads/{thread_id}/link")
async def get_link(request: Request, visit: CurrentVisit, thread_id: ThreadId) -> Link:
    """The link of a conversation, where it has one that leads there now."""
    admitted = _where_allowed(request)
    link = await visit.call(partial(admitted.library.links.of, admitted.caller.shelf_key, thread_id))
    if link is None:
        raise Refused(404, "no_link", "This conversation is not shared. POST makes a link.")
    return _told(link, thread_id, visit.address)


@router.post("/api/threads/{thread_id}/link", status_code=201)
async def make_link(request: Request, visit: CurrentVisit, thread_id: ThreadId) -> Link:
    """Show the conversation as it stands now, under the link it has or a new one. Draws every page that is cited."""
    admitted, shelf = _where_allowed(request), visit.shelf
    if not await visit.call(partial(shelf.turns, thread_id)):
        raise Refused(404, "thread_gone", "There is no such thread. GET /api/threads lists yours.")
    say = say_for(shelf.preferences().language, request.headers.get("accept-language", ""))
    make = partial(admitted.library.links.share, admitted.caller.shelf_key, shelf, thread_id, say)
    return _told(await visit.load(make), thread_id, visit.address)


@router.delete("/api/threads/{thread_id}/link", status_code=204)
async def stop_link(request: Request, visit: CurrentVisit, thread_id: ThreadId) -> None:
    """Take the link back: it leads nowhere at once, and what it showed is deleted. Done already is as well."""
    admitted = _where_allowed(request)
    await visit.call(partial(admitted.library.links.stop, admitted.caller.shelf_key, thread_id))


def _where_allowed(request: Request) -> Admitted:
    admitted: Admitted = request.scope["state"]["admitted"]
    if not admitted.library.links.allowed:
        raise Refused(403, "sharing_off", "Whoever runs this server does not let conversations be shared.")
    return admitted


def _told(link: SharedLink, thread_id: str, address: str) -> Link:
    url = f"{address}/shared/{link.token}"
    return Link(thread_id=thread_id, url=url, made_at=link.made_at, expires_at=link.expires_at)
