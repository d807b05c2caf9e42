"""Read a blocking stream in a thread, so that deadlines and Stop work while nothing arrives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue
from typing import TypeVar

from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout
from shared_utils.types import Cancelled

T = TypeVar("T")

_POLL_S = 0.05  # how often Stop and the deadlines are looked at while nothing arrives
_JOIN_S = 0.2  # a reader that was hung up on ends at once; one that cannot be is left to its own read timeout


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds an engine is given. `first_token_s` holds model loading and prompt evaluation; `total_s` everything."""

    connect_s: float
    first_token_s: float
    stall_s: float  # between two tokens
    total_s: float


class Phase(StrEnum):
    """Which deadline passed."""

    FIRST = "first token"
    STALL = "stall"
    TOTAL = "total"


class Overdue(Exception):
    """A deadline passed. For adapters to translate; never shown."""

    def __init__(self, phase: Phase) -> None:
        super().__init__(phase.value)
        self.phase = phase


class Stopped(Exception):
    """`cancelled()` said so."""


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None


def watched(
    items: Generator[T, None, None],
    *,
    speaks: Callable[[T], bool],
    deadlines: Deadlines,
    cancelled: Cancelled,
    hang_up: Callable[[], None],
    clock: Callable[[], float] = time.monotonic,
) -> Generator[T, None, None]:
    """The same items. `items` runs in a thread of its own, `cancelled` is asked in the caller's.

    `speaks(item)` tells a token from a frame without words; `hang_up` must make a blocked read return.
    Raises Overdue or Stopped, or whatever `items` raised. However it ends, `items` is hung up on and closed.
    """
    arrivals: SimpleQueue[T | _End] = SimpleQueue()
    unwanted = threading.Event()
    reader = threading.Thread(target=_read, args=(items, arrivals, unwanted), name="stream-reader", daemon=True)
    started = last_arrival = clock()
    spoken = False
    if cancelled():  # before anything is sent
        raise Stopped
    reader.start()
    try:
        while not cancelled():
            try:
                arrival = arrivals.get(timeout=_POLL_S)
            except Empty:
                arrival = None
            else:
                last_arrival = clock()
            if isinstance(arrival, _End):
                if arrival.error is not None:
                    raise arrival.error
                return
            spoken = spoken or (arrival is not None and speaks(arrival))
            if phase := overdue(deadlines, clock() - started, clock() - last_arrival, spoken):
                raise Overdue(phase)
            if arrival is not None:
                yield arrival
        raise Stopped
    finally:
        unwanted.set()
        hang_up()
        reader.join(_JOIN_S)


def overdue(deadlines: Deadlines, elapsed_s: float, silent_s: float, spoken: bool) -> Phase | None:
    """Which deadline has passed, if any, `elapsed_s` after the start and `silent_s` after the last arrival.

    >>> overdue(Deadlines(3, 30, 20, 300), elapsed_s=31, silent_s=31, spoken=False)
    <Phase.FIRST: 'first token'>
    """
    if elapsed_s > deadlines.total_s:
        return Phase.TOTAL
    if not spoken:
        return Phase.FIRST if elapsed_s > deadlines.first_token_s else None
    return Phase.STALL if silent_s > deadlines.stall_s else None


def _read(items: Generator[T, None, None], arrivals: SimpleQueue[T | _End], unwanted: threading.Event) -> None:
    error: Exception | None = None
    try:
        with closing(items):
            for item in items:
                if unwanted.is_set():
                    break
                arrivals.put(item)
    except Exception as exc:  # noqa: BLE001 - carried to the consumer's thread and raised there
        error = exc
    arrivals.put(_End(error))


def lateness(model: str, phase: Phase, limits: Deadlines, *, spoken: bool) -> GenerationError:
    """What a person should read when `model` missed a deadline; `spoken`: whether it had said a word."""
    if not spoken:
        waited_s = limits.total_s if phase is Phase.TOTAL else limits.first_token_s
        return GenerationTimeout(
            "{model} did not begin its answer within {seconds:.0f} s. Ask a shorter question, or choose "
            "a smaller model.",
            model=model,
            seconds=waited_s,
        )
    if phase is Phase.TOTAL:
        return GenerationInterrupted(
            "The answer took longer than {seconds:.0f} s and was cut off.", seconds=limits.total_s
        )
    return GenerationInterrupted(
        "{model} fell silent for {seconds:.0f} s in the middle of its answer. Ask again.",
        model=model,
        seconds=limits.stall_s,
    )
