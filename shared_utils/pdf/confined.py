"""The first thing every child runs: load a worker, enter the sandbox, take the document, carry answers.

    python -I confined.py <worker.py> <memory in bytes> <CPU seconds or 0> [<file or folder that may be read>…]

Never imported. A worker is a file with `answers(document, requests)`, which yields each message with the raw bytes that
follow it; `document` is the descriptor of the one file that it is for. One that says `STARTS_THREADS = True` may start
threads. It imports nothing of ours, and nothing of ours can be imported here, so that `python -I` can run both.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

DESCRIPTORS = 64  # three pipes, the document, and fonts in folders in folders

Answers = Callable[[int, Iterator[object]], Iterable[tuple[dict[str, object], bytes]]]


def loaded(path: str) -> ModuleType:
    module = ModuleType("loaded")
    SourceFileLoader("loaded", path).exec_module(module)
    return module


def main(worker: str, memory_bytes: str, cpu_s: str, *readable: str) -> None:
    """Tell on stdin, a socket, what of the sandbox the kernel does not have; then take the document from it, and one
    JSON request a line. On stdout one JSON message a line, and behind it the bytes it announces."""
    parent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, sys.stdin.fileno())
    sandbox = loaded(str(Path(__file__).with_name("sandbox.py")))
    sandbox.limit_resources(int(memory_bytes), int(cpu_s) or None)
    module = loaded(worker)
    answers: Answers = module.answers
    threads = bool(getattr(module, "STARTS_THREADS", False))
    sandbox.limit_processes(DESCRIPTORS, starts_threads=threads)
    readable = (*readable, *filter(None, sys.path))
    missing = sandbox.enter_sandbox(readable, [], runs_a_program=False, starts_threads=threads)
    os.write(sys.stdin.fileno(), json.dumps(missing).encode() + b"\n")
    _, (document,), _, _ = socket.recv_fds(parent, 1, 1)
    for message, data in answers(document, (json.loads(line) for line in sys.stdin)):
        sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        sys.stdout.buffer.write(data)  # on its own: put together, a large copy would stand in the memory twice
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
