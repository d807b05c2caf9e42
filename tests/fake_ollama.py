"""A stand-in for Ollama that speaks its protocol over real HTTP on the loopback, with faults to order.

    with FakeOllama(Script(fault="cut", fault_after=3)) as ollama:
        OllamaAnswerGenerator(ollama.url, "llama3.2:1b", ...)

As a program it stands in for the `ollama` command: `python -m tests.fake_ollama serve` listens on OLLAMA_HOST and reads
its script from FAKE_OLLAMA (the JSON of Script's fields). `write_fake_binary` makes an `ollama` of it for a PATH.
Only the standard library, so that it starts as fast as the real one. What it says is in tests/fake_ollama_words.py.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.fake_ollama_words import common_beginning, frame, in_tokens, layer_progress, quoting_answer, same, tag

_SECOND = 1_000_000_000  # nanoseconds


@dataclass
class Script:
    """How the stand-in behaves. Change a running one through `FakeOllama.script`.

    Chat faults, the streaming ones after `fault_after` tokens: "stall" (silence), "cut" (a clean end without the last
    frame), "drop" (the connection breaks), "error line", "invalid json", "not an object"; before any byte: "404",
    "400", "500", "503", "memory", "html".
    Pull faults, after `fault_after` lines of progress, `pull_faults` times: "dies", "cut", "error line", "no space",
    "no manifest".
    """

    models: list[str] = field(default_factory=lambda: ["llama3.2:1b"])
    digest: str = "baf6a787fdffd633537aa2eb51cfd54cb93ff08e28040095462bb63daf552878"  # of every model
    answer: str = ""  # "" = quote the passages that share words with the question
    fault: str = ""
    fault_after: int = 0
    load_s: float = 0.0
    first_token_s: float = 0.0
    token_s: float = 0.0
    thread_token_s: dict[str, float] = field(default_factory=dict)  # num_thread -> more for each token: they collapse
    slow_models: dict[str, float] = field(default_factory=dict)  # model -> its own first_token_s
    too_large: list[str] = field(default_factory=list)  # models that do not fit into memory
    prompt_token_s: float = 0.0  # beside first_token_s, for each token of the prompt that is not in the slot's cache
    frees_while_reading: bool = True  # whether a client that leaves ends the reading of its prompt; 0.13 reads on
    tells_cached: bool = True  # servers before 0.34 do not
    counts_cached: bool = True  # as part of prompt_eval_count; servers before 0.30.3 count what they evaluated
    pull_fault: str = ""
    pull_faults: int = 1
    layers: list[int] = field(default_factory=lambda: [4_000_000, 1_000, 200])  # bytes
    pull_line_s: float = 0.0
    max_queue: int = 4


class FakeOllama:
    """The server in a thread. `requests` holds (method, path, body) as they came; `hang_ups` counts clients that left
    while they were owed something."""

    def __init__(
        self,
        script: Script | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        handler: type[BaseHTTPRequestHandler] | None = None,
    ) -> None:
        self.script = script or Script()
        self.requests: list[tuple[str, str, dict[str, object]]] = []
        self.loaded: list[str] = []
        self.hang_ups = 0
        self.left = threading.Event()  # set when a client hung up
        self.read_prompt = ""  # what the one slot has in its cache
        self.evaluated: list[int] = []  # tokens of each prompt that were not in the cache: after the common beginning
        self.fetched: dict[str, int] = {}  # digest -> bytes that pulls have brought, the interrupted ones too
        self.slot = threading.Lock()
        self.waiting = 0
        self.closing = threading.Event()
        self._server = _Server((host, port), handler or Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def bodies(self, path: str) -> list[dict[str, object]]:
        return [body for _, asked, body in self.requests if asked == path]

    def __enter__(self) -> FakeOllama:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    fake: FakeOllama
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""


class HungUp(Exception):
    pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    # ------------------------------------------------------------------------------------------------ routes

    def do_GET(self) -> None:
        fake = self._noted({})
        match self.path:
            case "/":
                self._send(200, b"Ollama is running", "text/plain; charset=utf-8")
            case "/api/version":
                self._json(200, {"version": "0.34.1"})
            case "/api/tags":
                self._json(200, {"models": [tag(name, fake.script.digest) for name in fake.script.models]})
            case "/api/ps":
                running = [
                    {**tag(name, fake.script.digest), "expires_at": "2318-01-01T00:00:00Z", "size_vram": 0}
                    for name in fake.loaded
                ]
                self._json(200, {"models": running})
            case _:
                self._send(404, b"404 page not found", "text/plain")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        fake = self._noted(body)
        try:
            match self.path:
                case "/api/chat":
                    self._chat(fake, body)
                case "/api/pull":
                    self._pull(fake, body)
                case "/api/show":
                    self._json(200, {"details": tag(str(body.get("model")), fake.script.digest)["details"]})
                case _:
                    self._send(404, b"404 page not found", "text/plain")
        except (HungUp, ConnectionError):
            fake.hang_ups += 1
            fake.left.set()
            self.close_connection = True

    def _noted(self, body: dict[str, object]) -> FakeOllama:
        fake = self.server.fake
        fake.requests.append((self.command, self.path, body))
        return fake

    # ------------------------------------------------------------------------------------------------ chat

    def _chat(self, fake: FakeOllama, body: dict[str, object]) -> None:
        script, model = fake.script, str(body["model"])
        if not any(same(model, name) for name in script.models) or script.fault == "404":
            self._json(404, {"error": f"model '{model}' not found"})
        elif script.fault == "503" or fake.waiting > script.max_queue:
            self._json(503, {"error": "server busy, please try again.  maximum pending requests exceeded"})
        elif script.fault == "500":
            self._json(500, {"error": "llama-server process has terminated: exit status 2"})
        elif script.fault == "400":
            self._json(400, {"error": "the input length exceeds the context length"})
        elif script.fault == "memory" or model in script.too_large:
            self._json(500, {"error": "model requires more system memory (3.4 GiB) than is available (2.1 GiB)"})
        elif script.fault == "html":
            self._send(200, b"<html>Welcome to nginx!</html>", "text/html")
        else:
            fake.waiting += 1
            try:
                with fake.slot:
                    self._answer(fake, body, model)
            finally:
                fake.waiting -= 1

    def _answer(self, fake: FakeOllama, body: dict[str, object], model: str) -> None:
        script, began = fake.script, time.monotonic()
        if model not in fake.loaded:
            self._work(fake, script.load_s)
            fake.loaded = [model]
            fake.read_prompt = ""
        load_ns = int((time.monotonic() - began) * _SECOND) + 1
        messages = body.get("messages") or []
        assert isinstance(messages, list)
        if not messages:
            self._json(200, {**frame(model, ""), "done": True, "done_reason": "load"})
            return
        prompt = "\n".join(f"{message['role']}: {message['content']}" for message in messages)
        cached = common_beginning(fake.read_prompt, prompt) // 4
        evaluation_began = time.monotonic()
        evaluated = max(len(prompt) // 4 - cached, 1)
        reading_s = script.slow_models.get(model, script.first_token_s) + evaluated * script.prompt_token_s
        if script.frees_while_reading:
            self._work(fake, reading_s)
        else:
            fake.closing.wait(reading_s)
            self._work(fake, 0.001)
        fake.read_prompt = prompt
        fake.evaluated.append(evaluated)
        evaluation_ns = int((time.monotonic() - evaluation_began) * _SECOND) + 1_000_000
        options = body.get("options") or {}
        assert isinstance(options, dict)
        limit = int(options.get("num_predict") or 128)
        tokens = list(in_tokens(script.answer or quoting_answer(prompt)))
        fake.read_prompt += "\nassistant: " + "".join(tokens[:limit])  # what it writes stays in its cache, too
        token_s = script.token_s + script.thread_token_s.get(str(options.get("num_thread")), 0.0)
        self._start_stream()
        generation_began = time.monotonic()
        for position, token in enumerate(tokens[:limit]):
            if self._misbehaves(fake, position):
                return
            self._line(frame(model, token))
            self._work(fake, token_s)
        if self._misbehaves(fake, len(tokens)):
            return
        last: dict[str, object] = {
            **frame(model, ""),
            "done": True,
            "done_reason": "length" if len(tokens) > limit else "stop",
            "total_duration": int((time.monotonic() - began) * _SECOND) + 2,
            "load_duration": load_ns,
            "prompt_eval_count": max(len(prompt) // 4, cached) if script.counts_cached else evaluated,
            "prompt_eval_duration": evaluation_ns,
            "eval_count": min(len(tokens), limit),
            "eval_duration": int((time.monotonic() - generation_began) * _SECOND) + 1_000_000,
        }
        if script.tells_cached:
            last["prompt_eval_cached_count"] = cached
        self._line(last)
        self._end_stream()

    def _misbehaves(self, fake: FakeOllama, position: int) -> bool:
        """Play the scripted fault when its moment has come; True when nothing may follow."""
        script = fake.script
        if not script.fault or position < script.fault_after:
            return False
        match script.fault:
            case "stall":
                self._work(fake, 3600)
            case "cut":
                self._end_stream()
            case "drop":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case "error line":
                self._line({"error": "an error was encountered while running the model: unexpected EOF"})
                self._end_stream()
            case "invalid json":
                self._raw_line(b'{"model": "llama3.2:1b", "mess\n')
                self._end_stream()
            case "not an object":
                self._raw_line(b"[1, 2]\n")
                self._end_stream()
            case other:
                raise AssertionError(f"unknown fault {other!r}")
        return True

    def _work(self, fake: FakeOllama, seconds: float) -> None:
        """Be busy; notice a client that leaves, as Ollama does through its request's context."""
        until = time.monotonic() + seconds
        gone = select.poll()
        gone.register(self.connection, select.POLLIN)
        while (left := until - time.monotonic()) > 0 and not fake.closing.is_set():
            readable = gone.poll(1000 * min(left, 0.02))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise HungUp

    # ------------------------------------------------------------------------------------------------ pull

    def _pull(self, fake: FakeOllama, body: dict[str, object]) -> None:
        script, model = fake.script, str(body["model"])
        self._start_stream()
        self._line({"status": "pulling manifest"})
        if script.pull_fault == "no manifest":
            self._line({"error": "pull model manifest: file does not exist"})
            self._end_stream()
            return
        for count, (digest, completed, total) in enumerate(layer_progress(script.layers, fake.fetched)):
            if script.pull_fault and script.pull_faults > 0 and count >= script.fault_after:
                script.pull_faults -= 1
                self._break_pull(script.pull_fault)
                return
            self._line({"status": f"pulling {digest[7:19]}", "digest": digest, "total": total, "completed": completed})
            fake.fetched[digest] = completed
            self._work(fake, script.pull_line_s)
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            self._line({"status": status})
        script.models.append(model)
        self._end_stream()

    def _break_pull(self, fault: str) -> None:
        if fault == "cut":
            self._end_stream()
            return
        if fault == "dies":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        said = {
            "error line": "max retries exceeded: unexpected EOF",
            "no space": "write /root/.ollama/models/blobs/sha256-dde5aa3fc5ff: no space left on device",
        }[fault]
        self._line({"error": said})
        self._end_stream()

    # ------------------------------------------------------------------------------------------------ HTTP

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, status: int, body: dict[str, object]) -> None:
        self._send(status, json.dumps(body).encode(), "application/json; charset=utf-8")

    def _start_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _line(self, frame: dict[str, object]) -> None:
        self._raw_line(json.dumps(frame).encode() + b"\n")

    def _raw_line(self, line: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.flush()

    def _end_stream(self) -> None:
        self.wfile.write(b"0\r\n\r\n")


# ------------------------------------------------------------------------------------------------ as a program

_REPO = str(Path(__file__).resolve().parent.parent)


def program(module: str, function: str = "main") -> tuple[str, ...]:
    """A command that calls a function of this repository without what slows the start of a Python; arguments follow."""
    start = f"import sys; sys.path.insert(0, {_REPO!r}); from {module} import {function}; {function}()"
    return sys.executable, "-I", "-S", "-c", start


PROGRAM = program("tests.fake_ollama")
"""The `ollama` command."""


def write_fake_binary(folder: Path, command: Sequence[str] = PROGRAM) -> Path:
    """An executable `ollama` in `folder`."""
    binary = folder / "ollama"
    binary.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    return binary


def main(handler: type[BaseHTTPRequestHandler] | None = None) -> None:
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: ollama serve")
    host, _, port = os.environ.get("OLLAMA_HOST", "127.0.0.1:11434").removeprefix("http://").rpartition(":")
    script = Script(**json.loads(os.environ.get("FAKE_OLLAMA", "{}")))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    with FakeOllama(script, host, int(port), handler) as fake:
        print(f"Listening on {fake.url} (version 0.34.1)", file=sys.stderr, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
