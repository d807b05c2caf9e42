"""A child process in a session of its own, its log lines prefixed, and its whole family stopped for certain."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_KNOWN_SECRETS = re.compile(r"\bhf_[A-Za-z0-9]{8,}")
_AFTER_KILL_S = 1.0  # even a killed process may hang in the kernel, on a dead network disk for instance
_SHORTEST_SECRET = 4  # masking "a" would black out the whole log


class Child:
    """Made by `start`. Its process group has the number of its pid, and holds whatever it starts in turn."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        return self._process.poll()

    def stop(self, grace_s: float) -> None:
        """Ask it to end, wait, then kill what is left of its group. Takes at most `grace_s` and a second."""
        self._signal_group(signal.SIGTERM)
        self._wait(grace_s)
        self._signal_group(signal.SIGKILL)  # also for grandchildren that outlived an orderly parent
        self._wait(_AFTER_KILL_S)

    def _wait(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # gone; on macOS a zombie's group answers with EPERM
            os.killpg(self._process.pid, number)


def start(
    name: str,
    command: Sequence[str],
    *,
    write: Callable[[str], object],
    secrets: Sequence[str] = (),
    cwd: Path | None = None,
) -> Child:
    """Run `command`; each line it prints goes to `write` as "name | line", secrets masked.

    The session of its own keeps a terminal's Ctrl-C from it: whoever started it decides the order in which things end.
    Raises OSError when it cannot be started.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for just above
    threading.Thread(target=_pump, args=(process.stdout, name, write, tuple(secrets)), daemon=True).start()
    return Child(process)


def masked(text: str, secrets: Sequence[str]) -> str:
    """`text` without the given secrets and without anything that looks like a Hugging Face token.

    >>> masked("token=hf_abcdefghijkl, key=12345", ["12345"])
    'token=•••, key=•••'
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "•••")
    return _KNOWN_SECRETS.sub("•••", text)


def _pump(stream: IO[bytes], name: str, write: Callable[[str], object], secrets: Sequence[str]) -> None:
    with stream:
        for line in stream:
            if text := line.decode("utf-8", "replace").rstrip():
                write(f"{name} | {masked(text, secrets)}")
