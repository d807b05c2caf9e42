"""A finished answer: its words, what they stand on, how it came about, and what can be done with it next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from shared_utils.types import Answer, Citation, DirectKind, EngineKind
from src.i18n import Say
from src.library.shelf import Shelf
from src.presentation.blocks import cautions, dagger, is_quoted, set_as_text
from src.presentation.describe import describe_answer, describe_verdict, ending
from src.presentation.escaping import html_text
from src.presentation.lead import lead_of
from src.presentation.plain_text import plain_answer
from src.presentation.rich_text import rich_answer
from src.presentation.series_chart import series_chart
from src.screen.caveats import caveats
from src.screen.citations import ANSWER, anchor
from src.screen.direct import lead_html
from src.screen.html import footnotes, note
from src.screen.markdown import answer_markdown, escape_markdown
from src.screen.running import chips
from src.screen.series import draw_figure
from src.screen.session import Session
from src.screen.stages import is_small_talk, taken_steps
from src.views import TurnView


def draw_finished(turn: TurnView, shelf: Shelf, session: Session, *, latest: bool) -> None:
    say, answer = session.say, turn.answer
    with st.container(key=f"answer-{turn.id}", gap="small"):
        if answer is None:
            _draw_failure(turn, shelf, session, latest=latest)
            return
        if line := about_answer(turn, say):
            with (
                st.container(),  # as a fragment has one: the line stays, and the words take their place
                st.container(horizontal=True, vertical_alignment="center", key=f"line-{turn.id}", wrap=False),
            ):
                st.html(line)
        if answer.answerable:
            _draw_words(turn, answer, say)
        else:
            _draw_refusal(turn, answer, say)
        if known := caveats(answer, told_of(turn, answer, say), say):
            st.html(known)
        _draw_actions(turn, answer, shelf, session, latest=latest)


def told_of(turn: TurnView, answer: Answer, say: Say) -> list[str]:
    """What else should be known of an answer, each once: how it ended, why another engine wrote it, what it lacks."""
    said = [ending(answer, say), *map(say, turn.changes), *map(say, answer.notes)]
    return list(dict.fromkeys(filter(None, said)))


# ------------------------------------------------------------------------------------------------ words


def _draw_words(turn: TurnView, answer: Answer, say: Say) -> None:
    doubtful = cautions(answer)

    def sign(index: int) -> str:
        return f'[{dagger(index)}](#doubt-{index} "{escape_markdown(describe_verdict(doubtful[index], say))}")'

    quoted = is_quoted(answer)  # then the list of quotes is the answer
    text = set_as_text(answer)
    if (lead := lead_of(answer, say)) is not None:
        titles = {c.marker: say("{document}, page {page}", document=c.document, page=c.page) for c in answer.citations}
        st.html(lead_html(lead, lambda n: "cite-" + anchor(turn, ANSWER, n), titles))
        text = replace(text, sentences=text.sentences[lead.sentences :])
    if text.sentences:
        st.markdown(answer_markdown(text, chips(turn, ANSWER, answer.citations, say).get, sign))
    if (chart := series_chart(answer, say)) is not None:
        draw_figure(chart, lambda n: "cite-" + anchor(turn, ANSWER, n))
    led = {marker for s in answer.sentences[: lead.sentences] for marker in s.citations} if lead and quoted else None
    listed = _sources(turn, [c for c in answer.citations if led is None or c.marker in led], say, full=quoted)
    if (items := _items(answer)) and quoted:  # their words stand in the list already
        led = items
        head = html_text(say.n(len(items), "{n:,} source", "{n:,} sources"))
        quotes = _sources(turn, [c for c in answer.citations if c.marker in items], say, full=True)
        listed = f'<details class="fn-aside"><summary>{head}</summary>{quotes}</details>'
    if others := [c for c in answer.citations if led is not None and c.marker not in led]:
        head = html_text(say.n(len(others), "{n} more passage", "{n} more passages"))
        quotes = _sources(turn, others, say, full=True)
        listed += f'<details class="fn-aside"><summary>{head}</summary>{quotes}</details>'
    if listed:
        st.html(listed)


def _items(answer: Answer) -> set[int]:
    """The markers of a list that leads an answer; none where none does."""
    direct = answer.direct
    if direct is None or direct.kind is not DirectKind.LIST:
        return set()
    return {marker for item in direct.operands for marker in item.citations}


def _sources(turn: TurnView, cited: Sequence[Citation], say: Say, *, full: bool) -> str:
    return footnotes(cited, lambda n: "cite-" + anchor(turn, ANSWER, n), say("Sources"), full=full, say=say)


def _draw_refusal(turn: TurnView, answer: Answer, say: Say) -> None:
    """Why there is no answer, and what comes closest to one."""
    if answer.stats.backend is EngineKind.EXTRACTIVE or not answer.sentences:
        st.markdown(escape_markdown(say("Your documents do not seem to answer this.")))
    else:
        st.markdown(answer_markdown(answer, say=say))
    if answer.citations:
        label = say("The closest passages")
        listed = footnotes(answer.citations, lambda n: "cite-" + anchor(turn, ANSWER, n), label, say=say)
        st.html(f'<p class="fn-label">{html_text(label)}</p>{listed}')


def about_answer(turn: TurnView, say: Say) -> str:
    """One line: sources, who wrote it, how long it took; opened, what the time went into."""
    line, times = html_text(describe_answer(turn, say)), taken_steps(turn, say)
    if not line:
        return ""
    return (
        f'<details class="fn-about"><summary>{line}</summary>{times}</details>'
        if times
        else f'<p class="fn-note fn-quiet">{line}</p>'
    )


# ------------------------------------------------------------------------------------------------ what next


def _draw_failure(turn: TurnView, shelf: Shelf, session: Session, *, latest: bool) -> None:
    say = session.say
    if is_small_talk(turn):
        st.html(note(say(turn.error), role="status"))
        return
    st.html(note(say(turn.error) or say("This answer was stopped before it began."), "error", role="alert"))
    if latest:
        st.button(say("Ask again"), key="again", on_click=shelf.regenerate, args=(session.conversation,))


def _draw_actions(turn: TurnView, answer: Answer, shelf: Shelf, session: Session, *, latest: bool) -> None:
    say = session.say
    refused = not answer.answerable
    unfinished = answer.finish_reason in ("cancelled", "length", "interrupted")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"actions-{turn.id}"):
        if latest and refused and answer.stats.backend is EngineKind.EXTRACTIVE and answer.citations:
            st.button(
                say("Ask anyway"),
                key="anyway",
                help=say("Let the model answer from these passages"),
                on_click=shelf.regenerate,
                args=(session.conversation,),
                kwargs={"ask_anyway": True},
            )
        if answer.answerable:
            st.html(_copy_button(answer, say), width="content")
            st.button(
                say("Take from the notes") if turn.pinned else say("Keep among the notes"),
                icon=":material/bookmark_added:" if turn.pinned else ":material/bookmark:",
                key=f"bare-pin-{turn.id}",
                type="tertiary",
                on_click=shelf.pin,
                args=(session.conversation, turn.id),
                kwargs={"pinned": not turn.pinned},
            )
            _draw_thumbs(turn, shelf, session)
        if latest:
            st.button(
                say("Answer again"),
                icon=":material/refresh:",
                key="again" if unfinished else "bare-regenerate",
                type="tertiary",
                on_click=shelf.regenerate,
                args=(session.conversation,),
            )
    if answer.answerable and turn.rating < 0:
        _draw_reason(turn, shelf, session)


def _copy_button(answer: Answer, say: Say) -> str:
    """The page script copies what it carries: the answer with its footnotes, as plain text and with its formatting."""
    words, formatted = (escape(text, quote=True) for text in (plain_answer(answer, say), rich_answer(answer, say)))
    name = html_text(say("Copy"))
    return (
        f'<button type="button" class="fn-copy" title="{name}" data-copy="{words}" data-html="{formatted}">'
        f'<span class="fn-hidden">{name}</span></button>'
    )


def _draw_reason(turn: TurnView, shelf: Shelf, session: Session) -> None:
    key = f"reason-{turn.id}"

    def told() -> None:
        shelf.rate(session.conversation, turn.id, -1, st.session_state[key])

    st.text_input(
        session.say("What was wrong with this answer?"),
        turn.reason,
        key=key,
        max_chars=500,
        placeholder=session.say("For example: the wrong year. Kept with the answer."),
        on_change=told,
    )


_THUMBS = {0: -1, 1: 1, None: 0}  # Streamlit's answer -> ours


def _draw_thumbs(turn: TurnView, shelf: Shelf, session: Session) -> None:
    key = f"rate-{turn.id}"

    def rate() -> None:
        shelf.rate(session.conversation, turn.id, _THUMBS[st.session_state[key]])

    shown = {rating: thumb for thumb, rating in _THUMBS.items()}[turn.rating]
    st.feedback("thumbs", key=key, default=shown, on_change=rate)
