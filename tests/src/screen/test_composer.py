"""The question box, without a browser."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from src.library.shelf import Shelf
from src.screen.composer import _data
from src.screen.conversation import _take_back
from src.screen.scope import draw_scope_chips
from src.screen.session import Session
from src.settings import Settings
from src.views import asked_view
from tests.e2e.pdfs import WATER, pdf
from tests.src.screen.conftest import ask, read, shown

QUESTION = "How far did leakage fall after mains were renewed?"


def test_a_question_is_taken_though_the_drawing_that_it_began_is_cut_off(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(app, "water.pdf", pdf(WATER))
    cuts = [True]

    def cut_off(shelf: Shelf, session: Session) -> None:
        if cuts:
            cuts.pop()
            st.rerun()
        draw_scope_chips(shelf, session)

    monkeypatch.setattr("src.screen.composer.draw_scope_chips", cut_off)
    ask(app, QUESTION)
    assert not cuts
    assert QUESTION in shown(app)


def test_a_question_to_a_box_that_this_server_has_not_drawn_is_taken_once(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(app, "water.pdf", pdf(WATER))
    chat_input = st.chat_input

    def without_callback(placeholder: str, *, key: str, disabled: bool, **_: object) -> object:
        return chat_input(placeholder, key=key, disabled=disabled)

    monkeypatch.setattr(st, "chat_input", without_callback)
    app.run()
    ask(app, QUESTION)
    assert shown(app).count(f">{QUESTION}</p>") == 1


def test_a_question_that_is_taken_back_was_known_of() -> None:
    """The browser holds back what is sent while the server does not know of more than before."""
    session, settings = Session(), Settings()
    alone = asked_view("a", "How far did leakage fall?", 0.0, 0.0)
    before = _data([alone], session, settings)["known"]
    with_another = _data([replace(alone, queued=("And how many kilometres?",))], session, settings)["known"]
    _take_back(0, SimpleNamespace(unqueue=lambda *_: "And how many kilometres?"), session)  # type: ignore[arg-type]
    assert (before, with_another, _data([alone], session, settings)["known"]) == (1, 2, 2)
    assert session.draft == "And how many kilometres?"
