"""deploy/: the balancer's configuration in front of real web processes, and the settings that the example names."""

from __future__ import annotations

import getpass
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import yaml  # type: ignore[import-untyped]

from src.settings import settings_fields
from tests.patience import patient_client
from tests.sample_report import SAMPLE
from tests.scaling.web import Web, web

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin:/usr/bin")

pytestmark = pytest.mark.enable_socket


def test_the_example_names_settings_that_exist() -> None:
    services = yaml.safe_load((DEPLOY / "compose.scaled.yaml").read_text(encoding="utf-8"))["services"]
    known = {setting.metadata["env"] for setting in settings_fields()}
    assert set(services["footnote"]["environment"]) <= known
    assert services["footnote"]["environment"]["FOOTNOTE_STORE"].startswith("postgresql://")
    assert services["worker"]["environment"] == services["footnote"]["environment"]
    assert services["worker"]["entrypoint"][-2:] == ["-m", "src.worker"]
    assert services["footnote"]["environment"]["FOOTNOTE_READING"] == "worker"
    assert [services[name]["deploy"]["replicas"] for name in ("footnote", "worker")] == [3, 2]
    assert services["balancer"]["volumes"] == ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]


@contextmanager
def balanced(folder: Path, *servers: Web) -> Iterator[str]:
    """deploy/nginx.conf with this machine's addresses in place of Docker's names; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    block = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    lines = "\n    ".join(
        f"server {each.address.removeprefix('http://')} max_fails=1 fail_timeout=10s;" for each in servers
    )
    for there, here in (
        ("server footnote:7860 resolve max_fails=1 fail_timeout=10s;", lines),
        ("resolver 127.0.0.11 valid=5s;", ""),
        ("listen 7860;", f"listen 127.0.0.1:{port};"),
    ):
        assert block.count(there) == 1
        block = block.replace(there, here)
    paths = "".join(f"{n}_temp_path {folder}/{n};\n" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(
        f"user {getpass.getuser()};\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{block}}}\n"
    )
    nginx = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(config), "-g", "daemon off;"])
    try:
        _await_port(port, nginx)
        yield f"http://127.0.0.1:{port}"
    finally:
        nginx.terminate()
        nginx.wait(20)


def _await_port(port: int, nginx: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while True:
        assert nginx.poll() is None, "nginx ended; its error.log says why"
        assert time.monotonic() < until, "nginx does not listen"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def handled_by(client: httpx.Client, servers: tuple[Web, Web]) -> Web:
    """Which process answers this person: the one whose log tells of their request."""
    request_id = f"asked-{secrets.token_hex(8)}"
    client.get("/api/documents", headers={"X-Request-ID": request_id}).raise_for_status()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for server in servers:
            if request_id in server.log.read_text():
                return server
        time.sleep(0.02)
    raise AssertionError("no process tells of the request")


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_everybody_stays_with_one_process_and_moves_to_the_other_when_it_is_killed(tmp_path: Path) -> None:
    shared = {
        "FOOTNOTE_DATA_DIR": str(tmp_path / "data"),
        "OLLAMA_HOST": "http://127.0.0.1:9",
        "FOOTNOTE_PROXIES": "1",
    }
    with ExitStack() as stack:
        servers = (
            stack.enter_context(web(tmp_path, "one", **shared)),
            stack.enter_context(web(tmp_path, "two", **shared)),
        )
        address = stack.enter_context(balanced(tmp_path, *servers))
        people = [stack.enter_context(patient_client(address, secrets.token_hex(24))) for _ in range(12)]
        homes = [handled_by(person, servers) for person in people]
        assert {id(home) for home in homes} == {id(server) for server in servers}
        assert [handled_by(person, servers) for person in people] == homes

        moved, stayed = people[homes.index(servers[0])], people[homes.index(servers[1])]
        for person in (moved, stayed):
            files = {"file": ("sample.pdf", SAMPLE.read_bytes())}
            added = person.post("/api/documents", params={"wait_s": 60}, files=files)
            assert added.json()["state"] == "ready", added.text

        servers[0].kill()
        for person in (moved, stayed):
            assert handled_by(person, servers) is servers[1]
            assert [document["name"] for document in person.get("/api/documents").json()["documents"]] == ["sample.pdf"]
