"""The field for a web address, where the operator allows it. What it names is fetched in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from shared_utils.errors import FootnoteError
from shared_utils.message import NOTHING, Message, message
from src.library.shelf import Shelf
from src.library.web import ADDRESS_STARTS, WebAddresses
from src.presentation.escaping import plain
from src.screen.html import note
from src.screen.session import Fetching, Session

_TICK_S = 0.5
_FIELD = "web-address"


def added(shelf: Shelf, name: str, data: bytes) -> Message:
    """Puts a file in. What there is to say of it; nothing where it is just there."""
    before = {view.entry_id: view.name for view in shelf.documents()}
    try:
        there = before.get(shelf.add(name, data), "")
    except FootnoteError as exc:  # a limit of this server; a bad file is taken and says so on its card
        return message("{name}: {reason}", name=plain(name), reason=exc.message)
    if not there:
        return NOTHING
    if there == name:
        return message("{name} is here already.", name=plain(name))
    return message("{name} is the same file as {other}, which is here already.", name=plain(name), other=there)


def draw_web_address(shelf: Shelf, session: Session, web: WebAddresses) -> None:
    """Nothing where it is not allowed."""
    if not web.allowed:
        return
    form = st.form(_FIELD, clear_on_submit=True, border=False)
    with form, st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        label = session.say("Or a web address")
        st.text_input(label, key=f"{_FIELD}-text", placeholder="https://")
        st.form_submit_button(session.say("Add"), on_click=_begin, args=(shelf, session, web))
    if session.fetching is not None:
        st.fragment(_watch, run_every=_TICK_S)(session)


def _begin(shelf: Shelf, session: Session, web: WebAddresses) -> None:
    address = str(st.session_state.get(f"{_FIELD}-text", "")).strip()
    if not address:
        return
    if not address.lower().startswith(ADDRESS_STARTS):
        address = f"https://{address}"  # as browsers take it
    begin(session, address, lambda: _fetched(shelf, web, address))


def _fetched(shelf: Shelf, web: WebAddresses, address: str) -> Message:
    try:
        return added(shelf, *web.file_at(shelf.name, address))
    except FootnoteError as exc:
        return exc.message


def begin(session: Session, address: str, fetch: Callable[[], Message]) -> None:
    """`fetch` adds the file and gives what there is to say, in a thread that outlives this run of the page."""
    fetching = Fetching(urlsplit(address).hostname or address)

    def run() -> None:
        fetching.said = message("Something went wrong inside Footnote. Please try it again.")
        fetching.said = fetch()

    fetching.thread = threading.Thread(target=run, name="web-address", daemon=True)
    session.fetching = fetching
    fetching.thread.start()


def _watch(session: Session) -> None:
    fetching = session.fetching
    if fetching is None:
        return
    if fetching.thread is None or fetching.thread.is_alive():
        st.html(note(session.say("Fetching from {host} …", host=plain(fetching.host)), role="status"))
        return
    session.fetching = None
    if fetching.said:
        session.notices.append(session.say(fetching.said))
    st.rerun()
