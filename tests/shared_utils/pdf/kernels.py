"""The kernel under the tests, and kernels that lack parts of it: a filter in front of this one refuses what they lack.

Run as a program, `python -m tests.shared_utils.pdf.kernels LANDLOCK,SECCOMP program argument…`, it becomes the program
on a kernel without these; whatever that starts is held to it, too.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import subprocess
import sys
from functools import cache

from shared_utils.pdf import sandbox
from shared_utils.pdf.isolation import CONFINED

_PRCTL = {"x86_64": 157, "aarch64": 167}


@cache
def kernel_lacks() -> list[str]:
    """The parts of the sandbox that are not in force where these tests run."""
    code = (
        "import runpy, sys; sandbox = runpy.run_path(sys.argv[1]); "
        "print(*sandbox['enter_sandbox']([], [], runs_a_program=False), sep='\\n')"
    )
    command = [sys.executable, "-I", "-c", code, str(CONFINED.with_name("sandbox.py"))]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def take_away(parts: list[str]) -> None:
    """From now on this process and its children have a kernel that never heard of these."""
    load, equal, back, refused = 0x20, 0x15, 0x06, 0x00050000
    steps = []
    if sandbox.LANDLOCK in parts:
        steps += [(load, 0, 0, 0), (equal, 0, 1, 444), (back, 0, 0, refused | errno.ENOSYS)]
    if sandbox.SECCOMP in parts:
        steps += [(load, 0, 0, 0), (equal, 0, 3, _PRCTL[os.uname().machine]), (load, 0, 0, 16)]
        steps += [(equal, 0, 1, 22), (back, 0, 0, refused | errno.EINVAL)]
    program = b"".join(struct.pack("=HBBI", *step) for step in [*steps, (back, 0, 0, 0x7FFF0000)])

    class Program(ctypes.Structure):
        _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    libc = ctypes.CDLL(None)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Program(len(program) // 8, program)), 0, 0) == 0


if __name__ == "__main__":
    take_away(sys.argv[1].split(","))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is meant
