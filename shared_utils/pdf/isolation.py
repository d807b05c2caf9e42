"""Child processes that may crash, hang or be told lies, and can be killed at any time."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shared_utils.message import Message, message
from shared_utils.types import Cancelled

_ASK_S = 10.0  # for a child to take a request in; a large one waits until it listens
_FONTS = tuple(map(Path, ("/usr/share/fonts", "/usr/share/X11/fonts", "/usr/local/share/fonts")))
SANDBOX = ("no_new_privs", "Landlock", "seccomp")  # as sandbox.py names its parts
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


@lru_cache(maxsize=1)
def font_folders() -> tuple[str, ...]:
    """Where PDFium looks for the fonts that a document does not bring, and where links in there lead to."""
    folders = [folder for folder in _FONTS if folder.is_dir()]
    walked = [found for folder in folders for found in os.walk(folder)]
    inside = [Path(top, name) for top, below, files in walked for name in (*below, *files)]
    elsewhere = {link.resolve() for link in (*folders, *inside) if link.is_symlink()}
    outside = {path for path in elsewhere if not any(folder in path.parents for folder in folders)}
    return tuple(sorted(str(path) for path in {*folders, *outside}))


@lru_cache(maxsize=8)
def log_missing(parts: tuple[str, ...]) -> None:
    """Say once what of the sandbox is not in force for the children of this process."""
    if parts:
        logging.getLogger(__name__).warning(
            "Not in force for processes that open PDFs, because this system does not have it: %s", ", ".join(parts)
        )


class Worker:
    """One child for one document: a fresh interpreter in its own session, which sees no environment and no module of
    ours.

    In `confined.py` it loads `script` and gives up its rights; only then it takes the one file it is for, as an open
    descriptor, and never learns its name. `cpu_s` is None for one that lives on. Never a fork: the parent is a threaded
    server. Requests go over a socket, so a password is in no process list.
    """

    def __init__(self, script: Path, *, memory_bytes: int, cpu_s: int | None) -> None:
        limits = [str(memory_bytes), str(cpu_s or 0)]
        self._requests, stdin = socket.socketpair()
        self._requests.settimeout(_ASK_S)
        with stdin:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-X", "utf8", str(CONFINED), str(script), *limits, *font_folders()],
                stdin=stdin.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
                bufsize=0,
            )
        self._buffer = bytearray()
        self._is_new = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def hand(self, document: int) -> None:
        """Give it its document, open for reading; once, before the first request. The descriptor stays the caller's."""
        try:
            socket.send_fds(self._requests, [b"\0"], [document])
        except OSError as error:
            raise WorkerLost(message("made the PDF reader stop")) from error

    def ask(self, request: Reply) -> None:
        try:
            self._requests.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:  # it ended, or takes nothing in
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
        ready = select.poll()  # not select.select, which knows no descriptor above 1,023
        ready.register(self._process.stdout, select.POLLIN)
        while True:
            if cancelled():
                raise WorkerCancelled
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise WorkerStalled(message("took too long to read"))
            if ready.poll(1000 * min(left_s, POLL_S)):
                break
        data = os.read(self._process.stdout.fileno(), 2**20)
        if not data:
            raise WorkerLost(message("made the PDF reader stop (damaged, or built to use too much memory)"))
        self._buffer += data
        if self._is_new:
            self._is_new = False
            self._tell_what_is_missing()

    def _tell_what_is_missing(self) -> None:
        """One line in the log of this process about what this machine lacks; the child wrote it before its answer."""
        with suppress(OSError, ValueError):
            said = json.loads(os.read(self._requests.fileno(), 1024).split(b"\n")[0])
            log_missing(tuple(part for part in SANDBOX if part in said))

    def close(self) -> None:
        """Kill the child and everything it started, and collect it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._requests.close()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
