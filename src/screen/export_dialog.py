"""A conversation to take along: a report that can be checked without the app, Markdown, a table, highlighted PDFs."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from shared_utils.errors import FootnoteError
from src import VERSION
from src.library.shelf import Shelf
from src.presentation.annotated_pdf import annotated_copy
from src.presentation.csv_table import answers_csv
from src.presentation.escaping import plain
from src.presentation.html_report import conversation_report
from src.presentation.markdown import conversation_markdown
from src.presentation.word_document import conversation_docx
from src.screen.conversation_list import shortened
from src.screen.dialogs import draw_dialog, open_dialog
from src.screen.html import note
from src.screen.markdown import escape_markdown
from src.screen.session import Session
from src.views import DocumentView, TurnView

_NAME = "export"
_TICK_S = 1.0
_NAME_CHARACTERS = 60
_UNSAFE_IN_NAMES = '\\/:*?"<>|'


def draw_export_button(turns: Sequence[TurnView], session: Session) -> None:
    st.button(
        session.say("Export"),
        icon=":material/download:",
        key="bare-export",
        type="tertiary",
        help=session.say("Take this conversation with you: a report, Markdown, a table, PDFs with highlights"),
        disabled=not any(turn.done for turn in turns),
        on_click=open_dialog,
        args=(session, _NAME),
    )


def draw_export(shelf: Shelf, session: Session) -> None:
    draw_dialog(session, _NAME, session.say("Export this conversation"), partial(_draw, shelf, session))


def _draw(shelf: Shelf, session: Session) -> None:
    say = session.say
    turns = tuple(turn for turn in shelf.turns(session.conversation) if turn.done)
    documents = {view.document_id: view for view in shelf.documents()}
    cited = [documents[id_] for id_ in _cited(turns) if id_ in documents]
    stem = file_stem(turns[0].question if turns else "")
    _offer(
        session,
        "report",
        say("Report, to be checked without Footnote"),
        say("One HTML file: answers, quotes, pictures of the cited pages with the words marked, times, checksums."),
        f"{stem}.html",
        "text/html",
        partial(_report, turns, tuple(documents.values()), shelf, session),
    )
    _offer(
        session,
        "word",
        say("Word"),
        say("Answers with footnotes and a table of the sources (DOCX)."),
        f"{stem}.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda: conversation_docx(turns, version=VERSION, made_on=time.time(), say=say),
    )
    _offer(
        session,
        "markdown",
        say("Markdown"),
        say("Answers with footnotes, for notes and wikis."),
        f"{stem}.md",
        "text/markdown",
        lambda: conversation_markdown(turns, version=VERSION, made_on=time.time(), say=say).encode(),
    )
    _offer(
        session,
        "table",
        say("Table"),
        say("A question a row, for a spreadsheet (CSV)."),
        f"{stem}.csv",
        "text/csv",
        lambda: answers_csv(turns, say),
    )
    for view in cited:
        _offer(
            session,
            f"pdf-{view.entry_id}",
            say("{name} with highlights", name=escape_markdown(view.name)),
            say("A copy of the PDF in which all that was cited is marked, with the question as a note."),
            f"{file_stem(view.name.removesuffix('.pdf'))}, {say('cited')}.pdf",
            "application/pdf",
            partial(annotated_copy, turns, view.document_id, shelf, say=say),
        )
    st.fragment(_draw_problem, run_every=_TICK_S)(session)


def _offer(
    session: Session, key: str, label: str, about: str, file_name: str, mime: str, make: Callable[[], bytes]
) -> None:
    """A file that is made when it is asked for."""
    with st.container(key=f"export-{key}", gap=None):
        st.download_button(
            label,
            partial(_made, make, session),
            file_name=file_name,
            mime=mime,
            icon=":material/download:",
            key=f"download-{key}",
            type="tertiary",
            on_click="ignore",
        )
        st.html(note(about))


def _made(make: Callable[[], bytes], session: Session) -> bytes:
    try:
        return make()
    except FootnoteError as exc:  # Streamlit tells that there is no file; why, the next tick tells
        session.export_problem = exc.message
        raise


def _draw_problem(session: Session) -> None:
    if session.export_problem:
        st.html(note(session.say(session.export_problem), "error", role="alert"))


def _report(turns: Sequence[TurnView], documents: Sequence[DocumentView], shelf: Shelf, session: Session) -> bytes:
    cited = set(_cited(turns))
    used = [view for view in documents if view.document_id in cited] or documents
    wrote = {turn.model for turn in turns}
    models = {name: digest for name, digest in shelf.model_digests().items() if name in wrote}
    report = conversation_report(
        turns, used, shelf, version=VERSION, models=models, made_on=time.time(), say=session.say
    )
    return report.encode("utf-8", "replace")


def _cited(turns: Sequence[TurnView]) -> list[str]:
    """The ids of the documents that were cited, in the order they first were."""
    return list(
        dict.fromkeys(c.document_id for turn in turns if turn.answer is not None for c in turn.answer.citations)
    )


def file_stem(title: str) -> str:
    """A title as a file's name that every system takes, and every mail carries: of signs, those of ASCII; letters as
    they are written.

    >>> file_stem("What is 1/2: a half?")
    'What is 1 2 a half'
    >>> file_stem("Was sagt „Hafen – 2025“ über Fähren?")
    'Was sagt Hafen - 2025 über Fähren'
    >>> file_stem("…/..")
    'Footnote'
    """
    safe = "".join(map(_in_names, unicodedata.normalize("NFC", plain(title))))
    return " ".join(shortened(safe, _NAME_CHARACTERS).split()).strip(" .…") or "Footnote"


def _in_names(character: str) -> str:
    if character.isascii():
        return " " if character in _UNSAFE_IN_NAMES else character
    if character in "’ʼ":
        return "'"
    kind = unicodedata.category(character)
    if kind == "Pd":
        return "-"
    return character if kind[0] in "LMN" else " "
