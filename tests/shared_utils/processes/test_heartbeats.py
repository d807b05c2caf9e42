from __future__ import annotations

import threading

from shared_utils.processes.heartbeats import Heartbeats
from tests.fakes import FakeClock


def test_work_that_shows_no_sign_of_life_is_stalled_until_it_shows_one() -> None:
    clock = FakeClock(0.0)
    heartbeats = Heartbeats(clock)
    with heartbeats.working("reader", silent_s=10):
        clock.sleep(9)
        assert not heartbeats.stalled()
        clock.sleep(2)
        assert heartbeats.stalled() == ["reader"]
        heartbeats.beat()
        assert not heartbeats.stalled()
        clock.sleep(11)
    assert not heartbeats.stalled()


def test_each_thread_beats_for_itself() -> None:
    clock = FakeClock(0.0)
    heartbeats = Heartbeats(clock)
    begun, end = threading.Event(), threading.Event()

    def work() -> None:
        with heartbeats.working("answer", silent_s=10):
            begun.set()
            end.wait()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    with heartbeats.working("janitor", silent_s=10):
        clock.sleep(11)
        heartbeats.beat()
        assert heartbeats.stalled() == ["answer"]
    end.set()
    thread.join()
    assert not heartbeats.stalled()


def test_work_within_work_ends_with_a_beat_of_the_outer() -> None:
    clock = FakeClock(0.0)
    heartbeats = Heartbeats(clock)
    with heartbeats.working("outer", silent_s=10):
        with heartbeats.working("inner", silent_s=100):
            clock.sleep(50)
            assert not heartbeats.stalled()
        assert not heartbeats.stalled()
        clock.sleep(11)
        assert heartbeats.stalled() == ["outer"]


def test_who_does_not_work_beats_for_nobody() -> None:
    heartbeats = Heartbeats()
    heartbeats.beat()
    assert not heartbeats.stalled()
