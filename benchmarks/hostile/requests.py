"""Requests that no client would send: each is refused or answered, none ends in an error of the server's."""

from __future__ import annotations

import itertools
import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.hostile.world import Person, Server

NASTY = (
    "",
    " ",
    "\0",
    "\x1b[31m",
    "a" * 100_000,
    "é" * 5_000,
    "\u202e\u2066",
    "\ud83d\ude00" * 50,
    "..",
    "../../../../etc/passwd",
    "%2e%2e%2f",
    "%00",
    "' OR 1=1 --",
    '"; DROP TABLE documents; --',
    "{{7*7}}",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "-1",
    "1e309",
    "NaN",
    "9" * 400,
    "true",
    "[]",
    "{}",
    "\r\nX-Injected: 1",
    "*" * 3_000,
    "(" * 3_000,
    "[1]" * 500,
    "\uffff",
    "ſ" * 100,
)
OTHER_TYPES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "x",
    [],
    [None],
    {},
    {"a": {}},
    [[[]]],
    "\0",
    ["x"] * 1000,
)
FIELDS = ("message", "thread_id", "document_id", "regenerate", "query", "top_k", "model", "messages", "stream")
PATHS = (
    "/api/nothing",
    "/api/documents/",
    "/api/documents/x/pages/99999999999",
    "/api/documents/x/pages/-1",
    "/api//chat",
    "/v1",
    "/v1/",
    "/mcp/x",
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/upload_file/x/y",
    "/media/x",
    "/app/static/../../src/settings.py",
    "/page/x/1.jpg",
    "/file/x.pdf",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/api/conversation/" + "x" * 4_000,
    "/metrics/x",
    "/healthz/x",
)
HEADERS = (
    {"Authorization": "Bearer " + "a" * 60_000},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic x"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Content-Length": "-1"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Range": "bytes=0-" + "9" * 30},
    {"Cookie": "footnote_shelf=" + "x" * 9_000},
    {"X-Request-ID": "a\tb"},
    {"Accept": "x" * 8_000},
    {"Expect": "100-continue"},
    {"Transfer-Encoding": "gzip"},
    {"Origin": "null"},
    {"X-Forwarded-For": ", ".join("1.2.3.4" for _ in range(2_000))},
    {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings"},
    {"Accept-Encoding": "br;q=9"},
    {"If-None-Match": "*" * 5_000},
    {"Sec-WebSocket-Key": "x", "Upgrade": "websocket"},
)
RAW = (
    b"",
    b"\0" * 100,
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
)


@dataclass
class Answers:
    statuses: Counter[int]
    failures: list[str]  # what ended in a status of 500 or above


def send_all(server: Server, at_least: int = 500) -> Answers:
    """Every request once, then such with chance in them until there are so many."""
    person = Person(server)
    answers = Answers(Counter(), [])
    rng = random.Random(1)
    chance = (_by_chance(rng) for _ in itertools.count())
    for number, (method, path, options) in enumerate(itertools.chain(_listed(), chance)):
        if number >= at_least - len(RAW):
            break
        with suppress(httpx.LocalProtocolError, httpx.InvalidURL, UnicodeEncodeError, ValueError):  # cannot be sent
            answer = person.client.request(method, path, **options)
            _count(answers, answer.status_code, f"{method} {path[:60]} {str(options)[:80]}")
    for raw in RAW:
        _count(answers, _status_of(server.port, raw), repr(raw[:60]))
    return answers


def _count(answers: Answers, status: int, what: str) -> None:
    answers.statuses[status] += 1
    if status >= 500:
        answers.failures.append(f"{status} {what}")


Asked = tuple[str, str, dict[str, Any]]


def _listed() -> Iterator[Asked]:
    for nasty in NASTY:
        yield "POST", "/api/chat/sync", {"json": {"message": nasty}}
        yield "POST", "/api/search", {"json": {"query": nasty, "top_k": 3}}
        yield "GET", "/api/documents/x", {"params": {"wait_s": nasty[:2_000]}}
        yield (
            "POST",
            "/api/documents",
            {"files": {"file": (nasty[:2_000] or "x", nasty.encode("utf-8", "replace"), "application/pdf")}},
        )
        yield (
            "POST",
            "/v1/chat/completions",
            {"json": {"model": "footnote", "messages": [{"role": "user", "content": nasty}]}},
        )
    for value, field in itertools.product(OTHER_TYPES, FIELDS):
        path = (
            "/v1/chat/completions"
            if field in ("model", "messages", "stream")
            else "/api/search"
            if field in ("query", "top_k")
            else "/api/chat/sync"
        )
        yield "POST", path, {"json": {"message": "x", "query": "x", "model": "m", "messages": [], field: value}}
    for path, method in itertools.product(PATHS, ("GET", "POST")):
        yield method, path, {}
    for headers, path in itertools.product(HEADERS, ("/api/documents", "/")):
        yield "GET", path, {"headers": headers}


def _by_chance(rng: random.Random) -> Asked:
    method = rng.choice(["GET", "PUT", "PATCH", "DELETE", "POST", "TRACE", "OPTIONS", "PROPFIND"])
    path = rng.choice(
        ["/api/chat", "/api/documents", "/v1/models", "/mcp", "/api/threads", "/", "/_stcore/stream", "/api/search"]
    )
    return (
        method,
        path + rng.choice(["", "/", "?x=" + "y" * 500, "/..;/", "#", "%ff"]),
        {"content": rng.randbytes(rng.randint(0, 400))},
    )


def _status_of(port: int, raw: bytes) -> int:
    """The status that the server answers with; 0 where it says nothing, or closes."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
        suppress(OSError, ValueError, IndexError),
    ):
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return int(connection.recv(200).split()[1])
    return 0
