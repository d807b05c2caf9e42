from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from src.library.fair_pool import FairPool, Job, Turn, Work
from tests.waiting import PATIENCE_S, until


def plain(work: Callable[[], object]) -> Work:
    """Work that is done in one turn."""

    def do(_: Turn) -> None:
        work()

    return do


@contextmanager
def opened(pool: FairPool) -> Iterator[FairPool]:
    yield pool
    pool.close()


class Busy:
    """A job that holds its worker until it is let go, or, asked to, until its turn is over."""

    def __init__(self, *, gives_way: bool = False) -> None:
        self.began, self.let_go = threading.Event(), threading.Event()
        self.turns = 0
        self._gives_way = gives_way

    def work(self, turn: Turn) -> Work | None:
        self.turns += 1
        self.began.set()
        until(lambda: self.let_go.is_set() or (self._gives_way and turn.is_over()))
        return None if self.let_go.is_set() else self.work


def order_of(pool: FairPool, jobs: list[tuple[str, str, str]]) -> list[str]:
    """In which order the only worker does these (network, person, name)."""
    order, first, done = list[str](), Busy(), threading.Event()
    pool.submit(Job("x", first.work, "elsewhere"))
    assert first.began.wait(PATIENCE_S)
    for network, person, name in jobs:
        pool.submit(Job(person, plain(lambda name=name: order.append(name)), network))  # type: ignore[misc]
    first.let_go.set()
    until(lambda: len(order) == len(jobs))
    done.set()
    return order


def test_turns_alternate_between_people_so_that_many_files_of_one_hold_nobody_up() -> None:
    with opened(FairPool("t", workers=1)) as pool:
        order = order_of(pool, [("", "a", "a1"), ("", "a", "a2"), ("", "a", "a3"), ("", "b", "b1")])
    assert order == ["a1", "b1", "a2", "a3"]


def test_turns_alternate_between_networks_first_so_that_many_keys_of_one_hold_nobody_up() -> None:
    with opened(FairPool("t", workers=1)) as pool:
        many = [("n", f"key {number}", f"n{number}") for number in range(1, 5)]
        order = order_of(pool, [*many, ("m", "somebody", "m1")])
    assert order == ["n1", "m1", "n2", "n3", "n4"]


def test_a_job_that_raises_is_logged_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def fails() -> None:
        raise ZeroDivisionError

    with opened(FairPool("t", workers=1)) as pool:
        pool.submit(Job("a", plain(fails)))
        pool.submit(Job("a", plain(done.set)))
        assert done.wait(PATIENCE_S)
    assert "ZeroDivisionError" in caplog.text


def test_a_closed_pool_takes_nothing_more_and_its_threads_end() -> None:
    pool, ran = FairPool("t", workers=2, for_small=1), threading.Event()
    pool.close()
    pool.submit(Job("a", plain(ran.set)))
    assert not any(thread.is_alive() for thread in pool._threads)
    assert not ran.is_set()


def test_what_is_small_never_waits_behind_what_is_big() -> None:
    big, ran = [Busy(), Busy()], threading.Event()
    with opened(FairPool("t", workers=2, for_small=1)) as pool:
        for number, job in enumerate(big):
            pool.submit(Job(f"p{number}", job.work))
        assert all(job.began.wait(PATIENCE_S) for job in big)
        pool.submit(Job("somebody", plain(ran.set), small=True))
        assert ran.wait(PATIENCE_S)
        for job in big:
            job.let_go.set()


def test_what_was_taken_for_small_and_is_not_gives_its_place_up_and_goes_on_among_the_big() -> None:
    big, pretender, ran = Busy(), Busy(gives_way=True), threading.Event()
    with opened(FairPool("t", workers=1, for_small=1, small_turn_s=0.0)) as pool:
        pool.submit(Job("a", big.work))
        assert big.began.wait(PATIENCE_S)
        pool.submit(Job("b", pretender.work, small=True))
        assert pretender.began.wait(PATIENCE_S)
        pool.submit(Job("c", plain(ran.set), small=True))
        assert ran.wait(PATIENCE_S)
        assert pretender.turns == 1  # it waits for the other worker
        big.let_go.set()
        until(lambda: pretender.turns == 2)
        pretender.let_go.set()


def test_nobody_gives_up_a_place_that_nobody_wants() -> None:
    alone = Busy(gives_way=True)
    with opened(FairPool("t", workers=1, for_small=1, turn_s=0.0, small_turn_s=0.0)) as pool:
        pool.submit(Job("a", alone.work, small=True))
        assert alone.began.wait(PATIENCE_S)
        alone.let_go.set()
    assert alone.turns == 1


def test_long_jobs_take_turns_on_one_worker() -> None:
    long, short = Busy(gives_way=True), threading.Event()
    with opened(FairPool("t", workers=1, turn_s=0.0)) as pool:
        pool.submit(Job("a", long.work))
        assert long.began.wait(PATIENCE_S)
        pool.submit(Job("a", plain(short.set)))
        assert short.wait(PATIENCE_S)
        long.let_go.set()


def test_one_network_leaves_a_worker_to_others() -> None:
    first, second, ran = Busy(), Busy(), threading.Event()
    with opened(FairPool("t", workers=2)) as pool:
        pool.submit(Job("a", first.work, "n"))
        assert first.began.wait(PATIENCE_S)
        pool.submit(Job("b", second.work, "n"))
        pool.submit(Job("c", plain(ran.set), "m"))
        assert ran.wait(PATIENCE_S)
        assert not second.began.is_set()
        first.let_go.set()
        assert second.began.wait(PATIENCE_S)
        second.let_go.set()


def test_two_jobs_on_one_subject_never_run_at_once() -> None:
    first, second, ran = Busy(), Busy(), threading.Event()
    with opened(FairPool("t", workers=2)) as pool:
        pool.submit(Job("a", first.work, subject="file"))
        assert first.began.wait(PATIENCE_S)
        pool.submit(Job("a", second.work, subject="file"))
        pool.submit(Job("a", plain(ran.set), subject="other file"))
        assert ran.wait(PATIENCE_S)
        assert not second.began.is_set()
        first.let_go.set()
        assert second.began.wait(PATIENCE_S)
        second.let_go.set()
