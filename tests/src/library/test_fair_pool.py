from __future__ import annotations

import threading

import pytest

from src.library.fair_pool import FairPool


def test_turns_alternate_between_people_so_that_many_files_of_one_hold_nobody_up() -> None:
    pool, order, may_start, done = FairPool("t", workers=1), list[str](), threading.Event(), threading.Event()
    pool.submit("x", lambda: may_start.wait(5) and None)
    for job in ("a1", "a2", "a3"):
        pool.submit("a", lambda job=job: order.append(job))  # type: ignore[misc]
    pool.submit("b", lambda: order.append("b1"))
    pool.submit("c", done.set)
    may_start.set()
    assert done.wait(5)
    pool.submit("z", done.clear)
    pool.close()
    assert order[:2] == ["a1", "b1"]


def test_a_job_that_raises_is_logged_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    pool, done = FairPool("t", workers=1), threading.Event()

    def fails() -> None:
        raise ZeroDivisionError

    pool.submit("a", fails)
    pool.submit("a", done.set)
    assert done.wait(5)
    pool.close()
    assert "ZeroDivisionError" in caplog.text


def test_a_closed_pool_takes_nothing_more_and_its_threads_end() -> None:
    pool, ran = FairPool("t", workers=2), threading.Event()
    pool.close()
    pool.submit("a", ran.set)
    assert not any(thread.is_alive() for thread in pool._threads)
    assert not ran.is_set()
