"""What strangers can reach over the wire, on a real server: its websocket, its files, its uploads."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.e2e.conftest import serve

pytestmark = pytest.mark.enable_socket
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    names = {"FOOTNOTE_HOSTS": "*.hf.space, footnote.example.org"}
    with serve(tmp_path_factory.mktemp("edge"), "http://127.0.0.1:9", 0, **names) as address:
        yield int(address.rpartition(":")[2])


def socket_of(port: int, origin: str, host: str) -> bool:
    """Whether the page's websocket opens for a page of `origin`, under the name `host`."""
    there = socket.create_connection(("127.0.0.1", port))
    try:
        with connect(
            f"ws://{host}/_stcore/stream",
            sock=there,
            origin=Origin(origin),
            subprotocols=[Subprotocol("streamlit")],
            open_timeout=60,
        ):
            return True
    except InvalidStatus as exc:
        if exc.response.status_code not in (403, 421):
            raise
        return False


@pytest.mark.parametrize(
    "host", ["owner-name.hf.space", "footnote.example.org:8443", "localhost:8501", "192.0.2.7:8501", "mybox.local"]
)
def test_the_pages_own_websocket_opens_under_each_of_its_names(port: int, host: str) -> None:
    assert socket_of(port, f"https://{host}", host)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8501"])
def test_another_sites_name_that_points_here_reaches_nothing(port: int, host: str) -> None:
    assert not socket_of(port, f"http://{host}", host)
    for path in ("/", "/api/health", "/api/documents", "/metrics", "/v1/models", "/static/index.html"):
        status, content = raw(port, f"GET {path}", host=host)
        assert status == 421
        assert b"FOOTNOTE_HOSTS" in content
    forwarded = f"{host}\r\nX-Forwarded-Host: localhost"  # which its page may send, as to its own server
    assert raw(port, "GET /api/health", host=forwarded)[0] == 421
    assert raw(port, "GET /healthz", host=host)[0] == 200  # load balancers ask under any name


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://footnote.example.org.evil.example"])
def test_another_sites_page_gets_no_websocket(port: int, origin: str) -> None:
    assert not socket_of(port, origin, "footnote.example.org")


def raw(port: int, request: str, body: bytes = b"", host: str = "footnote.test") -> tuple[int, bytes]:
    """One request, byte for byte as given: no client tidies its path up. Status and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as to:
        to.sendall(f"{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n".encode())
        to.sendall(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = b"".join(iter(lambda: to.recv(65536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), content


@pytest.mark.parametrize(
    "path",
    [
        f"{folder}/{up}{target}"
        for folder in ("/app/static", "/static", "/media", "/component/x", "/page")
        for up in ("../" * 6, "..%2f" * 6, "%2e%2e/" * 6, "....//" * 6)
        for target in ("requirements.txt", "etc/passwd")
    ],
)
def test_no_path_leads_out_of_the_folders_that_are_served(port: int, path: str) -> None:
    status, content = raw(port, f"GET {path}")
    assert status in (200, 400, 401, 403, 404)  # 200: the page itself, which is what unknown paths show
    assert b"root:" not in content
    assert b"streamlit==" not in content


def test_nobody_uploads_without_a_session_of_their_own(port: int) -> None:
    status, _ = raw(port, "PUT /_stcore/upload_file/not-a-session/not-a-file", b"%PDF-1.4")
    assert status in (400, 403, 404)


def test_what_is_no_request_is_refused_and_the_server_goes_on(port: int) -> None:
    for nonsense in ("GET /" + "a" * 100_000, "\x16\x03\x01\x02", "GET / x y z"):
        try:
            status, _ = raw(port, nonsense)
        except (ConnectionError, IndexError, ValueError):
            continue
        assert status in range(400, 600)
    assert raw(port, "GET /healthz")[0] == 200
