"""People who open connections and never finish what they began. A real server, with short deadlines and few places."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from src.edge.connections import Deadlines
from tests.e2e.conftest import serve
from tests.patience import PATIENT
from tests.src.api.conftest import new_key
from tests.waiting import PATIENCE_S, until

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second loopback address without being told"),
]
STRANGER, VICTIM = "127.0.0.2", "127.0.0.3"
EACH = 20
DEADLINE_S = 2.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    short = {
        "FOOTNOTE_HEAD_DEADLINE_S": str(DEADLINE_S),
        "FOOTNOTE_BODY_DEADLINE_S": str(DEADLINE_S),
        "FOOTNOTE_MAX_CONNECTIONS": "100",
        "FOOTNOTE_MAX_ADDRESS_CONNECTIONS": str(EACH),
        "FOOTNOTE_API_PER_MINUTE": "1000000",
    }
    with serve(tmp_path_factory.mktemp("connections"), "http://127.0.0.1:9", 0, **short) as address:
        yield int(address.rpartition(":")[2])


class Strangers:
    """Connections from one address, kept open until the test is over."""

    def __init__(self, port: int, held: ExitStack) -> None:
        self._port = port
        self._held = held

    def send(self, begun: bytes) -> socket.socket:
        connection = socket.create_connection(
            ("127.0.0.1", self._port), timeout=PATIENCE_S, source_address=(STRANGER, 0)
        )
        self._held.enter_context(connection)
        connection.sendall(begun)
        return connection


@pytest.fixture
def strangers(port: int) -> Iterator[Strangers]:
    with ExitStack() as held:
        yield Strangers(port, held)


def to_the_end(connection: socket.socket) -> bytes:
    """All that is said until the server closes; raises TimeoutError where it never does."""
    try:
        return b"".join(iter(lambda: connection.recv(65_536), b""))
    except ConnectionResetError:  # closed, with something of ours unread
        return b""


def is_answered(connection: socket.socket) -> bool:
    try:
        return connection.recv(100).startswith(b"HTTP/1.1 200 ")
    except ConnectionError:
        return False


def victim(port: int) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=VICTIM)
    headers = {"Authorization": f"Bearer {new_key()}"}
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=PATIENT, transport=transport)


WHOLE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
UNFINISHED_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


def unfinished_upload(key: str, sent: bytes = b"--x\r\n") -> bytes:
    return (
        f"POST /api/documents HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000000\r\n\r\n"
    ).encode() + sent


def test_a_head_that_never_ends_is_ended(strangers: Strangers) -> None:
    assert to_the_end(strangers.send(UNFINISHED_HEAD)).startswith(b"HTTP/1.1 408 ")


def test_a_head_that_comes_byte_by_byte_is_ended(strangers: Strangers) -> None:
    connection = strangers.send(UNFINISHED_HEAD)
    connection.settimeout(DEADLINE_S / 10)
    said, end = b"", time.monotonic() + PATIENCE_S
    while not said and time.monotonic() < end:
        try:
            said = connection.recv(65_536)
        except TimeoutError:
            connection.sendall(b"a")
    assert said.startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_asks_nothing_is_closed(strangers: Strangers) -> None:
    assert to_the_end(strangers.send(b"")) == b""


def test_a_head_that_never_ends_after_an_answer_is_ended_too(strangers: Strangers) -> None:
    said = to_the_end(strangers.send(WHOLE + UNFINISHED_HEAD))
    assert said.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("before", [b"", WHOLE], ids=["first", "second"])
def test_a_body_that_never_ends_is_ended(strangers: Strangers, before: bytes) -> None:
    assert b"HTTP/1.1 408 " in to_the_end(strangers.send(before + unfinished_upload(new_key())))


def test_a_body_that_nobody_wants_is_ended_too(strangers: Strangers) -> None:
    said = to_the_end(strangers.send(unfinished_upload("too-short")))
    assert said.startswith(b"HTTP/1.1 401 ")


def test_a_body_that_comes_steadily_may_take_longer(strangers: Strangers) -> None:
    page = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    connection = strangers.send(unfinished_upload(new_key(), page).replace(b"50000000", b"200000"))
    left, began = 200_000 - len(page), time.monotonic()
    while left and time.monotonic() - began < 3 * DEADLINE_S:  # a part every now and then, as a slow line has it
        time.sleep(DEADLINE_S / 20)
        connection.sendall(bytes(min(2_000, left)))
        left -= min(2_000, left)
    connection.sendall(bytes(left))
    assert connection.recv(100).startswith(b"HTTP/1.1 4")  # it came as a whole: it is no form


def test_a_websocket_and_an_answer_may_be_silent_for_longer_than_that(strangers: Strangers, port: int) -> None:
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], compression=None) as page:
        assert to_the_end(strangers.send(UNFINISHED_HEAD))
        assert to_the_end(strangers.send(unfinished_upload(new_key())))
        assert page.ping().wait(PATIENCE_S)


def test_one_address_never_keeps_another_from_being_served(strangers: Strangers, port: int) -> None:
    connections = [strangers.send(UNFINISHED_HEAD) for _ in range(EACH)]
    refused = to_the_end(strangers.send(UNFINISHED_HEAD))
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: " in refused
    connections += [strangers.send(b"") for _ in range(120)]  # more than there are places for everybody together
    with victim(port) as other:
        assert other.get("/healthz").json() == {"status": "ok"}
        assert other.get("/api/documents").json() == {"documents": []}
    for connection in connections:
        to_the_end(connection)


def test_places_are_free_again_when_their_holders_are_gone(port: int) -> None:
    def has_all_its_places() -> bool:
        with ExitStack() as held:
            connections = [Strangers(port, held).send(WHOLE) for _ in range(EACH)]
            return all(is_answered(connection) for connection in connections)

    until(has_all_its_places)
    with ExitStack() as held:
        for _ in range(2 * EACH):
            Strangers(port, held).send(UNFINISHED_HEAD)
    until(has_all_its_places)
    with ExitStack() as held:
        for _ in range(EACH):
            there = socket.create_connection(("127.0.0.1", port), source_address=(STRANGER, 0))
            page = connect(f"ws://127.0.0.1:{port}/_stcore/stream", sock=there, subprotocols=[Subprotocol("streamlit")])
            held.enter_context(page)
        assert not has_all_its_places()
    until(has_all_its_places)


def test_slow_uploads_of_one_address_leave_others_theirs(strangers: Strangers, port: int) -> None:
    key = new_key()
    for _ in range(16):
        strangers.send(unfinished_upload(key))
    with victim(port) as other:
        added = other.post("/api/documents", files={"file": ("a.pdf", b"no PDF")})
        assert added.status_code == 415, added.text  # taken in, and found to be no PDF


def test_only_a_slow_body_is_slow() -> None:
    deadlines = Deadlines(head_s=15, body_s=30, body_bytes_per_s=8_000)
    assert not deadlines.is_slow(30, 0)
    assert deadlines.is_slow(31, 0)
    assert not deadlines.is_slow(3600, 100_000_000)
