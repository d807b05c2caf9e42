"""A server that can be killed and started again on the same data, people with libraries on it, and hostile files."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
_FREE = {"FOOTNOTE_API_PER_MINUTE": "1000000"}  # rates are not what is tried here


@dataclass
class Server:
    """`python -m src.asgi` over `data`, behind one proxy that names each client's address in X-Forwarded-For."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.end()

    def start(self) -> float:
        """Start it and wait until its library is open; the seconds that took."""
        began = time.monotonic()
        own = {"PORT": str(self.port), "FOOTNOTE_DATA_DIR": str(self.data), "FOOTNOTE_PROXIES": "1", "HF_TOKEN": ""}
        environment = os.environ | own | {"OLLAMA_HOST": "127.0.0.1:9"} | _FREE | self.settings
        with (self.data.parent / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "src.asgi"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        while True:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).json()["status"] == "ok":
                    return time.monotonic() - began
            except (httpx.HTTPError, ValueError):
                pass
            assert self._process.poll() is None, "the server ended"
            assert time.monotonic() - began < START_S, "the server does not come up"
            time.sleep(0.02)

    def kill(self) -> None:
        """As a machine that fails does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def memory_mb(self) -> float:
        """What lies in the server's own memory now, its children apart."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Person:
    """Somebody with a key of their own, at an address of their own unless one is given."""

    def __init__(self, server: Server, address: str = "", timeout_s: float = 60.0) -> None:
        self.key = secrets.token_urlsafe(24)  # 32 characters, so that it is the page's cookie as well
        self.address = address or f"198.51.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
        headers = {"Authorization": f"Bearer {self.key}", "X-Forwarded-For": self.address}
        self.client = httpx.Client(base_url=server.url, headers=headers, timeout=timeout_s)

    def add(self, data: bytes, name: str = "file.pdf", wait_s: float = 0) -> httpx.Response:
        file = {"file": (name, data, "application/pdf")}
        return self.client.post("/api/documents", params={"wait_s": wait_s}, files=file)

    def documents(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.client.get("/api/documents").raise_for_status().json()["documents"]
        return listed

    def document(self, document_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/documents/{document_id}").raise_for_status().json()
        return found

    def ask(self, question: str) -> httpx.Response:
        return self.client.post("/api/chat/sync", json={"message": question})


# ------------------------------------------------------------------------------------------------ files


def one_page(*lines: str) -> bytes:
    """An honest file of one page; another one each time."""
    return pages_of([lines or ("Cargo of 12 tonnes was handled.",)])


def pages_of(pages: Sequence[Sequence[str]]) -> bytes:
    return _pdf([_text(lines, size=11, leading=14) for lines in pages], range(len(pages)), "612 792")


def dense_pages(pages: int, words: Sequence[str], a_line: int = 60) -> bytes:
    """Some hundred kB that unfold: every page is the same object, full of small print."""
    lines = [" ".join(words[i : i + a_line]).capitalize() + "." for i in range(0, len(words), a_line)]
    return _pdf([_text(lines, size=1.7, leading=2)], [0] * pages, "900 1700")


def _text(lines: Sequence[str], *, size: float, leading: float) -> bytes:
    shown = "".join(f"({line}) Tj T*\n" for line in lines)
    return f"BT /F1 {size} Tf {leading} TL 20 770 Td\n{shown}ET".encode("latin-1")


def _pdf(contents: Sequence[bytes], of_page: Sequence[int], size: str) -> bytes:
    """`of_page`: which of the contents each page shows."""
    first, count = 4, len(contents)
    kids = b" ".join(b"%d 0 R" % (first + count + page) for page in range(len(of_page)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(of_page), kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for content in contents:
        packed = zlib.compress(content, 9)
        objects.append(b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed))
    for shown in of_page:
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        objects.append(page % (size.encode(), first + shown))
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return bytes(out) + head + table + trailer + f"%{secrets.token_hex(8)}\n".encode()
