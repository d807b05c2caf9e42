"""What this process may really use: the container's share, not the host's.

`root` stands in for "/" in tests. Where nothing is limited (or on macOS) the machine itself is the limit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

_ROOT = Path("/")
_SYSCTL = "/usr/sbin/sysctl"


def available_cores(root: Path = _ROOT) -> int:
    """Whole cores, at least 1: the least of affinity and every CPU quota above this process.

    A quota of 1.5 cores counts as one: a model thread that has to wait for its time slice holds up all the others.
    """
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else fast_cores() or os.cpu_count() or 1
    return max(1, int(min([float(affinity), *_cpu_quotas(root)])))


def fast_cores(ask: Callable[[str], str] | None = None) -> int:
    """The performance cores of a Mac, 0 where nobody tells: a model thread on an efficiency core holds up the others.

    `ask` gives what `sysctl -n NAME` prints, "" for a name that this Mac does not know. Macs with Intel processors know
    no levels, and have physical cores. Ollama counts the same: https://github.com/ollama/ollama/tree/main/discover
    """
    ask = ask or _sysctl
    counted = (ask(name).strip() for name in ("hw.perflevel0.physicalcpu", "hw.physicalcpu"))
    return next((int(count) for count in counted if count.isdigit() and int(count)), 0)


def _sysctl(name: str) -> str:
    try:
        told = subprocess.run([_SYSCTL, "-n", name], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout


def memory_bytes(root: Path = _ROOT) -> int:
    """Bytes of memory this process and its family may use altogether."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *_memory_limits(root)])


def disk_free_bytes(path: Path) -> int:
    """Bytes free where `path` is, or will be."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def _cpu_quotas(root: Path) -> Iterator[float]:
    """Cores, from every control group that limits them."""
    for group in _groups(root, ""):
        match _read(group / "cpu.max").split():  # version 2: "150000 100000" or "max 100000"
            case [quota, period] if quota.isdigit():
                yield int(quota) / int(period)
    for group in _groups(root, "cpu"):
        quota, period = _read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit():  # "-1" = no limit
            yield int(quota) / int(period)


def _memory_limits(root: Path) -> Iterator[int]:
    for controller, name in (("", "memory.max"), ("memory", "memory.limit_in_bytes")):
        for group in _groups(root, controller):
            limit = _read(group / name)
            if limit.isdigit():  # "max" = no limit; version 1 writes a number larger than any memory
                yield int(limit)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's control group and of those above it, under version 2 ("") or a v1 controller."""
    top = root / "sys/fs/cgroup" / controller
    yield top
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            own = top / path.lstrip("/")
            yield from (folder for folder in (own, *own.parents) if folder != top and top in folder.parents)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
