"""The page as a script, driven without a browser, and the few gestures the tests are made of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.context import StreamlitHeaders
from streamlit.testing.v1 import AppTest

from src.screen.lookups import look_for_no_packaged_components
from src.screen.shared_library import SharedLibrary, serve, shared_library
from src.settings import Settings
from tests.prepared_models import MODELS
from tests.waiting import PATIENCE_S

SCRIPT = Path(__file__).resolve().parents[3] / "streamlit_app.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)  # the page asks whether an Ollama is there


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """A first visit to a server with an empty data folder and no model."""
    monkeypatch.setattr(type(st.context), "cookies", {})  # AppTest has a mock there
    monkeypatch.setattr(type(st.context), "headers", StreamlitHeaders([]))
    monkeypatch.setattr(type(st.context), "ip_address", None)
    look_for_no_packaged_components()  # as the server does
    serve(SharedLibrary(Settings(models_dir=MODELS, data_dir=tmp_path, ollama_url="http://127.0.0.1:9")))
    yield new_tab().run()
    shared_library().close()


def serve_anew(**changes: object) -> None:
    """The same data with other settings."""
    shared = shared_library()
    shared.close()
    serve(SharedLibrary(replace(shared.settings, **changes)))  # type: ignore[arg-type]


def new_tab() -> AppTest:
    return AppTest.from_file(str(SCRIPT), default_timeout=PATIENCE_S)


def until(app: AppTest, holds: Callable[[AppTest], bool]) -> AppTest:
    """Run the script as a tick of its fragments would, until what is expected is drawn."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds(app):
        assert time.monotonic() < deadline, shown(app)
        time.sleep(0.05)
        app.run()
    return app


def shown(app: AppTest) -> str:
    """Everything drawn as HTML or Markdown."""
    return "\n".join([*(str(e.proto.body) for e in app.get("html")), *(m.value for m in app.markdown)])


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    return app.file_uploader[0].upload(name, data, "application/pdf").run()


def read(app: AppTest, name: str, data: bytes) -> AppTest:
    return until(upload(app, name, data), lambda p: "· ready" in shown(p) and "progressbar" not in shown(p))


def ask(app: AppTest, question: str) -> AppTest:
    app.chat_input[0].set_value(question).run()
    return until(app, lambda p: not any(b.key == "stop" for b in p.button) and 'class="fn-question"' in shown(p))


def press(app: AppTest, label: str) -> AppTest:
    """The first button of that name."""
    return next(b for b in app.button if b.label == label).click().run()
