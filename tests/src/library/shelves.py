"""What the tests of a library share: the sample on a shelf, engines that say little or never end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Protocol

from shared_utils.types import EngineKind, GenerationDone, GenerationEvent, GenerationStats, Prompt, TextDelta
from src.answering.writing import Writer
from src.library.library import Library
from src.library.sample import sample_pdf
from src.library.services import EngineRoom
from src.library.shelf import Shelf
from src.views import TurnView
from tests.fakes import FakeClock, FakeEngines, FakeGenerator, writer_far, writer_here
from tests.waiting import until

MINE, THEIRS = "m" * 24, "t" * 24
TALK = "one-conversation"


class OpenLibrary(Protocol):
    """Opens the same data folder each time; without engines answers quote the documents."""

    def __call__(
        self, engines: EngineRoom | None = None, clock: FakeClock | None = None, **changes: object
    ) -> Library: ...


def settled(shelf: Shelf) -> bool:
    return all(view.settled for view in shelf.documents())


def answered(shelf: Shelf) -> TurnView:
    until(lambda: shelf.turns(TALK)[-1].done)
    return shelf.turns(TALK)[-1]


def shelf_with_sample(library: Library, key: str = MINE) -> Shelf:
    shelf = library.shelf(key)
    shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    return shelf


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


class Endless:
    """Says one thing after another, never the same, until it is stopped."""

    def generate(self, prompt: Prompt, cancelled: Callable[[], bool]) -> Iterator[GenerationEvent]:
        numbers = count()
        while not cancelled():
            yield TextDelta(f"more {next(numbers)} ")
            time.sleep(0.005)
        yield GenerationDone("cancelled", GenerationStats(EngineKind.OLLAMA, "endless"))


def endless() -> FakeEngines:
    """A model that never comes to an end."""
    return FakeEngines([writer_here(Endless(), "endless")])


def remote_writer() -> Writer:
    return writer_far(FakeGenerator(["1,206 ships."], backend=EngineKind.REMOTE, model="far/away"), "far/away")
