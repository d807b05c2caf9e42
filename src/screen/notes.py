"""The notes: answers that a person keeps, from all conversations, with a way back to each and a file to take along."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

import streamlit as st

from shared_utils.types import Answer
from src import VERSION
from src.i18n import Say
from src.library.shelf import Shelf
from src.presentation.blocks import set_as_text
from src.presentation.lead import lead_of
from src.presentation.markdown import conversation_markdown
from src.screen.conversation_list import show_conversation
from src.screen.dialogs import draw_dialog, open_dialog
from src.screen.direct import lead_html
from src.screen.html import note
from src.screen.markdown import answer_markdown, escape_markdown
from src.screen.session import Session

_NAME = "notes"


def draw_notes_button(shelf: Shelf, session: Session) -> None:
    if shelf.conversations():
        st.button(
            session.say("Notes"),
            icon=":material/bookmark:",
            key="open-notes",
            type="tertiary",
            on_click=open_dialog,
            args=(session, _NAME),
        )


def draw_notes_dialog(shelf: Shelf, session: Session) -> None:
    draw_dialog(session, _NAME, session.say("Notes"), partial(_draw, shelf, session))


def _draw(shelf: Shelf, session: Session) -> None:
    say, notes = session.say, shelf.notes()
    if not notes:
        st.html(note(say("No answer is kept yet. The bookmark below an answer puts it here.")))
        return
    for conversation, turn in notes:
        with st.container(key=f"note-{turn.id}", gap="xsmall"):
            st.markdown(f"**{escape_markdown(turn.question)}**")
            if turn.answer is not None:
                _draw_answer(turn.answer, say)
            with st.container(horizontal=True, gap="small"):
                st.button(
                    say("Open the conversation"),
                    key=f"to-{turn.id}",
                    type="tertiary",
                    on_click=_show,
                    args=(conversation, session),
                )
                st.button(
                    say("Take from the notes"),
                    key=f"unpin-{turn.id}",
                    type="tertiary",
                    on_click=shelf.pin,
                    args=(conversation, turn.id),
                    kwargs={"pinned": False},
                )
    turns = tuple(turn for _, turn in notes)
    st.download_button(
        say("All notes as Markdown"),
        lambda: conversation_markdown(turns, version=VERSION, made_on=time.time(), say=say).encode(),
        file_name=f"{say('Notes')}.md",
        mime="text/markdown",
        icon=":material/download:",
        key="download-notes",
        type="tertiary",
        on_click="ignore",
    )


def _draw_answer(answer: Answer, say: Say) -> None:
    """As the conversation shows it; of what a value leads, the value: the passages below it are folded there."""
    lead = lead_of(answer, say)
    if lead is None:
        st.markdown(answer_markdown(answer, say=say))
        return
    st.html(lead_html(lead, str, {}))
    others = set_as_text(answer)
    if rest := others.sentences[lead.sentences :]:
        st.markdown(answer_markdown(replace(others, sentences=rest), say=say))


def _show(conversation: str, session: Session) -> None:
    show_conversation(conversation, session)
    open_dialog(session, "")
