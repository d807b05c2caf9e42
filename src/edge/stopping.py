"""An orderly stop: what is being answered goes on elsewhere while the server waits for what it still sends."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DRAINING_S = 2  # what is still under way when the process is to end may take so long


def on_stop(hand_over: Callable[[], None]) -> None:
    """Have `hand_over` called in a thread as soon as this process is asked to end, beside what the server does then:
    it waits for streams, and an answer that streams is to go on elsewhere meanwhile."""
    if threading.current_thread() is not threading.main_thread():
        return  # signals are heard in the main thread only
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, partial(_stopping, before, hand_over))


def _stopping(
    before: Callable[[int, FrameType | None], Any], hand_over: Callable[[], None], number: int, frame: FrameType | None
) -> None:
    threading.Thread(target=hand_over, name="hand-over", daemon=True).start()
    before(number, frame)


class TellsOfTheEnd:
    """Whoever's request is cut short because this process ends is told so: 503, and to send it again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except asyncio.CancelledError:  # nothing but the end of the server cancels a request from outside
            if not begun:
                await _ENDING(scope, receive, send)


_ENDING = JSONResponse(
    {
        "error": {
            "code": "stopping",
            "message": "This server was stopped before your request had come whole. Send it again in a moment.",
            "type": "server_error",
            "param": None,
        }
    },
    503,
    {"Retry-After": "5"},
)
