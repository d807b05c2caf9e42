"""Connections of uvicorn with a clock each, around an application that does what the test needs."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from src.edge.connections import Deadlines, Door, Place, TimedHttp, most_connections, raise_open_files
from tests.waiting import PATIENCE_S, until


@contextmanager
def served(app: ASGIApp, deadlines: Deadlines) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        http = partial(TimedHttp, door=Door(10, 10), deadlines=deadlines)
        server = uvicorn.Server(uvicorn.Config(app, http=http, lifespan="off", log_config=None))  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until(lambda: server.started)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


@pytest.mark.enable_socket
def test_an_answer_that_nobody_takes_is_ended() -> None:
    ended = threading.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1_000):  # more than the kernel holds for a client; once it is gone, nothing is held
            await send({"type": "http.response.body", "body": bytes(100_000), "more_body": True})
        ended.set()

    with served(endless, Deadlines(answer_s=0.3)) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert ended.wait(PATIENCE_S)


@pytest.mark.enable_socket
def test_a_body_that_we_are_slow_to_read_is_not_its_senders_fault() -> None:
    go_on, read = threading.Event(), list[int]()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(go_on.wait, PATIENCE_S)
        size, more = 0, True
        while more:
            message = await receive()
            size += len(message["body"])
            more = message["more_body"]
        read.append(size)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    deadlines = Deadlines(body_s=2, body_bytes_per_s=1e9)
    with served(slow, deadlines) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + bytes(500_000))
        client.settimeout(3)
        with pytest.raises(TimeoutError):  # longer than a client may take
            client.recv(1)
        client.settimeout(PATIENCE_S)
        go_on.set()
        client.sendall(bytes(500_000))
        assert client.recv(100).startswith(b"HTTP/1.1 204 ")
    assert read == [1_000_000]


def test_who_finds_no_place_is_told_until_too_many_wait_to_be() -> None:
    door = Door(most=100, each=8)
    got = [door.enter("192.0.2.7") for _ in range(20)]
    assert got == [Place.TAKEN] * 8 + [Place.NONE] * 2 + [Place.CUT] * 10
    for place in got:
        door.leave("192.0.2.7", place)
    assert door.enter("192.0.2.7") is Place.TAKEN


def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[0]), before[1]))
        assert raise_open_files() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_connections_leave_half_of_the_files_to_everything_else() -> None:
    assert most_connections(1000, open_files=1024) == 512
    assert most_connections(1000, open_files=65_536) == 1000
