from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared_utils.processes.guardian import Guardian

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65_534
SECRET = "s3cret-of-the-server"

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux has /proc")

# It and the other run as one user who is not root, to whom nothing is closed. It tells that it can do what it did.
SERVER = """
import os, sys
sys.path.insert(0, {root!r})
from shared_utils.processes.undumpable import make_undumpable
from shared_utils.processes.resources import available_cores, memory_bytes
import ctypes, subprocess
if os.getuid() == 0:
    os.setgid({nobody}); os.setuid({nobody})
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # the change of user closed it; a program started by this user is open
closed = make_undumpable() if {closes!r} else False
before = (available_cores(), memory_bytes())
ran = subprocess.run(["true"], close_fds=True).returncode
print(closed, before == (available_cores(), memory_bytes()), ran, len(os.listdir("/proc/self/fd")) > 0, flush=True)
sys.stdin.read()
"""
OTHER = f"""
import os, sys
if os.getuid() == 0:
    os.setgid({NOBODY}); os.setuid({NOBODY})
for name in ("environ", "mem", "maps"):
    try:
        with open(f"/proc/{{sys.argv[1]}}/{{name}}", "rb") as file:
            print(name, "read", {SECRET!r}.encode() in (file.read(10_000) if name != "mem" else b""))
    except OSError as error:
        print(name, type(error).__name__)
"""


@contextmanager
def server(closes: bool) -> Iterator[subprocess.Popen[str]]:
    code = SERVER.format(root=str(ROOT), nobody=NOBODY, closes=closes)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"HF_TOKEN": SECRET},
    ) as process:
        yield process
        process.kill()


def seen_by_another(pid: int) -> dict[str, str]:
    command = [sys.executable, "-I", "-S", "-c", OTHER, str(pid)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(line.split(" ", 1) for line in said.splitlines())


def test_keys_and_memory_are_closed_to_others_of_the_same_user_and_the_server_goes_on() -> None:
    with server(closes=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split() == ["True", "True", "0", "True"]
        seen = seen_by_another(process.pid)
    assert set(seen.values()) == {"PermissionError"}


def test_otherwise_they_are_open() -> None:
    with server(closes=False) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seen = seen_by_another(process.pid)
    assert seen["environ"] == "read True"
    assert seen["maps"].startswith("read")


def test_the_guardian_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", SECRET)
    guardian = Guardian()
    try:
        assert SECRET.encode() not in Path(f"/proc/{guardian._process.pid}/environ").read_bytes()
    finally:
        guardian.close()


# Each is started as it is by itself, up to where its work begins; there it tells what the kernel has noted.
PROGRAMS = {
    "supervisor": """
import startup
startup.supervise = lambda settings: noted()
startup.main()
""",
    "server": """
from starlette.testclient import TestClient
from src.asgi import app
with TestClient(app):
    noted()
""",
    "command line": """
import runpy, src.cli.commands
src.cli.commands.main = lambda: noted()
runpy.run_module("src.cli", run_name="__main__")
""",
}
NOTED = """
import ctypes
def noted():
    print("dumpable:", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)  # PR_GET_DUMPABLE
    return 0
"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_that_may_hold_keys_and_opens_files_is_closed(tmp_path: Path, program: str) -> None:
    environment = os.environ | {"FOOTNOTE_DATA_DIR": str(tmp_path), "OLLAMA_HOST": "http://127.0.0.1:9"}
    command = [sys.executable, "-c", NOTED + PROGRAMS[program]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert "dumpable: 0" in done.stdout, done.stderr
