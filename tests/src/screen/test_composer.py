"""The question box, without a browser."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from src.library.shelf import Shelf
from src.screen.scope import draw_scope_chips
from src.screen.session import Session
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
