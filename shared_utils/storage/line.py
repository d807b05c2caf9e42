"""A line that several processes share, as a store keeps it: who waits, whose turn it is. The rules are the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

Served = tuple[str, str, int]  # (network, person, number) of a turn


@dataclass(frozen=True, slots=True)
class LineTicket:
    """A question that waits or has its turn. Seconds are ages: how long ago something was."""

    number: int  # in order of arrival
    person: str
    network: str
    expected_s: float
    seen_s: float  # since somebody asked about it
    started_s: float | None  # since its turn began; None while it waits
    alive: bool  # whether its process is


class HeldLine(Protocol):
    """The line within one step, in which nobody else changes it: what was found, and what may be changed."""

    @property
    def tickets(self) -> Sequence[LineTicket]:
        """In order of arrival, as they were found."""
        ...

    @property
    def served(self) -> Sequence[Served]:
        """The last turn of each network, the latest last."""
        ...

    @property
    def durations(self) -> Sequence[float]:
        """Seconds that the last answers took, the latest last."""
        ...

    def add(self, person: str, network: str, expected_s: float) -> LineTicket: ...

    def see(self, number: int) -> None:
        """Somebody still waits for it."""
        ...

    def start(self, number: int) -> None: ...

    def drop(self, numbers: Iterable[int]) -> None: ...

    def keep(self, served: Sequence[Served], durations: Sequence[float]) -> None: ...


class LineStore(Protocol):
    """Raises StorageError where it cannot be reached."""

    def subscribe(self, told: Callable[[], None]) -> None:
        """Call `told` whenever somebody moved, in whichever process; from a thread in which it must not wait."""
        ...

    def held(self) -> AbstractContextManager[HeldLine]:
        """The line as it is, which only the caller changes until the end of the block."""
        ...
