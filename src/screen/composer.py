"""The question box: what is typed is never lost, what holds for it stands above it, and its keys are told.

The browser's part is `composer.js`: a counter near the limit, one's own words as a bubble at once, the shortcuts.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from src.library.shelf import Shelf
from src.screen.browser import mount
from src.screen.conversation import ask
from src.screen.running import LOST
from src.screen.scope import UNASKED, confined, draw_scope_chips, take_up, unconfined, where_it_looks
from src.screen.session import Place, Session
from src.settings import Settings
from src.views import DocumentView, TurnView

_BOX, _TAKEN = "question", "question-taken"


def draw_question_box(shelf: Shelf, session: Session, settings: Settings, documents: Sequence[DocumentView]) -> None:
    """Call it before the answers are drawn, so that what was just asked is among them."""
    say, ready = session.say, any(view.searchable for view in documents)
    coming = say("You can ask as soon as the first page is read") if documents else say("Add a document to begin")
    if session.draft:
        st.session_state[_BOX] = session.draft
    draw_scope_chips(shelf, session)
    question = st.chat_input(
        say("Ask about your documents") if ready else coming,
        key=_BOX,
        disabled=not ready,
        on_submit=_submitted,
        args=(shelf, session, settings),
    )
    told = mount("composer", _data(shelf.turns(session.conversation), session, settings), ("goto", "where", "moved"))
    if told.get("moved") == LOST:
        session.by_address = False
    if told.get("goto"):
        _go_to(told["goto"], session)
    if told.get("where") and take_up(told["where"], session):
        st.rerun()  # the chips stand above the box, and are drawn before it
    if not question:
        st.session_state.pop(_TAKEN, None)
    elif st.session_state.get(_TAKEN) != question:  # sent to a box that this server had not drawn yet
        _submitted(shelf, session, settings)
        if session.draft:
            st.rerun()  # the box is drawn already; with its words it can only be drawn anew


def _submitted(shelf: Shelf, session: Session, settings: Settings) -> None:
    """Before the page is drawn: the drawing may be cut off by another, which would not know of the question."""
    if question := st.session_state[_BOX]:
        st.session_state[_TAKEN] = question
        ask(str(question), shelf, session, settings.max_question_chars)


def _go_to(address: str, session: Session) -> None:
    """A line of an outline: "document id:page"."""
    document, _, page = address.rpartition(":")
    if document and page.isdecimal():
        session.place, session.wants_drawer = Place(document, int(page)), True


def _data(turns: Sequence[TurnView], session: Session, settings: Settings) -> dict[str, object]:
    say, where = session.say, where_it_looks(session)
    return {
        "visit": session.visit,
        "told": session.told_where,
        "conversation": session.address or UNASKED,
        "known": len(turns) + (len(turns[-1].queued) if turns else 0) + session.taken_back,  # never fewer than before
        "where": [list(where.chosen), where.section, where.pages],
        "limit": max(1, settings.max_question_chars - (len(confined("x", session)) - 1)),
        "last": unconfined(turns[-1].question, session) if turns else "",
        "words": {
            "left": say("{n} characters left", n="{n}"),
            "over": say(
                "{n} characters too many. Shorten the question, or split it into several; it is kept here.", n="{n}"
            ),
            "keys": say("Keyboard"),
            "close": say("Close"),
        },
        "keys": [
            ["/", say("Write a question")],
            ["↑", say("The last question again, in an empty box")],
            ["[  ]", say("Previous or next source")],
            ["←  →", say("Previous or next page")],
            ["Esc", say("Leave the box, or close what is open")],
            ["?", say("This list")],
        ],
    }
