"""What a model takes, and whether this machine has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared_utils.errors import FootnoteError

_GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model takes, rounded up. Memory as measured for the model's process, plus the page's own."""

    disk_bytes: int
    memory_bytes: int
    reading: float  # how long it reads, the 1b model = 1; measured on two cores


NEEDS = {
    "llama3.2:3b": Needs(disk_bytes=int(2.1 * _GB), memory_bytes=int(4.2 * _GB), reading=2.5),
    "llama3.2:1b": Needs(disk_bytes=int(1.4 * _GB), memory_bytes=int(2.9 * _GB), reading=1.0),
    "llama3.2:1b-instruct-q4_K_M": Needs(disk_bytes=int(0.9 * _GB), memory_bytes=int(2.2 * _GB), reading=0.8),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What the model's machine offers; None where it is not this one."""

    cores: int
    memory_bytes: int | None
    disk_free_bytes: Callable[[], int | None]


class Unfit(FootnoteError):
    """This model will not do here. The message says why."""


def require_memory(model: str, needs: Needs, machine: Machine) -> None:
    """Raises Unfit where the model would not fit into the machine's memory."""
    if machine.memory_bytes is not None and machine.memory_bytes < needs.memory_bytes:
        raise Unfit(
            "{model} needs {wanted:.1f} GB of memory, there are {present:.1f}.",
            model=model,
            wanted=needs.memory_bytes / _GB,
            present=machine.memory_bytes / _GB,
        )


def require_disk(model: str, missing_bytes: int, machine: Machine) -> None:
    """Raises Unfit where the rest of a download would not fit on the disk."""
    free = machine.disk_free_bytes()
    if free is not None and free < missing_bytes:
        raise Unfit(
            "{model} needs {wanted:.1f} GB more on the disk, there are {present:.1f} free.",
            model=model,
            wanted=missing_bytes / _GB,
            present=free / _GB,
        )
