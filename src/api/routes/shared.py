"""A conversation that its owner shares, for whoever has the link: one page in which nothing runs, and nothing else.

No cookie is read or set, no key is asked for. A token that is wrong, taken back or over, and a server that shares
nothing, answer the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.responses import PlainTextResponse, StreamingResponse

from shared_utils.storage.share_store import SharedPart
from src.api.blocking import Blocking
from src.api.errors import starting
from src.api.services import ApiServices
from src.i18n import say_for
from src.library.shared_links import SharedLinks
from src.presentation.describe import nothing_shared

router = APIRouter()

_HEADERS = {
    # The report's own policy names its one style sheet by its hash; both hold. `sandbox`: were there a script in it
    # after all, it would not run, and had no origin to act for.
    "Content-Security-Policy": "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@router.get("/shared/{token:path}", include_in_schema=False)
async def shared(request: Request, token: str) -> Response:
    services: ApiServices = request.app.state.services
    library = services.library()
    if library is None:
        raise starting()
    first = await services.blocking.call(partial(library.links.part, token))
    if first is None:
        say = say_for("", request.headers.get("accept-language", ""))
        return PlainTextResponse(nothing_shared(say), 404, headers=_HEADERS | {"Vary": "Accept-Language"})
    return StreamingResponse(
        _following(library.links, token, first, services.blocking),
        media_type="text/html; charset=utf-8",
        headers=_HEADERS,
    )


async def _following(links: SharedLinks, token: str, first: SharedPart, blocking: Blocking) -> AsyncIterator[bytes]:
    """One piece in memory at a time. Taken back meanwhile, it breaks off."""
    yield first.data
    for number in range(1, first.parts):
        part = await blocking.call(partial(links.part, token, number))
        if part is None or part.made_at != first.made_at:
            return
        yield part.data
