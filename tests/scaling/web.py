"""A web process that can be killed, and a person's client for it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.patience import patient_client

ROOT = Path(__file__).parent.parent.parent
_READY_S = 180.0  # a start computes for four seconds, of which a busy machine makes a minute


@dataclass
class Web:
    """`python -m src.asgi` as a process of its own."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def ready(self) -> Web:
        """Itself, once it serves."""
        _await_ready(self)
        return self

    def client(self, key: str) -> httpx.Client:
        """As the person who holds `key`."""
        return patient_client(self.address, key)

    def kill(self) -> None:
        """As a crash, the kernel's out-of-memory killer or a pulled plug do it: no last words."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def web(folder: Path, name: str, **settings: str) -> Iterator[Web]:
    """A web process that serves; its settings are the environment's and these. `name` tells its log from others'."""
    with started_web(folder, name, **settings) as begun:
        yield begun.ready()


@contextmanager
def started_web(folder: Path, name: str, **settings: str) -> Iterator[Web]:
    """As `web`, not waited for."""
    port = _free_port()
    environment = {
        "PORT": str(port),
        "FOOTNOTE_START_OLLAMA": "no",
        "FOOTNOTE_API_PER_MINUTE": "1000000",
        "HF_TOKEN": "",
        **settings,
    }
    log = folder / f"{name}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "src.asgi"], cwd=ROOT, env=os.environ | environment, stdout=lines, stderr=lines
        )
    try:
        yield Web(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Reader:
    """`python -m src.worker` as a process of its own."""

    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def reader(folder: Path, name: str, **settings: str) -> Iterator[Reader]:
    """A worker; its settings are the environment's and these. It is not waited for."""
    log = folder / f"{name}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "src.worker"], cwd=ROOT, env=os.environ | settings, stdout=lines, stderr=lines
        )
    try:
        yield Reader(process, log)
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(server: Web) -> None:
    deadline = time.monotonic() + _READY_S
    while True:
        assert server.process.poll() is None, server.log.read_text()
        assert time.monotonic() < deadline, server.log.read_text()
        try:
            if httpx.get(f"{server.address}/healthz", timeout=2).json() == {"status": "ok"}:
                return
        except (httpx.HTTPError, ValueError):
            pass
        time.sleep(0.05)
