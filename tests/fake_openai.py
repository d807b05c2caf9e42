"""A stand-in for an OpenAI-compatible model server (vLLM) over real HTTP on the loopback, with faults to order.

    with FakeOpenAi(OpenAiScript(answer="Rent is 900 euros [1].")) as server:
        OpenAiAnswerGenerator(server.url, "small", ...)

Only what vLLM has been seen to send: chunks, the finish reason, then a chunk with `usage` and no choices, then [DONE].
"""

from __future__ import annotations

import json
import re
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class OpenAiScript:
    """How it behaves. `status` other than 200 refuses every question, with `refusal` as the error's message.

    Faults, the first four after `fault_after` words: "stall", "cut" (a clean end without a finish reason), "drop",
    "error" (an error in the stream), "garbage"; before any word: "html".
    """

    models: tuple[str, ...] = ("small",)
    answer: str = "Rent is 900 euros [1]."
    key: str = ""  # the key it asks for
    status: int = 200
    refusal: str = ""
    fault: str = ""
    fault_after: int = 0
    first_token_s: float = 0.0
    token_s: float = 0.0
    tells_usage: bool = True


@dataclass
class FakeOpenAi:
    """`bodies` holds the questions as they came; `at_work` and `most_at_work` count those being answered."""

    script: OpenAiScript = field(default_factory=OpenAiScript)
    port: int = 0

    def __post_init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        self.hang_ups = 0
        self.left = threading.Event()
        self.at_work = self.most_at_work = 0
        self.counting = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeOpenAi:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    fake: FakeOpenAi
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""


class _HungUp(Exception):
    pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        script = self.server.fake.script
        if self._may(script) and self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in script.models]})
        elif self._may(script):
            self._json(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        fake = self.server.fake
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        fake.bodies.append(body)
        if not self._may(fake.script):
            return
        if self.path != "/v1/chat/completions":
            self._json(404, {"detail": "Not Found"})
        elif fake.script.status != 200:
            self._json(fake.script.status, {"error": {"message": fake.script.refusal, "type": "refused"}})
        elif body["model"] not in fake.script.models:
            self._json(404, {"error": {"message": f"The model `{body['model']}` does not exist."}})
        else:
            with fake.counting:
                fake.at_work += 1
                fake.most_at_work = max(fake.most_at_work, fake.at_work)
            try:
                self._answer(fake, body)
            except (_HungUp, ConnectionError):
                fake.hang_ups += 1
                fake.left.set()
                self.close_connection = True
            finally:
                with fake.counting:
                    fake.at_work -= 1

    def _may(self, script: OpenAiScript) -> bool:
        if script.key and self.headers.get("Authorization") != f"Bearer {script.key}":
            self._json(401, {"error": "Unauthorized"})
            return False
        return True

    def _answer(self, fake: FakeOpenAi, body: dict[str, object]) -> None:
        script = fake.script
        self._work(script.first_token_s)
        if script.fault == "html":
            self._send(200, b"<html>Welcome to nginx!</html>", "text/html")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        words = re.findall(r"\s*\S+", script.answer)
        limit = int(str(body.get("max_tokens") or 128))
        self._raw(b": keep-alive\n\n")
        self._chunk([{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}])
        for position, word in enumerate(words[:limit]):
            if self._misbehaves(script, position):
                return
            self._chunk([{"index": 0, "delta": {"content": word}, "finish_reason": None}])
            self._work(script.token_s)
        if self._misbehaves(script, len(words)):
            return
        reason = "length" if len(words) > limit else "stop"
        self._chunk([{"index": 0, "delta": {}, "finish_reason": reason}])
        if script.tells_usage and body.get("stream_options") == {"include_usage": True}:
            usage = {"prompt_tokens": len(json.dumps(body["messages"])) // 4, "completion_tokens": len(words[:limit])}
            self._chunk([], usage={**usage, "prompt_tokens_details": {"cached_tokens": 16}})
        self._raw(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _misbehaves(self, script: OpenAiScript, position: int) -> bool:
        if not script.fault or position < script.fault_after:
            return False
        match script.fault:
            case "stall":
                self._work(3600)
            case "cut":
                self.wfile.write(b"0\r\n\r\n")
            case "drop":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case "error":
                self._raw(b'data: {"error": {"message": "EngineCore died", "code": 500}}\n\n')
                self.wfile.write(b"0\r\n\r\n")
            case "garbage":
                self._raw(b"data: {not json\n\n")
                self.wfile.write(b"0\r\n\r\n")
            case other:
                raise AssertionError(f"unknown fault {other!r}")
        return True

    def _work(self, seconds: float) -> None:
        """Be busy; notice a client that leaves."""
        fake, until = self.server.fake, time.monotonic() + seconds
        gone = select.poll()
        gone.register(self.connection, select.POLLIN)
        while (left := until - time.monotonic()) > 0 and not fake.closing.is_set():
            readable = gone.poll(1000 * min(left, 0.02))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise _HungUp

    def _chunk(self, choices: list[dict[str, object]], **more: object) -> None:
        told = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": choices, **more}
        self._raw(f"data: {json.dumps(told)}\n\n".encode())

    def _raw(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, status: int, body: dict[str, object]) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")
