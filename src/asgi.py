"""The web application: Streamlit's page behind one middleware. `python -m src.asgi`, or `uvicorn src.asgi:app`.

The middleware hides what Streamlit publishes about itself, refuses names that are not this server's and writes that
another site's page sends, gives every visitor a secret workspace cookie, and sets a content security policy under which
no text from a document or a model can load, run or send anything. How long a connection may take is watched below it
(src/edge), where `python -m src.asgi` serves. Behind it stand the API for programs (src/api) and the page.
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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from streamlit.starlette import App
from streamlit.web.server.starlette import starlette_server

from shared_utils.processes.collector import collect_seldom
from shared_utils.processes.resources import available_cores
from shared_utils.processes.undumpable import make_undumpable
from src.edge.connections import CountedWebSocket, Deadlines, Door, TimedHttp, most_connections, raise_open_files
from src.edge.hosts import is_welcome
from src.edge.options import TellsMethods
from src.edge.sender import sender_of
from src.edge.shares import Shares
from src.edge.stopping import DRAINING_S, TellsOfTheEnd, on_stop
from src.screen import file_routes, first_script, text_routes
from src.screen.downloads import keep_downloads
from src.screen.first_script import FirstScript
from src.screen.lookups import ask_nobody_for_our_address, look_for_no_packaged_components
from src.screen.page_uploads import CountedUploads
from src.screen.session import WORKSPACE_COOKIE, is_workspace_key, new_workspace_key
from src.screen.shared_library import SharedLibrary, serve
from src.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ROOT = Path(__file__).resolve().parent.parent
_HIDDEN = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
_API = ("/api/", "/v1/", "/mcp", "/metrics", "/shared/")
_FILES = ("/media/",)  # what a person downloads from the page, a report in HTML among it
_KNOWN = ("/_stcore/", "/healthz", "/page/", "/file/")  # of the page's; what is under them takes some methods only
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_SWITCH_S = 0.001  # until a thread that computes lets another go on; 5 ms are Python's own. See `create_app`.
_PROBE = "/healthz"  # a load balancer may ask under any name
_COOKIE_DAYS = 180
_MOST_MESSAGE_BYTES = 4_000_000  # of what the page sends over its websocket: the longest list of questions, and more


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


def said_by_proxies(headers: Headers, name: str, proxies: int) -> list[str]:
    """What is said under this name, the visitor's end first; nothing where no proxy is to be believed."""
    lines = headers.getlist(name) if proxies else []
    return [part.strip() for line in lines for part in line.split(",") if part.strip()]


class Edge:
    """The middleware. Pure ASGI, so that it costs a stream nothing.

    `names`: the public names of this server (see `is_welcome`), None where any is welcome. `proxies`: how many in front
    are believed. `under_way`: the shares of addresses in what is being answered, websockets included.
    """

    def __init__(
        self,
        app: ASGIApp,
        frame_ancestors: str,
        allowed_origins: Collection[str] = (),
        names: Collection[str] | None = (),
        proxies: int = 0,
        under_way: Shares | None = None,
    ) -> None:
        self._app = app
        self._allowed_origins = allowed_origins
        self._names = names
        self._proxies = proxies
        self._under_way = under_way or Shares(sys.maxsize, sys.maxsize)
        self._policy = content_security_policy(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        hosts = [*said_by_proxies(headers, "x-forwarded-host", self._proxies), headers.get("host", "")]
        if scope["path"] != _PROBE and not all(self._is_ours(host) for host in hosts):
            return await _ANOTHER_NAME(scope, receive, send)
        network = sender_of(scope, headers, self._proxies)
        if not self._under_way.take(network):
            return await _BUSY(scope, receive, send)
        try:
            if scope["type"] == "websocket":
                await self._app(scope, receive, send)
            else:
                await self._answer(headers, hosts[0], scope, receive, send)
        finally:
            self._under_way.give_back(network)

    async def _answer(self, headers: Headers, host: str, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(_HIDDEN):
            return await PlainTextResponse("Not found", 404)(scope, receive, send)
        foreign = scope["method"] not in _READING and is_cross_site(headers, host)
        if foreign and not speaks_for_itself(headers, path, self._allowed_origins):
            return await PlainTextResponse("Refused: sent by another site", 403)(scope, receive, send)
        https = "https" in (scope.get("scheme"), *said_by_proxies(headers, "x-forwarded-proto", self._proxies)[:1])

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent.setdefault("Content-Security-Policy", self._policy)  # what is shared brings a stricter one
                sent["X-Content-Type-Options"] = "nosniff"
                sent["Referrer-Policy"] = "no-referrer"
                if path == "/":
                    key = page_key(headers.get("cookie", "")) or new_workspace_key()
                    sent.append("Set-Cookie", workspace_cookie(key, https=https))
                    sent["Cache-Control"] = "no-store"  # a shared cache must not hand one visitor's key to the next
            await send(message)

        return await self._app(scope, receive, send_guarded)

    def _is_ours(self, host: str) -> bool:
        return self._names is None or is_welcome(host, self._names)


_ANOTHER_NAME = PlainTextResponse(
    "This server does not answer to that name. Whoever runs it can add the name to FOOTNOTE_HOSTS.", 421
)
_BUSY = PlainTextResponse(
    "Too much is open from your address. Close a tab, or try again in a moment.", 429, {"Retry-After": "5"}
)


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
            return await self._page(scope, receive, _told_as_data(scope, send))
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


def _told_as_data(scope: Scope, send: Send) -> Send:
    """`send` for a path of the page's: Streamlit serves its page under every name, a program needs to be told.

    The page itself has one path. HTML under another is 404 in JSON, and so is what is written to a path that is none.
    """
    if scope["type"] != "http" or scope["path"] in ("/", "/index.html"):
        return send
    told = False

    async def sent(message: Message) -> None:
        nonlocal told
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            is_page = headers.get("content-type", "").startswith("text/html") and not scope["path"].startswith(_FILES)
            told = is_page or (message["status"] == 405 and not scope["path"].startswith(_KNOWN))
        if not told:
            await send(message)
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            for part in _nothing_here():
                await send(part)

    return sent


def _nothing_here() -> tuple[Message, Message]:
    said = "There is nothing here. The page is at /, what programs ask at /api and /v1: see /api/docs."
    kind = "invalid_request_error"
    error = {"code": "not_found", "message": said, "type": kind, "param": None}
    answer = JSONResponse({"error": error}, 404, {"Cache-Control": "no-store"})
    start: Message = {"type": "http.response.start", "status": 404, "headers": answer.raw_headers}
    return start, {"type": "http.response.body", "body": answer.body}


def names_of(settings: Settings) -> tuple[str, ...] | None:
    """The public names of this server. Behind a proxy that is the proxy's business, until somebody says otherwise."""
    return None if settings.proxies and not settings.hosts else (*settings.hosts, *settings.own_names)


def create_app(settings: Settings) -> App:
    ask_nobody_for_our_address()
    look_for_no_packaged_components()
    keep_downloads()
    shared = SharedLibrary(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: App) -> AsyncIterator[dict[str, object]]:
        make_undumpable()  # before any file of a stranger is opened, and however the server was started
        collect_seldom()
        # Beside three threads that read files, one that often waits, as those that answer clicks do, gets on 1.6 times
        # as far, and they do as much in a second of computing.
        sys.setswitchinterval(_SWITCH_S)
        serve(shared)
        shared.warm_up()  # in the background, so that the port is bound before the imports that take seconds
        on_stop(shared.hand_over)
        yield {}
        await asyncio.to_thread(shared.close)  # what is being answered is taken up by another process at once

    async def healthz(_: Request) -> JSONResponse:
        state, reason = shared.state, shared.reason
        body = {"status": state} | ({"reason": reason} if reason else {})
        return JSONResponse(body, 503 if state in ("unhealthy", "stalled") else 200)

    return App(
        _ROOT / "streamlit_app.py",
        lifespan=lifespan,
        routes=[Route("/healthz", healthz), *file_routes.ROUTES, *text_routes.ROUTES, *first_script.ROUTES],
        middleware=[
            Middleware(TellsOfTheEnd),
            Middleware(
                Edge,
                frame_ancestors=settings.frame_ancestors,
                allowed_origins=frozenset(settings.allowed_origins),
                names=names_of(settings),
                proxies=settings.proxies,
                under_way=Shares(settings.max_connections, settings.max_address_connections),
            ),
            Middleware(TellsMethods),
            Middleware(CountedUploads, uploads=shared.uploads, proxies=settings.proxies),
            Middleware(BesideThePage, shared=shared),
            Middleware(FirstScript),
        ],
    )


app = create_app(Settings.from_env())


def main() -> None:
    settings = Settings.from_env()
    log_requests()
    answer_at_once()
    guard_connections(settings, raise_open_files())
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


def guard_connections(settings: Settings, open_files: int) -> None:
    """Have the server count connections, and give each a deadline for its part of a request.

    Nor does it believe X-Forwarded-For from this machine, as uvicorn would: `FOOTNOTE_PROXIES` alone says who is
    believed. `open_files`: as many as this process may open.
    """
    arguments = starlette_server._get_uvicorn_config_kwargs
    most = most_connections(settings.max_connections, open_files)
    # A proxy's connections are everybody's: there, Edge counts what each address has under way.
    door = Door(most, most if settings.proxies else settings.max_address_connections)
    deadlines = Deadlines(settings.head_deadline_s, settings.body_deadline_s)

    def guarded() -> dict[str, Any]:
        return arguments() | {
            "http": partial(TimedHttp, door=door, deadlines=deadlines),
            "ws": partial(CountedWebSocket, door=door),
            "ws_max_size": _MOST_MESSAGE_BYTES,
            "proxy_headers": False,
            "timeout_graceful_shutdown": DRAINING_S,
        }

    starlette_server._get_uvicorn_config_kwargs = guarded


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
