"""The API as one ASGI application: routes behind admission, every refusal in one shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from shared_utils.errors import FootnoteError
from src.api.admission import Admission
from src.api.assistants import PATH, Assistants
from src.api.errors import Refused, refused
from src.api.routes import chat, documents, health, openai, page, search, threads
from src.api.schemas import Error
from src.api.services import ApiServices

if TYPE_CHECKING:
    from starlette.responses import JSONResponse
    from starlette.types import ASGIApp

_ABOUT = """\
Ask your PDFs; every sentence footnoted. Send `Authorization: Bearer KEY` with every request; KEY is one that the
operator gave you or, where none are set up, a secret of your own (`openssl rand -hex 24`) that names your library.

A refusal is `{"error": {"code", "message"}}`; 429 and 503 tell in `Retry-After` when to try again."""
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def create_api(services: ApiServices) -> ASGIApp:
    """Serves /api, /v1, /mcp and /metrics."""
    app = FastAPI(
        title="Footnote",
        version="1",
        description=_ABOUT,
        docs_url=None,  # its pages load scripts from elsewhere; ours is drawn here (routes/page.py)
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses={status: {"model": Error} for status in (400, 401, 413, 422, 429, 503)},
        redirect_slashes=False,
    )
    app.state.services = services
    for topic in (health, documents, search, chat, threads, openai, page):
        app.include_router(topic.router)
    app.router.routes.append(Route(PATH, Assistants(services)))
    app.add_exception_handler(Refused, _answer(_itself))
    app.add_exception_handler(FootnoteError, _answer(_of_ours))
    app.add_exception_handler(RequestValidationError, _answer(_invalid))
    app.add_exception_handler(HTTPException, _answer(_of_http))
    app.add_exception_handler(Exception, _answer(_bug))
    return CORSMiddleware(
        Admission(app, services),
        allow_origins=services.settings.allowed_origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
        expose_headers=["X-Request-ID", "Retry-After"],
        allow_credentials=False,  # another site's page brings a key; it never acts with the cookie
    )


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


def _of_http(exc: Exception) -> Refused:
    if not isinstance(exc, HTTPException):
        return _bug(exc)
    nothing_here = "There is nothing here. /api/docs lists what there is."
    message = nothing_here if exc.status_code == 404 else str(exc.detail)
    return Refused(exc.status_code, _CODES.get(exc.status_code, "refused"), message, more_headers=exc.headers)


def _bug(_: Exception) -> Refused:
    return Refused(500, "failed", "Something went wrong inside Footnote. The server's log says more; try it again.")
