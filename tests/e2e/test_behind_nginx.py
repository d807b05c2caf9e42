"""The configuration for nginx in docs/deployment.md, as it stands there, in front of a running server."""

from __future__ import annotations

import getpass
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from src.library.sample import sample_pdf
from tests.e2e.conftest import Screen, serve
from tests.fake_ollama import FakeOllama, Script
from tests.patience import patient_client

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin:/usr/bin")
OPENSSL = shutil.which("openssl")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "deployment.md"
KEY = "a-key-behind-nginx-0123456789-abcdefgh"

pytestmark = pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx and openssl are not installed")


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOllama]:
    with FakeOllama(Script(models=["llama3.2:3b"])) as ollama:
        yield ollama


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory, model: FakeOllama) -> Iterator[str]:
    """The address that people use: https, and a name the server behind knows nothing of."""
    folder = tmp_path_factory.mktemp("nginx")
    with serve(folder, model.url, FOOTNOTE_PROXIES="1") as address, in_front_of(address, folder) as public:
        yield public


@contextmanager
def in_front_of(address: str, folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key, certificate = folder / "footnote.key", folder / "footnote.pem"
    about = ("-subj", "/CN=footnote.localhost", "-days", "1", "-keyout", key, "-out", certificate)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *about], check=True, capture_output=True
    )
    config = folder / "nginx.conf"
    config.write_text(_around(_documented(), folder, address, port))
    nginx = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(config), "-g", "daemon off;"])
    try:
        _wait_for_port(port, nginx)
        yield f"https://footnote.localhost:{port}"
    finally:
        nginx.terminate()
        nginx.wait(20)


def _documented() -> str:
    (block,) = re.findall(r"^```nginx\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return str(block)


def _around(block: str, folder: Path, address: str, port: int) -> str:
    """The documented block with this machine's addresses and files, in a whole configuration."""
    for documented, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("footnote.example.org", "footnote.localhost"),
        ("/etc/ssl/", f"{folder}/"),
        ("http://127.0.0.1:7860", address),
    ):
        assert documented in block
        block = block.replace(documented, here)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"user {getpass.getuser()};\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{block}}}\n"
    )


def _wait_for_port(port: int, nginx: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while True:
        assert nginx.poll() is None, "nginx ended; its error.log says why"
        assert time.monotonic() < until, "nginx does not listen"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def client(public: str) -> httpx.Client:
    unsigned = ssl.create_default_context()
    unsigned.check_hostname = False
    unsigned.verify_mode = ssl.CERT_NONE
    return patient_client(public.replace("footnote.localhost", "127.0.0.1"), KEY, verify=unsigned)


# ------------------------------------------------------------------------------------------------ the page


def test_a_person_uploads_asks_and_is_answered_through_nginx(public: str, chromium: Browser) -> None:
    context = chromium.new_context(ignore_https_errors=True)
    try:
        page = context.new_page()
        page.goto(public)
        screen = Screen(page)
        screen.add(*sample_pdf())
        screen.wait_ready("Nordhaven")
        screen.ask("How much cargo did Nordhaven handle in 2025?")
        screen.answered()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        cookies = {cookie.get("name"): cookie for cookie in context.cookies()}
        assert any(cookie.get("secure") and cookie.get("httpOnly") for cookie in cookies.values())
    finally:
        context.close()


# ------------------------------------------------------------------------------------------------ the API


def test_a_file_near_the_limit_goes_through(public: str) -> None:
    name, data = sample_pdf()
    large = data + b"\n%" + b"x" * 60_000_000  # far beyond nginx's own limit of one megabyte
    with client(public) as to:
        added = to.post("/api/documents", params={"wait_s": 60}, files={"file": (name, large)})
    assert added.status_code in (200, 202), added.text
    assert added.json()["state"] == "ready"


def test_an_answer_comes_while_it_is_written(public: str, model: FakeOllama) -> None:
    name, data = sample_pdf()
    model.script.token_s = 0.05
    try:
        with client(public) as to:
            to.post("/api/documents", params={"wait_s": 60}, files={"file": (name, data)})
            asked = {"message": "How much cargo did Nordhaven handle in 2025?"}
            with to.stream("POST", "/api/chat", json=asked) as answer:
                lines = (line for line in answer.iter_lines() if line.startswith("data: "))
                events = (json.loads(line.removeprefix("data: ")) for line in lines)
                seen = [(event, model.slot.locked()) for event in events]
    finally:
        model.script.token_s = 0.0
    written_meanwhile = [writing for event, writing in seen if event["event"] == "response"]
    assert True in written_meanwhile, f"it came at once, at the end: {seen}"


def test_a_page_of_another_site_cannot_write_through_it(public: str) -> None:
    with client(public) as to:
        origin = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert to.post("/api/chat", json={"message": "x"}, headers=origin).status_code == 403
