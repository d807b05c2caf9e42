"""The left room: adding files, and what became of each of them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from shared_utils.errors import FootnoteError
from src.library import Shelf
from src.presentation import escape_markdown, plain
from src.sample import sample_pdf
from src.screen.pieces import document_card, note
from src.screen.session import Place, Session
from src.settings import Settings
from src.views import DocumentState, DocumentView

_TICK_S = 0.5
_SYMBOLS = {
    DocumentState.READY: (":material/check_circle:", "green"),
    DocumentState.PARTIAL: (":material/error:", "orange"),
    DocumentState.FAILED: (":material/cancel:", "red"),
}
_AT_WORK = (":material/progress_activity:", "orange")
_LOCKED = (":material/lock:", "red")


def draw_library(documents: tuple[DocumentView, ...], shelf: Shelf, session: Session, settings: Settings) -> None:
    """`documents` as the rest of the page saw them in this run."""
    draw_uploader("Add PDF files", shelf, session, settings)
    draw_notices(session)
    _draw_undo(shelf, session)
    if documents:
        running = any(not view.settled for view in documents)
        st.fragment(_draw_documents, run_every=_TICK_S if running else None)(shelf, session, _stages(documents))
    _draw_where_to_look(documents, session)
    _draw_conversations(shelf, session)
    if settings.hf_token:
        st.toggle(
            "Keep everything on this server",
            value=shelf.preferences().keep_here,
            key="keep-here",
            help="No passage goes to the remote model; where no model runs here, answers quote the documents",
            on_change=_keep_here,
            args=(shelf,),
        )
    st.html(note(where_files_go(settings)))


def _keep_here(shelf: Shelf) -> None:
    shelf.prefer(replace(shelf.preferences(), keep_here=bool(st.session_state["keep-here"])))


def where_files_go(settings: Settings) -> str:
    """One sentence of privacy, true for this server's settings."""
    stay = "Your files stay on this server; only your browser can open them."
    if settings.hf_token:
        stay += " Where a remote model answers, the passages it reads are sent to Hugging Face."
    if settings.keep_hours > 0:
        return f"{stay} They are deleted {settings.keep_hours:g} hours after your last visit."
    return f"{stay} They are kept until you remove them."


# ------------------------------------------------------------------------------------------------ adding


def draw_uploader(label: str, shelf: Shelf, session: Session, settings: Settings) -> None:
    st.file_uploader(
        label,
        type="pdf",
        accept_multiple_files=True,
        max_upload_size=settings.max_file_mb,
        key=f"upload-{session.upload_round}",
        on_change=_take_uploads,
        args=(shelf, session),
    )


def _take_uploads(shelf: Shelf, session: Session) -> None:
    """Move the files to the shelf and out of Streamlit's memory, which would hold them until the tab closes."""
    context = get_script_run_ctx()
    for file in st.session_state.get(f"upload-{session.upload_round}") or ():
        add_file(shelf, session, file.name, file.getvalue())
        if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    session.upload_round += 1


def add_file(shelf: Shelf, session: Session, name: str, data: bytes) -> None:
    try:
        shelf.add(name, data)
    except FootnoteError as exc:  # a limit of this server; a bad file is taken and says so on its card
        session.notices.append(f"{plain(name)}: {exc}")
    session.removed = None


def add_sample(shelf: Shelf, session: Session) -> None:
    add_file(shelf, session, *sample_pdf())


def draw_notices(session: Session) -> None:
    """Sentences about what could not be done, shown until the next thing is."""
    for text in session.notices:
        st.html(note(text, "error", role="alert"))
    session.notices.clear()


# ------------------------------------------------------------------------------------------------ documents


Stages = tuple[tuple[str, bool, bool], ...]


def _stages(documents: tuple[DocumentView, ...]) -> Stages:
    """What the other rooms depend on: when it changes, the whole page is drawn again."""
    return tuple((view.entry_id, view.searchable, view.settled) for view in documents)


def _draw_documents(shelf: Shelf, session: Session, known: Stages) -> None:
    documents = shelf.documents()
    if _stages(documents) != known:
        st.rerun()
    ready = sum(view.searchable for view in documents)
    st.html(f'<h2 class="fn-head">Documents <span>{ready} of {len(documents)} ready</span></h2>')
    for view in reversed(documents):  # the newest first
        _draw_document(view, shelf, session)


def _draw_document(view: DocumentView, shelf: Shelf, session: Session) -> None:
    symbol, colour = _LOCKED if view.needs_password else _SYMBOLS.get(view.state, _AT_WORK)
    name = escape_markdown(view.name)
    with st.container(border=True, key=f"doc-{view.entry_id}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            label = f":{colour}[{symbol}] {name}"
            if view.state is DocumentState.FAILED:
                st.markdown(label, wrap=False, width="stretch")
            elif st.button(label, key=f"open-{view.entry_id}", type="tertiary", width="stretch", wrap=False):
                _open(view, session)
            st.button(
                f"Remove {name}",
                icon=":material/close:",
                key=f"bare-remove-{view.entry_id}",
                type="tertiary",
                on_click=_remove,
                args=(view, shelf, session),
            )
        st.html(document_card(view))
        if view.needs_password:
            _draw_password(view, shelf)
        elif view.state is DocumentState.FAILED:
            st.button("Try again", key=f"retry-{view.entry_id}", on_click=shelf.retry, args=(view.entry_id,))


def _draw_password(view: DocumentView, shelf: Shelf) -> None:
    """A form, so that what is typed is sent once and not kept by the widget."""
    with st.form(f"unlock-{view.entry_id}", border=False, clear_on_submit=True):
        password = st.text_input(
            f"Password for {escape_markdown(view.name)}",
            type="password",
            placeholder="Password of this PDF",
            label_visibility="collapsed",
            autocomplete="off",
        )
        if st.form_submit_button("Open", width="stretch") and password:
            shelf.retry(view.entry_id, password)
            st.rerun()


def _open(view: DocumentView, session: Session) -> None:
    session.place = Place(view.document_id, 1)
    session.wants_drawer = session.narrow
    st.rerun()  # the viewer is another room


def _remove(view: DocumentView, shelf: Shelf, session: Session) -> None:
    shelf.remove(view.entry_id)
    session.removed = (view.entry_id, view.name)
    if session.place and session.place.document_id == view.document_id:
        session.place = None


def _draw_undo(shelf: Shelf, session: Session) -> None:
    if session.removed is None:
        return
    entry_id, name = session.removed
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="undo", wrap=False):
        st.markdown(f":small[Removed {escape_markdown(name)}]", width="stretch")
        st.button("Undo", type="tertiary", on_click=_restore, args=(entry_id, shelf, session))


def _restore(entry_id: str, shelf: Shelf, session: Session) -> None:
    session.removed = None
    try:
        shelf.restore(entry_id)
    except FootnoteError as exc:  # too late
        session.notices.append(str(exc))


# ------------------------------------------------------------------------------------------------ filters


def _draw_where_to_look(documents: tuple[DocumentView, ...], session: Session) -> None:
    """One document instead of all, some pages instead of all."""
    names = {view.document_id: plain(view.name) for view in documents if view.searchable}
    if session.only not in names:
        session.only = ""
    if not names:
        return
    with st.expander("Where to look"):
        choices = ["", *names]
        session.only = st.selectbox(
            "Document",
            choices,
            index=choices.index(session.only),
            format_func=lambda choice: names.get(choice, "All documents"),
        )
        session.pages = st.text_input("Pages", session.pages, placeholder="All, or for example 10–20")


# ------------------------------------------------------------------------------------------------ conversations


def _draw_conversations(shelf: Shelf, session: Session) -> None:
    earlier = shelf.conversations()
    if len(earlier) < 2:
        return
    with st.expander("Conversations"):
        for conversation in earlier:
            st.button(
                escape_markdown(conversation.title) or "New conversation",
                key=f"conversation-{conversation.id}",
                type="tertiary",
                width="stretch",
                wrap=False,
                on_click=_open_conversation,
                args=(conversation.id, session),
            )


def _open_conversation(conversation_id: str, session: Session) -> None:
    session.conversation = conversation_id
    session.place, session.followed = None, ""
