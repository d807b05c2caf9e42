"""Connections: how many there may be, and how long one may take over a request. Streams and websockets may be long.

uvicorn waits for ever for the end of a request's head or body, and takes as many connections as there are file
descriptors. These are its protocols, with a clock each and a door before them.
"""

from __future__ import annotations

import asyncio
import resource
from asyncio import TimerHandle, Transport
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from shared_utils.network import network_of
from src.edge.shares import Shares

_LOOKS = 4  # at a body's pace before it can be too slow
_TO_BE_TOLD_S = 1.0  # how long one that is turned away may take to ask for something, and so to be told why
_WAITING = 4  # for four who have a place, one more is told that there is none, and not just cut off
_FILES_WANTED = (65_536, 10_240)  # as many open files as there may be, else as many as macOS takes


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What a client may take over its part of a request.

    >>> Deadlines().is_slow(waited_s=60, received_bytes=100_000), Deadlines().is_slow(60, 1_000_000)
    (True, False)
    """

    head_s: float = 15.0  # from the connection, or the first byte after the answer before, to the end of the head
    body_s: float = 30.0  # that a body may take however little comes
    body_bytes_per_s: float = 8_000.0  # a telephone line's worth; who sends more has more time
    answer_s: float = 300.0  # that nothing of an answer is taken; the kernel hands a slow line megabytes at once

    def is_slow(self, waited_s: float, received_bytes: int) -> bool:
        return waited_s > self.body_s + received_bytes / self.body_bytes_per_s


class Place(Enum):
    """What a new connection gets."""

    TAKEN = "a place"
    NONE = "a word that there is none"
    CUT = "nothing"


class Door:
    """Counts open connections: so many in all, so many of each network. Used by the event loop alone."""

    def __init__(self, most: int, each: int) -> None:
        self._places = Shares(most, each)
        self._waiting = Shares(max(1, most // _WAITING), max(1, each // _WAITING))

    def enter(self, network: str) -> Place:
        if self._places.take(network):
            return Place.TAKEN
        return Place.NONE if self._waiting.take(network) else Place.CUT

    def leave(self, network: str, place: Place) -> None:
        if place is Place.TAKEN:
            self._places.give_back(network)
        elif place is Place.NONE:
            self._waiting.give_back(network)


class TimedHttp(H11Protocol):
    """HTTP/1.1 in which a head and a body have a deadline. `door` is everybody's."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        door: Door,
        deadlines: Deadlines,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = door
        self._deadlines = deadlines
        self._network = ""
        self._place = Place.CUT
        self._timed: object = None  # the client's state, as h11 names it, whose clock runs
        self._clock: TimerHandle | None = None
        self._heard_bytes = 0  # since the clock began
        self._waited_s = 0.0  # for more of a body, while we were ready for it
        self._untaken: TimerHandle | None = None  # runs while the client takes nothing of its answer

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._network = network_of(self.client[0]) if self.client else ""
        self._place = self._door.enter(self._network)
        if self._place is Place.CUT:
            transport.abort()
        elif self._place is Place.NONE:
            self._clock = self.loop.call_later(_TO_BE_TOLD_S, transport.close)
        else:
            self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        self._stop_waiting()
        self._door.leave(self._network, self._place)
        self._place = Place.CUT
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._place is not Place.TAKEN:
            self._turn_away()
            return
        self._heard_bytes += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        super().handle_events()
        if self.transport.get_protocol() is self:
            self._time()
        else:  # a websocket has taken over, for as long as it likes
            self._stop_clock()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_taking(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_waiting()

    # -- an answer that is not taken

    def _await_taking(self, left_bytes: int) -> None:
        self._stop_waiting()
        self._untaken = self.loop.call_later(self._deadlines.answer_s, self._look_at_answer, left_bytes)

    def _look_at_answer(self, left_bytes: int) -> None:
        left_now = self.transport.get_write_buffer_size()
        if left_now < left_bytes:
            self._await_taking(left_now)
        else:
            self.transport.abort()

    def _stop_waiting(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    # -- the clock

    def _time(self) -> None:
        """Have the clock run that belongs to what is awaited of the client now; none while an answer is made."""
        awaited = self.conn.their_state
        if awaited is self._timed:
            return
        self._stop_clock()
        self._timed, self._heard_bytes, self._waited_s = awaited, 0, 0.0
        if self.transport.is_closing():
            return
        if awaited is h11.IDLE:
            self._clock = self.loop.call_later(self._deadlines.head_s, self._end_head)
        elif awaited is h11.SEND_BODY:
            self._look_later()

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _end_head(self) -> None:
        if self._heard_bytes:
            self._end("The head of the request did not come in time.")
        else:  # nothing was asked, so nothing is answered
            self.transport.close()

    def _look_later(self) -> None:
        self._clock = self.loop.call_later(self._deadlines.body_s / _LOOKS, self._look_at_body)

    def _look_at_body(self) -> None:
        if not self.flow.read_paused:  # else it is we who are slow
            self._waited_s += self._deadlines.body_s / _LOOKS
        if self._deadlines.is_slow(self._waited_s, self._heard_bytes):
            self._end("The request came too slowly. Try again over a better connection.")
        else:
            self._look_later()

    # -- the end

    def _end(self, sentence: str) -> None:
        """Tell the client where an answer may still begin, the application that the client is gone; then close."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        with suppress(h11.LocalProtocolError):  # an answer is under way: then it ends here
            body = sentence.encode()
            headers = [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Connection", "close"),
            ]
            for event in (
                h11.Response(status_code=408, headers=headers, reason=b"Request Timeout"),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _turn_away(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_FULL)
            self.transport.close()


_SENTENCE = b"Too many connections are open. Close some, or try again in a moment."
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 5\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(_SENTENCE), _SENTENCE)
)


class CountedWebSocket(WebSocketsSansIOProtocol):
    """The page's websocket: it has taken over a connection, and gives its place back in the end."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        door: Door,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = door

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(network_of(self.client[0]) if self.client else "", Place.TAKEN)
        super().connection_lost(exc)


def raise_open_files() -> int:
    """Let this process open as many files as it may, connections included. Returns how many that is.

    Many systems allow 1,024 unless asked, which is fewer than people's connections may take.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in _FILES_WANTED:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):
            if limit > soft:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            return max(limit, soft)
    return soft


def most_connections(wanted: int, open_files: int) -> int:
    """As many as are wanted, but no more than leave half the files that may be open to everything else.

    >>> most_connections(1000, 65_536), most_connections(1000, 1024)
    (1000, 512)
    """
    return max(1, min(wanted, open_files // 2))
