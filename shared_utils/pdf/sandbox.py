"""What a child gives up for good before it sees a byte from outside: memory and time, new rights, files, system calls.

For `confined.py` and `confined_program.py`, which load it by its path: the standard library only, and nothing of ours.
No root is needed, and no namespace. Each part is asked of the kernel by itself; what it does not have is told.
https://docs.kernel.org/userspace-api/landlock.html, https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import struct
import sys
from collections.abc import Iterable, Mapping

NO_NEW_PRIVILEGES, LANDLOCK, SECCOMP = "no_new_privs", "Landlock", "seccomp"

# ------------------------------------------------------------------------------------------------ limits


_BEHIND_THE_MODEL = 10  # a model server that we start has 5: words that are being written come first


def limit_resources(memory_bytes: int, cpu_s: int | None) -> None:
    """No core dump, no byte in a file, so much address space and processor time; the others first.

    macOS refuses some; the parent's clock stays.
    """
    wanted = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_AS: memory_bytes}
    if cpu_s is not None:
        wanted[resource.RLIMIT_CPU] = cpu_s
    _set_limits(wanted)
    try:
        os.nice(_BEHIND_THE_MODEL)
    except OSError:
        return


_MOST_THREADS = 4_096  # of all processes of the same user: the kernel counts them together


def limit_processes(descriptors: int, *, starts_threads: bool = False) -> None:
    """Neither a further process nor a thread (root is not held to it), and so many open files.

    With `starts_threads` some threads; that they are no processes, the filter of calls sees to.
    """
    most = _MOST_THREADS if starts_threads else 0
    _set_limits({resource.RLIMIT_NPROC: most, resource.RLIMIT_NOFILE: descriptors})


def _set_limits(wanted: Mapping[int, int]) -> None:
    for limit, value in wanted.items():
        try:
            hard = resource.getrlimit(limit)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            continue


# ------------------------------------------------------------------------------------------------ the sandbox


def enter_sandbox(
    readable: Iterable[str], executable: Iterable[str], *, runs_a_program: bool, starts_threads: bool = False
) -> list[str]:
    """Forbid this process for good whatever is not allowed here; what the kernel does not have, by name.

    `readable` and `executable` are files and folders, these with what is in them; nothing can be written.
    `runs_a_program` allows the calls with which a program is loaded in this one's place. Without Landlock nobody can
    say which files may be read: then none can be opened any more, except by a program, which needs its own.
    `starts_threads` allows further threads of this process, and no process.
    """
    if not sys.platform.startswith("linux"):
        return [NO_NEW_PRIVILEGES, LANDLOCK, SECCOMP]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # its memory and descriptors are closed to others of the same user
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return [NO_NEW_PRIVILEGES, LANDLOCK, SECCOMP]  # without the first, the kernel grants the others to root alone
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    has_landlock = _landlock(libc, version, readable, executable)
    may_open = has_landlock or runs_a_program
    allowed = calls(may_open=may_open, runs_a_program=runs_a_program, starts_threads=starts_threads)
    missing = [] if has_landlock else [LANDLOCK]
    return missing if _seccomp(libc, allowed) else [*missing, SECCOMP]


_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 4, 38, 22

# ------------------------------------------------------------------------------------------------ Landlock

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_ASK_VERSION, _BENEATH_PATH = 1, 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_ALL_NET = 1 << 0 | 1 << 1  # bind and connect over TCP
_ALL_SCOPES = 1 << 0 | 1 << 1  # abstract sockets and signals of processes outside


def _rights(abi: int) -> bytes:
    """The kernel's `struct landlock_ruleset_attr`: every right that this version knows is taken away.

    >>> [len(_rights(abi)) for abi in (1, 3, 4, 6)]
    [8, 8, 16, 24]
    """
    files = 13 if abi == 1 else 14 if abi == 2 else 15 if abi < 5 else 16  # with 2 came REFER, 3 TRUNCATE, 5 IOCTL_DEV
    fields = [(1 << files) - 1, *([_ALL_NET] if abi >= 4 else []), *([_ALL_SCOPES] if abi >= 6 else [])]
    return struct.pack(f"={len(fields)}Q", *fields)


def _landlock(libc: ctypes.CDLL, abi: int, readable: Iterable[str], executable: Iterable[str]) -> bool:
    """Whether from now on only these files can be opened. `abi` is the kernel's version of it, below 1 for none."""
    if abi < 1:
        return False
    rights = _rights(abi)
    ruleset = libc.syscall(_CREATE_RULESET, rights, ctypes.c_size_t(len(rights)), 0)
    if ruleset < 0:
        return False
    try:
        for paths, more in ((readable, 0), (executable, _EXECUTE)):
            for path in paths:
                _allow(libc, ruleset, path, _READ_FILE | more)
        return not libc.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    try:
        rule = struct.pack("=Qi", rights | (_READ_FOLDER if os.path.isdir(path) else 0), place)
        libc.syscall(_ADD_RULE, ruleset, _BENEATH_PATH, rule, 0)
    finally:
        os.close(place)


# ------------------------------------------------------------------------------------------------ seccomp


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)  # copies of descriptors and their flags: not F_SETOWN, which sends signals
_IOCTL_COMMANDS = (0x5401, 0x5450, 0x5451)  # is it a terminal; close on exec, or not

Rule = tuple[str, int, tuple[int, ...]]
"""How a call is allowed: with "any" arguments; where the one with this number is "one of" these; where it has "no bit"
of these; "as if missing": never, and the kernel says that it has no such call, so that an older one is tried."""

ANYHOW: Rule = ("any", 0, ())
OWN: Rule = ("one of", 0, (0,))  # a call about a process: 0 is one's own

_NONE = -1  # a call that the machine does not have

# Each by its name, with its number on x86-64 and on arm64, and its rule.
_Calls = dict[str, tuple[int, int, Rule]]

_CALLS: _Calls = {
    "read": (0, 63, ANYHOW),
    "write": (1, 64, ANYHOW),
    "futex": (202, 98, ANYHOW),
    "mmap": (9, 222, ANYHOW),
    "munmap": (11, 215, ANYHOW),
    "mprotect": (10, 226, ANYHOW),
    "mremap": (25, 216, ANYHOW),
    "madvise": (28, 233, ANYHOW),
    "brk": (12, 214, ANYHOW),
    "lseek": (8, 62, ANYHOW),
    "pread64": (17, 67, ANYHOW),
    "readv": (19, 65, ANYHOW),
    "writev": (20, 66, ANYHOW),
    "close": (3, 57, ANYHOW),
    "fstat": (5, 80, ANYHOW),
    "newfstatat": (262, 79, ANYHOW),
    "stat": (4, _NONE, ANYHOW),
    "lstat": (6, _NONE, ANYHOW),
    "statx": (332, 291, ANYHOW),
    "access": (21, _NONE, ANYHOW),
    "faccessat": (269, 48, ANYHOW),
    "faccessat2": (439, 439, ANYHOW),
    "readlink": (89, _NONE, ANYHOW),
    "readlinkat": (267, 78, ANYHOW),
    "getcwd": (79, 17, ANYHOW),
    "dup": (32, 23, ANYHOW),
    "fcntl": (72, 25, ("one of", 1, _FCNTL_COMMANDS)),
    "ioctl": (16, 29, ("one of", 1, _IOCTL_COMMANDS)),
    "recvmsg": (47, 212, ANYHOW),  # the document comes over a socket that is open already
    "poll": (7, _NONE, ANYHOW),
    "ppoll": (271, 73, ANYHOW),
    "rt_sigaction": (13, 134, ANYHOW),
    "rt_sigprocmask": (14, 135, ANYHOW),
    "rt_sigreturn": (15, 139, ANYHOW),
    "sigaltstack": (131, 132, ANYHOW),
    "clock_gettime": (228, 113, ANYHOW),
    "clock_getres": (229, 114, ANYHOW),
    "clock_nanosleep": (230, 115, ANYHOW),
    "nanosleep": (35, 101, ANYHOW),
    "gettimeofday": (96, 169, ANYHOW),
    "restart_syscall": (219, 128, ANYHOW),
    "sched_yield": (24, 124, ANYHOW),
    "sched_getaffinity": (204, 123, ANYHOW),
    "membarrier": (324, 283, ANYHOW),
    "rseq": (334, 293, ANYHOW),
    "getrandom": (318, 278, ANYHOW),
    "getpid": (39, 172, ANYHOW),
    "gettid": (186, 178, ANYHOW),
    "getuid": (102, 174, ANYHOW),
    "geteuid": (107, 175, ANYHOW),
    "getgid": (104, 176, ANYHOW),
    "getegid": (108, 177, ANYHOW),
    "getrusage": (98, 165, ANYHOW),
    "prlimit64": (302, 261, OWN),  # of another process it would take the server's descriptors away
    "sysinfo": (99, 179, ANYHOW),
    "uname": (63, 160, ANYHOW),
    "exit": (60, 93, ANYHOW),
    "exit_group": (231, 94, ANYHOW),
}

_OPENING: _Calls = {
    "openat": (257, 56, ("no bit", 2, (_WRITING,))),
    "open": (2, _NONE, ("no bit", 1, (_WRITING,))),
    "getdents64": (217, 61, ANYHOW),
}

_LOADING: _Calls = {
    "execve": (59, 221, ANYHOW),  # whatever it becomes is held to the same
    "arch_prctl": (158, _NONE, ANYHOW),
    "set_tid_address": (218, 96, ANYHOW),
    "set_robust_list": (273, 99, ANYHOW),
}

_A_THREAD = (0x3D0F00, 0x7D0F00)  # CLONE_VM, _THREAD, _SIGHAND … as glibc and musl ask for a thread, and nothing else

_THREADS: _Calls = {
    "clone": (56, 220, ("one of", 0, _A_THREAD)),
    "clone3": (435, 435, ("as if missing", 0, ())),  # its flags lie in memory, where no filter looks
    "set_robust_list": (273, 99, ANYHOW),
}

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # the column above, and AUDIT_ARCH_…

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # classic BPF: code, jump if true, jump if false, operand
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16  # in the kernel's `struct seccomp_data`
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_MISSING = 0x00050000 | errno.ENOSYS

Instruction = tuple[int, int, int, int]


def calls(*, may_open: bool, runs_a_program: bool, starts_threads: bool = False) -> _Calls:
    """What is allowed; everything else is refused."""
    more = (_OPENING if may_open else {}) | (_LOADING if runs_a_program else {}) | (_THREADS if starts_threads else {})
    return _CALLS | more


def _verdict(rule: Rule) -> list[Instruction]:
    """What decides about one call; the number in the register is lost, so each way through ends in a return."""
    kind, argument, values = rule
    load = (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument)  # the lower half: these arguments are int in the kernel
    match kind:
        case "one of":
            pairs = [step for value in values for step in ((_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW))]
            return [load, *pairs, (_RETURN, 0, 0, _REFUSE)]
        case "no bit":
            return [load, (_ANY_BIT, 0, 1, values[0]), (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
        case "as if missing":
            return [(_RETURN, 0, 0, _MISSING)]
        case _:
            return [(_RETURN, 0, 0, _ALLOW)]


def filter_program(allowed: _Calls, machine: str) -> bytes:
    """The kernel's filter: calls of another architecture kill, those that are not named fail with EPERM.

    Raises KeyError for a machine whose numbers are not known.
    """
    column, architecture = _MACHINES[machine]
    steps = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    for *numbers, rule in allowed.values():
        verdict = _verdict(rule)
        if numbers[column] != _NONE:
            steps += [(_EQUAL, 0, len(verdict), numbers[column]), *verdict]
    steps.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _seccomp(libc: ctypes.CDLL, allowed: _Calls) -> bool:
    """Whether from now on only these calls can be made."""
    machine = os.uname().machine
    if machine not in _MACHINES or struct.calcsize("P") != 8:
        return False
    steps = filter_program(allowed, machine)
    program = _Program(len(steps) // 8, steps)
    return not libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0)
