"""Lock-order checking: two locks that are ever taken in both orders can stop everybody, even where no test happens to.

While `watched` is on, every lock that the product makes notes which others its thread holds when it takes it. A lock
counts as the place in the code that made it, so the orders of all objects and all tests come together. A ring among
these orders is a deadlock that waits for its moment; so is waiting on a condition with another lock held.

Source: the method of Linux' lockdep (Documentation/locking/lockdep-design.rst).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
_OURS = tuple(str(_ROOT / folder) + "/" for folder in ("src", "shared_utils"))
_THREADING = threading.__file__


class LockOrders:
    """What was seen so far, of all threads."""

    def __init__(self) -> None:
        self._after: dict[str, dict[str, str]] = {}  # lock -> those taken while it was held, and by whom first
        self._waits: dict[str, str] = {}
        self._mutex = threading.Lock()
        self._thread = threading.local()

    def held(self) -> list[WatchedLock]:
        """By this thread, in the order of taking; the same lock as often as it was taken."""
        if not hasattr(self._thread, "held"):
            self._thread.held = []
        held: list[WatchedLock] = self._thread.held
        return held

    def taking(self, lock: WatchedLock) -> None:
        held = self.held()
        if lock in held:  # once more, which only an RLock allows
            return
        with self._mutex:
            for other in held:
                if other.place != lock.place:
                    self._after.setdefault(other.place, {}).setdefault(lock.place, threading.current_thread().name)

    def waiting(self, lock: WatchedLock) -> None:
        others = {other.place for other in self.held() if other is not lock}
        if others:
            with self._mutex:
                self._waits.setdefault(f"{lock.place} is waited for with {', '.join(sorted(others))} held", lock.place)

    def problems(self) -> list[str]:
        """A sentence for each ring of orders, and for each wait with another lock held."""
        with self._mutex:
            rings = [" → ".join((*ring, ring[0])) for ring in _rings({a: set(b) for a, b in self._after.items()})]
            return [f"taken in a ring: {ring}" for ring in rings] + list(self._waits)


class WatchedLock:
    """A lock that tells `orders` when it is taken. As far as `threading.Condition` uses one, too."""

    def __init__(self, lock: Any, place: str, orders: LockOrders) -> None:
        self._lock = lock
        self.place = place
        self._orders = orders
        if hasattr(lock, "_release_save"):  # what Condition asks of an RLock, and only of one
            self._release_save = self._let_go_to_wait
            self._acquire_restore = self._take_again
            self._is_owned = lock._is_owned

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if blocking:
            self._orders.taking(self)
        taken: bool = self._lock.acquire(blocking, timeout)
        if taken:
            self._orders.held().append(self)
        return taken

    def release(self) -> None:
        self._lock.release()
        held = self._orders.held()
        if self in held:  # a Lock may be let go by another thread than the one that took it
            del held[len(held) - 1 - held[::-1].index(self)]

    def locked(self) -> bool:
        return bool(self._lock.locked())

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.release()

    def _let_go_to_wait(self) -> tuple[Any, int]:
        self._orders.waiting(self)
        held = self._orders.held()
        times = held.count(self)
        held[:] = [other for other in held if other is not self]
        return self._lock._release_save(), times

    def _take_again(self, saved: tuple[Any, int]) -> None:
        self._lock._acquire_restore(saved[0])
        self._orders.held().extend([self] * saved[1])


@contextmanager
def watched(orders: LockOrders) -> Iterator[None]:
    """Every lock that the product's own code makes meanwhile is watched; those of libraries are not."""
    plain, again = threading.Lock, threading.RLock

    def make(factory: Callable[[], Any]) -> Callable[[], Any]:
        def made() -> Any:
            frame = sys._getframe(1)
            while frame.f_back is not None and frame.f_code.co_filename == _THREADING:
                frame = frame.f_back
            file = frame.f_code.co_filename
            if not file.startswith(_OURS):
                return factory()
            place = f"{Path(file).relative_to(_ROOT)}:{frame.f_lineno}"
            return WatchedLock(factory(), place, orders)

        return made

    threading.Lock, threading.RLock = make(plain), make(again)  # type: ignore[assignment]
    try:
        yield
    finally:
        threading.Lock, threading.RLock = plain, again


def _rings(after: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Each ring once, beginning with its first name."""
    found: set[tuple[str, ...]] = set()

    def follow(path: tuple[str, ...]) -> None:
        for following in after.get(path[-1], ()):
            if following == path[0]:
                found.add(path)
            elif following > path[0] and following not in path:
                follow((*path, following))

    for name in after:
        follow((name,))
    return sorted(found)
