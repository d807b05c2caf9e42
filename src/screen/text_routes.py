"""What the browser asks by address: the viewer's text layer, search and contents; a running answer. Only of the shelf
of its own cookie."""

from __future__ import annotations

from dataclasses import astuple

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared_utils.errors import FootnoteError
from shared_utils.storage.kept_pages import page_numbered
from shared_utils.types import Document
from src.i18n import say_for
from src.library.shelf import Shelf
from src.presentation.escaping import plain
from src.screen.file_routes import GUARDS, KEPT, shelf_of
from src.screen.page_text import found_boxes, found_in, words_of
from src.screen.running import look_at

ENTRIES_AT_MOST = 1_000  # bookmarks of one document
_FRESH = GUARDS | {"Cache-Control": "private, no-store"}


def page_words(request: Request) -> Response:
    """GET /page/<document id>/<page>.json: `words`, each [text, [left, top, width, height], blank], boxes as shares of
    the page; `ratio` is its height over its width. With ?find=…, `found`: the boxes of every place where that stands.
    """
    asked = _asked(request)
    if isinstance(asked, Response):
        return asked
    shelf, document = asked
    page = page_numbered(document.pages, request.path_params["page"])
    if page is None or page.width <= 0:
        return PlainTextResponse("Not found", 404)
    try:
        if sought := request.query_params.get("find", ""):
            return JSONResponse({"found": found_boxes(shelf, document.id, page, sought)}, headers=_FRESH)
        words = [astuple(word) for word in words_of(shelf, document.id, page)]
    except FootnoteError as exc:
        return PlainTextResponse(str(exc), 422)
    # A page that is read to its end never changes under its document's name; one that is being read may.
    return JSONResponse({"words": words, "ratio": page.height / page.width}, headers=KEPT if words else _FRESH)


def found(request: Request) -> Response:
    """GET /find/<document id>.json?q=…: `pages`, each [page, how often it stands there]."""
    asked = _asked(request)
    if isinstance(asked, Response):
        return asked
    return JSONResponse({"pages": found_in(asked[1], request.query_params.get("q", ""))}, headers=_FRESH)


def contents(request: Request) -> Response:
    """GET /contents/<document id>.json: `entries`, each [title, level, page], as the file's bookmarks tell them."""
    asked = _asked(request)
    if isinstance(asked, Response):
        return asked
    entries = [(plain(e.title), e.level, e.page) for e in asked[1].outline[:ENTRIES_AT_MOST]]
    return JSONResponse({"entries": entries}, headers=_FRESH)


def running(request: Request) -> Response:
    """GET /running/<conversation>/<turn>.json: a running answer so far, as `look_at` has it."""
    shelf = shelf_of(request)
    turns = shelf.turns(request.path_params["conversation"]) if shelf else ()
    turn = next((turn for turn in turns if turn.id == request.path_params["turn"]), None)
    if shelf is None or turn is None:
        return PlainTextResponse("Not found", 404)
    say = say_for(shelf.preferences().language, request.headers.get("accept-language", ""))
    return JSONResponse(look_at(turn, shelf, say), headers=_FRESH)


def _asked(request: Request) -> tuple[Shelf, Document] | Response:
    shelf = shelf_of(request)
    if shelf is None:
        return PlainTextResponse("Not found", 404)
    try:
        return shelf, shelf.document(request.path_params["document"])
    except FootnoteError as exc:
        return PlainTextResponse(str(exc), 404)


ROUTES = (
    Route("/page/{document}/{page:int}.json", page_words),
    Route("/find/{document}.json", found),
    Route("/contents/{document}.json", contents),
    Route("/running/{conversation}/{turn}.json", running),
)
