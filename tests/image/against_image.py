"""A pytest plugin: the tests of the page, tests/e2e, drive the running image instead of a server of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.e2e import conftest

ADDRESS = "http://127.0.0.1:7860"


@contextmanager
def _already_served(
    folder: Path, ollama: str, port: int = 0, *, under: Sequence[str] = (), **more_settings: str
) -> Iterator[str]:
    yield ADDRESS


conftest.serve = _already_served
