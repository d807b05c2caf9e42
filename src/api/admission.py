"""Admission: every request gets a name for the log, and is let in only with a key, at a fair rate, at a fair size.

Pure ASGI and before anything else, so that nobody's upload is taken in before it is known whose it is.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared_utils.errors import StorageError
from shared_utils.network import stands_for
from src.api.caller import Caller, caller_of
from src.api.errors import Refused, starting
from src.api.limits import Buckets
from src.api.services import ApiServices
from src.edge.sender import sender_of
from src.edge.shares import Shares
from src.library.library import Library
from src.settings import MEGABYTE

_log = logging.getLogger(__name__)

OPEN = frozenset({"/api/health", "/api/docs", "/api/openapi.json"})  # for whoever asks, whatever the state
_METRICS = "/metrics"
_SHARED = "/shared"  # and below: whoever has a link needs no key, but goes there at a fair rate
_UPLOADS = ("/api/documents", "/v1/files")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LEFT = 499  # the client went before there was an answer; nginx's number for it
_MOST_BYTES = MEGABYTE  # of a request that is no upload: a question, a long conversation
_WRAPPING_BYTES = 64_000  # what a form adds to the file in it
_ADDRESS_SHARE = 4  # an office behind one address may ask so many times what one key may
_MOST_UPLOADS = 16
_BURST_S = 15.0  # a minute's worth is not to be spent at once: a quarter of it is


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a route finds in `request.state.admitted`."""

    caller: Caller
    library: Library
    taken_in: Callable[[], None] = lambda: None  # for a route to call once an upload lies no longer on the disk alone


class Admission:
    """Middleware. Rates count within this process, and over all where they share a database; uploads within it."""

    def __init__(self, app: ASGIApp, services: ApiServices) -> None:
        self._app = app
        self._services = services
        self._uploads = Shares(_MOST_UPLOADS, _MOST_UPLOADS // 2)
        rate = services.settings.api_per_minute
        self._people = Buckets(rate, rate * _BURST_S / 60)
        self._addresses = Buckets(rate * _ADDRESS_SHARE, rate * _ADDRESS_SHARE * _BURST_S / 60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, headers = time.monotonic(), Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with ExitStack() as held:
            try:
                self._let_in(scope, headers, held)
                await self._at_the_shared_rate(scope)
            except Refused as exc:
                self._count_refusal(exc)
                await exc.answer()(scope, receive, send_named)
            else:
                await self._app(scope, _bounded(receive, self._most_bytes(scope)), send_named)
            finally:
                self._note(scope, request_id, status, time.monotonic() - began)

    def _let_in(self, scope: Scope, headers: Headers, held: ExitStack) -> None:
        """Put `Admitted` into the scope, or raise Refused. `held` gives back at the end what was taken for it."""
        path, settings = scope["path"], self._services.settings
        if path in OPEN:
            return
        if path == _METRICS:  # open where the API is; where it has keys, they are needed here, too
            if settings.api_keys:
                caller_of(headers.get("authorization", ""), "", settings.api_keys)
            return
        network = sender_of(scope, headers, settings.proxies)
        self._at_a_fair_rate(self._addresses, network)
        if scope["method"] == "OPTIONS" or path.startswith(_SHARED):  # what a route takes is no secret
            return
        page_key = self._services.page_key(headers.get("cookie", ""))
        caller = caller_of(headers.get("authorization", ""), page_key, settings.api_keys)
        self._at_a_fair_rate(self._people, caller.shelf_key)
        most = self._most_bytes(scope)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise _too_large(most)
        library = self._services.library()
        if library is None:
            trouble = self._services.trouble()
            raise Refused(503, "unhealthy", trouble) if trouble else starting()
        if _is_upload(scope):
            self._take_a_place(network, held)
        scope["state"]["admitted"] = Admitted(caller, library, held.close)

    def _take_a_place(self, network: str, held: ExitStack) -> None:
        """Uploads lie on the disk until they are whole: so few at a time that it is not filled by them."""
        if not self._uploads.take(network):
            raise Refused(503, "busy", "Many files are coming in at once. Try again in a moment.", retry_after_s=5)
        held.callback(self._uploads.give_back, network)

    def _at_a_fair_rate(self, buckets: Buckets, name: str) -> None:
        if wait_s := buckets.take(name):
            raise self._too_often(wait_s)

    def _too_often(self, wait_s: float) -> Refused:
        allowed = self._services.settings.api_per_minute
        message = f"That is more than {allowed} requests a minute. Wait {wait_s:.0f} s, then go on."
        return Refused(429, "too_many_requests", message, retry_after_s=wait_s)

    async def _at_the_shared_rate(self, scope: Scope) -> None:
        """What all processes on one store count together, after what this one counts: who is refused here costs nobody
        a statement. Where the store is out of reach, this process's count holds."""
        admitted = scope["state"].get("admitted")
        counts = admitted.library.store.counts if admitted else None
        if counts is None:
            return
        rate = self._services.settings.api_per_minute
        network = sender_of(scope, Headers(scope=scope), self._services.settings.proxies)
        for name, per_minute in ((network, rate * _ADDRESS_SHARE), (admitted.caller.shelf_key, rate)):
            with suppress(StorageError):
                take = partial(counts.take_token, stands_for(name), per_minute, per_minute * _BURST_S / 60)
                if wait_s := await self._services.blocking.call(take):
                    raise self._too_often(wait_s)

    def _most_bytes(self, scope: Scope) -> int:
        if _is_upload(scope):
            return self._services.settings.max_file_mb * MEGABYTE + _WRAPPING_BYTES
        return _MOST_BYTES

    def _count_refusal(self, exc: Refused) -> None:
        library = self._services.library()
        if library is not None:
            library.metrics.turned_away(exc.code)

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        """One line in the log, and one more in the operator's numbers. Neither names a person or what they asked."""
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        library = self._services.library()
        if library is not None:
            library.metrics.requested(method, route, status or _LEFT, seconds)
        _log.info("%s %s %s %d %.0f ms", request_id, method, route, status or _LEFT, seconds * 1000)


def _is_upload(scope: Scope) -> bool:
    return scope["method"] == "POST" and scope["path"] in _UPLOADS


def _request_id(headers: Headers) -> str:
    """The client's own, if it is one that may stand in a log; else a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _bounded(receive: Receive, most: int) -> Receive:
    """`receive`, ending with an error as soon as more than `most` bytes have come: a length can be left untold."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413, _too_large(most).message)
        return message

    return bounded


def _too_large(most: int) -> Refused:
    return Refused(413, "too_large", f"A request has at most {most / MEGABYTE:.0f} MB here. Send less at once.")
