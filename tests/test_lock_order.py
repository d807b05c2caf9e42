"""The checker finds what it is there for; tests/conftest.py has it watch every test."""

from __future__ import annotations

import threading
from typing import Any

from tests.lock_order import LockOrders, WatchedLock


def watched_lock(place: str, orders: LockOrders, lock: Any = None) -> WatchedLock:
    return WatchedLock(lock or threading.Lock(), place, orders)


def test_two_orders_of_two_locks_are_found_though_nothing_hangs() -> None:
    orders = LockOrders()
    a, b = watched_lock("a", orders), watched_lock("b", orders)
    with a, b:
        pass
    assert not orders.problems()
    with b, a:
        pass
    assert orders.problems() == ["taken in a ring: a → b → a"]


def test_a_ring_of_three_is_found_once() -> None:
    orders = LockOrders()
    a, b, c = (watched_lock(place, orders) for place in "abc")
    for first, second in ((b, c), (c, a), (a, b)):
        with first, second:
            pass
    assert orders.problems() == ["taken in a ring: a → b → c → a"]


def test_orders_of_two_threads_and_two_objects_come_together() -> None:
    orders = LockOrders()

    def take(first: str, second: str) -> None:
        with watched_lock(first, orders), watched_lock(second, orders):
            pass

    for names in (("a", "b"), ("b", "a")):
        thread = threading.Thread(target=take, args=names)
        thread.start()
        thread.join()
    assert orders.problems()


def test_to_take_an_rlock_once_more_is_no_order() -> None:
    orders = LockOrders()
    a, b = watched_lock("a", orders, threading.RLock()), watched_lock("b", orders)
    with a, b, a:
        pass
    assert not orders.problems()


def test_to_wait_with_another_lock_held_is_found_and_to_wait_alone_is_not() -> None:
    orders = LockOrders()
    a = watched_lock("a", orders)
    changed = threading.Condition(watched_lock("changed", orders, threading.RLock()))  # type: ignore[arg-type]
    with changed:
        changed.wait(0.01)
    assert not orders.problems()
    with a, changed:
        changed.wait(0.01)
    assert orders.problems() == ["changed is waited for with a held"]


def test_what_was_let_go_is_not_held() -> None:
    orders = LockOrders()
    a, b = watched_lock("a", orders), watched_lock("b", orders)
    with a:
        pass
    with b, a:
        pass
    a.acquire()
    a.release()
    with a, b:
        pass
    assert orders.problems() == ["taken in a ring: a → b → a"]
    assert not orders.held()
