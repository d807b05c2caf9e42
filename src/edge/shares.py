"""Shares of what is scarce: connections, uploads, memory. Whoever holds much leaves some of it to others."""

from __future__ import annotations

from collections import Counter


class Shares:
    """So much of something in all, and so much at most for each of those who want it. Not thread-safe.

    Nobody comes to hold more than was still free, so that each who wants all of it leaves half to those who come later,
    and a newcomer finds something as long as in_all >= 2**others. (The dynamic threshold of Choudhury & Hahne, "Dynamic
    Queue Length Thresholds for Shared-Memory Packet Switches", 1998, with α = 1.)

    >>> connections = Shares(in_all=10, each=8)
    >>> sum(connections.take("a") for _ in range(99)), sum(connections.take("b") for _ in range(99)), connections.free
    (5, 3, 2)
    """

    def __init__(self, in_all: int, each: int) -> None:
        self._in_all = in_all
        self._each = each
        self._held: Counter[str] = Counter()
        self._taken = 0

    @property
    def free(self) -> int:
        return self._in_all - self._taken

    def held(self, name: str) -> int:
        return self._held[name]

    def take(self, name: str, amount: int = 1) -> bool:
        """Whether `name` may have so much more; if so, it is theirs until they give it back."""
        held = self._held.get(name, 0)
        if held + amount > min(self._each, self.free):
            return False
        self._held[name] = held + amount
        self._taken += amount
        return True

    def give_back(self, name: str, amount: int = 1) -> None:
        self._taken -= amount
        self._held[name] -= amount
        if self._held[name] <= 0:
            del self._held[name]
