"""Which dialog is open. One at a time, and as long as the person wants: every run of the page draws it again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from shared_utils.message import NOTHING
from src.screen.session import Session


def open_dialog(session: Session, name: str) -> None:
    """`name`: "" closes whatever is open."""
    session.dialog = name
    session.unsaved = session.export_problem = NOTHING
    session.key_shown = False


def draw_dialog(session: Session, name: str, title: str, draw: Callable[[], None]) -> None:
    """Draws it if it is the open one: a page that is drawn again for another reason must not close it."""
    if session.dialog == name:
        st.dialog(title, on_dismiss=lambda: open_dialog(session, ""))(draw)()
