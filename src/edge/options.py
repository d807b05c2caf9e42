"""OPTIONS of the page's own routes: the methods that each takes (RFC 9110, 9.3.7). The API tells its own."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOT_TAKEN = 405


class TellsMethods:
    """Middleware: where a route refuses OPTIONS and says what it takes, that is the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            await self._app(scope, receive, send)
            return
        answered = False

        async def told(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start" and message["status"] == _NOT_TAKEN:
                taken = set(filter(None, Headers(raw=message["headers"]).get("allow", "").split(", ")))
                if taken:
                    answered = True
                    allow = ", ".join(sorted(taken | {"OPTIONS"}))
                    await Response(status_code=204, headers={"allow": allow})(scope, receive, send)
            if not answered:
                await send(message)

        await self._app(scope, receive, told)
