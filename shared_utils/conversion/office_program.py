"""Give up rights, then become LibreOffice. Never imported.

    python -I office_program.py <program> <folder> <memory in bytes> <CPU seconds> <argument>…

It may read the system's own files and fonts, and write into `folder` alone; nobody is called, no other program runs.
Ends with 97 where the kernel has no Landlock or no seccomp: then nothing is started. See `pdf/sandbox.py`.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

NOT_CONFINED = 97
_READABLE = (
    "/usr", "/lib", "/lib64", "/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd",
    "/var/lib/libreoffice", "/var/spool/libreoffice", "/var/cache/fontconfig",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_SOCKETS = "/tmp"  # noqa: S108 - where LibreOffice puts the socket by which it is known: it asks for no other place
_LARGEST_FILE = 500_000_000
_MOST_PROCESSES = 4_096  # threads of the same user count, too
_DESCRIPTORS = 512
_READ, _WRITE, _MAKE_SOCKET, _TRUNCATE = 1 << 2 | 1 << 3, 1 << 1, 1 << 9, 1 << 14
_FOLDER = (1 << 14) - 1 - (1 << 0) - (1 << 6) - (1 << 11)  # everything but to run it, or to make devices
_UNIX = 1  # AF_UNIX

# On x86-64 and arm64: what reaches others, and what has no place in a converter.
_REFUSED = (
    (42, 203), (44, 206), (46, 211), (307, 269),  # connect, sendto, sendmsg, sendmmsg
    (101, 117), (310, 270), (311, 271), (438, 438),  # ptrace, process_vm_readv, process_vm_writev, pidfd_getfd
    (62, 129), (424, 424),  # kill, pidfd_send_signal
    (165, 40), (166, 39), (272, 97), (308, 268), (161, 51),  # mount, umount2, unshare, setns, chroot
    (321, 280), (298, 241), (323, 282), (425, 425),  # bpf, perf_event_open, userfaultfd, io_uring_setup
    (248, 217), (249, 218), (250, 219),  # add_key, request_key, keyctl
    (175, 105), (313, 273), (246, 104),  # init_module, finit_module, kexec_load
)  # fmt: skip
_SOCKET = (41, 198)
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 1
_OTHER_CALLS = 0x40000000  # x32, whose calls have numbers of their own


def main(program: str, folder: str, memory_bytes: str, cpu_s: str, *arguments: str) -> None:
    sandbox = ModuleType("sandbox")
    place = Path(__file__).parents[1] / "pdf" / "sandbox.py"
    SourceFileLoader("sandbox", str(place)).exec_module(sandbox)
    for limit, value in {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: int(memory_bytes),
        resource.RLIMIT_CPU: int(cpu_s),
        resource.RLIMIT_FSIZE: _LARGEST_FILE,
        resource.RLIMIT_NPROC: _MOST_PROCESSES,
        resource.RLIMIT_NOFILE: _DESCRIPTORS,
    }.items():
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
    os.nice(10)
    if not _confined(sandbox, program, folder):
        sys.exit(NOT_CONFINED)
    kept = {"HOME": folder, "TMPDIR": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    os.chdir(folder)
    os.execve(program, [program, *arguments], kept)  # noqa: S606 - no shell is meant


def _confined(sandbox: ModuleType, program: str, folder: str) -> bool:
    machine = os.uname().machine
    if sys.platform != "linux" or machine not in ("x86_64", "aarch64"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(444, None, ctypes.c_size_t(0), 1)
    if abi < 1 or libc.prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS
        return False
    rights = sandbox._rights(abi)
    ruleset = libc.syscall(444, rights, ctypes.c_size_t(len(rights)), 0)
    truncate = _TRUNCATE if abi >= 3 else 0
    refer = 0 if abi >= 2 else 1 << 13
    installed = str(Path(program).parents[1])
    allowed = [(path, _READ) for path in (*_READABLE, installed)]
    allowed += [(program, _READ | 1), *((path, _READ | _WRITE) for path in _DEVICES)]
    allowed += [(loader, _READ | 1) for loader in map(str, _loaders())]
    allowed += [(folder, (_FOLDER | truncate) & ~refer), (_SOCKETS, _MAKE_SOCKET)]
    for path, wanted in allowed:
        _allow(libc, ruleset, path, wanted)
    if libc.syscall(446, ruleset, 0):
        return False
    os.close(ruleset)
    steps = _filter(0 if machine == "x86_64" else 1)

    class Program(ctypes.Structure):
        _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    return not libc.prctl(22, 2, ctypes.byref(Program(len(steps) // 8, steps)), 0, 0)  # PR_SET_SECCOMP


def _loaders() -> list[Path]:
    """What loads every program's libraries, and is run with it."""
    return [found for folder in ("/lib", "/lib64") for found in Path(folder).glob("ld-linux*.so*")]


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    of_files = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14
    rule = struct.pack("=Qi", rights if os.path.isdir(path) else rights & of_files, place)
    libc.syscall(445, ruleset, 1, rule, 0)
    os.close(place)


def _filter(column: int) -> bytes:
    """Every call but these; sockets of this machine alone."""
    refuse, allow = (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)
    steps = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, (0xC000003E, 0xC00000B7)[column]), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0), (_AT_LEAST, 0, 1, _OTHER_CALLS), refuse,
    ]  # fmt: skip
    for numbers in _REFUSED:
        steps += [(_EQUAL, 0, 1, numbers[column]), refuse]
    steps += [(_EQUAL, 0, 4, _SOCKET[column]), (_LOAD, 0, 0, 16), (_EQUAL, 0, 1, _UNIX), allow, refuse, allow]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
