"""Streamlit's page as it leaves the server: with our name, and with a script of ours that runs before its own."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPT = Path(__file__).with_name("first.js").read_bytes()
_TAG = f'<script src="./first.js?{hashlib.sha256(_SCRIPT).hexdigest()[:12]}"></script>'.encode()
_PATHS = ("/", "/index.html")


def with_first_script(html: bytes) -> bytes:
    """
    >>> with_first_script(b"<head><title>Streamlit</title></head>").startswith(b'<head><script src="./first.js?')
    True
    """
    return html.replace(b"<head>", b"<head>" + _TAG, 1).replace(b"<title>Streamlit<", b"<title>Footnote<", 1)


class FirstScript:
    """The middleware. What is no whole page of HTML passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in _PATHS or scope["method"] != "GET":
            return await self._app(scope, receive, send)
        start: Message | None = None
        body = b""

        async def sent(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    body = with_first_script(body)
                    MutableHeaders(scope=start)["content-length"] = str(len(body))
                    await send(start)
                    await send({"type": "http.response.body", "body": body})

        return await self._app(scope, receive, sent)


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    whole = start["status"] == 200 and "content-encoding" not in headers
    return whole and headers.get("content-type", "").startswith("text/html")


async def _first_script(_: Request) -> Response:
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}  # its address changes with it
    return Response(_SCRIPT, media_type="text/javascript", headers=kept)


ROUTES = (Route("/first.js", _first_script),)
