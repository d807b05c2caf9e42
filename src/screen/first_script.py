"""Streamlit's page as it leaves the server: with our name, a script of ours that runs before its own, and our styles.

The styles are there before anything is drawn: sent with the page's parts they came after the first of them, and all
that stood moved.
"""

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

_HERE = Path(__file__).parent
_SHEETS = ("footnote", "viewer", "panel", "question_list", "rows", "compare", "series", "collections", "caveats")
_SCRIPT = (_HERE / "first.js").read_bytes()
STYLES = "".join((_HERE / f"{name}.css").read_text(encoding="utf-8") for name in _SHEETS)


def _address(name: str, content: bytes) -> str:
    return f"./{name}?{hashlib.sha256(content).hexdigest()[:12]}"


_FIRST = f'<script src="{_address("first.js", _SCRIPT)}"></script>'.encode()
# Behind all that Streamlit puts into the head: where two rules weigh the same, ours holds.
_LAST = f'<link rel="stylesheet" href="{_address("first.css", STYLES.encode())}">'.encode()
_PATHS = ("/", "/index.html")


def with_first_script(html: bytes) -> bytes:
    """
    >>> with_first_script(b"<head><title>Streamlit</title></head>").startswith(b'<head><script src="./first.js?')
    True
    """
    named = html.replace(b"<title>Streamlit<", b"<title>Footnote<", 1)
    return named.replace(b"<head>", b"<head>" + _FIRST, 1).replace(b"</body>", _LAST + b"</body>", 1)


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


_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}  # its address changes with it


async def _first_script(_: Request) -> Response:
    return Response(_SCRIPT, media_type="text/javascript", headers=_KEPT)


async def _first_styles(_: Request) -> Response:
    return Response(STYLES, media_type="text/css", headers=_KEPT)


ROUTES = (Route("/first.js", _first_script), Route("/first.css", _first_styles))
