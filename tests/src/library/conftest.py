from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.storage.document_store import DocumentStore
from src.library.library import Library
from src.library.services import EngineRoom
from src.settings import Settings
from src.wiring import build_library, build_rag
from tests.fakes import FakeClock, FakeEngines
from tests.src.library.shelves import OpenLibrary


@pytest.fixture
def open_library(settings: Settings, tmp_path: Path) -> Iterator[OpenLibrary]:
    """The embedding graph is taken from the session's folder."""
    opened: list[Library] = []
    (tmp_path / "data").mkdir()
    (settings.data_dir / "models").mkdir(exist_ok=True)
    (tmp_path / "data" / "models").symlink_to(settings.data_dir / "models")

    def open_(engines: EngineRoom | None = None, clock: FakeClock | None = None, **changes: object) -> Library:
        own, engines = replace(settings, data_dir=tmp_path / "data", **changes), engines or FakeEngines()  # type: ignore[arg-type]
        opened.append(build_library(own, engines) if clock is None else timed(own, engines, clock))
        return opened[-1]

    yield open_
    for library in opened:
        library.close()


def timed(settings: Settings, engines: EngineRoom, clock: FakeClock) -> Library:
    """A library that knows no other time than `clock`, and is tidied when a test says so."""
    rag, store = build_rag(settings, engines.places), DocumentStore(settings.data_dir / "store", clock)
    return Library(rag, store, settings, engines, clock=clock, today=clock, tidy_every_s=threading.TIMEOUT_MAX)
