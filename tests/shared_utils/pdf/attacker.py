"""What a file that has taken over its reader would try: a worker for `confined.py`, run as the real ones are.

Its first request names its victims; its answer tells of every attempt what came of it, "possible" or the error's name.
Nothing here needs more than the interpreter, because nothing can be imported in the sandbox.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)


def called(name: str, *arguments: object) -> None:
    """One of the C library's functions; an OSError where it fails."""
    if getattr(LIBC, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)


def system_call(number: int, *arguments: object) -> None:
    if LIBC.syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), str(number))


def forked() -> None:
    if os.fork() == 0:
        os._exit(0)


def listening_at(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.connect(path)


def attempts(victim: int, file: str, folder: str) -> dict[str, Callable[[], object]]:
    """`victim` is the server's pid, `file` one that it may read and write, `folder` the one that this is in."""
    return {
        "read the server's environment": lambda: open(f"/proc/{victim}/environ", "rb").read(),
        "read the server's memory": lambda: open(f"/proc/{victim}/mem", "rb").read(1),
        "read another file": lambda: open(file, "rb").read(),
        "read the users of the machine": lambda: open("/etc/passwd", "rb").read(),
        "list a folder": lambda: os.listdir(folder),
        "create a file": lambda: os.open(os.path.join(folder, "made"), os.O_WRONLY | os.O_CREAT),
        "create a folder": lambda: os.mkdir(os.path.join(folder, "made-folder")),
        "overwrite a file": lambda: os.open(file, os.O_WRONLY | os.O_TRUNC),
        "cut a file": lambda: os.truncate(file, 0),
        "delete a file": lambda: os.unlink(file),
        "rename a file": lambda: os.rename(file, file + ".renamed"),
        "link to a file": lambda: os.symlink(file, os.path.join(folder, "made-link")),
        "change a file's rights": lambda: os.chmod(file, 0o600),
        "call over TCP": lambda: socket.socket(socket.AF_INET).connect(("127.0.0.1", 9)),
        "call over UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "call a local service": lambda: listening_at(os.path.join(folder, "service")),
        "make a pair of sockets": socket.socketpair,
        "start a process": forked,
        "become a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "leave its session": os.setsid,
        "end the server": lambda: os.kill(victim, signal.SIGCONT),
        "signal one of its threads": lambda: called("tgkill", victim, victim, signal.SIGCONT),
        "signal it through a descriptor": lambda: fcntl.fcntl(0, 8, victim),  # F_SETOWN
        "take its descriptors away": lambda: resource.prlimit(
            victim, resource.RLIMIT_NOFILE, resource.prlimit(victim, resource.RLIMIT_NOFILE)
        ),
        "slow it down": lambda: os.setpriority(os.PRIO_PROCESS, victim, 19),
        "trace it": lambda: called("ptrace", 0x4206, victim, None, None),  # PTRACE_SEIZE, which stops nobody
        "a namespace of its own": lambda: called("unshare", 0x10000000),
        "lift the limit on files": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1)),
        "memory that is a file": lambda: os.memfd_create("made"),
        "queues to the kernel": lambda: system_call(425, 1, ctypes.create_string_buffer(120)),  # io_uring_setup
    }


def came_of(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "?")
    except ValueError:
        return "EPERM"  # how `resource` tells it
    return "possible"


def answers(document: int, requests: Iterator[Any]) -> Iterator[tuple[dict[str, object], bytes]]:
    """What came of every attempt, and what this child was handed."""
    request = next(requests)
    tried = attempts(request["victim"], request["file"], request["folder"])
    found: dict[str, object] = {name: came_of(attempt) for name, attempt in tried.items() if name not in request["but"]}
    yield found, b""
    yield {"document": os.pread(document, 100, 0).decode("latin-1"), "user": os.getuid()}, b""
