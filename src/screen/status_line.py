"""The line under the question box, and what came from elsewhere: another tab, the API, another process.

One slow tick does both. It draws the page again only where something the page shows has changed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from src.library.preferences import Preferences
from src.library.shelf import Shelf
from src.presentation.escaping import html_text
from src.screen.document_list import Stages, can_undo, stages
from src.screen.scope import among
from src.screen.session import Session, has_workspace_cookie
from src.screen.stages import status_line
from src.views import ConversationView

_TICK_S = 3.0
_TICK_BESIDE_AN_ANSWER_S = 15.0  # the browser looks at that itself, and at this line with it (running.js)


@dataclass(frozen=True, slots=True)
class Look:
    """What the page as a whole depends on. Words that are being written are not part of it: they have a tick."""

    documents: Stages
    undo: bool  # the last removal can be undone
    turns: tuple[tuple[str, bool, tuple[str, ...]], ...]  # of this conversation: id, whether answered, who waits
    suggestions: tuple[str, ...]  # found in the background
    conversations: tuple[ConversationView, ...]
    preferences: Preferences
    theme: str | None  # the system may change it at dusk; dialogs and the logo are drawn for one


@dataclass(slots=True)
class Seen:
    """What was drawn last. `version` is the shelf's: while it stays, nobody needs to look."""

    version: int
    look: Look


def look_around(shelf: Shelf, session: Session) -> Seen:
    """Taken before the page is drawn: what changes meanwhile is noticed at the next tick."""
    return Seen(shelf.version(), _look(shelf, session))


def _look(shelf: Shelf, session: Session) -> Look:
    return Look(
        stages(shelf.documents()),
        can_undo(shelf, session),
        tuple((turn.id, turn.done, turn.queued) for turn in shelf.turns(session.conversation)),
        shelf.suggestions(session.conversation, session.say, among(shelf, session)),
        shelf.conversations(),
        shelf.preferences(),
        st.context.theme.type,
    )


def draw_status(shelf: Shelf, session: Session, seen: Seen) -> None:
    """Who would answer now. Call it once a page."""
    running = any(not turn.done for turn in shelf.turns(session.conversation))
    by_address = running and session.by_address and has_workspace_cookie()
    st.fragment(_tick, run_every=_TICK_BESIDE_AN_ANSWER_S if by_address else _TICK_S)(shelf, session, seen)


def _tick(shelf: Shelf, session: Session, seen: Seen) -> None:
    version = shelf.version()
    if version != seen.version or st.context.theme.type != seen.look.theme:
        if _look(shelf, session) != seen.look:
            st.rerun()
        seen.version = version
    running = next((turn for turn in shelf.turns(session.conversation) if not turn.done), None)
    line = status_line(shelf.engine(), running, time.monotonic(), session.say)
    # The browser writes into it while an answer runs: with the same words as before, what it wrote would stay.
    of = html_text(running.id) if running else ""
    st.html(f'<p class="fn-engine" data-of="{of}">{html_text(line)}</p>', width="content")
