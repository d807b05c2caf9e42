from __future__ import annotations

import threading
from collections.abc import Generator, Iterator

import pytest

from shared_utils.generation.watched_stream import Deadlines, Overdue, Phase, Stopped, overdue, watched
from tests.fakes import FakeClock, never

DEADLINES = Deadlines(connect_s=3, first_token_s=30, stall_s=20, total_s=300)


def watch(items: Generator[str, None, None], cancelled: object = never, clock: object = None) -> Iterator[str]:
    return watched(
        items,
        speaks=bool,
        deadlines=DEADLINES,
        cancelled=cancelled,  # type: ignore[arg-type]
        hang_up=lambda: None,
        clock=clock or FakeClock(),  # type: ignore[arg-type]
    )


def test_items_arrive_in_order_and_the_end_is_the_end() -> None:
    assert list(watch(letter for letter in "abc")) == ["a", "b", "c"]


def test_an_error_of_the_source_is_raised_where_it_is_read() -> None:
    def failing() -> Generator[str, None, None]:
        yield "a"
        raise LookupError("gone")

    items = watch(failing())
    assert next(items) == "a"
    with pytest.raises(LookupError, match="gone"):
        next(items)


@pytest.mark.parametrize(
    ("elapsed_s", "silent_s", "spoken", "phase"),
    [
        (29, 29, False, None),
        (31, 31, False, Phase.FIRST),
        (31, 0, False, Phase.FIRST),  # frames without words do not count
        (100, 19, True, None),
        (100, 21, True, Phase.STALL),
        (301, 0, True, Phase.TOTAL),
    ],
)
def test_each_deadline_guards_its_own_phase(
    elapsed_s: float, silent_s: float, spoken: bool, phase: Phase | None
) -> None:
    assert overdue(DEADLINES, elapsed_s, silent_s, spoken) is phase


def test_a_deadline_passes_while_the_source_blocks_and_the_source_is_hung_up_on() -> None:
    released, clock = threading.Event(), FakeClock()

    def blocking() -> Generator[str, None, None]:
        yield "a"
        released.wait(30)

    items = watched(blocking(), speaks=bool, deadlines=DEADLINES, cancelled=never, hang_up=released.set, clock=clock)
    assert next(items) == "a"
    clock.now += 21
    with pytest.raises(Overdue) as caught:
        next(items)
    assert caught.value.phase is Phase.STALL
    assert released.is_set()


def test_stop_is_heard_before_the_first_item() -> None:
    with pytest.raises(Stopped):
        next(watch((letter for letter in "abc"), cancelled=lambda: True))


def test_the_source_is_closed_when_the_reader_loses_interest() -> None:
    closed = threading.Event()

    def endless() -> Generator[str, None, None]:
        try:
            while True:
                yield "a"
        finally:
            closed.set()

    items = watch(endless())
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert closed.wait(60)
