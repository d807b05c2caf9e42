"""Server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = ": still here\n\n"  # a comment: it keeps the connection, and clients ignore it
# For OpenAPI: an event as its fields; `data` is JSON.
DESCRIBED = {
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "properties": {
                    "event": {"type": "string"},
                    "data": {"type": "string", "contentMediaType": "application/json"},
                },
                "required": ["data"],
            }
        }
    }
}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx hands each event on at once


def frame(event: str, data: object) -> str:
    r"""One event, told twice: in the protocol's own field, and in the data for clients that only see those.

    >>> frame("stream_end", {"tokens": 12})
    'event: stream_end\ndata: {"event": "stream_end", "data": {"tokens": 12}}\n\n'
    """
    return f"event: {event}\n{data_line({'event': event, 'data': data})}"


def data_line(data: object) -> str:
    """An event that has no name, as OpenAI's are."""
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


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
