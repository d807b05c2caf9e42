"""A child that a file has taken over reaches nothing: neither the server nor another file nor anybody else."""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.pdf import isolation, sandbox, viewer
from shared_utils.pdf.isolation import ReadingLimits, Worker
from shared_utils.pdf.viewer import PageViewer
from tests.shared_utils.pdf import attacker, pdfs
from tests.shared_utils.pdf.kernels import kernel_lacks

ROOT = Path(__file__).resolve().parents[3]
LIMITS = ReadingLimits(max_bytes=50_000_000)
NOBODY = 65_534
REFUSED = {"EPERM", "EACCES"}
FILES = {
    "read the server's environment",
    "read the server's memory",
    "read another file",
    "read the users of the machine",
    "list a folder",
}
CHANGES = {"create a file", "create a folder", "overwrite a file", "delete a file", "rename a file", "cut a file"}

needs_a_whole_kernel = pytest.mark.skipif(bool(kernel_lacks()), reason=f"this kernel lacks {', '.join(kernel_lacks())}")


@pytest.fixture
def common(tmp_path: Path) -> Iterator[Path]:
    """A folder in which anybody may do anything, with a file and a service."""
    folder = tmp_path / "common"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "file").write_text("another person's")
    (folder / "file").chmod(0o666)
    os.chdir(folder)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as service:
        service.bind("service")
        service.listen()
        os.chdir(ROOT)
        (folder / "service").chmod(0o777)
        yield folder


def attack(folder: Path, script: Path, but: tuple[str, ...] = ()) -> tuple[dict[str, object], dict[str, object]]:
    """What came of every attempt of a child that runs `script`, and what it was handed; `but` are not tried."""
    own = folder.parent / "own.pdf"
    own.write_text("its own")
    with Worker(script, memory_bytes=2**30, cpu_s=60) as child:
        with own.open("rb") as document:
            child.hand(document.fileno())
        child.ask({"victim": os.getpid(), "file": str(folder / "file"), "folder": str(folder), "but": but})
        return dict(child.receive(30)), dict(child.receive(30))


def attacker_as(user: str, folder: Path) -> Path:
    """The attacker's worker; as somebody who may do nothing on this machine but what everybody may."""
    script = folder / "attacker_worker.py"
    become = f"os.setgid({NOBODY}); os.setuid({NOBODY})\n" if user == "nobody" else ""
    script.write_text(Path(attacker.__file__).read_text() + become)
    return script


USERS = [
    "the server's user",
    pytest.param("nobody", marks=pytest.mark.skipif(os.getuid() != 0, reason="only root becomes somebody else")),
]


@needs_a_whole_kernel
@pytest.mark.parametrize("user", USERS)
def test_a_child_that_was_taken_over_reaches_nothing(common: Path, tmp_path: Path, user: str) -> None:
    came_of, handed = attack(common, attacker_as(user, tmp_path))
    assert handed["document"] == "its own"
    assert handed["user"] == (NOBODY if user == "nobody" else os.getuid())
    assert {name: what for name, what in came_of.items() if what not in REFUSED} == {}
    assert len(came_of) == len(attacker.attempts(0, "", ""))
    assert sorted(path.name for path in common.iterdir()) == ["file", "service"]
    assert (common / "file").read_text() == "another person's"


@needs_a_whole_kernel
def test_outside_the_sandbox_the_same_attempts_succeed(common: Path, tmp_path: Path) -> None:
    """What the tests above refuse is possible otherwise: they would not pass for want of a victim."""
    script = f"""import json, sys; sys.path.insert(0, {str(ROOT)!r})
from tests.shared_utils.pdf.attacker import attempts, came_of
tried = attempts(int(sys.argv[1]), sys.argv[2] + "/file", sys.argv[2])
print(json.dumps({{name: came_of(tried[name]) for name in json.loads(sys.argv[3])}}))"""
    names = ["read another file", "list a folder", "call a local service", "start a process", "end the server",
             "take its descriptors away", "create a file", "overwrite a file", "delete a file"]  # fmt: skip
    with subprocess.Popen(["sleep", "60"]) as victim:
        command = [sys.executable, "-c", script, str(victim.pid), str(common), json.dumps(names)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        victim.kill()
    assert set(json.loads(said).values()) == {"possible"}


# ------------------------------------------------------------------------------------------------ one file each


def test_a_child_is_handed_one_persons_file_and_never_anothers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "greedy_worker.py"
    script.write_text("""import os
def held():
    for number in range(64):
        try:
            yield os.pread(number, 100, 0)
        except OSError:
            continue
def answers(document, requests):
    for request in requests:
        data = b"".join(held())
        yield {"bytes": len(data), "mime": "", "width_px": os.getpid(), "height_px": 1, "width": 1, "height": 1}, data
""")
    monkeypatch.setattr(viewer, "VIEWER_WORKER", script)
    files = [pdfs.written(tmp_path, name.encode(), name) for name in ("first", "second", "third", "fourth", "fifth")]
    shown = PageViewer(LIMITS)
    try:
        drawn = [shown.draw(path, 1, width_px=1) for path in (*files, *files)]
    finally:
        shown.close()
    assert [image.data.decode() for image in drawn] == [path.name for path in (*files, *files)]
    by_child: dict[int, set[bytes]] = {}
    for image in drawn:
        by_child.setdefault(image.width_px, set()).add(image.data)
    assert all(len(seen) == 1 for seen in by_child.values())


def test_the_next_file_waits_for_no_child_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Worker] = []

    class Counted(Worker):
        def __init__(self, script: Path, *, memory_bytes: int, cpu_s: int | None) -> None:
            super().__init__(script, memory_bytes=memory_bytes, cpu_s=cpu_s)
            started.append(self)

    monkeypatch.setattr(viewer, "Worker", Counted)
    shown = PageViewer(LIMITS)
    try:
        files = {name: pdfs.written(tmp_path, pdfs.pdf(pdfs.lines(name)), f"{name}.pdf") for name in "ab"}
        for name, children in (("a", 2), ("b", 3), ("b", 3), ("a", 3)):
            shown.draw(files[name], 1, width_px=100)
            assert len(started) == children  # the one that drew was there before, and the next one is
    finally:
        shown.close()


# ------------------------------------------------------------------------------------------------ lesser kernels

READ_AND_ATTACK = """
import json, logging, sys
from pathlib import Path
from shared_utils.pdf.reader import read_pdf
from shared_utils.pdf.viewer import PageViewer
from tests.shared_utils.pdf.test_sandbox import LIMITS, attack
logging.basicConfig(format="%(message)s")
common, script, pdf = map(Path, sys.argv[1:])
shown = PageViewer(LIMITS)
image = shown.draw(pdf, 1, width_px=300, is_small=True)
shown.close()
*_, last = read_pdf(pdf, LIMITS)
came_of, _ = attack(common, script, but=("become a program",))
print(json.dumps([last.pages[0].text, image.data.hex(), came_of]))
"""


def on_a_kernel_without(parts: str, common: Path, tmp_path: Path) -> tuple[str, bytes, dict[str, str], str]:
    """A page's words, its picture, what came of the attempts, and what the log says."""
    pdf = pdfs.written(tmp_path, pdfs.pdf(pdfs.lines("The keeper recorded 47 ships.")))
    command = [sys.executable, "-c", READ_AND_ATTACK, str(common), str(attacker_as("", tmp_path)), str(pdf)]
    lesser = [sys.executable, "-m", "tests.shared_utils.pdf.kernels", parts] if parts else []
    done = subprocess.run([*lesser, *command], capture_output=True, text=True, check=True, cwd=ROOT)
    text, picture, came_of = json.loads(done.stdout)
    return text, bytes.fromhex(picture), came_of, done.stderr


@needs_a_whole_kernel
@pytest.mark.parametrize("parts", ["Landlock", "seccomp", "Landlock,seccomp"])
def test_a_kernel_that_lacks_a_part_takes_the_rest_reads_all_the_same_and_says_so_once(
    common: Path, tmp_path: Path, parts: str
) -> None:
    text, picture, came_of, log = on_a_kernel_without(parts, common, tmp_path)
    assert (text, picture) == on_a_kernel_without("", common, tmp_path)[:2]
    assert "47 ships" in text
    assert log.count("Not in force for processes that open PDFs") == 1
    assert log.strip().endswith(f": {parts.replace(',', ', ')}")
    refused = {name for name, what in came_of.items() if what in REFUSED}
    match parts:
        case "Landlock":  # what may be opened cannot be told apart, so nothing can be
            assert refused == set(came_of)
        case "seccomp":
            assert refused >= FILES | CHANGES
            assert "call a local service" not in refused
        case _:
            assert "read the users of the machine" not in refused


@needs_a_whole_kernel
def test_where_the_kernel_has_everything_the_log_says_nothing(common: Path, tmp_path: Path) -> None:
    assert on_a_kernel_without("", common, tmp_path)[3] == ""


def test_what_is_missing_is_said_once_however_many_children_say_it(caplog: pytest.LogCaptureFixture) -> None:
    isolation.log_missing.cache_clear()
    with caplog.at_level(logging.WARNING):
        for parts in (("Landlock",), ("Landlock",), ()):
            isolation.log_missing(parts)
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == ["Landlock"]


@needs_a_whole_kernel
def test_the_first_version_of_landlock_refuses_what_it_knows(common: Path) -> None:
    code = f"""import ctypes, json, sys; sys.path.insert(0, {str(ROOT)!r})
from shared_utils.pdf import sandbox
from tests.shared_utils.pdf.attacker import attempts, came_of
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert sandbox._landlock(libc, 1, [sys.argv[1] + "/service"], [])
tried = attempts(1, sys.argv[1] + "/file", sys.argv[1])
print(json.dumps({{name: came_of(tried[name]) for name in {sorted(FILES | CHANGES - {"cut a file"})!r}}}))"""
    command = [sys.executable, "-c", code, str(common)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout).values()) <= REFUSED


# ------------------------------------------------------------------------------------------------ the filter itself

KILLED = "killed"
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(program: bytes, architecture: int, number: int, *arguments: int) -> str | int:
    """What the kernel makes of a call: 0 where it is allowed, else its error. The few instructions that we use."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = [step for (step,) in struct.iter_unpack("8s", program)]
    at = register = 0
    while True:
        code, if_true, if_false, operand = struct.unpack("=HBBI", steps[at])
        at += 1
        match code:
            case 0x20:
                (register,) = struct.unpack_from("=I", data, operand)
            case 0x15:
                at += if_true if register == operand else if_false
            case 0x45:
                at += if_true if register & operand else if_false
            case 0x06 if operand == 0x80000000:
                return KILLED
            case 0x06:
                return 0 if operand == 0x7FFF0000 else operand & 0xFFFF
            case _:
                raise AssertionError(code)


# (number on x86-64, on arm64, arguments, what is to come of it)
JUDGED = {
    "read": (0, 63, (), 0),
    "mmap": (9, 222, (), 0),
    "recvmsg": (47, 212, (), 0),
    "openat to read": (257, 56, (0, 0, os.O_RDONLY | os.O_CLOEXEC), 0),
    "openat to write": (257, 56, (0, 0, os.O_WRONLY), errno.EPERM),
    "openat to create": (257, 56, (0, 0, os.O_CREAT), errno.EPERM),
    "a copy of a descriptor": (72, 25, (0, 1030), 0),
    "F_SETOWN": (72, 25, (0, 8), errno.EPERM),
    "F_SETSIG": (72, 25, (0, 10), errno.EPERM),
    "TIOCSTI": (16, 29, (0, 0x5412), errno.EPERM),
    "its own limits": (302, 261, (0,), 0),
    "another's limits": (302, 261, (1,), errno.EPERM),
    "socket": (41, 198, (), errno.EPERM),
    "connect": (42, 203, (), errno.EPERM),
    "sendmsg": (46, 211, (), errno.EPERM),
    "clone": (56, 220, (), errno.EPERM),
    "clone3": (435, 435, (), errno.EPERM),
    "execve": (59, 221, (), errno.EPERM),
    "kill": (62, 129, (), errno.EPERM),
    "tgkill": (234, 131, (), errno.EPERM),
    "ptrace": (101, 117, (), errno.EPERM),
    "process_vm_readv": (310, 270, (), errno.EPERM),
    "pidfd_getfd": (438, 438, (), errno.EPERM),
    "unlinkat": (263, 35, (), errno.EPERM),
    "renameat2": (316, 276, (), errno.EPERM),
    "ftruncate": (77, 46, (), errno.EPERM),
    "io_uring_setup": (425, 425, (), errno.EPERM),
}


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("call", JUDGED)
def test_each_machines_filter_judges_a_call_by_its_own_number(call: str, machine: str) -> None:
    x86_64, arm64, arguments, expected = JUDGED[call]
    program = sandbox.filter_program(sandbox.calls(may_open=True, runs_a_program=False), machine)
    number = arm64 if machine == "aarch64" else x86_64
    assert verdict(program, ARCHITECTURES[machine], number, *arguments) == expected


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_who_may_start_threads_starts_no_process(machine: str) -> None:
    calls = sandbox.calls(may_open=True, runs_a_program=False, starts_threads=True)
    program = sandbox.filter_program(calls, machine)
    clone, clone3, execve = (56, 435, 59) if machine == "x86_64" else (220, 435, 221)
    a_thread, a_fork, a_child_in_its_memory = 0x3D0F00, 0x1200011, 0x4111
    judged = [verdict(program, ARCHITECTURES[machine], clone, how) for how in (a_thread, a_fork, a_child_in_its_memory)]
    assert judged == [0, errno.EPERM, errno.EPERM]
    assert verdict(program, ARCHITECTURES[machine], clone3) == errno.ENOSYS  # glibc then asks by clone
    assert verdict(program, ARCHITECTURES[machine], execve) == errno.EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_a_call_in_the_numbers_of_another_machine_kills(machine: str) -> None:
    program = sandbox.filter_program(sandbox.calls(may_open=True, runs_a_program=False), machine)
    assert verdict(program, 0x40000003, 0) == KILLED  # what a program of 32 bits asks for
    assert verdict(program, ARCHITECTURES[machine], 0x40000000) == errno.EPERM  # x32
