"""The offer of a model on the page, for whoever runs it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shared_utils.message import literal
from src.models.ollama_request import Request, take_request
from src.models.status import ModelState, ModelStatus, status_path, write_status
from tests.src.screen.conftest import new_tab, press, serve_anew, shown

OFFERED = ModelStatus(ModelState.OFFERED, reason=literal("Footnote can fetch it: 3.5 GB in all."), own_ollama=True)
FETCHING = ModelStatus(
    ModelState.FETCHING, "Ollama 1.2.3", literal(""), 400_000_000, 1_400_000_000, 12e6, 83.0, own_ollama=True
)


def told(tmp_path: Path, status: ModelStatus) -> None:
    write_status(status_path(tmp_path), status, time.time() + 3600)  # fresh however slow the machine


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_the_offer_is_one_click_away(app: AppTest, tmp_path: Path) -> None:
    told(tmp_path, OFFERED)
    app.run()
    assert "Footnote can fetch it: 3.5 GB in all." in shown(app)
    press(app, "Fetch it")
    assert take_request(tmp_path) is Request.GET
    assert not app.exception


def test_what_is_being_fetched_is_told_with_its_rate_and_can_be_stopped(app: AppTest, tmp_path: Path) -> None:
    told(tmp_path, FETCHING)
    app.run()
    assert "Ollama 1.2.3: 0.4 of 1.4 GB, 12.0 MB a second" in shown(app)
    assert "about 1 min left" in shown(app)
    press(app, "Stop fetching")
    assert take_request(tmp_path) is Request.CANCEL


def test_what_was_fetched_is_removed_in_the_settings(app: AppTest, tmp_path: Path) -> None:
    (tmp_path / "ollama" / "1.2.3").mkdir(parents=True)
    told(tmp_path, ModelStatus(ModelState.READY, "llama3.2:3b", own_ollama=True))
    app.button(key="bare-settings").click().run()
    press(app, "Remove Ollama and its models")
    assert take_request(tmp_path) is Request.REMOVE


@pytest.mark.parametrize("changes", [{"host": "0.0.0.0"}, {"proxies": 1}, {"own_names": ("*.hf.space",)}])  # noqa: S104
def test_strangers_are_offered_nothing(app: AppTest, tmp_path: Path, changes: dict[str, object]) -> None:
    told(tmp_path, OFFERED)
    (tmp_path / "ollama" / "1.2.3").mkdir(parents=True)
    serve_anew(**changes)
    page = new_tab().run()
    assert not page.exception
    assert "Footnote can fetch" not in shown(page)
    page.button(key="bare-settings").click().run()
    assert not {"Fetch it", "Remove Ollama and its models"} & labels(page)


def test_an_ollama_that_is_somebody_else_s_is_not_removed(app: AppTest, tmp_path: Path) -> None:
    (tmp_path / "ollama").mkdir()
    told(tmp_path, replace(FETCHING, own_ollama=False))
    app.run()
    assert not {"Stop fetching", "Remove Ollama and its models"} & labels(app)
