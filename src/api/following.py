"""A shelf's changes as an asynchronous stream: what a person would see, each time it has changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import anyio

from shared_utils.errors import FootnoteError
from src.api.blocking import Blocking
from src.library.shelf import Shelf

T = TypeVar("T")

HEARTBEAT_S = 10.0  # a proxy closes a connection on which nothing comes for a minute
_TOGETHER_S = 0.05  # changes that come closer than this are told at once


async def documents_loaded(blocking: Blocking, shelf: Shelf) -> None:
    """Return when what was kept for this shelf can be asked, another process's share included; after a minute at most.

    The first request after a start, or after the shelf was given up for being idle, finds it still being loaded.
    """
    await blocking.wait(partial(_load, shelf))


def _load(shelf: Shelf) -> None:
    with suppress(FootnoteError):  # the store is out of reach: what is known here is asked
        shelf.catch_up()
    shelf.await_documents()


async def changes(
    blocking: Blocking, shelf: Shelf, look: Callable[[], T], over: Callable[[T], bool]
) -> AsyncGenerator[T, None]:
    """What `look()` sees, again whenever the shelf has changed and after HEARTBEAT_S without; last where `over`, or
    where this process is about to end and another one goes on."""
    while True:
        version = await blocking.call(shelf.version)  # before looking: a change meanwhile is one more round
        seen = await blocking.call(look)
        yield seen
        if over(seen) or shelf.leaving():
            return
        await blocking.wait(partial(shelf.wait, version, HEARTBEAT_S))
        await anyio.sleep(_TOGETHER_S)
