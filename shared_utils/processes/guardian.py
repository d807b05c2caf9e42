"""Nothing is orphaned, even when the supervisor is killed with SIGKILL.

A small process of its own holds one end of a pipe; the supervisor holds the other and nobody else does. However the
supervisor ends, the kernel closes its end, and the guardian then ends every process group it was told about.
This covers grandchildren (Ollama's runner) and macOS, which PR_SET_PDEATHSIG does not, and needs no code between fork
and exec, which threads make unsafe.

Run as a program (`python guardian.py`) it is that process; it needs the standard library only.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

_GRACE_S = 3.0


class Guardian:
    """The supervisor's end. `watch` a child's pid right after starting it, `forget` it after stopping it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},  # it needs none, and anybody of the same user could read keys in it
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        self._tell(f"+{pid}\n")

    def forget(self, pid: int) -> None:
        """Its number may soon belong to somebody else."""
        self._tell(f"-{pid}\n")

    def close(self) -> None:
        """End the guardian, and with it whatever it still watches."""
        assert self._process.stdin is not None  # noqa: S101 - made with a pipe above
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - made with a pipe above
        with suppress(BrokenPipeError):  # somebody killed it; children are then stopped in the ordinary way only
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()


def groups_left(lines: Iterable[str]) -> set[int]:
    """The groups still to be watched after these instructions.

    >>> sorted(groups_left(["+7", "+8", "-7"]))
    [8]
    """
    groups: set[int] = set()
    for line in lines:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    return groups


def _end(groups: Iterable[int]) -> None:
    """Ask every group to end, give them a moment, kill the rest."""
    groups = [group for group in groups if _signal(group, signal.SIGTERM)]
    until = time.monotonic() + _GRACE_S
    while groups and time.monotonic() < until:
        time.sleep(0.05)
        groups = [group for group in groups if _signal(group, 0)]
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Whether there is such a group."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _main() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it must outlive the one it watches
    _end(groups_left(sys.stdin))


if __name__ == "__main__":
    _main()
