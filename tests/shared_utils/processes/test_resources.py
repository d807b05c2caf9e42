from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared_utils.processes import resources
from shared_utils.processes.resources import available_cores, disk_free_bytes, fast_cores, memory_bytes


@pytest.fixture(autouse=True)
def _eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)), raising=False)


def machine(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content + "\n")
    return root


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 8),
        ({"sys/fs/cgroup/cpu.max": "max 100000"}, 8),
        ({"sys/fs/cgroup/cpu.max": "200000 100000"}, 2),
        ({"sys/fs/cgroup/cpu.max": "150000 100000"}, 1),  # half a core is not a core
        ({"sys/fs/cgroup/cpu.max": "50000 100000"}, 1),
        ({"sys/fs/cgroup/cpu.max": "6400000 100000"}, 8),  # affinity is less than the quota
        (
            {
                "proc/self/cgroup": "0::/app.slice/footnote.service",
                "sys/fs/cgroup/app.slice/cpu.max": "300000 100000",
                "sys/fs/cgroup/app.slice/footnote.service/cpu.max": "max 100000",
            },
            3,  # a group above limits as well
        ),
        (
            {
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
            },
            8,
        ),
        (
            {
                "proc/self/cgroup": "4:cpu,cpuacct:/docker/abc\n2:memory:/docker/abc",
                "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us": "200000",
                "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us": "100000",
            },
            2,
        ),
    ],
)
def test_the_containers_share_of_cores_counts_and_not_the_hosts(
    tmp_path: Path, files: dict[str, str], cores: int
) -> None:
    assert available_cores(machine(tmp_path, files)) == cores


@pytest.mark.parametrize(
    "files",
    [
        {"sys/fs/cgroup/memory.max": "1000000000"},
        {"sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000000"},
    ],
)
def test_the_containers_share_of_memory_counts(tmp_path: Path, files: dict[str, str]) -> None:
    assert memory_bytes(machine(tmp_path, files)) == 1_000_000_000


def test_without_a_limit_the_machines_memory_counts(tmp_path: Path) -> None:
    unlimited = {"sys/fs/cgroup/memory.max": "max", "sys/fs/cgroup/memory/memory.limit_in_bytes": str(2**63 - 4096)}
    assert memory_bytes(machine(tmp_path, unlimited)) == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_room_on_the_disk_is_told_for_a_folder_that_is_yet_to_be_made(tmp_path: Path) -> None:
    assert disk_free_bytes(tmp_path / "not" / "yet") > 0


@pytest.mark.parametrize(
    ("told", "cores"),
    [
        ({"hw.perflevel0.physicalcpu": "4\n", "hw.physicalcpu": "8\n"}, 4),  # an M1: four fast ones, four that spare
        ({"hw.physicalcpu": "6\n"}, 6),  # a Mac with an Intel processor knows no levels
        ({}, 0),
        ({"hw.perflevel0.physicalcpu": "second level name"}, 0),
    ],
)
def test_of_a_macs_cores_the_fast_ones_count(told: dict[str, str], cores: int) -> None:
    assert fast_cores(lambda name: told.get(name, "")) == cores


def test_where_nobody_tells_of_affinity_a_macs_fast_cores_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sysctl = tmp_path / "sysctl"
    sysctl.write_text('#!/bin/sh\n[ "$*" = "-n hw.perflevel0.physicalcpu" ] && echo 5\n')
    sysctl.chmod(0o755)
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(resources, "_SYSCTL", str(sysctl))
    assert available_cores(tmp_path) == 5
    monkeypatch.setattr(resources, "_SYSCTL", str(tmp_path / "none"))
    assert available_cores(tmp_path) == os.cpu_count()
