"""The left room: adding files, what became of each of them, and where to look."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile

from shared_utils.conversion.convert import is_taken, lacks_office, taken_here
from shared_utils.errors import FootnoteError
from shared_utils.message import counted
from shared_utils.types import Where
from src.i18n import Say
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from src.presentation.escaping import form_name, plain
from src.screen.document_list import draw_documents, draw_undo
from src.screen.html import note
from src.screen.scope import draw_where_to_look
from src.screen.session import Session
from src.screen.shared_library import shared_library
from src.screen.web_address import added, draw_web_address
from src.settings import Settings
from src.views import DocumentView


def draw_library(documents: tuple[DocumentView, ...], shelf: Shelf, session: Session, settings: Settings) -> None:
    """`documents` as the rest of the page saw them in this run."""
    draw_uploader(session.say("Add files"), shelf, session, settings)
    draw_notices(session)
    draw_undo(shelf, session)
    if documents:
        draw_documents(documents, shelf, session)
    draw_where_to_look(shelf, session)


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
        accept_multiple_files=True,
        max_upload_size=settings.max_file_mb,
        key=f"upload-{session.upload_round}",
        on_change=_take_uploads,
        args=(shelf, session, session.upload_round),
    )
    draw_web_address(shelf, session, shared_library().open().web)


def uploader_words(settings: Settings, say: Say) -> dict[str, str]:
    """What stands on the uploader, in the person's language. Streamlit has its own words in English only."""
    most = settings.max_file_mb
    return {
        "choose": say("Choose files"),
        "limit": (
            say("PDF, Office, text, pictures, mail, EPUB; up to {limit:,}\u00a0MB each", limit=most)
            if ".docx" in taken_here()
            else say("PDF, text, pictures, mail, EPUB; up to {limit:,}\u00a0MB each", limit=most)
        ),
    }


def _take_uploads(shelf: Shelf, session: Session, upload_round: int) -> None:
    """Move the files to the shelf and out of Streamlit's memory, which would hold them until the tab closes.

    An uploader of an earlier `upload_round` may still be heard where the browser was slow: its files are taken already.
    """
    if upload_round != session.upload_round:
        return
    context, lost = get_script_run_ctx(), 0
    for file in st.session_state.get(f"upload-{session.upload_round}") or ():
        if isinstance(file, DeletedFile):  # it was let go: see PageUploads
            lost += file.file_id not in session.taken_unasked
            continue
        _take(shelf, session, form_name(file.name), file.getvalue())
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


def take_overdue(shelf: Shelf, session: Session) -> None:
    """Take files that came, though the uploader has not told the page so: it was drawn anew in that very moment."""
    context = get_script_run_ctx()
    if context is None or not isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        return
    overdue = shared_library().uploads.overdue(context.session_id)
    for file in context.uploaded_file_mgr.get_files(context.session_id, overdue):
        _take(shelf, session, form_name(file.name), file.data)
        session.taken_unasked.add(file.file_id)
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    if overdue:
        session.upload_round += 1


def _take(shelf: Shelf, session: Session, name: str, data: bytes) -> None:
    if _may_be_pdf(name, data):
        add_file(shelf, session, name, data)
    elif lacks_office(name, data):
        session.notices.append(
            session.say(
                "{name} was not added: LibreOffice, which makes pages of Office documents, is not installed on "
                "this server. Save it as PDF, then add that.",
                name=plain(name),
            )
        )
    else:
        session.notices.append(
            session.say(
                "{name} is of a kind that is not read here, so it was not added. Save or print it as a PDF, "
                "then add that.",
                name=plain(name),
            )
        )


def _may_be_pdf(name: str, data: bytes) -> bool:
    """Or can be made one. What calls itself one is taken, whatever is in it: its card then says what is wrong."""
    return name.lower().endswith(".pdf") or b"%PDF-" in data[:1024] or is_taken(name, data)


def add_file(shelf: Shelf, session: Session, name: str, data: bytes) -> None:
    if said := added(shelf, name, data):
        session.notices.append(session.say(said))
    session.removed = ()


def add_sample(shelf: Shelf, session: Session) -> None:
    add_file(shelf, session, *sample_pdf())


def draw_notices(session: Session) -> None:
    """Sentences about what could not be done."""
    for text in (*_refused(session), *session.notices.shown(time.monotonic())):
        st.html(note(text, "error", role="alert"))


def _refused(session: Session) -> tuple[str, ...]:
    """Files that the server did not take in; each is refused by itself, and all are told together, until more come."""
    context = get_script_run_ctx()
    more = shared_library().uploads.refused(context.session_id) if context else 0
    before = session.refused if session.refused_in == session.upload_round else 0
    session.refused, session.refused_in = before + more, session.upload_round
    if not session.refused:
        return ()
    said = counted(
        session.refused,
        "{n} file was not taken in, because too much is being uploaded at once. Add it again in a moment.",
        "{n} files were not taken in, because too much is being uploaded at once. Add them again, fewer at a time.",
    )
    return (session.say(said),)


# ------------------------------------------------------------------------------------------------ what has happened


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
