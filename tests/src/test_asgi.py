"""The edge of the web application: what it hides, refuses and sets. Real requests through the real application."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
import streamlit
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.web.server.starlette import starlette_server

from shared_utils.errors import FootnoteError
from src.asgi import (
    Edge,
    answer_at_once,
    content_security_policy,
    create_app,
    is_cross_site,
    speaks_for_itself,
    workspace_cookie,
)
from src.edge.shares import Shares
from src.screen.session import WORKSPACE_COOKIE, is_workspace_key, new_workspace_key
from src.screen.shared_library import shared_library
from src.settings import Settings
from tests.waiting import PATIENCE_S


class Response(Protocol):
    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...


Call = Callable[..., Response]


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


@pytest.fixture
def call() -> Call:
    """One request through the middleware to an application that always says hello."""

    def ask(
        method: str, path: str, headers: dict[str, str] | None = None, scheme: str = "http", **about: Any
    ) -> Response:
        client = TestClient(Edge(hello, "https://huggingface.co", **about), base_url=f"{scheme}://footnote.test")
        return client.request(method, path, headers=headers or {})

    return ask


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp"])
def test_streamlits_internals_are_not_there(call: Call, path: str) -> None:
    assert call("GET", path).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://footnote.test"},
        {"origin": "null"},
        {"origin": "http://footnote.test.evil.example"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_write_that_another_site_sends_is_refused(call: Call, method: str, headers: dict[str, str]) -> None:
    assert call(method, "/_stcore/upload_file/x/y", headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://footnote.test", "sec-fetch-site": "same-origin"},
    ],
)
def test_the_pages_own_writes_and_those_of_programs_pass(call: Call, headers: dict[str, str]) -> None:
    assert call("PUT", "/_stcore/upload_file/x/y", headers).text == "hello"


@pytest.mark.parametrize(("proxies", "status"), [(0, 403), (1, 200)])
def test_what_a_proxy_says_of_the_visitors_name_counts_only_where_there_is_one(
    call: Call, proxies: int, status: int
) -> None:
    headers = {"origin": "https://seen.test", "x-forwarded-host": "seen.test", "sec-fetch-site": "same-origin"}
    assert call("PUT", "/_stcore/upload_file/x/y", headers, proxies=proxies).status_code == status


def test_reading_is_never_refused(call: Call) -> None:
    assert call("GET", "/", {"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_missing_sec_fetch_site_does_not_make_a_foreign_origin_welcome() -> None:
    assert is_cross_site({"origin": "https://evil.example"}, "footnote.test")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "a.example.org"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example", "x-forwarded-host": "a.example.org"}, 421),
        ({"host": "footnote:7860", "x-forwarded-host": "a.example.org"}, 200),
        ({"host": "footnote:7860", "x-forwarded-host": "a.example.org, evil.example"}, 421),
    ],
)
def test_behind_a_proxy_every_name_that_is_told_has_to_be_ours(
    call: Call, headers: dict[str, str], status: int
) -> None:
    assert call("GET", "/", headers, names=("a.example.org",), proxies=1).status_code == status


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_one_address_has_no_more_under_way_than_its_share(kind: str) -> None:
    """Behind a proxy, whose connections are everybody's."""
    go_on, told = asyncio.Event(), list[Message]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await go_on.wait()

    async def tell(message: Message) -> None:
        told.append(message)

    edge = Edge(app, "", proxies=1, under_way=Shares(in_all=10, each=2))

    def ask(address: str) -> asyncio.Task[None]:
        headers = [(b"x-forwarded-for", address.encode())]
        scope = {"type": kind, "method": "GET", "path": "/x", "headers": headers, "client": ("10.0.0.1", 1)}
        return asyncio.ensure_future(edge(scope, receive, tell))

    async def receive() -> Message:
        raise AssertionError("nothing more is awaited")

    async def play() -> None:
        asked = [ask("2001:db8::1"), ask("6.6.6.6, 2001:db8::2"), ask("2001:db8::3"), ask("192.0.2.7")]
        await asyncio.wait(asked, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        assert [task.done() for task in asked] == [False, False, True, False]
        go_on.set()
        await asyncio.gather(*asked, ask("2001:db8::3"))

    asyncio.run(play())
    assert [message["status"] for message in told if "status" in message] == [429]
    assert b"retry-after" in dict(told[0]["headers"])


# ------------------------------------------------------------------------------------------------ cookie


def test_a_first_visit_gets_a_secret_that_no_script_can_read(call: Call) -> None:
    cookie = call("GET", "/").headers["set-cookie"]
    key = re.match(rf"{WORKSPACE_COOKIE}=([^;]+)", cookie)
    assert key
    assert is_workspace_key(key[1])
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_two_visitors_never_get_the_same_secret(call: Call) -> None:
    assert call("GET", "/").headers["set-cookie"] != call("GET", "/").headers["set-cookie"]


def test_a_later_visit_keeps_its_secret(call: Call) -> None:
    key = new_workspace_key()
    cookie = call("GET", "/", {"cookie": f"other=1; {WORKSPACE_COOKIE}={key}"}).headers["set-cookie"]
    assert cookie.startswith(f"{WORKSPACE_COOKIE}={key};")


@pytest.mark.parametrize("guess", ["", "short", "../../etc/passwd", "x" * 33, "'; drop table--aaaaaaaaaaaaaaaaaaa"])
def test_a_made_up_secret_is_replaced(call: Call, guess: str) -> None:
    cookie = call("GET", "/", {"cookie": f"{WORKSPACE_COOKIE}={guess}"}).headers["set-cookie"]
    assert not cookie.startswith(f"{WORKSPACE_COOKIE}={guess};")


def test_under_https_the_cookie_survives_in_the_frame_of_another_site(call: Call) -> None:
    direct = call("GET", "/", scheme="https").headers["set-cookie"]
    proxied = call("GET", "/", {"x-forwarded-proto": "https, http"}, proxies=1).headers["set-cookie"]
    for cookie in (direct, proxied):
        assert cookie.endswith("; HttpOnly; Secure; SameSite=None; Partitioned")


def test_that_it_is_https_is_believed_of_a_proxy_only(call: Call) -> None:
    assert "Secure" not in call("GET", "/", {"x-forwarded-proto": "https"}).headers["set-cookie"]


def test_a_page_with_a_secret_is_never_kept_by_a_shared_cache(call: Call) -> None:
    assert call("GET", "/").headers["cache-control"] == "no-store"
    assert "set-cookie" not in call("GET", "/static/js/index.js").headers


def test_the_cookie_names_how_long_it_lasts() -> None:
    assert "Max-Age=" in workspace_cookie(new_workspace_key(), https=False)


# ------------------------------------------------------------------------------------------------ policy


def test_the_policy_allows_nothing_from_elsewhere() -> None:
    policy = content_security_policy("https://huggingface.co")
    directives = {name: rest for name, _, rest in (part.partition(" ") for part in policy.split("; "))}
    assert directives["default-src"] == "'none'"
    assert directives["img-src"] == "'self' data: blob:"
    assert directives["connect-src"] == "'self'"
    assert "'unsafe-inline'" not in directives["script-src"]
    assert "'unsafe-eval'" not in directives["script-src"]
    assert directives["frame-ancestors"] == "'self' https://huggingface.co"


def test_streamlits_inline_script_runs_by_its_hash() -> None:
    html = (Path(streamlit.__file__).parent / "static/index.html").read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    expected = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{expected}'" in content_security_policy("")


def test_every_answer_carries_the_policy(call: Call) -> None:
    for path in ("/", "/healthz", "/media/x.jpg"):
        assert "default-src 'none'" in call("GET", path).headers["content-security-policy"]


# ------------------------------------------------------------------------------------------------ speed


@pytest.mark.enable_socket
def test_no_answer_waits_for_the_acknowledgement_of_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)  # put back afterwards
    answer_at_once()
    with (
        closing(starlette_server._bind_socket("127.0.0.1", 0, 1)) as listening,
        socket.create_connection(listening.getsockname()),
    ):
        listening.setblocking(True)
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# ------------------------------------------------------------------------------------------------ the one library


@pytest.fixture
def only_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit allows a process one server, and remembers it afterwards."""
    monkeypatch.setattr(Runtime, "_instance", None)


@pytest.mark.enable_socket
@pytest.mark.usefixtures("only_runtime")
def test_the_server_opens_the_library_hands_it_to_the_page_and_closes_it(settings: Settings, tmp_path: Path) -> None:
    own = replace(settings, data_dir=tmp_path, embedder="none")
    with TestClient(create_app(own), base_url="http://footnote.test") as client:
        library = shared_library().open()
        assert shared_library().settings == own
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/api/health").json()["parts"]["library"]["state"] == "ok"
        with library._services.heartbeats.working("reader", silent_s=-1):  # it has not shown a sign of life in time
            for path, status in (("/healthz", "stalled"), ("/api/health", "unhealthy")):
                answer = client.get(path)
                assert (answer.status_code, answer.json()["status"]) == (503, status)
                assert "No sign of life of: reader." in answer.text
        assert client.get("/healthz").json() == {"status": "ok"}
        assert not library._closed.is_set()
    assert library._closed.is_set()


@pytest.mark.enable_socket
@pytest.mark.usefixtures("only_runtime")
def test_a_library_that_cannot_be_opened_is_told_to_whoever_watches(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with TestClient(create_app(replace(settings, data_dir=tmp_path / "file"))) as client:
        with pytest.raises(FootnoteError) as refused:
            shared_library().open()
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()) == (503, {"status": "unhealthy", "reason": str(refused.value)})


# ------------------------------------------------------------------------------------------------ the API's own sites


@pytest.mark.parametrize(
    ("headers", "path", "welcome"),
    [
        ({"origin": "https://a.example", "authorization": "Bearer x"}, "/api/chat", True),
        ({"origin": "https://a.example", "authorization": "bearer x"}, "/mcp", True),
        ({"origin": "https://a.example"}, "/api/chat", False),
        ({"origin": "https://b.example", "authorization": "Bearer x"}, "/api/chat", False),
        ({"origin": "https://a.example", "authorization": "Bearer x"}, "/_stcore/upload_file/x", False),
    ],
)
def test_a_welcome_site_writes_to_the_api_and_only_with_a_key(
    headers: dict[str, str], path: str, welcome: bool
) -> None:
    assert speaks_for_itself(headers, path, {"https://a.example"}) is welcome
