"""An answer while it is being made: what it is doing, the documents' own words, then the model's as they come.

Nothing that a person may be reading moves: the line about the work stays above the text, finished or not; the text
grows downwards; and from the model's first word on the quotes stand at the foot of the window, as footnotes do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import streamlit as st

from shared_utils.types import Citation
from src.i18n import Say
from src.library.shelf import Shelf
from src.presentation.describe import place_of
from src.presentation.escaping import html_text, plain
from src.screen.browser import mount
from src.screen.citations import QUOTES, WRITING, anchor, written_citations
from src.screen.html import footnotes, note
from src.screen.markdown import chip_link, written_markdown
from src.screen.session import Session, has_workspace_cookie
from src.screen.stages import running_steps, stage_line, status_line, tick_s
from src.screen.written import written_blocks
from src.views import TurnView

LOST = "lost"  # what the browser says where the address of a running answer does not lead to it
_IN_CASE_S = 20.0  # between two looks of the page where the browser looks itself


def draw_running(turn: TurnView, shelf: Shelf, session: Session) -> None:
    """A place of its own: a stage, a quote or the first word draws it anew and nothing else, since whatever a run of
    the whole page draws is compared by the browser, on the cores that write."""
    st.fragment(_draw_own)(turn.id, shelf, session)


def _draw_own(turn_id: str, shelf: Shelf, session: Session) -> None:
    turn = _turn(turn_id, shelf, session)
    if turn is None or turn.done:
        st.rerun()
    _draw_answer(turn, shelf, session)
    mount("moved", {}, ("moved",))


def _draw_answer(turn: TurnView, shelf: Shelf, session: Session) -> None:
    """What changes is looked at again and again, quotes are drawn once: each look costs the cores that write."""
    by_address = session.by_address and has_workspace_cookie()
    key, now = drawn_key(turn), time.monotonic()
    every_s = _IN_CASE_S if by_address else tick_s(turn, now)
    with st.container(key=f"answer-{turn.id}", gap="small"):
        st.fragment(_tick, run_every=every_s)(turn.id, shelf, session, key, None if by_address else every_s)
        if by_address and turn.text:
            with st.container(key="unchecked"):
                begun = html_text(json.dumps(look_at(turn, shelf, session.say)))
                st.html(f'<div class="fn-written" {_at(turn, session)} data-begun="{begun}"></div>')
        if turn.extractive and turn.extractive.citations:
            with st.container(key="foot" if turn.text else "quotes"):
                _draw_quotes(turn, session)


def drawn_key(turn: TurnView) -> str:
    """What of a running answer has to be drawn anew for, other than its words and its line: what the page is drawn
    for, what the viewer is, and what its own place is, with a blank between them."""
    own = (turn.stage.name if turn.stage else "", bool(turn.text), len(turn.changes))
    return f"{turn.done} {turn.extractive is not None} " + ".".join(map(str, own))


def _turn(turn_id: str, shelf: Shelf, session: Session) -> TurnView | None:
    return next((turn for turn in shelf.turns(session.conversation) if turn.id == turn_id), None)


def address(conversation: str, turn: str) -> str:
    """Where the browser looks at a running answer (text_routes.py)."""
    return f"running/{conversation}/{turn}.json"


def _at(turn: TurnView, session: Session) -> str:
    return f'data-at="{html_text(address(session.conversation, turn.id))}"'


def look_at(turn: TurnView, shelf: Shelf, say: Say) -> dict[str, object]:
    """A running answer as running.js sets it on the page: its line, its words, where their chips lead, and in how many
    seconds to look again. What is done has no words: it is drawn."""
    now = time.monotonic()
    told: dict[str, object] = {
        "key": drawn_key(turn),
        "again_s": tick_s(turn, now),
        "line": _line(turn, shelf, say, now),
    }
    told["engine"] = plain(status_line(shelf.engine(), turn, now, say))
    if turn.done:
        return told
    names = {view.document_id: view.name for view in shelf.documents()} if turn.text else {}
    leads_to = {
        cited.marker: ("cite-" + anchor(turn, WRITING, cited.marker), place_of(cited, say))
        for cited in written_citations(turn, names, shelf)
    }
    return told | {"blocks": written_blocks(turn.text, leads_to), "chips": leads_to}


def chips(turn: TurnView, source: str, citations: Iterable[Citation], say: Say) -> dict[int, str]:
    """Marker -> its link in Markdown."""
    return {c.marker: chip_link(c, "cite-" + anchor(turn, source, c.marker), say) for c in citations}


def _tick(turn_id: str, shelf: Shelf, session: Session, key: str, every_s: float | None) -> None:
    """The page is drawn again when more than words and line is another, should the browser not have said so, and when
    it is to be looked at more often, or less. `key`: as it was when this was drawn last; `every_s`: how often words are
    drawn here, None where the browser sets them."""
    turn = _turn(turn_id, shelf, session)
    if turn is None or turn.done or drawn_key(turn) != key or every_s not in (None, tick_s(turn, time.monotonic())):
        st.rerun()
    _draw_line(turn, shelf, session, f'{_at(turn, session)} data-key="{key}"' if every_s is None else "")
    for change in turn.changes:
        st.html(note(session.say(change)))
    if turn.text and every_s is not None:
        names = {view.document_id: view.name for view in shelf.documents()}
        links = chips(turn, WRITING, written_citations(turn, names, shelf), session.say)
        with st.container(key="unchecked"):
            st.markdown(written_markdown(turn.text, links.get) + " ▌")


def _line(turn: TurnView, shelf: Shelf, say: Say, now: float) -> str:
    at_work = any(not view.settled for view in shelf.documents())
    return plain(stage_line(turn, now, say, files_at_work=at_work))


def _draw_line(turn: TurnView, shelf: Shelf, session: Session, looked_at: str) -> None:
    now, say = time.monotonic(), session.say
    with st.container(horizontal=True, vertical_alignment="center", key=f"line-{turn.id}", wrap=False):
        # a timer, not a status: nobody wants a clock read out three times a second
        line = f'<p class="fn-stage" role="timer" {looked_at}>{html_text(_line(turn, shelf, say, now))}</p>'
        st.html(line + running_steps(turn, now, say))
        st.button(
            say("Stop"),
            icon=":material/stop_circle:",
            key="stop",
            type="tertiary",
            on_click=shelf.stop,
            args=(session.conversation,),
        )


def _draw_quotes(turn: TurnView, session: Session) -> None:
    label = session.say("Found in your documents")
    quotes = turn.extractive.citations if turn.extractive else ()
    listed = footnotes(quotes, lambda n: "cite-" + anchor(turn, QUOTES, n), label, say=session.say)
    st.html(f'<p class="fn-label">{html_text(label)}</p>{listed}')
