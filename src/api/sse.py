"""Server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from src.api.schemas import Json, dumped

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = ": still here\n\n"  # a comment: it keeps the connection, and clients ignore it
# For OpenAPI: anything, so that generated clients hand it on as it comes.
DESCRIBED = {
    "content": {
        MEDIA_TYPE: {
            "schema": {"description": "Events; the data of each is JSON. See docs/api.md."},
        }
    }
}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx hands each event on at once


def frame(event: str, data: BaseModel | None, identity: str = "") -> str:
    r"""One event, told twice: in the protocol's own field, and in the data for clients that only see those.

    `identity` is what a client sends as Last-Event-ID where it goes on after a broken connection.

    >>> from src.api.event_schemas import ToolStarted
    >>> frame("tool_start", ToolStarted(tool="search"))
    'event: tool_start\ndata: {"event": "tool_start", "data": {"tool": "search"}}\n\n'
    """
    named = f"id: {identity}\n" if identity else ""
    return f"{named}event: {event}\n{_data({'event': event, 'data': data and dumped(data)})}"


def data_line(data: BaseModel) -> str:
    """An event that has no name, as OpenAI's are."""
    return _data(dumped(data))


def _data(told: Json) -> str:
    return f"data: {json.dumps(told, ensure_ascii=False)}\n\n"


class Stream(StreamingResponse):
    """`frames` as they come. When the client leaves, they are closed at once, whatever they wait for.

    `ended` is called when it is over, however it ended, even where not one frame could be sent.
    """

    def __init__(self, frames: AsyncGenerator[str, None], ended: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(_closing(frames), media_type=MEDIA_TYPE, headers=_HEADERS)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self._ended is not None:
                await self._ended()


async def _closing(frames: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    async with aclosing(frames):
        async for text in frames:
            yield text
