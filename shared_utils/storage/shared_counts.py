"""What all processes on one store count and learn together. The rules are the caller's."""

from __future__ import annotations

from typing import Protocol


class SharedCounts(Protocol):
    """Names are stored as they are: give what stands for a key or an address. Raises StorageError."""

    def take_token(self, name: str, per_minute: float, burst: float) -> float:
        """Take one from the bucket called `name`: 0 where there was one; else the seconds until there is one.

        A bucket has `burst` tokens at first and `per_minute` more a minute, never more than `burst`.
        """
        ...

    def begin_library(self, network: str, most_an_hour: int) -> float:
        """Count that a library is begun from `network`: 0 where it may be; else the seconds until it may."""
        ...

    def learnt(self, name: str) -> str:
        """What `learn` was given last under this name, by whichever process; "" where nothing was."""
        ...

    def learn(self, name: str, body: str) -> None: ...

    def tell_numbers(self, process: str, body: str) -> None:
        """Keep what a process has counted so far; it is kept for a day after it was told last."""
        ...

    def numbers(self) -> list[tuple[str, str, float]]:
        """(process, what it told last, how many seconds ago)."""
        ...
