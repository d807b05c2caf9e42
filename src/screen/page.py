"""The whole page: three rooms, or a welcome where nothing has been added yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from shared_utils.errors import FootnoteError
from src.library.shelf import Shelf
from src.presentation.escaping import html_text
from src.screen.compare import VIEW as COMPARE
from src.screen.compare import can_be_compared, draw_compare, draw_compare_button
from src.screen.composer import draw_question_box
from src.screen.conversation import draw_conversation
from src.screen.conversation_list import choose_conversation, draw_conversations, draw_remark
from src.screen.document_list import can_undo
from src.screen.export_dialog import draw_export
from src.screen.first_script import STYLES
from src.screen.html import note, root_style, still_of_an_answer
from src.screen.library_panel import (
    add_sample,
    draw_library,
    draw_library_notice,
    draw_notices,
    draw_uploader,
    take_overdue,
    uploader_words,
    where_files_go,
)
from src.screen.model_offer import draw_offer
from src.screen.notes import draw_notes_button, draw_notes_dialog
from src.screen.page_viewer import draw_viewer
from src.screen.question_list import draw_list_button, draw_list_dialog
from src.screen.session import (
    Session,
    has_workspace_cookie,
    language_of,
    network_of_visitor,
    this_session,
    workspace_key,
)
from src.screen.settings_dialog import draw_settings, draw_settings_button
from src.screen.share_dialog import draw_share
from src.screen.shared_library import shared_library
from src.screen.status_line import Seen, draw_status, look_around
from src.screen.timeline import VIEW as TIMELINE
from src.screen.timeline import draw_timeline, draw_timeline_button
from src.settings import Settings
from src.views import DocumentView

_STATIC = Path(__file__).resolve().parents[2] / "static"
_ROOMS: dict[str, Callable[[Shelf, Session], None]] = {  # besides the conversation
    COMPARE: draw_compare,
    TIMELINE: draw_timeline,
}
_COLUMNS = [1.12, 1.0]  # conversation, viewer


def draw() -> None:
    session = this_session()
    theme = "dark" if st.context.theme.type == "dark" else "light"
    st.set_page_config(page_title="Footnote", page_icon=str(_STATIC / "mark-light.svg"), layout="wide")
    st.logo(str(_STATIC / f"logo-{theme}.svg"), size="large", icon_image=str(_STATIC / f"mark-{theme}.svg"))
    try:
        shared = shared_library()
        library = shared.open()
        shelf = library.shelf(workspace_key(session), network=network_of_visitor(shared.settings.proxies))
    except FootnoteError as exc:  # the data folder cannot be used: nothing works until that is mended
        st.html(note(language_of("")(exc.message), "error", role="alert"))
        return
    with library.foreground.drawing():
        _draw(shelf, shared.settings, session, theme)


def _draw(shelf: Shelf, settings: Settings, session: Session, theme: str) -> None:
    session.say = language_of(shelf.preferences().language)
    choose_conversation(shelf, session, _ROOMS)
    take_overdue(shelf, session)
    welcome = not (shelf.documents() or can_undo(shelf, session))
    room = "welcome" if welcome else session.view or "conversation"
    if not has_workspace_cookie():  # `streamlit run`, where the page does not come with them
        st.html(f"<style>{STYLES}</style>")
    gone = [other for other in ("welcome", "conversation", *_ROOMS) if other != room]
    st.html(root_style(theme, uploader_words(settings, session.say), gone=gone))
    if not welcome:
        with st.sidebar:  # it is drawn last, but has its room from the beginning: what stands beside it would move
            st.html('<span class="fn-first"></span>')
    seen = look_around(shelf, session)
    _draw_dialogs(shelf, settings, session)
    with st.container(key="room-welcome"):
        if welcome:
            _draw_welcome(shelf, settings, session, seen, theme)
    if not welcome:
        _draw_rooms(shelf, settings, session, seen)
    session.draft = ""  # drawn to the end: a run that is cut off by the next one may never have reached the browser


def _draw_dialogs(shelf: Shelf, settings: Settings, session: Session) -> None:
    """Before all that lies behind them: whoever opens one waits for nothing else."""
    draw_settings(shelf, session, settings)
    draw_export(shelf, session)
    draw_share(shelf, session)
    draw_list_dialog(shelf, session, settings)
    draw_notes_dialog(shelf, session)


def _draw_rooms(shelf: Shelf, settings: Settings, session: Session, seen: Seen) -> None:
    st.set_page_config(initial_sidebar_state="auto")
    # One look at the documents for the whole run: if the box saw an unread file and the library a finished one, nothing
    # would be left that ticks, and the box would stay closed.
    documents = shelf.documents()
    _draw_question_row(shelf, settings, session, seen, documents)
    left, right = st.columns(_COLUMNS, gap="large")
    with left:
        draw_library_notice(shelf, session)
        draw_remark(session)
        _draw_room(shelf, session)
    with right, st.container(key="beside"):  # stays in sight within the column: the viewer's own place is as high as it
        draw_viewer(shelf, session)
    with st.sidebar:  # last: it holds the most, and the least that a click changes
        _draw_sidebar(shelf, settings, session, documents)


def _draw_sidebar(shelf: Shelf, settings: Settings, session: Session, documents: tuple[DocumentView, ...]) -> None:
    ready = any(view.searchable for view in documents)
    draw_library(documents, shelf, session, settings)
    draw_conversations(shelf, session)
    with st.container(key="more", gap=None):
        draw_notes_button(shelf, session)
        draw_timeline_button(session, ready=ready)
        draw_list_button(session, ready=ready)
        draw_compare_button(session, ready=sum(map(can_be_compared, documents)) > 1)
    st.html(note(where_files_go(settings, session.say, keep_here=shelf.preferences().keep_here)))


def _draw_room(shelf: Shelf, session: Session) -> None:
    """Each room in a place of its own: drawn into another's, it would show what that held until the run is over."""
    for view, draw_room in {"": draw_conversation, **_ROOMS}.items():
        with st.container(key=f"room-{view or 'conversation'}"):
            if view == session.view:
                draw_room(shelf, session)


def _draw_question_row(
    shelf: Shelf, settings: Settings, session: Session, seen: Seen, documents: tuple[DocumentView, ...]
) -> None:
    with st.bottom, st.container(key="question-row"):
        left, _ = st.columns(_COLUMNS, gap="large")  # the box is as wide as the conversation
        with left:
            if session.view != COMPARE:  # from the timeline a question leads back to the conversation
                draw_question_box(shelf, session, settings, documents)
            _draw_foot(shelf, session, seen)


def _draw_foot(shelf: Shelf, session: Session, seen: Seen) -> None:
    draw_offer(session, shared_library().settings)
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="status-line"):
        draw_status(shelf, session, seen)
        draw_settings_button(session)


def _draw_welcome(shelf: Shelf, settings: Settings, session: Session, seen: Seen, theme: str) -> None:
    say = session.say
    st.set_page_config(initial_sidebar_state="collapsed")
    with st.container(horizontal_alignment="center", gap="small", key="welcome"):
        st.image(str(_STATIC / f"mark-{theme}.svg"), width=62, alt="")
        lead = say("Every sentence of an answer is footnoted to the exact words on the page.")
        st.html(
            f'<p class="fn-brand">Footnote</p><h1 class="fn-welcome">{html_text(say("Ask your documents"))}</h1>'
            f'<p class="fn-lead">{html_text(lead)}</p>'
        )
        with st.container(width=560, key="hero"):
            draw_library_notice(shelf, session)
            draw_remark(session)
            label = say("Drop files anywhere on this page, or choose them")
            draw_uploader(label, shelf, session, settings)
            draw_notices(session)
            with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
                st.html(note(say("Nothing at hand?")), width="content")
                st.button(
                    say("Try the sample report"),
                    icon=":material/play_circle:",
                    on_click=add_sample,
                    args=(shelf, session),
                )
            st.html(still_of_an_answer(say))
            st.html(note(where_files_go(settings, say, keep_here=shelf.preferences().keep_here)))
    draw_viewer(shelf, session)  # nothing to view yet, but its script makes the whole page a drop zone
    with st.bottom, st.container(horizontal_alignment="center"):
        st.chat_input(say("Add a document to begin"), key="no-question", disabled=True, width=760)
        _draw_foot(shelf, session, seen)
