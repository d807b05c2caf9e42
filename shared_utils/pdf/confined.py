"""The first thing every child runs: give up rights, then load a worker and carry its answers. Never imported.

    python -I confined.py <worker.py> <memory in bytes> [<CPU seconds>]

A worker is a file with `answers(requests)`, which yields each message with the raw bytes that follow it. It imports
nothing of ours, and nothing of ours can be imported here, so that `python -I` can run both.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import SourceFileLoader
from types import ModuleType

Answers = Callable[[Iterator[object]], Iterable[tuple[dict[str, object], bytes]]]


def confine(memory_bytes: int, cpu_s: int | None) -> None:
    """Give up rights before any byte of a file is looked at. macOS refuses some; the parent's clock stays."""
    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_AS, memory_bytes)]
    if cpu_s is not None:
        wanted.append((resource.RLIMIT_CPU, cpu_s))
    for limit, value in wanted:
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            continue
    try:
        os.nice(5)
    except OSError:
        return


def loaded(worker: str) -> Answers:
    module = ModuleType("worker")
    SourceFileLoader("worker", worker).exec_module(module)
    answers: Answers = module.answers
    return answers


def main(worker: str, memory_bytes: str, cpu_s: str | None = None) -> None:
    """One JSON request a line on stdin; one JSON message a line on stdout, and behind it the bytes it announces."""
    confine(int(memory_bytes), int(cpu_s) if cpu_s else None)
    for message, data in loaded(worker)(json.loads(line) for line in sys.stdin):
        sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        sys.stdout.buffer.write(data)  # on its own: put together, a large copy would stand in the memory twice
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
