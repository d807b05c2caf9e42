"""Which conversation this tab shows, its address, and the list of all of them with a way to delete each.

The address (`?c=…`) is a link for the same person: in another browser it opens nothing. Where a room stands in the
place of the conversation, it names that, too (`&view=…`): the browser's way back leads out of it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from itertools import groupby

import streamlit as st

from shared_utils.errors import FootnoteError
from shared_utils.message import NOTHING
from src.i18n import phrase
from src.library.shelf import Shelf
from src.presentation.escaping import html_text, plain
from src.screen.html import note
from src.screen.markdown import escape_markdown
from src.screen.scope import move_to
from src.screen.session import Session
from src.views import ConversationView

_ADDRESS, _ROOM = "c", "view"
_MOST = 12  # until all are asked for
_TITLE_CHARACTERS = 48
_SEARCH_FROM = 8
_DAY_S = 86_400
_DAYS = (phrase("Today"), phrase("Yesterday"), phrase("Earlier"))

# ------------------------------------------------------------------------------------------------ the one that is shown


def choose_conversation(shelf: Shelf, session: Session, rooms: Collection[str] = ()) -> None:
    """Follow the address where it leads somewhere else than this tab was; else go on, or begin with the latest.
    `rooms`: those that may stand in the place of the conversation."""
    asked = st.query_params.get(_ADDRESS, "")
    if asked and asked not in (session.conversation, session.address):
        if shelf.turns(asked):
            show_conversation(asked, session)
        else:
            said = "This link leads to a conversation that is not here: it was deleted, or begun in another browser."
            session.remarks.append(session.say(said))
    room = st.query_params.get(_ROOM, "")
    if room != session.address_room:
        session.view = session.address_room = room if room in rooms else ""
    if not session.conversation:
        session.conversation = shelf.latest_conversation() or shelf.new_conversation()
    _tell_address(shelf, session)


def _tell_address(shelf: Shelf, session: Session) -> None:
    """The address names the conversation once it exists. Written only where it changes: each time is a step back, after
    which nothing leads forward. So where a step back led to is left as it is, though it names no conversation yet."""
    address = session.conversation if shelf.turns(session.conversation) else ""
    before = st.query_params.to_dict()
    others = {name: value for name, value in before.items() if name not in (_ADDRESS, _ROOM)}
    told = {name: value for name, value in ((_ADDRESS, address), (_ROOM, session.view)) if value}
    is_new = (address, session.view) != (session.address, session.address_room)
    names_less = (before.items() - others.items()) <= told.items()
    if others | told != before and (is_new or not names_less):
        st.query_params.from_dict(others | told)
    session.address, session.address_room = address, session.view


def show_conversation(conversation_id: str, session: Session) -> None:
    move_to(conversation_id, session)
    session.conversation, session.view = conversation_id, ""
    session.place, session.followed, session.deleting = None, "", ""
    session.unasked = NOTHING


def draw_remark(session: Session) -> None:
    """What a person should know about the link they followed."""
    for text in session.remarks.shown(time.monotonic()):
        st.html(note(text, "warning", role="status"))


# ------------------------------------------------------------------------------------------------ all of them


def draw_conversations(shelf: Shelf, session: Session) -> None:
    conversations = shelf.conversations()
    if not conversations:
        return
    say = session.say
    with st.expander(say("Conversations"), key="conversations"):
        found = conversations
        if len(conversations) >= _SEARCH_FROM:
            session.search_conversations = st.text_input(
                say("Search the conversations"),
                session.search_conversations,
                placeholder=say("Search"),
                label_visibility="collapsed",
                key="search-conversations",
            )
            found = matching(conversations, session.search_conversations)
        shown = found if session.all_conversations else found[:_MOST]
        now, offset_min = time.time(), st.context.timezone_offset or 0
        for day, group in groupby(shown, key=lambda each: day_of(each.updated_at, now, offset_min)):
            st.html(f'<h3 class="fn-day">{html_text(say(day))}</h3>')
            for conversation in group:
                if conversation.id == session.deleting:
                    _draw_question(conversation, shelf, session)
                elif conversation.id == session.renaming:
                    _draw_name(conversation, shelf, session)
                else:
                    _draw_line(conversation, session)
        if len(shown) < len(found):
            st.button(
                say("Show all {n:,} conversations", n=len(found)),
                key="all-conversations",
                type="tertiary",
                on_click=_show_all,
                args=(session,),
            )


def matching(conversations: Sequence[ConversationView], words: str) -> tuple[ConversationView, ...]:
    """Those whose title holds each of the words typed."""
    typed = words.casefold().split()
    return tuple(each for each in conversations if all(word in each.title.casefold() for word in typed))


def day_of(at: float, now: float, offset_min: float) -> str:
    """The name of the group a conversation stands in. Times are seconds since the epoch; `offset_min` is what the
    person's clock is behind UTC, in minutes, as browsers tell it."""
    day, today = (int((seconds - 60 * offset_min) // _DAY_S) for seconds in (at, now))
    return _DAYS[min(max(today - day, 0), len(_DAYS) - 1)]


def shortened(title: str, most: int) -> str:
    """A title of at most `most` characters, cut between words where there are any.

    >>> shortened("What does the document say about rivers?", 24)
    'What does the document …'
    """
    title = plain(title)
    if len(title) <= most:
        return title
    cut = title[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip() + " …"


def _title(conversation: ConversationView) -> str:
    return escape_markdown(shortened(conversation.title, _TITLE_CHARACTERS))


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
            session.say("Rename the conversation {title}", title=title),
            icon=":material/edit:",
            key=f"bare-rename-{conversation.id}",
            type="tertiary",
            on_click=_ask_name,
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


def _draw_name(conversation: ConversationView, shelf: Shelf, session: Session) -> None:
    say = session.say
    with st.container(key="naming-conversation", gap="xsmall"):
        with st.form(f"name-{conversation.id}", border=False):
            title, label = plain(conversation.title), say("Name of the conversation")
            name = st.text_input(label, title, label_visibility="collapsed")
            if st.form_submit_button(say("Keep the name"), width="stretch"):
                session.renaming = ""
                try:
                    shelf.rename(conversation.id, name)
                except FootnoteError as exc:
                    session.notices.append(say(exc.message))
                st.rerun()
        st.button(say("Cancel"), key="not-rename", type="tertiary", on_click=_ask_name, args=("", session))


def _ask_name(conversation_id: str, session: Session) -> None:
    session.renaming, session.deleting = conversation_id, ""


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
