from __future__ import annotations

import os
import resource
import select
import time
from contextlib import ExitStack
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
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageViewer
from tests.shared_utils.pdf import pdfs
from tests.shared_utils.pdf.kernels import kernel_lacks
from tests.waiting import until

LIMITS = ReadingLimits(max_bytes=50_000_000)


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
    script = "def answers(document, requests): yield from [({'bytes': 5}, b'\\0\\n\\xff{}'), ({'next': 1}, b'')]"
    with worker(tmp_path, script) as child, (tmp_path / "script.py").open() as file:
        child.hand(file.fileno())
        assert child.receive(10) == {"bytes": 5}
        assert child.receive_bytes(5, 10) == b"\x00\n\xff{}"
        assert child.receive(10) == {"next": 1}


# ------------------------------------------------------------------------------------------------ what they give up


def limits_of(pid: int) -> dict[str, tuple[str, str]]:
    """The soft and the hard limit of a process, by the kernel's name of it."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): (line[26:47].strip(), line[47:68].strip()) for line in lines}


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="the kernel tells limits on Linux only")
@pytest.mark.parametrize("script", sorted(CONFINED.parent.glob("*_worker.py")), ids=lambda script: script.stem)
def test_every_child_has_given_up_its_rights_before_it_is_given_a_file(script: Path) -> None:
    cpu_s = None if script == VIEWER_WORKER else 121
    with Worker(script, memory_bytes=2**29, cpu_s=cpu_s) as child:
        told = select.poll()  # what it says of itself is the last that it does before it takes its file
        told.register(child._requests, select.POLLIN)
        until(lambda: told.poll(0))
        given_up, priority = limits_of(child.pid), os.getpriority(os.PRIO_PROCESS, child.pid)
        status = Path(f"/proc/{child.pid}/status").read_text()
    ours = limits_of(os.getpid())
    assert given_up["Max core file size"] == ("0", "0")
    assert given_up["Max file size"] == ("0", "0")
    assert given_up["Max address space"] == (str(2**29), str(2**29))
    assert given_up["Max cpu time"] == ((str(cpu_s), str(cpu_s)) if cpu_s else ours["Max cpu time"])
    assert given_up["Max processes"] == ("0", "0")
    assert given_up["Max open files"] == ("64", "64")
    assert priority == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    assert "NoNewPrivs:\t1\n" in status
    assert ("Seccomp:\t2\n" in status) is ("seccomp" not in kernel_lacks())


def test_a_child_that_takes_nothing_in_is_lost_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared_utils.pdf.isolation._ASK_S", 0.2)
    with worker(tmp_path, "time.sleep(60)") as child:
        with pytest.raises(WorkerLost, match="stop") as lost:
            child.ask({"spans": "x" * 2**24})
        assert isinstance(lost.value.__cause__, TimeoutError)  # nobody waited for its end


def test_a_server_with_more_than_a_thousand_open_descriptors_still_hears_its_children(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        held = [stack.enter_context(Path("/dev/null").open()) for _ in range(1_100)]
        assert held[-1].fileno() > 1_024
        path = pdfs.written(tmp_path, pdfs.pdf(pdfs.lines("The keeper recorded 47 ships.")))
        *_, last = read_pdf(path, LIMITS)
        assert isinstance(last, PagesRevised)
        assert "47 ships" in last.pages[0].text
        viewer = PageViewer(LIMITS)
        stack.callback(viewer.close)
        assert viewer.draw(path, 1, width_px=200).width_px == 200
