"""An answer while it is being made: what it is doing, the documents' own words, then the model's as they come.

Nothing that a person may be reading moves: the line about the work stays above the text, finished or not; the text
grows downwards; and from the model's first word on the quotes stand at the foot of the window, as footnotes do.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import streamlit as st

from shared_utils.types import Citation
from src.i18n import Say
from src.library.shelf import Shelf
from src.presentation.escaping import html_text
from src.screen.citations import QUOTES, WRITING, anchor, written_citations
from src.screen.html import footnotes, note
from src.screen.markdown import chip_link, written_markdown
from src.screen.session import Session
from src.screen.stages import running_steps, stage_line, tick_s
from src.views import TurnView

Drawn = tuple[bool, bool, float]


def draw_running(turn: TurnView, shelf: Shelf, session: Session) -> None:
    """What changes is looked at again and again, quotes are drawn once: each look costs the cores that write."""
    drawn = _drawn(turn)
    with st.container(key=f"answer-{turn.id}", gap="small"):
        st.fragment(_tick, run_every=drawn[-1])(turn.id, shelf, session, drawn)
        if turn.extractive and turn.extractive.citations:
            with st.container(key="foot" if turn.text else "quotes"):
                _draw_quotes(turn, session)


def _drawn(turn: TurnView) -> Drawn:
    """Whether there is a quote, whether there are words of the model, and how often they are looked at."""
    return turn.extractive is not None, bool(turn.text), tick_s(turn, time.monotonic())


def chips(turn: TurnView, source: str, citations: Iterable[Citation], say: Say) -> dict[int, str]:
    """Marker -> its link in Markdown."""
    return {c.marker: chip_link(c, "cite-" + anchor(turn, source, c.marker), say) for c in citations}


def _tick(turn_id: str, shelf: Shelf, session: Session, drawn: Drawn) -> None:
    """The page is drawn again when the answer is done, when there is a first quote to open beside it or a first word,
    and when it is to be looked at more often, or less. `drawn`: as it was when this was drawn last."""
    turn = next((t for t in shelf.turns(session.conversation) if t.id == turn_id), None)
    if turn is None or turn.done or _drawn(turn) != drawn:
        st.rerun()
    _draw_line(turn, shelf, session)
    for change in turn.changes:
        st.html(note(session.say(change)))
    if turn.text:
        names = {view.document_id: view.name for view in shelf.documents()}
        links = chips(turn, WRITING, written_citations(turn, names, shelf), session.say)
        with st.container(key="unchecked"):
            st.markdown(written_markdown(turn.text, links.get) + " ▌")


def _draw_line(turn: TurnView, shelf: Shelf, session: Session) -> None:
    now, say = time.monotonic(), session.say
    with st.container(horizontal=True, vertical_alignment="center", key=f"line-{turn.id}", wrap=False):
        # a timer, not a status: nobody wants a clock read out three times a second
        at_work = any(not view.settled for view in shelf.documents())
        told = stage_line(turn, now, say, files_at_work=at_work)
        line = f'<p class="fn-stage" role="timer">{html_text(told)}</p>'
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
