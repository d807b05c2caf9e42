"""The edge of the web application: what it hides, refuses and sets. Real requests through the real application."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
import streamlit
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
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
from src.screen.session import WORKSPACE_COOKIE, is_workspace_key, new_workspace_key
from src.screen.shared_library import shared_library
from src.settings import Settings


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

    def ask(method: str, path: str, headers: dict[str, str] | None = None, scheme: str = "http") -> Response:
        client = TestClient(Edge(hello, "https://huggingface.co"), base_url=f"{scheme}://footnote.test")
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
        {"origin": "https://seen.example", "x-forwarded-host": "seen.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_the_pages_own_writes_and_those_of_programs_pass(call: Call, headers: dict[str, str]) -> None:
    assert call("PUT", "/_stcore/upload_file/x/y", headers).text == "hello"


def test_reading_is_never_refused(call: Call) -> None:
    assert call("GET", "/", {"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_missing_sec_fetch_site_does_not_make_a_foreign_origin_welcome() -> None:
    assert is_cross_site({"origin": "https://evil.example"}, "footnote.test")


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
    proxied = call("GET", "/", {"x-forwarded-proto": "https"}).headers["set-cookie"]
    for cookie in (direct, proxied):
        assert cookie.endswith("; HttpOnly; Secure; SameSite=None; Partitioned")


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
