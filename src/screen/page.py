"""The whole page: three rooms, or a welcome where nothing has been added yet."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from shared_utils.errors import FootnoteError
from src.library import Shelf
from src.screen.citations import follow_answer
from src.screen.conversation import ask, draw_conversation
from src.screen.house import House, the_house
from src.screen.library_panel import add_sample, draw_library, draw_notices, draw_uploader, where_files_go
from src.screen.page_viewer import draw_viewer
from src.screen.pieces import note, said
from src.screen.script import styles
from src.screen.session import Session, language_of, this_session, workspace_key

_STATIC = Path(__file__).resolve().parents[2] / "static"
_ENGINE_TICK_S = 5.0
_COLUMNS = [1.12, 1.0]  # conversation, viewer


def draw() -> None:
    session = this_session()
    theme = "dark" if st.context.theme.type == "dark" else "light"
    st.set_page_config(page_title="Footnote", page_icon=str(_STATIC / "mark-light.svg"), layout="wide")
    st.logo(str(_STATIC / f"logo-{theme}.svg"), size="large", icon_image=str(_STATIC / f"mark-{theme}.svg"))
    styles()
    try:
        house = the_house()
        shelf = house.library.shelf(workspace_key(session))
    except FootnoteError as exc:  # the data folder cannot be used: nothing works until that is mended
        st.html(note(str(exc), "error", role="alert"))
        return
    session.say = language_of(shelf.preferences().language)
    if not session.conversation:
        session.conversation = shelf.latest_conversation() or shelf.new_conversation()
    if shelf.documents() or session.removed:
        _draw_rooms(shelf, house, session)
    else:
        _draw_welcome(shelf, house, session, theme)


def _draw_rooms(shelf: Shelf, house: House, session: Session) -> None:
    st.set_page_config(initial_sidebar_state="auto")
    # One look at the documents for the whole run: if the box saw an unread file and the library a finished one, nothing
    # would be left that ticks, and the box would stay closed.
    documents = shelf.documents()
    _draw_question_box(shelf, session, ready=any(view.searchable for view in documents))
    follow_answer(shelf.turns(session.conversation), session)
    with st.sidebar:
        draw_library(documents, shelf, session, house.settings)
    left, right = st.columns(_COLUMNS, gap="large")
    with left:
        draw_conversation(shelf, session)
    with right:
        draw_viewer(shelf, session)


def _draw_question_box(shelf: Shelf, session: Session, *, ready: bool) -> None:
    """First in the script, so that the answer to what was just asked is drawn in the same run."""
    with st.bottom, st.container(key="question-row"):
        left, right = st.columns(_COLUMNS, gap="large")
        right.container(key="question-pad")  # keeps the box as wide as the conversation
        question = left.chat_input(
            "Ask about your documents" if ready else "You can ask as soon as the first page is read",
            key="question",
            disabled=not ready,
        )
        with left:
            waits = shelf.engine().engine == "extractive"  # a model may be on its way
            st.fragment(_draw_engine, run_every=_ENGINE_TICK_S if waits else None)(shelf)
    if question:
        ask(question, shelf, session)


def _draw_engine(shelf: Shelf) -> None:
    st.html(f'<p class="fn-engine">{said(shelf.engine().line)}</p>')


def _draw_welcome(shelf: Shelf, house: House, session: Session, theme: str) -> None:
    st.set_page_config(initial_sidebar_state="collapsed")
    with st.container(horizontal_alignment="center", gap="small", key="welcome"):
        st.image(str(_STATIC / f"mark-{theme}.svg"), width=62, alt="")
        st.html(
            '<h1 class="fn-welcome">Ask your documents</h1>'
            '<p class="fn-lead">Every sentence of an answer is footnoted to the exact words on the page.</p>'
        )
        with st.container(width=560, key="hero"):
            draw_uploader("Drop PDF files anywhere on this page, or choose them", shelf, session, house.settings)
            draw_notices(session)
            with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
                st.html(note("Nothing at hand?"), width="content")
                st.button(
                    "Try the sample report",
                    icon=":material/play_circle:",
                    on_click=add_sample,
                    args=(shelf, session),
                )
            st.html(note(where_files_go(house.settings)))
    draw_viewer(shelf, session)  # nothing to view yet, but its script makes the whole page a drop zone
    with st.bottom, st.container(horizontal_alignment="center"):
        st.chat_input("Add a document to begin", key="no-question", disabled=True, width=760)
