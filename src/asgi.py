"""The web application: Streamlit's page behind one middleware. `python -m src.asgi`, or `uvicorn src.asgi:app`.

The middleware hides what Streamlit publishes about itself, refuses writes that another site's page sends, gives every
visitor a secret workspace cookie, and sets a content security policy under which no text from a document or a model
can load, run or send anything. Behind it stand the API for programs (src/api) and the page.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import logging
import re
import socket
import sys
from collections.abc import AsyncIterator, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from streamlit.starlette import App
from streamlit.web.server.starlette import starlette_server

from shared_utils.processes.resources import available_cores
from shared_utils.processes.undumpable import make_undumpable
from src.screen import file_routes
from src.screen.session import WORKSPACE_COOKIE, is_workspace_key, new_workspace_key
from src.screen.shared_library import SharedLibrary, serve
from src.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ROOT = Path(__file__).resolve().parent.parent
_HIDDEN = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
_API = ("/api/", "/v1/", "/mcp", "/metrics")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_COOKIE_DAYS = 180


# ------------------------------------------------------------------------------------------------ policy


def content_security_policy(frame_ancestors: str) -> str:
    """Only this server's own scripts, styles, pictures and connections; inline scripts by the hash of their text."""
    html = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: {hashes}".rstrip(),  # blob: is how Streamlit loads our page script
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-src 'none'",
            "object-src 'none'",
            f"frame-ancestors 'self' {frame_ancestors}".rstrip(),
        )
    )


def is_cross_site(headers: Mapping[str, str], host: str) -> bool:
    """Whether a browser sent this on behalf of another site's page. Programs send neither header and pass.

    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    """
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != host


def speaks_for_itself(headers: Mapping[str, str], path: str, allowed_origins: Collection[str]) -> bool:
    """Whether a site that may use the API does, with a key in hand: its pages act for themselves, not by the cookie."""
    welcome = "*" in allowed_origins or headers.get("origin") in allowed_origins
    return path.startswith(_API) and welcome and headers.get("authorization", "").lower().startswith("bearer ")


def workspace_cookie(key: str, *, https: bool) -> str:
    """Under https it also works inside the frame of another site, with a jar of its own there (CHIPS)."""
    where = "; Secure; SameSite=None; Partitioned" if https else "; SameSite=Lax"
    return f"{WORKSPACE_COOKIE}={key}; Path=/; Max-Age={_COOKIE_DAYS * 86400}; HttpOnly{where}"


def page_key(cookies: str) -> str:
    """The visitor's key in a Cookie header; "" where there is none that we could have given out."""
    key = cookie_parser(cookies).get(WORKSPACE_COOKIE, "")
    return key if is_workspace_key(key) else ""


class Edge:
    """The middleware. Pure ASGI, so that it costs a stream nothing."""

    def __init__(self, app: ASGIApp, frame_ancestors: str, allowed_origins: Collection[str] = ()) -> None:
        self._app = app
        self._allowed_origins = allowed_origins
        self._policy = content_security_policy(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("x-forwarded-host") or headers.get("host", "")
        if path.startswith(_HIDDEN):
            return await PlainTextResponse("Not found", 404)(scope, receive, send)
        foreign = scope["method"] not in _READING and is_cross_site(headers, host)
        if foreign and not speaks_for_itself(headers, path, self._allowed_origins):
            return await PlainTextResponse("Refused: sent by another site", 403)(scope, receive, send)
        https = "https" in (scope.get("scheme"), headers.get("x-forwarded-proto", "").split(",")[0].strip())

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent["Content-Security-Policy"] = self._policy
                sent["X-Content-Type-Options"] = "nosniff"
                sent["Referrer-Policy"] = "no-referrer"
                if path == "/":
                    key = page_key(headers.get("cookie", "")) or new_workspace_key()
                    sent.append("Set-Cookie", workspace_cookie(key, https=https))
                    sent["Cache-Control"] = "no-store"  # a shared cache must not hand one visitor's key to the next
            await send(message)

        return await self._app(scope, receive, send_guarded)


# ------------------------------------------------------------------------------------------------ the application


class BesideThePage:
    """Hands what is the API's to the API, and the rest to the page.

    A middleware and not a route, so that a stream passes none of the page's own middleware. The API is built when it
    is first asked: its packages take a fifth of a second that the page's start needs more.
    """

    def __init__(self, app: ASGIApp, shared: SharedLibrary) -> None:
        self._page = app
        self._shared = shared
        self._api: ASGIApp | None = None
        self._building = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            return await self._page(scope, receive, send)
        async with self._building:
            if self._api is None:
                self._api = await asyncio.to_thread(self._build)
        return await self._api(scope, receive, send)

    def _build(self) -> ASGIApp:
        from src.api.app import create_api
        from src.api.blocking import Blocking
        from src.api.bounded_work import bounded_queues
        from src.api.services import ApiServices

        return create_api(
            ApiServices(
                settings=self._shared.settings,
                library=lambda: self._shared.library,
                trouble=lambda: self._shared.reason,
                page_key=page_key,
                blocking=Blocking(),
                bounded=bounded_queues(available_cores()),
                started_at=self._shared.since,
            )
        )


def create_app(settings: Settings) -> App:
    shared = SharedLibrary(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: App) -> AsyncIterator[dict[str, object]]:
        make_undumpable()  # before any file of a stranger is opened, and however the server was started
        serve(shared)
        shared.warm_up()  # in the background, so that the port is bound before the imports that take seconds
        yield {}
        await asyncio.to_thread(shared.close)  # what is being answered is taken up by another process at once

    async def healthz(_: Request) -> JSONResponse:
        body = {"status": shared.state} | ({"reason": shared.reason} if shared.reason else {})
        return JSONResponse(body, 503 if shared.state == "unhealthy" else 200)

    return App(
        _ROOT / "streamlit_app.py",
        lifespan=lifespan,
        routes=[Route("/healthz", healthz), *file_routes.ROUTES],
        middleware=[
            Middleware(
                Edge, frame_ancestors=settings.frame_ancestors, allowed_origins=frozenset(settings.allowed_origins)
            ),
            Middleware(BesideThePage, shared=shared),
        ],
    )


app = create_app(Settings.from_env())


def main() -> None:
    settings = Settings.from_env()
    log_requests()
    answer_at_once()
    app.run(
        config={
            "server.address": settings.host,
            "server.port": settings.port,
            "server.maxUploadSize": settings.max_file_mb,
            # Edge does this without the third-party cookie that a Space's frame does not get.
            "server.enableXsrfProtection": False,
        }
    )


def answer_at_once() -> None:
    """Have the server's sockets send what is written to them without waiting for more.

    Streamlit binds its socket without naming TCP as the protocol, and asyncio leaves Nagle's algorithm on for such: the
    body of every answer would wait 40 ms for the acknowledgement of its head, each of the page's 80 files, too.
    Connections inherit the option from the socket that they come through.
    """
    bind = starlette_server._bind_socket

    def bound(address: str, port: int, backlog: int) -> socket.socket:
        listening = bind(address, port, backlog)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening

    starlette_server._bind_socket = bound


def log_requests() -> None:
    """The API's requests on stderr, one a line: its id, method, route, status and time."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    api = logging.getLogger("src.api")
    api.addHandler(handler)
    api.setLevel(logging.INFO)
    api.propagate = False


if __name__ == "__main__":
    main()
