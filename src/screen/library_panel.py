"""The left room: adding files, what became of each of them, and where to look."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile

from shared_utils.errors import FootnoteError
from shared_utils.message import counted
from shared_utils.types import Where
from src.i18n import Say
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from src.presentation.escaping import html_text, plain
from src.screen.html import document_card, note
from src.screen.markdown import escape_markdown
from src.screen.session import Place, Session
from src.screen.shared_library import shared_library
from src.settings import Settings
from src.views import DocumentState, DocumentView

_TICK_S = 0.5
_MOST = 20  # cards, until all are asked for: more of them make every change slow to draw, and the rest hard to find
_SYMBOLS = {
    DocumentState.READY: (":material/check_circle:", "green"),
    DocumentState.PARTIAL: (":material/error:", "orange"),
    DocumentState.FAILED: (":material/cancel:", "red"),
}
_AT_WORK = (":material/progress_activity:", "orange")
_LOCKED = (":material/lock:", "red")


Stages = tuple[tuple[str, bool, bool, bool], ...]


def stages(documents: tuple[DocumentView, ...]) -> Stages:
    """What the page as a whole depends on: when it changes, everything is drawn again, else only cards at work."""
    return tuple((view.entry_id, view.searchable, view.settled, _moving(view)) for view in documents)


def _moving(view: DocumentView) -> bool:
    """Whether its card changes by itself. Those that wait, for a reader or for the embedding model, do not."""
    if view.state is DocumentState.EMBEDDING:
        return view.embedded > 0
    return view.state in (DocumentState.READING, DocumentState.RECOGNISING)


def draw_library(documents: tuple[DocumentView, ...], shelf: Shelf, session: Session, settings: Settings) -> None:
    """`documents` as the rest of the page saw them in this run."""
    draw_uploader(session.say("Add PDF files"), shelf, session, settings)
    draw_notices(session)
    _draw_undo(shelf, session)
    if documents:
        _draw_documents(documents, shelf, session)
    _draw_where_to_look(documents, session)


def where_files_go(settings: Settings, say: Say, *, keep_here: bool = False) -> str:
    """What becomes of a person's files, in one or two sentences that are true for this server and this person."""
    sentences = [say("Your files stay on this server; only your browser can open them.")]
    sentences += _where_passages_go(settings, say, keep_here=keep_here)
    if settings.keep_hours > 0:
        sentences.append(say("They are deleted {hours:g} hours after your last visit.", hours=settings.keep_hours))
    else:
        sentences.append(say("They are kept until you remove them."))
    return " ".join(sentences)


def _where_passages_go(settings: Settings, say: Say, *, keep_here: bool) -> list[str]:
    places = settings.model_places() - {Where.THIS_MACHINE}
    if not places and not settings.hf_token:
        return []
    if keep_here:
        return [say("You keep everything here: nothing is sent to another machine.")]
    sentences = []
    if Where.OWN_NETWORK in places:
        sentences.append(say("Answers are written on model servers in its own network."))
    if Where.ELSEWHERE in places:
        sentences.append(say("The passages that answers are written from are sent to a model server elsewhere."))
    if settings.hf_token:
        sentences.append(say("Where a remote model answers, the passages it reads are sent to Hugging Face."))
    return sentences


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


def uploader_words(settings: Settings, say: Say) -> dict[str, str]:
    """What stands on the uploader, in the person's language. Streamlit has its own words in English only."""
    return {
        "choose": say("Choose files"),
        "limit": say("PDF, up to {limit:,} MB each", limit=settings.max_file_mb),
    }


def _take_uploads(shelf: Shelf, session: Session) -> None:
    """Move the files to the shelf and out of Streamlit's memory, which would hold them until the tab closes."""
    context, lost = get_script_run_ctx(), 0
    for file in st.session_state.get(f"upload-{session.upload_round}") or ():
        if isinstance(file, DeletedFile):  # it was let go: see PageUploads
            lost += 1
            continue
        add_file(shelf, session, file.name, file.getvalue())
        if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    session.upload_round += 1
    if lost:
        said = counted(
            lost,
            "{n} file was lost on its way, as the connection broke or took too long. Add it again.",
            "{n} files were lost on their way, as the connection broke or took too long. Add them again.",
        )
        session.notices.append(session.say(said))


def add_file(shelf: Shelf, session: Session, name: str, data: bytes) -> None:
    try:
        shelf.add(name, data)
    except FootnoteError as exc:  # a limit of this server; a bad file is taken and says so on its card
        session.notices.append(f"{plain(name)}: {session.say(exc.message)}")
    session.removed = None


def add_sample(shelf: Shelf, session: Session) -> None:
    add_file(shelf, session, *sample_pdf())


def draw_notices(session: Session) -> None:
    """Sentences about what could not be done, shown until the next thing is."""
    _note_refused(session)
    for text in session.notices:
        st.html(note(text, "error", role="alert"))
    session.notices.clear()


def _note_refused(session: Session) -> None:
    """Files that the server did not take in; each is refused by itself, and all are told together, until more come."""
    context = get_script_run_ctx()
    more = shared_library().uploads.refused(context.session_id) if context else 0
    before = session.refused if session.refused_in == session.upload_round else 0
    session.refused, session.refused_in = before + more, session.upload_round
    if session.refused:
        said = counted(
            session.refused,
            "{n} file was not taken in, because too much is being uploaded at once. Add it again in a moment.",
            "{n} files were not taken in, because too much is being uploaded at once. Add them again, fewer at a time.",
        )
        session.notices.append(session.say(said))


# ------------------------------------------------------------------------------------------------ documents


def _draw_documents(documents: tuple[DocumentView, ...], shelf: Shelf, session: Session) -> None:
    running = any(not view.settled for view in documents)
    st.fragment(_watch, run_every=_TICK_S if running else None)(shelf, session.say, stages(documents))
    shown = documents if session.all_documents else in_sight(documents)
    for view in reversed(shown):  # the newest first
        _draw_document(view, shelf, session)
    if len(shown) < len(documents):
        st.button(
            session.say("Show all {n:,} documents", n=len(documents)),
            key="all-documents",
            type="tertiary",
            on_click=_show_all,
            args=(session,),
        )


def _watch(shelf: Shelf, say: Say, known: Stages) -> None:
    """The heading, and the eye on everything: the page is drawn again when a document reaches another stage."""
    documents = shelf.documents()
    if stages(documents) != known:
        st.rerun()
    ready = say("{ready:,} of {n:,} ready", ready=sum(view.searchable for view in documents), n=len(documents))
    st.html(f'<h2 class="fn-head">{html_text(say("Documents"))} <span>{html_text(ready)}</span></h2>')


def in_sight(documents: tuple[DocumentView, ...], most: int = _MOST) -> tuple[DocumentView, ...]:
    """The documents to draw at first, in their order: those at work, those that ask for something, then the newest."""
    if len(documents) <= most:
        return documents
    newest_first = list(reversed(documents))
    urgent = sorted(newest_first, key=lambda view: (not _moving(view), view.state is not DocumentState.FAILED))
    chosen = {view.entry_id for view in urgent[:most]}
    return tuple(view for view in documents if view.entry_id in chosen)


def _show_all(session: Session) -> None:
    session.all_documents = True


def _draw_document(view: DocumentView, shelf: Shelf, session: Session) -> None:
    say = session.say
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
                say("Remove {name}", name=name),
                icon=":material/close:",
                key=f"bare-remove-{view.entry_id}",
                type="tertiary",
                on_click=_remove,
                args=(view, shelf, session),
            )
        if _moving(view):
            st.fragment(_draw_card, run_every=_TICK_S)(view, shelf, say)
        else:
            st.html(document_card(view, say))
        if view.needs_password:
            _draw_password(view, shelf, say)
        elif view.state is DocumentState.FAILED:
            st.button(say("Try again"), key=f"retry-{view.entry_id}", on_click=shelf.retry, args=(view.entry_id,))


def _draw_card(drawn: DocumentView, shelf: Shelf, say: Say) -> None:
    view = next((view for view in shelf.documents() if view.entry_id == drawn.entry_id), drawn)
    st.html(document_card(view, say))


def _draw_password(view: DocumentView, shelf: Shelf, say: Say) -> None:
    """A form, so that what is typed is sent once and not kept by the widget."""
    with st.form(f"unlock-{view.entry_id}", border=False, clear_on_submit=True):
        password = st.text_input(
            say("Password for {name}", name=escape_markdown(view.name)),
            type="password",
            placeholder=say("Password of this PDF"),
            label_visibility="collapsed",
            autocomplete="off",
        )
        if st.form_submit_button(say("Open"), width="stretch") and password:
            shelf.retry(view.entry_id, password)
            st.rerun()


def _open(view: DocumentView, session: Session) -> None:
    session.place = Place(view.document_id, 1)
    session.wants_drawer = True
    st.rerun()  # the viewer is another room


def _remove(view: DocumentView, shelf: Shelf, session: Session) -> None:
    try:
        shelf.remove(view.entry_id)
    except FootnoteError as exc:  # it cannot be kept that it was removed, so it is not
        session.notices.append(session.say(exc.message))
        return
    session.removed = (view.entry_id, view.name)
    if session.place and session.place.document_id == view.document_id:
        session.place = None


def draw_library_notice(shelf: Shelf, session: Session) -> None:
    """What has happened to the library while nobody looked, until the person says that they have read it."""
    try:
        notice = shelf.notice()
    except FootnoteError:  # whatever is wrong with the store, other parts of the page tell it
        return
    if notice:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="notice"):
            st.html(note(session.say(notice), "warning", role="status"))
            st.button(session.say("Got it"), type="tertiary", on_click=_notice_read, args=(shelf, session))


def _notice_read(shelf: Shelf, session: Session) -> None:
    try:
        shelf.clear_notice()
    except FootnoteError as exc:
        session.notices.append(session.say(exc.message))


def can_undo(shelf: Shelf, session: Session) -> bool:
    """Whether the last removal can still be undone; one that cannot is forgotten, and no longer offered."""
    if session.removed is None:
        return False
    try:
        if not shelf.can_restore(session.removed[0]):
            session.removed = None
    except FootnoteError:  # nobody knows at the moment; who tries is told
        return True
    return session.removed is not None


def _draw_undo(shelf: Shelf, session: Session) -> None:
    if session.removed is None or not can_undo(shelf, session):
        return
    entry_id, name = session.removed
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="undo", wrap=False):
        st.markdown(f":small[{session.say('Removed {name}', name=escape_markdown(name))}]", width="stretch")
        st.button(session.say("Undo"), type="tertiary", on_click=_restore, args=(entry_id, shelf, session))


def _restore(entry_id: str, shelf: Shelf, session: Session) -> None:
    session.removed = None
    try:
        shelf.restore(entry_id)
    except FootnoteError as exc:  # too late
        session.notices.append(session.say(exc.message))


# ------------------------------------------------------------------------------------------------ filters


def _draw_where_to_look(documents: tuple[DocumentView, ...], session: Session) -> None:
    """One document instead of all, some pages instead of all."""
    names = {view.document_id: plain(view.name) for view in documents if view.searchable}
    if session.only not in names:
        session.only = ""
    if not names:
        return
    say = session.say
    with st.expander(say("Where to look")):
        choices = ["", *names]
        session.only = st.selectbox(
            say("Document"),
            choices,
            index=choices.index(session.only),
            format_func=lambda choice: names.get(choice, say("All documents")),
        )
        session.pages = st.text_input(say("Pages"), session.pages, placeholder=say("All, or 10–20"))
