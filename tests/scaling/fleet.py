"""What deploy/compose.scaled.yaml declares, as processes here: as many as it says, told what it tells them."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml  # type: ignore[import-untyped]

from tests.fake_ollama import FakeOllama, Script
from tests.patience import patient_client
from tests.scaling.web import Reader, Web, reader, started_web

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin:/usr/bin")


def services() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.scaled.yaml").read_text(encoding="utf-8"))["services"])


@dataclass(frozen=True)
class Fleet:
    """Everything but containers. `script` is what all model servers say."""

    webs: tuple[Web, ...]
    workers: tuple[Reader, ...]
    models: tuple[FakeOllama, ...]
    script: Script
    address: str  # the balancer's; "" without nginx
    store: str

    def person(self, key: str) -> httpx.Client:
        """Somebody who comes through the balancer."""
        return patient_client(self.address, key)

    def asked(self) -> int:
        """How many questions the model servers were asked."""
        return sum(len(model.bodies("/api/chat")) for model in self.models)

    def forget_asked(self) -> None:
        for model in self.models:
            model.requests.clear()


@contextmanager
def fleet(folder: Path, store: str, script: Script) -> Iterator[Fleet]:
    """The web processes begin at once; the workers are not waited for."""
    declared = services()
    told: Mapping[str, str | None] = declared["footnote"]["environment"]
    servers = [urlsplit(url).hostname for url in str(told["OLLAMA_HOST"]).split(",")]
    assert set(servers) <= declared.keys(), "each model server that is named is a service"
    with ExitStack() as stack:
        models = tuple(stack.enter_context(FakeOllama(script)) for _ in servers)
        here = {"FOOTNOTE_STORE": store, "OLLAMA_HOST": ",".join(model.url for model in models)}
        models_dir = {"FOOTNOTE_MODELS_DIR": os.environ.get("FOOTNOTE_MODELS_DIR") or str(folder / "models")}
        plain = {name: text for name, text in told.items() if text and "${" not in text}

        def settings(name: str) -> dict[str, str]:
            return plain | here | models_dir | {"FOOTNOTE_DATA_DIR": str(folder / name)}

        counts = {name: int(declared[name]["deploy"]["replicas"]) for name in ("footnote", "worker")}
        names = [f"web-{n}" for n in range(counts["footnote"])]
        begun = [stack.enter_context(started_web(folder, name, **settings(name))) for name in names]
        names = [f"worker-{n}" for n in range(counts["worker"])]
        workers = tuple(stack.enter_context(reader(folder, name, **settings(name))) for name in names)
        webs = tuple(one.ready() for one in begun)
        address = stack.enter_context(balanced(folder, *webs)) if NGINX else ""
        yield Fleet(webs, workers, models, script, address, store)


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
