"""A link under which others read this conversation: made, shown, brought up to date, taken back."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from shared_utils.errors import FootnoteError
from shared_utils.storage.share_store import SharedLink
from src.i18n import Say
from src.library.shared_links import SharedLinks
from src.library.shelf import Shelf
from src.presentation.escaping import html_text
from src.screen.dialogs import draw_dialog, open_dialog
from src.screen.html import note
from src.screen.session import Session, workspace_key
from src.screen.shared_library import shared_library
from src.views import TurnView

_NAME = "share"


def draw_share_button(turns: tuple[TurnView, ...], session: Session) -> None:
    """Says whether the conversation is shared. Nothing where the operator does not allow it."""
    links = shared_library().open().links
    if not links.allowed:
        return
    is_shared = _link(links, session) is not None
    say = session.say
    st.button(
        say("Shared") if is_shared else say("Share"),
        icon=":material/link:",
        key="shared" if is_shared else "bare-share",  # that it is shared is said in words
        type="tertiary",
        help=say("Others read this conversation under its link") if is_shared else say("Share a link"),
        disabled=not any(turn.done for turn in turns),
        on_click=open_dialog,
        args=(session, _NAME),
    )


def draw_share(shelf: Shelf, session: Session) -> None:
    draw_dialog(session, _NAME, session.say("Share a link"), partial(_draw, shelf, session))


def _draw(shelf: Shelf, session: Session) -> None:
    say, links = session.say, shared_library().open().links
    link = _link(links, session)
    st.html(
        note(
            say(
                "Whoever has the link reads this conversation as it stands when you share it: questions, answers, "
                "quoted passages and pictures of the cited pages. They can change nothing and reach nothing else of "
                "yours."
            )
        )
    )
    if link is None:
        _draw_make(shelf, session, links, say("Share a link"))
        return
    st.html(_shown(address_of(link, st.context.url or ""), say))
    st.html(note(_until(link, session)))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _draw_make(shelf, session, links, say("Show the conversation as it is now"))
        if st.button(say("Stop sharing"), icon=":material/link_off:", key="stop-sharing"):
            _stop(links, session)
    gone = say(
        "It also ends when you delete this conversation, or remove a document that it quotes. What somebody has saved "
        "stays with them."
    )
    st.html(note(gone))


def _draw_make(shelf: Shelf, session: Session, links: SharedLinks, label: str) -> None:
    if st.button(label, icon=":material/link:", key="make-link"):
        try:
            with st.spinner(session.say("The cited pages are drawn …")):
                links.share(workspace_key(session), shelf, session.conversation, session.say)
        except FootnoteError as exc:
            st.html(note(session.say(exc.message), "error", role="alert"))
        else:
            st.rerun()


def _stop(links: SharedLinks, session: Session) -> None:
    try:
        links.stop(workspace_key(session), session.conversation)
    except FootnoteError as exc:
        st.html(note(session.say(exc.message), "error", role="alert"))
    else:
        st.rerun()  # of the whole page, which says above the conversation whether it is shared


def _link(links: SharedLinks, session: Session) -> SharedLink | None:
    try:
        return links.of(workspace_key(session), session.conversation)
    except FootnoteError:  # the store is out of reach: the page says so elsewhere
        return None


def _until(link: SharedLink, session: Session) -> str:
    say, offset = session.say, st.context.timezone_offset or 0
    made = say.moment(link.made_at, offset)
    if link.expires_at is None:
        return say("It shows the conversation as of {made}, until you stop sharing.", made=made)
    return say(
        "It shows the conversation as of {made}, and ends on {until}.",
        made=made,
        until=say.moment(link.expires_at, offset),
    )


def _shown(address: str, say: Say) -> str:
    """The link, to be opened and copied, by a finger, too: Streamlit's own way to copy is seen at a pointer alone."""
    said, name = html_text(address), html_text(say("Copy"))
    return (
        f'<div class="fn-address"><a href="{said}" target="_blank" rel="noopener">{said}</a>'
        f'<button type="button" class="fn-copy" title="{name}" data-copy="{said}">'
        f'<span class="fn-hidden">{name}</span></button></div>'
    )


def address_of(link: SharedLink, page: str) -> str:
    """The link, on the server under whose address the `page` stands.

    >>> address_of(SharedLink("abc", 0.0, None), "https://docs.example.org/?c=1")
    'https://docs.example.org/shared/abc'
    """
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}/shared/{link.token}" if parts.netloc else f"/shared/{link.token}"
