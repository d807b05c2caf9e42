"""Files on their way into the page: Streamlit takes each into memory whole, and holds it until the page has kept it.

So what a person, an address and everybody may have there at once is counted before a file is taken in. A file that is
refused is told on the page; what nobody comes for is let go.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from src.edge.sender import sender_of
from src.edge.shares import Shares
from src.settings import MEGABYTE, Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_UPLOAD = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/(?P<file>[^/]+)")
_STREAM = "/_stcore/stream"
_LEAST_BYTES = 65_536  # counted for any file, so that empty ones are not without end
_WRAPPING_BYTES = 2**20  # what Streamlit allows a form to add to the file in it
_RECONNECT_S = 3.0  # a page that lost its connection is back by then, if it comes back
_OVERDUE_S = 4.0  # a page that has not come for a file by then has lost word of it
_UNTAKEN_S = 60.0  # the page keeps files as soon as the last of them is there
_RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A file's share of the memory, from before its first byte until the page has kept it."""

    session: str
    file: str
    network: str
    size: int  # bytes


class PageUploads:
    """The count. The event loop claims and lets go, the page's threads ask what was refused."""

    def __init__(
        self,
        settings: Settings,
        runtime: Callable[[], Runtime] = Runtime.instance,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        most = settings.max_uploading_mb * MEGABYTE
        self._largest = settings.max_file_mb * 2**20 + _WRAPPING_BYTES  # Streamlit's megabytes
        each = max(most // 4, self._largest)
        self._sessions = Shares(max(most, each), each)
        self._networks = Shares(max(most, each), max(most // 2, each))
        self._runtime = runtime
        self._clock = clock
        self._lock = threading.Lock()
        self._coming: set[Claim] = set()
        self._held: dict[tuple[str, str], tuple[Claim, float]] = {}  # with when it was there
        self._refused: Counter[str] = Counter()

    def is_open(self, session: str) -> bool:
        """Whether there is such a page."""
        return self._runtime().is_active_session(session)

    def claim(self, session: str, file: str, network: str, size: int | None) -> Claim | None:
        """None where it is too much; the page is then told. A `size` that is not told may be the largest there is."""
        most = self._largest if size is None else min(size, self._largest)  # Streamlit refuses what is larger
        claim = Claim(session, file, network, max(most, _LEAST_BYTES))
        with self._lock:
            self._forget_kept()
            if self._take(claim):
                self._coming.add(claim)
                return claim
            self._refused[session] += 1
        return None

    def settle(self, claim: Claim, *, taken_in: bool) -> None:
        """It has come, or will not."""
        with self._lock:
            self._coming.discard(claim)
            if not taken_in:
                self._give_back(claim)
                return
            before = self._held.pop((claim.session, claim.file), None)
            if before is not None:
                self._give_back(before[0])
            self._held[claim.session, claim.file] = claim, self._clock()

    def refused(self, session: str) -> int:
        """How many files were refused since the page asked last. 0 as long as it will hear of others that came."""
        with self._lock:
            if not self._refused[session]:
                return 0
            self._forget_kept()
            return 0 if self._has_some(session) else self._refused.pop(session, 0)

    def untold(self, session: str) -> bool:
        """Whether files were refused, and nothing else will make the page look."""
        with self._lock:
            if not self._refused[session]:
                return False
            self._forget_kept()
            return not self._has_some(session)

    def overdue(self, session: str) -> tuple[str, ...]:
        """The files that came a while ago, none after them, and that the page was not told of.

        The browser tells it when the last file is there, unless the uploader was drawn anew in that moment.
        """
        with self._lock:
            if not self._has_some(session):
                return ()
            self._forget_kept()
            times = {key[1]: at for key, (_, at) in self._held.items() if key[0] == session}
            is_coming = any(claim.session == session for claim in self._coming)
        if is_coming or not times or max(times.values()) + _OVERDUE_S > self._clock():
            return ()
        return tuple(times)

    def let_go(self) -> None:
        """Forget the files of pages that are gone, and those that no page has come for."""
        manager, now = self._manager(), self._clock()
        with self._lock:
            self._forget_kept()
            latest = {claim.session: at for claim, at in sorted(self._held.values(), key=lambda held: held[1])}
            busy = {claim.session for claim in self._coming}
        for session, at in latest.items():
            if not self.is_open(session) or (session not in busy and at + _UNTAKEN_S <= now):
                manager.remove_session_files(session)
        with self._lock:
            self._forget_kept()
            for session in [name for name in self._refused if not self.is_open(name)]:
                del self._refused[session]

    def draw_again(self, session: str) -> None:
        """Have the page look at once. Streamlit has no public way to say so from outside of a page."""
        found = self._runtime()._session_mgr.get_active_session_info(session)
        if found is not None:
            found.session.request_rerun(None)

    def _take(self, claim: Claim) -> bool:
        if not self._sessions.take(claim.session, claim.size):
            return False
        if self._networks.take(claim.network, claim.size):
            return True
        self._sessions.give_back(claim.session, claim.size)
        return False

    def _give_back(self, claim: Claim) -> None:
        self._sessions.give_back(claim.session, claim.size)
        self._networks.give_back(claim.network, claim.size)

    def _forget_kept(self) -> None:
        """Streamlit's own record tells what is still in memory, however it left."""
        storage = self._manager().file_storage
        for key in [key for key in self._held if key[1] not in storage.get(key[0], {})]:
            self._give_back(self._held.pop(key)[0])

    def _has_some(self, session: str) -> bool:
        return any(claim.session == session for claim in self._coming) or any(key[0] == session for key in self._held)

    def _manager(self) -> MemoryUploadedFileManager:
        manager = self._runtime().uploaded_file_mgr
        assert isinstance(manager, MemoryUploadedFileManager)  # noqa: S101 - what Streamlit's server makes
        return manager


class CountedUploads:
    """The middleware: asks for a share before a file is taken in, and tidies up after pages."""

    def __init__(self, app: ASGIApp, uploads: PageUploads, proxies: int = 0) -> None:
        self._app = app
        self._uploads = uploads
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"] == _STREAM:
            try:
                await self._app(scope, receive, send)
            finally:
                self._let_go_in(_RECONNECT_S)
            return None
        found = _UPLOAD.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if found is None or not self._uploads.is_open(found["session"]):  # then Streamlit refuses it unread
            return await self._app(scope, receive, send)
        return await self._counted(found["session"], found["file"], scope, receive, send)

    async def _counted(self, session: str, file: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        network = sender_of(scope, headers, self._proxies)
        length = headers.get("content-length", "")
        claim = self._uploads.claim(session, file, network, int(length) if length.isdigit() else None)
        if claim is None:
            await _TOO_MUCH(scope, receive, send)
        else:
            await self._taken_in(claim, scope, receive, send)
        if self._uploads.untold(session):
            self._uploads.draw_again(session)

    async def _taken_in(self, claim: Claim, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with suppress(ClientDisconnect):  # nobody is there to be told
                await self._app(scope, receive, noted)
        finally:
            self._uploads.settle(claim, taken_in=200 <= status < 300)
            self._let_go_in(_UNTAKEN_S + 1)
            asyncio.get_running_loop().call_later(_OVERDUE_S + 0.1, self._have_taken, claim.session)
            if not self._uploads.is_open(claim.session):
                self._uploads.let_go()

    def _have_taken(self, session: str) -> None:
        if self._uploads.overdue(session):
            self._uploads.draw_again(session)

    def _let_go_in(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._uploads.let_go)


_TOO_MUCH = PlainTextResponse(
    "Too much is being uploaded at once. Add the file again in a moment, fewer at a time.",
    429,
    {"Retry-After": str(_RETRY_AFTER_S)},
)
