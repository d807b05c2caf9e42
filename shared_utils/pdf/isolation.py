"""Child processes that may crash, hang or be told lies, and can be killed at any time."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared_utils.message import Message, message
from shared_utils.types import Cancelled

LINE_AT_MOST = 64 * 2**20  # bytes; 200,000 characters with their word boxes come to some 10 MB
POLL_S = 0.1  # how soon a cancelled wait ends

CONFINED = Path(__file__).with_name("confined.py")
PDFIUM_WORKER = Path(__file__).with_name("pdfium_worker.py")
PYPDF_WORKER = Path(__file__).with_name("pypdf_worker.py")
ANNOTATIONS_WORKER = Path(__file__).with_name("annotations_worker.py")
VIEWER_WORKER = Path(__file__).with_name("viewer_worker.py")


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one document may cost. Seconds are wall clock; `memory_bytes` is each child's address space."""

    max_bytes: int
    max_pages: int = 3_000
    max_chars_per_page: int = 200_000
    max_chars: int = 12_000_000  # of all pages together; the page that reaches it is the last
    open_s: float = 8.0
    page_s: float = 6.0
    document_s: float = 120.0
    memory_bytes: int = 2**30
    restarts: int = 8

    @property
    def cpu_s(self) -> int:
        """The CPU time of a child that serves one document, should nobody be left to look at a clock."""
        return int(self.document_s) + 1


def never() -> bool:
    """The `cancelled` of work that nobody cancels."""
    return False


class WorkerLost(Exception):
    """The child died, hung or talked nonsense. `why` says which, to finish "it …"."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


class WorkerStalled(WorkerLost): ...


class WorkerCancelled(Exception):
    """Nobody wants the result any more."""


Reply = Mapping[str, object]
"""One JSON line from a child. The child may have been taken over by the file it reads: check every value."""

NONSENSE = message("made the PDF reader answer nonsense")


def reason(reply: Reply, key: str, reasons: Mapping[str, Message], otherwise: Message) -> Message:
    """What the child's word under `key` stands for; it may not choose its own words."""
    return reasons.get(str(reply[key]), otherwise)


def integer(reply: Reply, key: str) -> int:
    """The whole number under `key`. Raises WorkerLost where there is none."""
    value = reply.get(key)
    if type(value) is not int:
        raise WorkerLost(NONSENSE)
    return value


def number(reply: Reply, key: str) -> float:
    """The number under `key`. Raises WorkerLost where there is none."""
    value = reply.get(key)
    if not isinstance(value, int | float):
        raise WorkerLost(NONSENSE)
    return float(value)


def items(reply: Reply, key: str) -> list[object]:
    """The list under `key`; empty where there is none."""
    value = reply.get(key, [])
    if not isinstance(value, list):
        raise WorkerLost(NONSENSE)
    return value


class Worker:
    """One child: a fresh interpreter in its own session, which sees no environment and no module of ours.

    It gives up its rights in `confined.py` before it loads `script`; `cpu_s` is None for one that lives on. Never a
    fork: the parent is a threaded server. Requests go over the pipe, so a password is in no process list.
    """

    def __init__(self, script: Path, request: Reply | None = None, *, memory_bytes: int, cpu_s: int | None) -> None:
        limits = [memory_bytes] if cpu_s is None else [memory_bytes, cpu_s]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", str(CONFINED), str(script), *map(str, limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
            bufsize=0,
        )
        self._buffer = bytearray()
        if request is not None:
            self.ask(request)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: Reply) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise WorkerLost(message("made the PDF reader stop")) from error

    def receive(self, timeout_s: float, cancelled: Cancelled = never) -> Reply:
        """The next JSON line. Raises WorkerLost or WorkerStalled, and WorkerCancelled when asked to stop."""
        deadline = time.monotonic() + timeout_s
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > LINE_AT_MOST:
                raise WorkerLost(message("holds far more text than a page can"))
            self._fill(deadline, cancelled)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            reply = json.loads(line)
        except ValueError as error:
            raise WorkerLost(NONSENSE) from error
        if not isinstance(reply, dict):
            raise WorkerLost(NONSENSE)
        return reply

    def receive_bytes(self, count: int, timeout_s: float) -> bytes:
        """The `count` raw bytes that follow a line which announced them."""
        deadline = time.monotonic() + timeout_s
        while len(self._buffer) < count:
            self._fill(deadline, never)
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def _fill(self, deadline: float, cancelled: Cancelled) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was opened as a pipe
        while True:
            if cancelled():
                raise WorkerCancelled
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise WorkerStalled(message("took too long to read"))
            if select.select([self._process.stdout], [], [], min(left_s, POLL_S))[0]:
                break
        data = os.read(self._process.stdout.fileno(), 2**20)
        if not data:
            raise WorkerLost(message("made the PDF reader stop (damaged, or built to use too much memory)"))
        self._buffer += data

    def close(self) -> None:
        """Kill the child and everything it started, and collect it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
