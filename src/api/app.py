"""The API as one ASGI application: routes behind admission, every refusal in one shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route, compile_path

from shared_utils.errors import FootnoteError
from src.api.admission import Admission
from src.api.assistants import PATH, Assistants
from src.api.errors import Refused, refused
from src.api.openapi import for_generators
from src.api.routes import (
    chat,
    classify,
    collections,
    compare,
    documents,
    files,
    health,
    links,
    openai,
    page,
    search,
    shared,
    threads,
    timeline,
    web_address,
)
from src.api.schemas import Error
from src.api.services import ApiServices

if TYPE_CHECKING:
    from starlette.responses import JSONResponse
    from starlette.types import ASGIApp, Receive, Scope, Send

_ABOUT = """\
Ask your PDFs; every sentence footnoted. Send `Authorization: Bearer KEY` with every request; KEY is one that the
operator gave you or, where none are set up, a secret of your own (`openssl rand -hex 24`) that names your library.

A refusal is `{"error": {"code", "message"}}`; 429 and 503 tell in `Retry-After` when to try again."""
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def create_api(services: ApiServices) -> ASGIApp:
    """Serves /api, /v1, /mcp, /metrics and what people share."""
    app = FastAPI(
        title="Footnote",
        version="1",
        description=_ABOUT,
        docs_url=None,  # its pages load scripts from elsewhere; ours is drawn here (routes/page.py)
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses={status: {"model": Error} for status in (400, 401, 413, 422, 429, 503)},
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # what generated clients call their methods
    )
    app.state.services = services
    described = app.openapi
    app.openapi = lambda: for_generators(described())  # type: ignore[method-assign]
    put_in, asked = (documents, collections, web_address), (search, compare, timeline, classify, chat)
    for topic in (health, *put_in, *asked, threads, links):
        app.include_router(topic.router)
    for topic in (openai, files, page, shared):
        app.include_router(topic.router)
    app.router.routes.append(Route(PATH, Assistants(services)))
    app.add_exception_handler(Refused, _answer(_itself))
    app.add_exception_handler(FootnoteError, _answer(_of_ours))
    app.add_exception_handler(RequestValidationError, _answer(_invalid))
    app.add_exception_handler(HTTPException, _http_answer)
    app.add_exception_handler(Exception, _answer(_bug))
    return _Lenient(
        CORSMiddleware(
            Admission(app, services),
            allow_origins=services.settings.allowed_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
            allow_credentials=False,  # another site's page brings a key; it never acts with the cookie
        )
    )


class _Lenient:
    """A path may end with a slash, and HEAD is GET without its body, which the server leaves out (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            scope = dict(scope, method=method, path=scope["path"].rstrip("/") or "/")
        await self._app(scope, receive, send)


def _answer(told: Callable[[Exception], Refused]) -> Callable[[Request, Exception], JSONResponse]:
    def answer(_: Request, exc: Exception) -> JSONResponse:
        return told(exc).answer()

    return answer


def _itself(exc: Exception) -> Refused:
    return exc if isinstance(exc, Refused) else _bug(exc)


def _of_ours(exc: Exception) -> Refused:
    return refused(exc) if isinstance(exc, FootnoteError) else _bug(exc)


def _invalid(exc: Exception) -> Refused:
    errors = exc.errors() if isinstance(exc, RequestValidationError) else []
    told = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in errors[:3])
    return Refused(422, "invalid_request", f"This request is not what the route takes: {told}. See /api/docs.")


def _http_answer(request: Request, exc: Exception) -> Response:
    """Every method of a path is told, not those of one of its routes alone; OPTIONS asks for just that."""
    refusal = _of_http(exc)
    if refusal.status == 405:
        paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
        here = [methods for path, methods in paths.items() if compile_path(path)[0].match(request.url.path)]
        allowed = {method.upper() for methods in here for method in methods}
        allowed |= set(filter(None, refusal.more_headers.get("allow", "").split(", ")))
        allowed |= {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())
        refusal.more_headers = {"allow": ", ".join(sorted(allowed))}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=refusal.headers())
    return refusal.answer()


def _of_http(exc: Exception) -> Refused:
    if not isinstance(exc, HTTPException):
        return _bug(exc)
    nothing_here = "There is nothing here. /api/docs lists what there is."
    message = nothing_here if exc.status_code == 404 else str(exc.detail)
    return Refused(exc.status_code, _CODES.get(exc.status_code, "refused"), message, more_headers=_lower(exc.headers))


def _lower(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}


def _bug(_: Exception) -> Refused:
    return Refused(500, "failed", "Something went wrong inside Footnote. The server's log says more; try it again.")
