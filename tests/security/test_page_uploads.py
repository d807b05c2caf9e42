"""Files put to the page's own address by a script: a websocket, no key, as many files as one likes. A real server."""

from __future__ import annotations

import secrets
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.e2e.conftest import serve
from tests.patience import PATIENT
from tests.waiting import PATIENCE_S, until

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second loopback address without being told"),
]
HERE, ELSEWHERE = "127.0.0.2", "127.0.0.3"
FILE = b"%PDF-1.7\n" + bytes(1_900_000)  # two of them are a page's share, four an address's


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    limits = {"FOOTNOTE_MAX_FILE_MB": "2", "FOOTNOTE_MAX_UPLOADING_MB": "16"}
    with serve(tmp_path_factory.mktemp("uploads"), "http://127.0.0.1:9", 0, **limits) as address:
        yield int(address.rpartition(":")[2])


@dataclass
class OpenPage:
    """The page as a script has it: Streamlit's websocket, and the addresses that files are put to."""

    stream: ClientConnection
    session: str
    client: httpx.Client

    def put(self, data: bytes = FILE) -> httpx.Response:
        files = {"file": ("a.pdf", data, "application/pdf")}
        return self.client.put(f"/_stcore/upload_file/{self.session}/{secrets.token_hex(8)}", files=files)

    def drop(self, answer: httpx.Response) -> None:
        self.client.delete(answer.request.url)

    def hears(self, words: str) -> bool:
        """Whether the server draws these words within a while."""
        while words.encode() not in self.stream.recv(timeout=PATIENCE_S):
            pass
        return True


@contextmanager
def page(port: int, address: str) -> Iterator[OpenPage]:
    there = socket.create_connection(("127.0.0.1", port), source_address=(address, 0))
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    transport = httpx.HTTPTransport(local_address=address)
    with (
        connect(url, sock=there, subprotocols=[Subprotocol("streamlit")], max_size=None, max_queue=None) as stream,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=PATIENT) as client,
    ):
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        stream.send(asked.SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "new_session":
            message.ParseFromString(stream.recv(timeout=PATIENCE_S))
        yield OpenPage(stream, message.new_session.initialize.session_id, client)


def test_a_page_is_refused_what_is_beyond_its_share_and_told_when_to_come_back(port: int) -> None:
    with page(port, HERE) as mine:
        first, second, third = mine.put(), mine.put(), mine.put()
        assert [answer.status_code for answer in (first, second, third)] == [204, 204, 429]
        assert third.headers["retry-after"]
        assert third.text.endswith("fewer at a time.")
        mine.drop(first)
        assert mine.put().status_code == 204


def test_an_address_has_a_share_however_many_pages_it_opens_and_another_has_its_own(port: int) -> None:
    with page(port, HERE) as one, page(port, HERE) as two, page(port, HERE) as three, page(port, ELSEWHERE) as other:
        until(lambda: one.put().status_code == two.put().status_code == 204)  # once those before are gone
        one.put()
        two.put()
        assert three.put().status_code == 429
        assert other.put().status_code == 204
        assert three.hears("file was not taken in")


def test_what_a_page_leaves_behind_is_let_go_when_its_connection_is(port: int) -> None:
    with page(port, HERE) as one, page(port, HERE) as two:
        while one.put().status_code != 429 or two.put().status_code != 429:
            pass
    with page(port, HERE) as mine:
        until(lambda: mine.put().status_code == 204)


def test_a_message_over_the_websocket_is_no_way_around_it(port: int) -> None:
    begun = b"\x82\xff" + struct.pack(">Q", 100_000_000) + bytes(4)  # of a binary message (RFC 6455, 5.2)
    with page(port, HERE) as mine:
        mine.stream.socket.sendall(begun)
        with pytest.raises(ConnectionClosedError, match="1009"):
            mine.hears("nothing, as it is closed at once")
