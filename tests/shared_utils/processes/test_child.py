from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared_utils.processes.child import masked, start
from tests.waiting import until

REPO = Path(__file__).resolve().parents[3]


class Lines:
    """What a child wrote, line by line, as it comes."""

    def __init__(self) -> None:
        self._queue: queue.Queue[str] = queue.Queue()

    def __call__(self, line: str) -> None:
        self._queue.put(line)

    def next(self) -> str:
        return self._queue.get(timeout=10)


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-u", "-c", code]


def is_running(pid: int) -> bool:
    """A zombie that nobody has fetched yet does not run."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_both_streams_are_logged_with_the_childs_name_and_without_secrets() -> None:
    lines = Lines()
    code = "import sys; print('key=s3cret!'); print('hf_abcdefghij', file=sys.stderr)"
    child = start("web", python(code), write=lines, secrets=["s3cret!"])
    assert {lines.next(), lines.next()} == {"web | key=•••", "web | •••"}
    child.stop(5)


def test_a_short_secret_does_not_black_out_the_log() -> None:
    assert masked("a plain line", ["a", ""]) == "a plain line"


def test_a_child_that_listens_ends_in_its_own_way() -> None:
    lines = Lines()
    code = (
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\nprint('up')\ntime.sleep(60)"
    )
    child = start("web", python(code), write=lines)
    assert lines.next() == "web | up"
    assert child.exit_code() is None
    child.stop(10)
    assert child.exit_code() == 7


def test_a_deaf_child_is_killed() -> None:
    lines = Lines()
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    child = start("web", python(code), write=lines)
    lines.next()
    child.stop(0.1)
    assert child.exit_code() == -signal.SIGKILL


def test_what_a_child_started_ends_with_it() -> None:
    lines = Lines()
    code = (
        "import subprocess, sys, time\n"
        "deaf = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "
        "time.sleep(60)'\n"
        "runner = subprocess.Popen([sys.executable, '-I', '-S', '-c', deaf], stdout=subprocess.PIPE)\n"
        "runner.stdout.readline()\n"
        "print(runner.pid)\n"
        "time.sleep(60)"
    )
    child = start("ollama", python(code), write=lines)
    runner = int(lines.next().removeprefix("ollama | "))
    child.stop(5)
    until(lambda: not is_running(runner))  # the signal has been sent; the system ends it when it comes to it


def test_stopping_twice_does_no_harm() -> None:
    child = start("web", python("pass"), write=lambda _line: None)
    child.stop(5)
    child.stop(5)
    assert child.exit_code() is not None


def test_a_program_that_is_not_there_is_an_error_at_once() -> None:
    with pytest.raises(OSError, match="no-such-program"):
        start("web", ["/no-such-program"], write=lambda _line: None)


def test_nothing_is_orphaned_when_the_supervisor_is_killed() -> None:
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-c",
            "import sys, time\n"
            "from shared_utils.processes.child import start\n"
            "from shared_utils.processes.guardian import Guardian\n"
            "guardian = Guardian()\n"
            "stopped = start('web', ['sleep', '60'], write=print)\n"
            "guardian.watch(stopped.pid)\n"
            "stopped.stop(5)\n"
            "guardian.forget(stopped.pid)\n"
            'grandchild = \'import os, subprocess; p = subprocess.Popen(["sleep", "60"]); \'\\\n'
            "             'print(os.getpid(), p.pid, flush=True); p.wait()'\n"
            "child = start('ollama', [sys.executable, '-c', grandchild], write=print)\n"
            "guardian.watch(child.pid)\n"
            "time.sleep(60)",
        ],
        cwd=REPO,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert supervisor.stdout is not None
    family = [int(pid) for pid in supervisor.stdout.readline().removeprefix("ollama | ").split()]
    assert all(is_running(pid) for pid in family)
    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.wait(10)
    supervisor.stdout.close()
    give_up = time.monotonic() + 10
    while any(is_running(pid) for pid in family):
        assert time.monotonic() < give_up, "a child outlived its supervisor"
        time.sleep(0.05)
