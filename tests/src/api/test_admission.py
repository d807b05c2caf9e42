"""Who is let in, how often, with how much, from where. Real requests to a real server, and to one that is closed."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.storage.shared_counts import SharedCounts
from src.api.admission import Admission
from src.api.app import create_api
from src.library.library import Library
from src.metrics import Metrics
from tests.e2e.conftest import serve
from tests.postgres import fresh_database
from tests.src.api import patient
from tests.src.api.conftest import OPERATORS_KEYS, WELCOME, Join, add_sample, new_key, not_yet_open

FIRST, SECOND = OPERATORS_KEYS
LIST = "/api/documents"


def library_of(counts: SharedCounts | None) -> Library:
    """What admission asks of a library."""
    return cast(Library, SimpleNamespace(metrics=Metrics(), store=SimpleNamespace(counts=counts)))


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


# ------------------------------------------------------------------------------------------------ keys


@pytest.mark.parametrize("path", [LIST, "/api/threads", "/v1/models", "/api/conversation/abcdefghijklmnop", "/api/x"])
def test_without_a_key_nothing_is_told(server: str, path: str) -> None:
    answer = patient.get(server + path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"]["code"] == "key_needed"


@pytest.mark.parametrize("key", ["short", "a" * 48, "with spaces in it, and more than 32", "é" * 40, "../" * 16])
def test_a_key_that_could_be_guessed_names_no_library(server: str, key: str) -> None:
    headers = {b"Authorization": f"Bearer {key}".encode()}
    assert patient.get(server + LIST, headers=headers).status_code == 401


def test_a_body_is_not_taken_in_before_its_sender_is_known(tmp_path: Path) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    async def send(message: Message) -> None:
        sent.append(message)

    services = not_yet_open(tmp_path)
    scope: Scope = {"type": "http", "method": "POST", "path": LIST, "headers": [], "query_string": b"", "client": None}

    async def ask() -> None:
        await create_api(services)(scope, receive, send)

    asyncio.run(ask())
    services.bounded.close()
    assert sent[0]["status"] == 401


def test_the_pages_cookie_and_its_key_name_the_same_library(server: str) -> None:
    with patient.Client(base_url=server) as browser:
        browser.get("/")
        key = browser.cookies["footnote_shelf"]
        document = add_sample(browser)
    listed = patient.get(server + LIST, headers=bearer(key)).json()["documents"]
    assert [entry["id"] for entry in listed] == [document]


def test_where_the_operator_has_keys_nothing_else_opens(server_with_keys: str) -> None:
    assert patient.get(server_with_keys + LIST, headers=bearer(FIRST)).status_code == 200
    for wrong in ({}, bearer(new_key()), bearer(FIRST + "0"), {"Authorization": f"Basic {FIRST}"}):
        assert patient.get(server_with_keys + LIST, headers=wrong).status_code == 401
    with patient.Client(base_url=server_with_keys) as browser:
        browser.get("/")
        assert browser.get(LIST).status_code == 401


def test_each_of_the_operators_keys_is_a_person_of_its_own(server_with_keys: str, join: Join) -> None:
    document = add_sample(join(server_with_keys, FIRST))
    assert join(server_with_keys, SECOND).get(LIST).json() == {"documents": []}
    assert join(server_with_keys, SECOND).get(f"{LIST}/{document}").status_code == 404


# ------------------------------------------------------------------------------------------------ other sites


@pytest.mark.parametrize("path", ["/api/search", "/v1/chat/completions", "/mcp"])
def test_another_sites_page_cannot_act_by_the_visitors_cookie(server: str, path: str) -> None:
    with patient.Client(base_url=server) as browser:
        browser.get("/")
        answer = browser.post(path, json={"query": "timber"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_welcome_site_acts_with_a_key_and_only_so(server_with_keys: str) -> None:
    def post(headers: dict[str, str]) -> httpx.Response:
        from_there = {"Origin": WELCOME, "Sec-Fetch-Site": "cross-site"}
        return patient.post(f"{server_with_keys}/api/threads", headers=from_there | headers)

    answer = post(bearer(FIRST))
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == WELCOME
    assert "access-control-allow-credentials" not in answer.headers
    assert post({}).status_code == 403
    assert post(bearer(FIRST) | {"Origin": "https://evil.example"}).status_code == 403


def test_a_browser_is_told_beforehand_what_a_site_may_send(server_with_keys: str, server: str) -> None:
    wanted = {
        "Origin": WELCOME,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    allowed = patient.options(f"{server_with_keys}/api/chat", headers=wanted)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == WELCOME
    assert "access-control-allow-origin" not in patient.options(f"{server}/api/chat", headers=wanted).headers


# ------------------------------------------------------------------------------------------------ how much


def test_a_file_beyond_the_limit_is_refused_by_its_length(server_with_keys: str) -> None:
    files = {"file": ("big.pdf", b"%PDF-1.7" + bytes(3_000_000))}
    answer = patient.post(server_with_keys + LIST, files=files, headers=bearer(FIRST))
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_a_length_that_is_not_told_is_counted(server_with_keys: str) -> None:
    def pieces() -> object:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n'
        for _ in range(40):
            yield bytes(100_000)

    headers = bearer(FIRST) | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = patient.post(server_with_keys + LIST, content=pieces(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_a_question_is_no_upload(server: str) -> None:
    answer = patient.post(f"{server}/api/chat", json={"message": "x" * 1_100_000}, headers=bearer(new_key()))
    assert answer.status_code == 413


# ------------------------------------------------------------------------------------------------ how often


def until_refused(address: str, headers: Callable[[], dict[str, str]]) -> tuple[int, httpx.Response]:
    """How many requests were answered before the first that was not, and what that one was told."""
    for granted in range(60):
        answer = patient.get(address + LIST, headers=headers())
        if answer.status_code != 200:
            assert answer.status_code == 429
            return granted, answer
    raise AssertionError("everything was answered")


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with serve(tmp_path, "http://127.0.0.1:9", 0, FOOTNOTE_API_PER_MINUTE="8") as address:
        began, hasty = time.monotonic(), bearer(new_key())

        def grown(a_minute: int) -> float:
            return a_minute * (time.monotonic() - began) / 60

        granted, refusal = until_refused(address, lambda: hasty)
        assert 2 <= granted <= 2 + grown(8)
        assert 1 <= int(refusal.headers["retry-after"]) <= 8
        assert refusal.json()["error"]["code"] == "too_many_requests"
        assert patient.get(address + LIST, headers=bearer(new_key())).status_code == 200
        # who makes up a new key for each request is still at one address
        more, _ = until_refused(address, lambda: bearer(new_key()))
        assert 8 <= granted + 2 + more <= 8 + grown(32)  # 2: the refusal and the other person
        # and so is who says to have come from somewhere else, even from this machine
        others, refused_at = count(), time.monotonic()
        again, _ = until_refused(address, lambda: bearer(new_key()) | {"X-Forwarded-For": f"192.0.2.{next(others)}"})
        assert again <= 1 + 32 * (time.monotonic() - refused_at) / 60


def test_one_network_begins_so_many_libraries_in_an_hour_and_is_told_when_it_goes_on(tmp_path: Path) -> None:
    limits = {"FOOTNOTE_PROXIES": "1", "FOOTNOTE_NEW_LIBRARIES_AN_HOUR": "2"}
    with serve(tmp_path, "http://127.0.0.1:9", 0, **limits) as address:

        def asked(network: str, key: str = "") -> httpx.Response:
            headers = bearer(key or new_key()) | {"X-Forwarded-For": f"6.6.6.6, {network}"}
            return patient.get(address + LIST, headers=headers)

        mine = new_key()
        assert [asked("2001:db8::1", mine).status_code, asked("2001:db8::2").status_code] == [200, 200]
        refused = asked("2001:db8::3")  # another address of the same /64
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "share_used_up")
        assert 3500 <= int(refused.headers["retry-after"]) <= 3600
        assert [asked("2001:db8::4", mine).status_code, asked("192.0.2.1").status_code] == [200, 200]


# ------------------------------------------------------------------------------------------------ names


def test_a_request_keeps_the_name_it_was_given(library: httpx.Client) -> None:
    assert library.get(LIST, headers={"X-Request-ID": "nightly-run-7"}).headers["x-request-id"] == "nightly-run-7"


@pytest.mark.parametrize("given", ["", "a b c d e f g", "x" * 200, "abc\tdefghi"])
def test_a_name_that_has_no_place_in_a_log_is_replaced(library: httpx.Client, given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", library.get(LIST, headers={"X-Request-ID": given}).headers["x-request-id"])


def test_the_log_names_requests_and_tells_no_question_and_no_key(tmp_path: Path) -> None:
    key = new_key()
    with serve(tmp_path, "http://127.0.0.1:9") as address:
        headers = bearer(key) | {"X-Request-ID": "request-to-find"}
        patient.post(f"{address}/api/search", json={"query": "my private question"}, headers=headers)
        patient.post(f"{address}/api/search", json={"query": 5}, headers=headers)
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert log.count("request-to-find POST /api/search 422") == 2
    assert "private" not in log
    assert key not in log


def test_a_disk_is_not_filled_by_uploads_that_never_end(server: str, join: Join) -> None:
    host, port = server.removeprefix("http://").split(":")
    unfinished = (
        f"POST {LIST} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {new_key()}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 90000000\r\n\r\n--x\r\n"
    )

    def status_becomes(wanted: int) -> None:
        patient.until(lambda: client.post(LIST, files={"file": ("a.pdf", b"no PDF")}).status_code == wanted)

    client = join(server)
    with ExitStack() as connections:
        for _ in range(16):
            connection = connections.enter_context(socket.create_connection((host, int(port))))
            connection.sendall(unfinished.encode())
        status_becomes(503)
        assert client.get(LIST).status_code == 200  # everything else goes on
    status_becomes(415)  # taken in again, and found to be no PDF


def test_a_file_that_is_kept_and_only_waited_for_takes_no_place(tmp_path: Path) -> None:
    """Else a few who wait for a long file to be read would keep everybody else from adding one."""
    services = replace(not_yet_open(tmp_path), library=lambda: library_of(None))
    told: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["query_string"] == b"wait_s=120":
            scope["state"]["admitted"].taken_in()
        await waited.wait()

    async def receive() -> Message:
        raise AssertionError("the application reads")

    async def send(message: Message) -> None:
        told.append(message.get("status", 0))

    def upload(query: bytes) -> asyncio.Task[None]:
        headers = [(b"authorization", f"Bearer {new_key()}".encode())]
        scope = {"type": "http", "method": "POST", "path": LIST, "headers": headers, "query_string": query}
        return asyncio.ensure_future(admission(scope | {"client": ("192.0.2.7", 1)}, receive, send))

    async def play() -> None:
        asked = [upload(b"wait_s=120") for _ in range(20)] + [upload(b"") for _ in range(20)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        waited.set()
        await asyncio.gather(*asked)

    admission, waited = Admission(app, services), asyncio.Event()
    asyncio.run(play())
    services.bounded.close()
    assert [status for status in told if status] == [503] * 12  # eight places for one address


def test_a_rate_counts_over_all_processes_on_one_database(tmp_path: Path, postgres_server: str) -> None:
    """Each admission stands for a process: it shares nothing with the other but the database."""
    told: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        raise AssertionError("the application reads")

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    async def play(processes: Sequence[Admission], key: str) -> None:
        headers = [(b"authorization", f"Bearer {key}".encode())]
        scope = {"type": "http", "method": "GET", "path": LIST, "headers": headers, "query_string": b""}
        for number in range(8):
            await processes[number % 2](scope | {"client": ("192.0.2.7", 1)}, receive, send)

    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(postgres_server))
        stores = [stack.enter_context(PostgresStore(url, tmp_path / name)) for name in ("here", "there")]
        closed = not_yet_open(tmp_path)
        settings = replace(closed.settings, api_per_minute=16)  # a quarter of it at once: four
        services = [replace(closed, settings=settings, library=partial(library_of, store.counts)) for store in stores]
        processes = [Admission(app, each) for each in services]
        asyncio.run(play(processes, new_key()))
        asyncio.run(play(processes, new_key()))  # another person, from the same address: it may ask four times as often
        closed.bounded.close()
    assert told == [*[200] * 4, *[429] * 4] * 2
