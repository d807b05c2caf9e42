"""Work in the background that stands still is seen, whatever it stands still for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from shared_utils.processes.heartbeats import Heartbeats
from shared_utils.storage.document_store import DocumentStore
from src.library.fair_pool import Job, Turn
from src.library.library import Library
from tests.fakes import FakeClock
from tests.src.library.shelves import TALK, OpenLibrary, endless, settled, shelf_with_sample
from tests.waiting import until

LONG_S = 301.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def standstill() -> Iterator[threading.Event]:
    """What waits for it stands still for as long as the test goes on."""
    event = threading.Event()
    yield event
    event.set()


def begun(library: Library, name: str) -> None:
    """Whoever works under this name has begun."""
    until(lambda: any(work.name == name for work in library._services.heartbeats._work.copy().values()))


@pytest.mark.parametrize("pool", ["readers", "embedders"])
def test_a_job_that_hangs_is_seen_and_one_that_waits_behind_it_is_not(
    open_library: OpenLibrary, clock: FakeClock, standstill: threading.Event, pool: str
) -> None:
    library = open_library(clock=clock)
    name = pool.removesuffix("s")

    def stand_still(_: Turn) -> None:
        standstill.wait()

    getattr(library._services, pool).submit(Job("somebody", stand_still))
    begun(library, name)
    assert library.stalled() == []
    clock.sleep(LONG_S)
    assert library.stalled() == [name]
    standstill.set()
    until(lambda: library.stalled() == [])


def test_a_janitor_that_hangs_is_seen(
    open_library: OpenLibrary, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, standstill: threading.Event
) -> None:
    library = open_library(clock=clock)
    monkeypatch.setattr(DocumentStore, "tidy", lambda _: standstill.wait())
    monkeypatch.setattr(library, "_tidy_every_s", 0.01)
    threading.Thread(target=library._keep_tidy, daemon=True).start()
    begun(library, "janitor")
    clock.sleep(LONG_S)
    assert library.stalled() == ["janitor"]
    standstill.set()
    until(lambda: library.stalled() == [])


def test_an_answer_that_hangs_is_seen_and_a_slow_one_is_not(
    open_library: OpenLibrary, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, standstill: threading.Event
) -> None:
    library = open_library(endless(), clock)
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    clock.sleep(LONG_S)
    until(lambda: library.stalled() == [])  # its next word is a sign of life
    monkeypatch.setattr(shelf._conversations, "_show", lambda *_: standstill.wait())

    def stands_still() -> bool:
        clock.sleep(LONG_S)
        return library.stalled() == ["answer"]

    until(stands_still)
    standstill.set()
    monkeypatch.undo()
    shelf.stop(TALK)
    until(lambda: library.stalled() == [] and not shelf.answering())


def test_reading_and_embedding_show_that_they_go_on(
    open_library: OpenLibrary, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time between two signs of life does not add up: 200 s pass at each."""
    library = open_library(clock=clock)
    heartbeats, stalled = library._services.heartbeats, list[str]()

    def beat() -> None:
        clock.sleep(200)
        stalled.extend(heartbeats.stalled())
        Heartbeats.beat(heartbeats)

    monkeypatch.setattr(heartbeats, "beat", beat)
    before = clock()
    settled(shelf_with_sample(library))
    assert clock() - before > LONG_S
    assert not stalled
