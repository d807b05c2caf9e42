"""The web application: Streamlit's page behind one middleware. `python -m src.asgi`, or `uvicorn src.asgi:app`.

The middleware hides what Streamlit publishes about itself, refuses writes that another site's page sends, gives every
visitor a secret workspace cookie, and sets a content security policy under which no text from a document or a model
can load, run or send anything.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import threading
from collections.abc import AsyncIterator, Mapping
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

from shared_utils.errors import FootnoteError
from src.screen import original
from src.screen.house import the_house
from src.screen.session import WORKSPACE_COOKIE, is_workspace_key, new_workspace_key
from src.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ROOT = Path(__file__).resolve().parent.parent
_HIDDEN = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
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


def workspace_cookie(key: str, *, https: bool) -> str:
    """Under https it also works inside the frame of another site, with a jar of its own there (CHIPS)."""
    where = "; Secure; SameSite=None; Partitioned" if https else "; SameSite=Lax"
    return f"{WORKSPACE_COOKIE}={key}; Path=/; Max-Age={_COOKIE_DAYS * 86400}; HttpOnly{where}"


def _key_in(cookies: str) -> str:
    """The visitor's key, or a new one where there is none that we could have given out."""
    key = cookie_parser(cookies).get(WORKSPACE_COOKIE, "")
    return key if is_workspace_key(key) else new_workspace_key()


class Edge:
    """The middleware. Pure ASGI, so that it costs a stream nothing."""

    def __init__(self, app: ASGIApp, frame_ancestors: str) -> None:
        self._app = app
        self._policy = content_security_policy(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("x-forwarded-host") or headers.get("host", "")
        if path.startswith(_HIDDEN):
            return await PlainTextResponse("Not found", 404)(scope, receive, send)
        if scope["method"] not in _READING and is_cross_site(headers, host):
            return await PlainTextResponse("Refused: sent by another site", 403)(scope, receive, send)
        https = "https" in (scope.get("scheme"), headers.get("x-forwarded-proto", "").split(",")[0].strip())

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent["Content-Security-Policy"] = self._policy
                sent["X-Content-Type-Options"] = "nosniff"
                sent["Referrer-Policy"] = "no-referrer"
                if path == "/":
                    sent.append("Set-Cookie", workspace_cookie(_key_in(headers.get("cookie", "")), https=https))
                    sent["Cache-Control"] = "no-store"  # a shared cache must not hand one visitor's key to the next
            await send(message)

        return await self._app(scope, receive, send_guarded)


# ------------------------------------------------------------------------------------------------ the application


class WarmUp:
    """Opens the library in the background once the port is bound, and tells how that went."""

    def __init__(self) -> None:
        self.state = "starting"  # then "ok" or "unhealthy"
        self.reason = ""

    def start(self) -> None:
        threading.Thread(target=self._open, name="warm-up", daemon=True).start()

    def _open(self) -> None:
        try:
            the_house()
        except FootnoteError as exc:
            self.state, self.reason = "unhealthy", str(exc)
        else:
            self.state = "ok"


def create_app(settings: Settings) -> App:
    warm_up = WarmUp()

    @contextlib.asynccontextmanager
    async def lifespan(_: App) -> AsyncIterator[dict[str, object]]:
        warm_up.start()
        yield {}

    async def healthz(_: Request) -> JSONResponse:
        body = {"status": warm_up.state} | ({"reason": warm_up.reason} if warm_up.reason else {})
        return JSONResponse(body, 503 if warm_up.state == "unhealthy" else 200)

    return App(
        _ROOT / "streamlit_app.py",
        lifespan=lifespan,
        routes=[Route("/healthz", healthz), *original.ROUTES],
        middleware=[Middleware(Edge, frame_ancestors=settings.frame_ancestors)],
    )


app = create_app(Settings.from_env())


def main() -> None:
    settings = Settings.from_env()
    app.run(
        config={
            "server.address": settings.host,
            "server.port": settings.port,
            "server.maxUploadSize": settings.max_file_mb,
            # Edge does this without the third-party cookie that a Space's frame does not get.
            "server.enableXsrfProtection": False,
        }
    )


if __name__ == "__main__":
    main()
