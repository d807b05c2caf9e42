"""A stand-in archive of Ollama and the server that hands it out, with faults to order.

archive = make_archive(release_files())
with ArchiveServer(archive.data) as server: ... base_url=server.url
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from src.models.ollama_release import Archive


def tar_gz(files: dict[str, bytes]) -> bytes:
    """Every file with the right to be run."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def described(data: bytes, name: str = "ollama-linux.tgz", executable: str = "bin/ollama") -> Archive:
    return Archive(name, len(data), hashlib.sha256(data).hexdigest(), executable, 1_000_000, 2_000_000)


class ArchiveServer:
    """Serves `data` under any name. `cuts`: how many answers end after `cut_after` bytes; `status`: another answer;
    `ranges`: whether it knows them. `held` stops every answer after half of it, until it is set."""

    def __init__(
        self, data: bytes, *, cuts: int = 0, cut_after: int = 1000, status: int = 0, ranges: bool = True
    ) -> None:
        self.data, self.cuts, self.cut_after, self.status, self.ranges = data, cuts, cut_after, status, ranges
        self.asked: list[str] = []  # the Range of every request, "" for none
        self.held: threading.Event | None = None
        self.half = threading.Event()  # an answer stands at its half
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.archives = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> ArchiveServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.held:
            self.held.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    archives: ArchiveServer
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        play, asked = self.server.archives, self.headers.get("Range", "")
        play.asked.append(asked)
        if play.status:
            self.send_error(play.status)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and play.ranges else 0
        rest = play.data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(play.data) - 1}/{len(play.data)}")
        self.end_headers()
        if play.cuts > 0:
            play.cuts -= 1
            self.wfile.write(rest[: play.cut_after])
            return
        half = len(rest) // 2
        self.wfile.write(rest[:half])
        self.wfile.flush()
        play.half.set()
        if play.held:
            play.held.wait()
        self.wfile.write(rest[half:])
