"""Whether the page's process still does its work: asked every few seconds, for the supervisor."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from urllib.error import HTTPError

_EVERY_S = 10.0
_SILENT_S = 120.0  # a machine that others keep busy may let a page wait; after so long it is not coming back
_ANSWER_S = 10.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is asked, never a proxy


class PageWatch:
    """Looks in a thread of its own, so that its owner waits for no answer. Ends when it has found trouble.

    `look` tells why the process has to be started anew, "" where it need not, None where there was no answer.
    """

    def __init__(
        self,
        look: Callable[[], str | None],
        *,
        clock: Callable[[], float] = time.monotonic,
        every_s: float = _EVERY_S,
        silent_s: float = _SILENT_S,
    ) -> None:
        self._look = look
        self._clock = clock
        self._silent_s = silent_s
        self._trouble = ""
        self._ended = threading.Event()
        threading.Thread(target=self._watch, args=(every_s,), name="page-watch", daemon=True).start()

    def trouble(self) -> str:
        """Why the process has to be started anew; "" as long as it need not."""
        return self._trouble

    def end(self) -> None:
        self._ended.set()

    def _watch(self, every_s: float) -> None:
        answered_at: float | None = None  # before its first answer it is starting, which may take long
        while not self._trouble and not self._ended.wait(every_s):
            told = self._look()
            if told is not None:
                answered_at = self._clock()
                self._trouble = told
            elif answered_at is not None and (silent_s := self._clock() - answered_at) > self._silent_s:
                self._trouble = f"It has not answered for {silent_s:.0f} s."


def stalled_page(url: str) -> str | None:
    """What the page at `url` tells of itself; see `PageWatch`."""
    with suppress(OSError, HTTPException, ValueError):
        try:
            answer = _DIRECT.open(f"{url}/healthz", timeout=_ANSWER_S)
        except HTTPError as exc:  # 503: unwell, which it tells in its body
            answer = exc
        with answer:
            told = json.load(answer)
        return str(told["reason"]) if told.get("status") == "stalled" else ""
    return None
