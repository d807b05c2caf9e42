from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from shared_utils.pdf.isolation import (
    CONFINED,
    VIEWER_WORKER,
    Worker,
    WorkerCancelled,
    WorkerLost,
    WorkerStalled,
    never,
)


def worker(folder: Path, script: str) -> Worker:
    path = folder / "script.py"
    path.write_text("import json, os, sys, time\n" + script)
    return Worker(path, memory_bytes=2**30, cpu_s=60)


def test_a_child_that_says_nothing_is_stalled_and_can_be_killed_with_its_children(tmp_path: Path) -> None:
    script = """import subprocess
child = subprocess.Popen(['sleep', '60'])
print(json.dumps({'pid': child.pid}), flush=True)
time.sleep(60)"""
    with worker(tmp_path, script) as child:
        grandchild = int(str(child.receive(10)["pid"]))
        with pytest.raises(WorkerStalled):
            child.receive(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)
    # the grandchild is adopted by init, which collects it when it gets to it
    deadline = time.monotonic() + 10
    while (state := Path(f"/proc/{grandchild}/stat")).exists() and " Z " not in state.read_text():
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("os.abort()", "stop"),
        ("print('nonsense', flush=True)", "nonsense"),
        ("print('[1]', flush=True)", "nonsense"),
        ("print('{', end='', flush=True)", "stop"),
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_lost(tmp_path: Path, script: str, said: str) -> None:
    with worker(tmp_path, script) as child, pytest.raises(WorkerLost, match=said):
        child.receive(10)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared_utils.pdf.isolation.LINE_AT_MOST", 2**20)
    with (
        worker(tmp_path, "while True: sys.stdout.write('x' * 65536)") as child,
        pytest.raises(WorkerLost, match="more"),
    ):
        child.receive(30)


def test_a_cancelled_wait_ends(tmp_path: Path) -> None:
    with worker(tmp_path, "time.sleep(60)") as child, pytest.raises(WorkerCancelled):
        child.receive(60, cancelled=lambda: True)


def test_a_child_sees_no_environment_and_none_of_our_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "do not tell")
    script = "print(json.dumps({'env': sorted(os.environ), 'path': sys.path}), flush=True)"
    with worker(tmp_path, script) as child:
        message = child.receive(10, never)
    assert "SECRET_TOKEN" not in str(message["env"])
    assert str(Path.cwd()) not in message["path"]  # type: ignore[operator]


def test_bytes_follow_the_line_that_announces_them(tmp_path: Path) -> None:
    script = "def answers(requests): yield from [({'bytes': 5}, b'\\0\\n\\xff{}'), ({'next': 1}, b'')]"
    with worker(tmp_path, script) as child:
        assert child.receive(10) == {"bytes": 5}
        assert child.receive_bytes(5, 10) == b"\x00\n\xff{}"
        assert child.receive(10) == {"next": 1}


# ------------------------------------------------------------------------------------------------ what they give up

ASKED: dict[str, object] = {
    "password": None,
    "describe": True,
    "first": 1,
    "task": "read",
    "pages": [],
    "page": 1,
    "max_pages": 9,
    "max_chars": 9_000,
    "highlights": [],
    "author": "",
    "made": "",
}


def limits_of(pid: int) -> dict[str, tuple[str, str]]:
    """The soft and the hard limit of a process, by the kernel's name of it."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): (line[26:47].strip(), line[47:68].strip()) for line in lines}


def opened_by_its_reader(fifo: Path) -> int:
    """The writing end of `fifo`, as soon as somebody reads from it."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody yet
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="the kernel tells limits on Linux only")
@pytest.mark.parametrize("script", sorted(CONFINED.parent.glob("*_worker.py")), ids=lambda script: script.stem)
def test_every_child_has_given_up_its_rights_when_it_opens_a_file(tmp_path: Path, script: Path) -> None:
    cpu_s = None if script == VIEWER_WORKER else 121
    fifo = tmp_path / "opened.pdf"
    os.mkfifo(fifo)
    with Worker(script, memory_bytes=2**29, cpu_s=cpu_s) as child:
        child.ask({**ASKED, "path": str(fifo)})
        file = opened_by_its_reader(fifo)
        given_up, priority = limits_of(child.pid), os.getpriority(os.PRIO_PROCESS, child.pid)
        os.close(file)
    ours = limits_of(os.getpid())
    assert given_up["Max core file size"] == ("0", "0")
    assert given_up["Max file size"] == ("0", "0")
    assert given_up["Max address space"] == (str(2**29), str(2**29))
    assert given_up["Max cpu time"] == ((str(cpu_s), str(cpu_s)) if cpu_s else ours["Max cpu time"])
    assert priority == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)
