"""The release of Ollama that Footnote fetches where there is none: what it is called, what it weighs, what it must be.

Sizes and SHA-256 are those of the official release page; the version is that of the image (a test compares the two).
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Archive:
    """One system's archive. `executable` is a path inside it; `unpacked_bytes`, what it takes on the disk, rounded up:
    of the parts that a CPU needs, and of everything."""

    name: str
    size_bytes: int
    sha256: str
    executable: str
    unpacked_cpu_bytes: int
    unpacked_all_bytes: int


@dataclass(frozen=True, slots=True)
class Release:
    """`archives`: (system, machine), as Python's `platform` tells them, -> archive; machine "" stands for any."""

    version: str
    base_url: str
    archives: Mapping[tuple[str, str], Archive]

    @property
    def name(self) -> str:
        return f"Ollama {self.version}"

    def archive(self, system: str, machine: str) -> Archive | None:
        """The archive for a system, None where there is none.

        >>> RELEASE.archive("Darwin", "arm64").name, RELEASE.archive("Linux", "riscv64")
        ('ollama-darwin.tgz', None)
        """
        return self.archives.get((system, machine)) or self.archives.get((system, ""))

    def archive_here(self) -> Archive | None:
        return self.archive(platform.system(), platform.machine())


_GB = 1_000_000_000
_AMD64 = Archive(
    "ollama-linux-amd64.tar.zst",
    1_427_542_079,
    "e155b83589986d2c581fdbf1381ea3ebdb16549883679cd5a0627f7cdc05b12b",
    "bin/ollama",
    unpacked_cpu_bytes=_GB // 2,
    unpacked_all_bytes=5 * _GB,
)
_ARM64 = Archive(
    "ollama-linux-arm64.tar.zst",
    1_549_897_885,
    "8edcfe99eb7546d9422cfa8297d341dcd50e090e192ce1a8092a6ab6d182867b",
    "bin/ollama",
    unpacked_cpu_bytes=_GB // 2,
    unpacked_all_bytes=5 * _GB,
)
_DARWIN = Archive(
    "ollama-darwin.tgz",
    158_526_160,
    "f33b2a5aa59bc6c961ed3ec23ba9dc646ca6d99ced8d2a0d46eb3a522167dd3f",
    "ollama",
    unpacked_cpu_bytes=_GB,
    unpacked_all_bytes=_GB,
)

RELEASE = Release(
    "0.34.2",
    "https://github.com/ollama/ollama/releases/download/v0.34.2/",
    MappingProxyType(
        {
            ("Linux", "x86_64"): _AMD64,
            ("Linux", "aarch64"): _ARM64,
            ("Linux", "arm64"): _ARM64,
            ("Darwin", ""): _DARWIN,
        }
    ),
)
