"""Where assistants knock. What answers them is heavy, so it is not there before the first one comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from src.api.errors import Refused
from src.api.services import ApiServices

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/mcp"


class Assistants:
    """POST /mcp: the Model Context Protocol over streamable HTTP, without sessions. An ASGI application."""

    def __init__(self, services: ApiServices) -> None:
        self._services = services
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            return await Response(status_code=204, headers={"Allow": "OPTIONS, POST"})(scope, receive, send)
        if scope["method"] != "POST":  # nothing is kept between requests: no stream to open, no session to end
            message = "Assistants ask here by POST, and nothing is kept between two requests."
            refusal = Refused(405, "method_not_allowed", message, more_headers={"Allow": "OPTIONS, POST"})
            return await refusal.answer()(scope, receive, send)
        if self._app is None:
            self._app = await self._services.blocking.call(_build)
        return await self._app(scope, receive, send)


def _build() -> ASGIApp:
    from src.api.mcp import assistants_app  # a third of a second and 25 MB

    return assistants_app()
