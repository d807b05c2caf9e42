from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from src.library.library import Library
from src.library.services import EngineRoom
from src.settings import Settings
from src.wiring import build_library
from tests.fakes import FakeEngines
from tests.src.library.shelves import OpenLibrary


@pytest.fixture
def open_library(settings: Settings, tmp_path: Path) -> Iterator[OpenLibrary]:
    """The embedding graph is taken from the session's folder."""
    opened: list[Library] = []
    (tmp_path / "data").mkdir()
    (settings.data_dir / "models").mkdir(exist_ok=True)
    (tmp_path / "data" / "models").symlink_to(settings.data_dir / "models")

    def open_(engines: EngineRoom | None = None, **changes: object) -> Library:
        own = replace(settings, data_dir=tmp_path / "data", **changes)  # type: ignore[arg-type]
        opened.append(build_library(own, engines or FakeEngines()))
        return opened[-1]

    yield open_
    for library in opened:
        library.close()
