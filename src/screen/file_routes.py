"""What the browser fetches by address: pictures of pages, and the PDF itself. Only from the shelf of its own cookie."""

from __future__ import annotations

import re
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared_utils.errors import DocumentGone, FootnoteError, ShareUsedUp
from shared_utils.pdf.viewer import Tile
from src.library.networks import counted_network
from src.library.shelf import Shelf
from src.presentation.escaping import plain
from src.screen.session import WORKSPACE_COOKIE, is_workspace_key
from src.screen.shared_library import shared_library

_WIDTHS_PX = (
    1100,
    1650,
    160,
)  # the last for the list of pages; no others, so that nobody can order a thousand pictures of one page
_TILED_WIDTHS_PX = (2200, 3300, 4400)  # of the page whose tiles are drawn: where a whole picture would be too large
_TILE_PX = 1100  # a side of a tile, as viewer_pages.js knows
_TILE = re.compile(r"(\d{1,2})[.](\d{1,2})")
_UNSAFE_IN_NAMES = '\\/:*?"<>|'
GUARDS = {"Cross-Origin-Resource-Policy": "same-origin"}
# The address names the content, so a picture never changes; it is kept by this person's browser alone.
KEPT = GUARDS | {"Cache-Control": "private, max-age=86400, immutable"}


def page_picture(request: Request) -> Response:
    """GET /page/<document id>/<page>.jpg?width=1100, or …?width=2200&tile=<column>.<row> for a part of a large one.
    Starlette runs it in a thread, as it is not async."""
    shelf = shelf_of(request)
    if shelf is None:
        return PlainTextResponse("Not found", 404)
    document, page = request.path_params["document"], request.path_params["page"]
    width, tile = _wanted(request.query_params.get("width", ""), request.query_params.get("tile", ""))
    try:
        image = shelf.page_image(document, page, width_px=width, tile=tile)
    except DocumentGone as exc:
        return PlainTextResponse(str(exc), 404)
    except FootnoteError as exc:
        return PlainTextResponse(str(exc), 422)
    return Response(image.data, media_type=image.mime, headers=KEPT)


def _wanted(width: str, tile: str) -> tuple[int, Tile | None]:
    """The width to draw, in pixels, and the part of it; what nobody offers is answered with the usual picture.

    >>> _wanted("2200", "1.2"), _wanted("2201", "1.2"), _wanted("1650", "")
    ((2200, (1100, 2200, 1100, 1100)), (1100, None), (1650, None))
    """
    place = _TILE.fullmatch(tile)
    if place and width in map(str, _TILED_WIDTHS_PX):
        return int(width), (int(place[1]) * _TILE_PX, int(place[2]) * _TILE_PX, _TILE_PX, _TILE_PX)
    return (int(width) if width in map(str, _WIDTHS_PX) else _WIDTHS_PX[0]), None


def original(request: Request) -> Response:
    """GET /file/<document id>.pdf: shown by the browser's own viewer, or, with ?download, saved as it was added."""
    shelf = shelf_of(request)
    document_id = request.path_params["document"]
    view = next((v for v in shelf.documents() if v.document_id == document_id), None) if shelf else None
    if shelf is None or view is None:
        return PlainTextResponse("Not found", 404)
    try:
        is_download = "download" in request.query_params
        path = shelf.original_path(document_id) if is_download else shelf.file_path(document_id)
        is_pdf = not is_download or path == shelf.file_path(document_id)
    except FootnoteError as exc:
        return PlainTextResponse(str(exc), 404)
    return FileResponse(
        path,
        media_type="application/pdf" if is_pdf else "application/octet-stream",
        filename=_file_name(view.name) if is_pdf else _safe_name(view.name),
        content_disposition_type="attachment" if is_download else "inline",
        headers=GUARDS | {"Cache-Control": "private, no-cache"},
    )


def _file_name(name: str) -> str:
    """The name a person gave the file, as one that stays in its folder and opens as a PDF.

    >>> _file_name("../budget: 2026.pdf"), _file_name("report.exe"), _file_name("..")
    ('budget 2026.pdf', 'report.exe.pdf', 'document.pdf')
    """
    return f"{re.sub('[.]pdf$', '', _safe_name(name), flags=re.IGNORECASE).strip(' .') or 'document'}.pdf"


def _safe_name(name: str) -> str:
    return " ".join("".join(" " if c in _UNSAFE_IN_NAMES else c for c in plain(name)).split()).strip(" .")


def shelf_of(request: Request) -> Shelf | None:
    """The shelf of the cookie that came with the request; None without one."""
    key = request.cookies.get(WORKSPACE_COOKIE, "")
    if not is_workspace_key(key):
        return None
    library = shared_library().open()
    peer, forwarded_for = request.client, ",".join(request.headers.getlist("x-forwarded-for"))
    network = counted_network(peer.host if peer else "", forwarded_for, library.settings.proxies)
    with suppress(ShareUsedUp):  # whoever is new has nothing to be shown
        return library.shelf(key, network=network)
    return None


ROUTES = (Route("/page/{document}/{page:int}.jpg", page_picture), Route("/file/{document}.pdf", original))
