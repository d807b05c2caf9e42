"""This process's memory, environment and descriptors, closed to other processes of the same user."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def make_undumpable() -> bool:
    """Whether the kernel now gives what is under /proc/<this process> that is private, and its memory, to root alone.

    Keys stand in the environment, and children that open files from strangers run as the same user. It does not outlive
    an exec, so each program says it for itself. On macOS there is nothing of the kind: False.
    """
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0  # type: ignore[no-any-return]
