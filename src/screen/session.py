"""What one browser tab remembers, and whose shelf it looks at."""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass, field

import streamlit as st

from shared_utils.message import NOTHING, Message
from src.i18n import ENGLISH, Say, say_for
from src.library.networks import counted_network
from src.screen.compare_state import Editions
from src.screen.notices import Notices

WORKSPACE_COOKIE = "footnote_shelf"
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def new_workspace_key() -> str:
    """A secret nobody can guess: whoever holds it sees the shelf."""
    return secrets.token_urlsafe(24)


def is_workspace_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Place:
    """What the viewer is to open: a page, and the citation whose words are marked on it. Later it goes its own way."""

    document_id: str
    page: int  # 1-based
    anchor: str = ""  # the citation whose words are marked; "" = none
    turn: str = ""  # the answer that opened it by itself; "" = the person did
    serial: str = field(default_factory=lambda: secrets.token_hex(4))  # the viewer follows each of them once


@dataclass(frozen=True, slots=True)
class LookIn:
    """Where the questions of one conversation look; what is empty confines nothing."""

    chosen: tuple[str, ...] = ()  # the entries that are ticked
    section: str = ""  # a heading
    pages: str = ""  # as typed


@dataclass(slots=True)
class Fetching:
    """What is being fetched from the web for this tab. Its thread sets `said` before it ends."""

    host: str
    thread: threading.Thread | None = None
    said: Message = NOTHING  # what a person is told of it; nothing where the file is just there


@dataclass(slots=True)
class Session:
    """Mutable, one per tab; lives in st.session_state."""

    fallback_key: str = field(default_factory=new_workspace_key)  # when no cookie came: `streamlit run`
    upload_round: int = 0  # a new uploader each time, so that Streamlit forgets the files it took
    taken_unasked: set[str] = field(default_factory=set)  # ids of files that the uploader did not tell of in time
    say: Say = ENGLISH  # the person's language; set whenever the page is drawn
    conversation: str = ""  # its id; set when the page is first drawn
    drawn: str = ""  # the conversation whose answers were drawn to the end last
    slot: int = 0  # which of two places they stand in
    place: Place | None = None
    wants_drawer: bool = False  # the person opened `place`: where the window is narrow, the viewer comes up
    wanted: str = ""  # "document id:page" whose picture the viewer lacks, where no cookie came
    followed: str = ""  # the last answer whose first source was opened by itself
    removed: tuple[tuple[str, str], ...] = ()  # (entry id, name) of what was removed last, while that can be undone
    fetching: Fetching | None = None  # the web address that is being fetched
    refused: int = 0  # files that the uploader could not bring in, told until it brings in others
    refused_in: int = 0  # the upload round in which that was
    notices: Notices = field(default_factory=Notices)  # what could not be done, in the person's language
    chosen: tuple[str, ...] = ()  # the entries that are ticked: those are asked; () = all
    naming: str = ""  # the collection whose name is being typed: its id, "new", or "" for none
    removed_collection: tuple[str, str] = ("", "")  # (id, name) of the one removed last, while that can be undone
    search: str = ""  # words that the names of the documents shown hold
    order: str = "added"  # of the documents: "added", "name" or "state"
    section: str = ""  # the heading that a question is confined to; "" = none
    pages: str = ""  # the pages that are asked, as typed; "" = all
    visit: str = field(default_factory=lambda: secrets.token_hex(4))  # the browser tells once in each where it looked
    told_where: bool = False  # it has told that
    elsewhere: dict[str, LookIn] = field(default_factory=dict)  # conversation -> where to look, when it is not shown
    by_address: bool = True  # a running answer is fetched by its address, until that was tried in vain
    unasked: Message = NOTHING  # why the last question could not be asked, told until another is
    draft: str = ""  # a question that could not be asked goes back into its box
    address: str = ""  # the conversation the address bar names, as far as we set it
    address_room: str = ""  # the room that it names, likewise
    remarks: Notices = field(default_factory=Notices)  # about the link that was followed
    renaming: str = ""  # the conversation whose name is being typed
    taken_back: int = 0  # questions that were taken out of the line: the server has known of them, too
    search_conversations: str = ""  # words that the titles shown hold
    deleting: str = ""  # the conversation that is to be deleted, if that is confirmed
    all_documents: bool = False  # the whole list, however long
    all_conversations: bool = False
    dialog: str = ""  # the one that is open: "settings", "export", "share", "list" or "notes"
    export_problem: Message = NOTHING  # why a file could not be made
    unsaved: Message = NOTHING  # why the last setting could not be kept
    key_shown: bool = False  # the shelf's secret stands in the settings
    view: str = ""  # the room that is shown: "" is the conversation, "compare", "timeline"
    editions: Editions = field(default_factory=Editions)  # the two that are compared
    theme: str = "System"  # as the browser told; else "Light" or "Dark"


def this_session() -> Session:
    if "session" not in st.session_state:
        st.session_state["session"] = Session()
    session: Session = st.session_state["session"]
    return session


def language_of(preferred: str) -> Say:
    """The language the person chose, else the first that their browser asks for."""
    return say_for(preferred, st.context.headers.get("Accept-Language", ""))


def has_workspace_cookie() -> bool:
    """Whether the browser can fetch from this person's shelf by address. Under `streamlit run` it cannot."""
    return is_workspace_key(st.context.cookies.get(WORKSPACE_COOKIE, ""))


def network_of_visitor(proxies: int) -> str:
    """Whose shares this person's are counted with; see `counted_network`."""
    forwarded_for = ",".join(st.context.headers.get_all("X-Forwarded-For"))
    return counted_network(st.context.ip_address or "", forwarded_for, proxies)


def workspace_key(session: Session) -> str:
    """The key in the cookie that src/asgi.py sets and no script can read; else one for this tab alone."""
    cookie = st.context.cookies.get(WORKSPACE_COOKIE, "")
    return cookie if is_workspace_key(cookie) else session.fallback_key
