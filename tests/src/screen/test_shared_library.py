"""Who opens the one library, who waits for it, and what is said where it cannot be opened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shared_utils.errors import StorageError
from src.library.library import Library
from src.screen import shared_library as module
from src.screen.shared_library import SharedLibrary, serve, shared_library
from src.settings import Settings
from src.wiring import build_library
from tests.fakes import FakeEngines
from tests.src.screen.conftest import new_tab, shown

FULL = "The disk that holds Footnote's data is full, so this could not be saved."


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, data_dir=tmp_path, embedder="none")


def refuse(_: Settings) -> Library:
    raise StorageError(FULL)


def without_engines(settings: Settings) -> Library:
    return build_library(settings, FakeEngines())


def after(times: int, fail: Callable[[Settings], Library]) -> Callable[[Settings], Library]:
    """Fails so often, then builds."""
    attempts = iter([fail] * times)
    return lambda settings: next(attempts, without_engines)(settings)


def test_whoever_comes_while_it_is_opened_waits_and_gets_the_same(own: Settings) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(settings: Settings) -> Library:
        begun.set()
        assert go_on.wait(60)
        return without_engines(settings)

    shared = SharedLibrary(own, slowly)
    serve(shared)
    shared.warm_up()
    assert begun.wait(60)
    with ThreadPoolExecutor() as tabs:
        waiting = [tabs.submit(lambda: shared_library().open()) for _ in range(3)]
        assert (shared.state, shared.library) == ("starting", None)
        go_on.set()
        assert {id(tab.result(60)) for tab in waiting} == {id(shared.open())}
    assert shared.state == "ok"
    shared.close()
    shared.close()


def test_what_could_not_be_opened_says_why_and_is_tried_again_by_the_next(own: Settings) -> None:
    shared = SharedLibrary(own, after(1, refuse))
    with pytest.raises(StorageError):
        shared.open()
    assert (shared.state, shared.reason) == ("unhealthy", FULL)
    shared.close()  # nothing is open: nothing happens
    shared.open()
    assert (shared.state, shared.reason) == ("ok", "")
    shared.close()


def test_a_bug_while_it_is_opened_is_said_in_a_sentence_and_logged(
    own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Settings) -> Library:
        raise ZeroDivisionError

    shared = SharedLibrary(own, broken)
    shared._warm_up()
    assert (shared.state, shared.reason) == (
        "unhealthy",
        "The library could not be opened. The server's log says why.",
    )
    assert "ZeroDivisionError" in caplog.text


def test_the_page_says_that_it_could_not_be_opened_and_works_once_it_can(app: AppTest, own: Settings) -> None:
    shared_library().close()
    serve(SharedLibrary(own, after(1, refuse)))
    tab = new_tab().run()
    assert "is full" in shown(tab)
    assert "footnoted to the exact words" not in shown(tab)
    assert "footnoted to the exact words" in shown(tab.run())


def test_a_page_that_nobody_serves_opens_its_own(
    app: AppTest, own: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared_library().close()
    monkeypatch.setattr(module, "_served", None)
    for name, value in {"DATA_DIR": str(tmp_path), "EMBEDDER": "none"}.items():
        monkeypatch.setenv(f"FOOTNOTE_{name}", value)
    tab = new_tab().run()
    assert "footnoted to the exact words" in shown(tab)
    assert shared_library().settings.data_dir == tmp_path
    shared_library().close()
