from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from shared_utils.types import Where
from src.answering.answer_queue import AnswerQueue
from src.answering.giving_way import AtWork, giving_way
from src.answering.writing import Scribe, Task
from src.events import Stage, StageStarted
from tests.fakes import FakeClock, FakeGenerator, evidence_of, never, writer_here


def batches(clock: FakeClock, seconds: float, count: int = 3) -> Iterator[int]:
    for number in range(count):
        clock.sleep(seconds)
        yield number


def took(clock: FakeClock, seconds: float, *, busy: bool) -> float:
    began = clock.now
    work = giving_way(batches(clock, seconds), lambda: busy, never, clock=clock, sleep=clock.sleep)
    assert list(work) == [0, 1, 2]
    return clock.now - began


def test_nothing_waits_while_no_model_writes() -> None:
    assert took(FakeClock(), 0.5, busy=False) == pytest.approx(1.5)


@pytest.mark.parametrize(("seconds", "all_of_it"), [(0.5, 7.5), (10.0, 45.0)])
def test_while_a_model_writes_a_fifth_of_the_time_is_left_and_no_wait_is_longer_than_five_seconds(
    seconds: float, all_of_it: float
) -> None:
    assert took(FakeClock(), seconds, busy=True) == pytest.approx(all_of_it)


def earlier(clock: FakeClock, than: float) -> bool:
    return clock.now < than


def later(clock: FakeClock, than: float) -> bool:
    return clock.now >= than


def test_it_goes_on_at_once_when_the_model_is_done_or_the_work_is_stopped() -> None:
    for done, stops in ((1.0, 99.0), (99.0, 1.0)):
        clock = FakeClock(0.0)
        busy, stopped = partial(earlier, clock, done), partial(later, clock, stops)
        work = giving_way(batches(clock, 0.5, 1), busy, stopped, clock=clock, sleep=clock.sleep)
        assert list(work) == [0]
        assert clock.now == pytest.approx(1.0, abs=0.06)


def test_it_ends_when_it_is_closed() -> None:
    clock = FakeClock()
    pieces = batches(clock, 0.5)
    work = giving_way(pieces, lambda: True, never, clock=clock, sleep=clock.sleep)
    assert next(work) == 0
    work.close()  # type: ignore[attr-defined]
    assert clock.now - FakeClock().now == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("where", "busy"), [(Where.THIS_MACHINE, True), (None, True), (Where.OWN_NETWORK, False), (Where.ELSEWHERE, False)]
)
def test_a_model_is_at_work_here_from_its_turn_to_its_last_word(where: Where | None, busy: bool) -> None:
    scribe = Scribe(AnswerQueue())
    task = Task("How far did leakage fall?", evidence_of("Leakage fell."), {1: "a p. 1"})
    seen = set()
    writer = replace(writer_here(FakeGenerator(runs=where or Where.THIS_MACHINE)), where=where)
    for event in scribe.write(task, [writer], lambda: None, never):
        if isinstance(event, StageStarted) and event.stage in (Stage.READING, Stage.WRITING):
            seen.add(scribe.at_work.busy())
    assert seen == {busy}
    assert not scribe.at_work.busy()


def test_two_at_work_are_two() -> None:
    at_work, inside, go = AtWork(), threading.Event(), threading.Event()

    def other() -> None:
        with at_work.working(here=True):
            inside.set()
            go.wait(5)

    thread = threading.Thread(target=other)
    with at_work.working(here=True):
        thread.start()
        assert inside.wait(5)
    assert at_work.busy()
    go.set()
    thread.join(5)
    assert not at_work.busy()
