"""Which conversation this tab shows, its address, and the list of all of them with a way to delete each.

The address (`?c=…`) is a link for the same person: in another browser it opens nothing.
"""

from __future__ import annotations

import streamlit as st

from shared_utils.errors import FootnoteError
from src.library.shelf import Shelf
from src.presentation.escaping import plain
from src.screen.html import note
from src.screen.markdown import escape_markdown
from src.screen.session import Session
from src.views import ConversationView

_ADDRESS = "c"
_MOST = 12  # until all are asked for
_TITLE_CHARACTERS = 48

# ------------------------------------------------------------------------------------------------ the one that is shown


def choose_conversation(shelf: Shelf, session: Session) -> None:
    """Follow the address where it leads somewhere else than this tab was; else go on, or begin with the latest."""
    asked = st.query_params.get(_ADDRESS, "")
    if asked and asked not in (session.conversation, session.address):
        if shelf.turns(asked):
            show_conversation(asked, session)
        else:
            session.remark = session.say(
                "This link leads to a conversation that is not here: it was deleted, or begun in another browser."
            )
    if not session.conversation:
        session.conversation = shelf.latest_conversation() or shelf.new_conversation()
    _tell_address(shelf, session)


def _tell_address(shelf: Shelf, session: Session) -> None:
    """The address names the conversation once it exists. Written only where it changes: each time is a step back."""
    address = session.conversation if shelf.turns(session.conversation) else ""
    if address != st.query_params.get(_ADDRESS, ""):
        if address:
            st.query_params[_ADDRESS] = address
        else:
            st.query_params.pop(_ADDRESS, None)
    session.address = address


def show_conversation(conversation_id: str, session: Session) -> None:
    session.conversation = conversation_id
    session.place, session.followed, session.deleting = None, "", ""


def draw_remark(session: Session) -> None:
    """What a person should know about the link they followed, shown once."""
    if session.remark:
        st.html(note(session.remark, "warning", role="status"))
        session.remark = ""


# ------------------------------------------------------------------------------------------------ all of them


def draw_conversations(shelf: Shelf, session: Session) -> None:
    conversations = shelf.conversations()
    if not conversations:
        return
    with st.expander(session.say("Conversations")):
        shown = conversations if session.all_conversations else conversations[:_MOST]
        for conversation in shown:
            if conversation.id == session.deleting:
                _draw_question(conversation, shelf, session)
            else:
                _draw_line(conversation, session)
        if len(shown) < len(conversations):
            st.button(
                session.say("Show all {n:,} conversations", n=len(conversations)),
                key="all-conversations",
                type="tertiary",
                on_click=_show_all,
                args=(session,),
            )


def _title(conversation: ConversationView) -> str:
    title = plain(conversation.title)
    short = title if len(title) <= _TITLE_CHARACTERS else title[:_TITLE_CHARACTERS].rstrip() + "…"
    return escape_markdown(short)


def _draw_line(conversation: ConversationView, session: Session) -> None:
    title, here = _title(conversation), conversation.id == session.conversation
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.button(
            f"**{title}**" if here else title,
            key=f"conversation-{conversation.id}",
            type="tertiary",
            width="stretch",
            wrap=False,
            on_click=show_conversation,
            args=(conversation.id, session),
        )
        st.button(
            session.say("Delete the conversation {title}", title=title),
            icon=":material/close:",
            key=f"bare-delete-{conversation.id}",
            type="tertiary",
            on_click=_ask_whether,
            args=(conversation.id, session),
        )


def _draw_question(conversation: ConversationView, shelf: Shelf, session: Session) -> None:
    """Deleting is for good, so it is asked about, where the line stood."""
    say = session.say
    with st.container(key="deleting", gap="xsmall"):
        question = say.n(
            conversation.turns,
            "Delete “{title}” with its one question and answer? This is for good.",
            "Delete “{title}” with its {n:,} questions and answers? This is for good.",
            title=_title(conversation),
        )
        st.markdown(f":small[{question}]")
        with st.container(horizontal=True, gap="xsmall"):
            st.button(say("Delete"), key="delete", on_click=_delete, args=(conversation.id, shelf, session))
            st.button(say("Keep"), key="keep", type="tertiary", on_click=_ask_whether, args=("", session))


def _ask_whether(conversation_id: str, session: Session) -> None:
    session.deleting = conversation_id


def _delete(conversation_id: str, shelf: Shelf, session: Session) -> None:
    session.deleting = ""
    try:
        shelf.delete_conversation(conversation_id)
    except FootnoteError as exc:  # the disk is full, or somebody else's program holds the data
        session.notices.append(session.say(exc.message))
        return
    if session.conversation == conversation_id:
        show_conversation(shelf.latest_conversation() or shelf.new_conversation(), session)


def _show_all(session: Session) -> None:
    session.all_conversations = True
