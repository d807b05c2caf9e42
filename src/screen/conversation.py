"""The middle room: questions, the answers while they are made, and what they stand on."""

from __future__ import annotations

import time

import streamlit as st

from shared_utils.errors import QuestionError
from shared_utils.types import Answer, Citation
from src.library import Shelf
from src.presentation import (
    answer_markdown,
    cautions,
    chip_link,
    dagger,
    describe_answer,
    describe_stage,
    describe_verdict,
    escape_markdown,
    plain,
    written_markdown,
)
from src.screen.pieces import doubts, footnotes, note, said
from src.screen.session import Place, Session
from src.views import TurnView

_TICK_S = 0.3
_TITLE_CHARACTERS = 60


# ------------------------------------------------------------------------------------------------ addresses of chips

ANSWER, QUOTES = "a", "q"  # whose numbering a marker belongs to: the answer's, or that of the quotes shown before it


def anchor(turn: TurnView, source: str, marker: int) -> str:
    return f"{turn.id}.{source}.{marker}"


def find_citation(turns: tuple[TurnView, ...], address: str) -> Citation | None:
    """The citation a chip leads to; addresses come from a browser and may be anything."""
    turn_id, _, rest = address.partition(".")
    source, _, marker = rest.partition(".")
    for turn in turns:
        if turn.id == turn_id:
            answer = turn.extractive if source == QUOTES else turn.answer
            return next((c for c in answer.citations if str(c.marker) == marker), None) if answer else None
    return None


def follow_answer(turns: tuple[TurnView, ...], session: Session) -> None:
    """Let the viewer show the first source of a new answer, once: what a person opens later stays open."""
    if not turns:
        return
    turn = turns[-1]
    source, answer = (ANSWER, turn.answer) if turn.answer else (QUOTES, turn.extractive)
    if answer is None or not answer.answerable or not answer.citations:
        return
    name = f"{turn.id}.{source}"
    if session.followed != name and not (session.followed.startswith(turn.id) and _chosen(session, turn)):
        first = answer.citations[0]
        session.place = Place(first.document_id, first.page, first, anchor(turn, source, first.marker))
    session.followed = name


def _chosen(session: Session, turn: TurnView) -> bool:
    """Whether the person opened something while this answer was being made."""
    return session.place is None or session.place.anchor != anchor(turn, QUOTES, 1)


# ------------------------------------------------------------------------------------------------ drawing


def draw_conversation(shelf: Shelf, session: Session) -> None:
    turns = shelf.turns()
    _draw_bar(turns, shelf, session)
    for turn in turns:
        _draw_question(turn)
        if turn.done:
            _draw_finished(turn, shelf, latest=turn is turns[-1])
        else:
            quoted = turn.extractive is not None
            st.fragment(_draw_running, run_every=_TICK_S)(turn.id, shelf, quoted)
    if not turns:
        st.html(note("Ask a question about your documents. Every sentence of the answer leads to its page."))
        _draw_suggestions(shelf, session)
    if session.unasked:
        st.html(note(session.unasked, "error", role="alert"))
        session.unasked = ""


def _draw_bar(turns: tuple[TurnView, ...], shelf: Shelf, session: Session) -> None:
    title = plain(turns[0].question) if turns else "New conversation"
    short = title if len(title) <= _TITLE_CHARACTERS else title[:_TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"
    with st.container(horizontal=True, vertical_alignment="center", key="bar", wrap=False):
        st.html(f'<h1 class="fn-title" title="{said(title)}">{said(short)}</h1>', width="stretch")
        st.button(
            "New",
            icon=":material/edit_square:",
            type="tertiary",
            help="Start a new conversation about the same documents",
            disabled=not turns,
            on_click=_new_conversation,
            args=(shelf, session),
        )


def _new_conversation(shelf: Shelf, session: Session) -> None:
    shelf.new_conversation()
    session.place, session.followed = None, ""


def _draw_question(turn: TurnView) -> None:
    with st.container(key=f"question-{turn.id}", horizontal_alignment="right"):
        st.html(f'<p class="fn-question">{said(turn.question)}</p>', width="content")


def _draw_running(turn_id: str, shelf: Shelf, quoted: bool) -> None:
    """A tick: the page is drawn again when the answer is done, or when there is a first quote to open beside it."""
    turn = next((t for t in shelf.turns() if t.id == turn_id), None)
    if turn is None or turn.done or (turn.extractive is not None) != quoted:
        st.rerun()
    with st.container(key=f"answer-{turn.id}"):
        with st.container(horizontal=True, vertical_alignment="center", key="status", wrap=False):
            st.html(f'<p class="fn-stage" role="status">{said(describe_stage(turn, time.monotonic()))}</p>')
            st.button("Stop", icon=":material/stop_circle:", key="stop", type="tertiary", on_click=shelf.stop)
        for change in turn.changes:
            st.html(note(change))
        if turn.text:
            st.markdown(written_markdown(turn.text, _waiting_chip) + " ▌")
        if turn.extractive and turn.extractive.citations:
            st.html('<p class="fn-label">Found in your documents</p>')
            st.html(footnotes(turn.extractive.citations, lambda n: "cite-" + anchor(turn, QUOTES, n), "Found"))


def _waiting_chip(marker: int) -> str:
    """A marker whose page is told once the whole answer has been checked."""
    return f":small[:gray-badge[{marker}]]"


def _draw_finished(turn: TurnView, shelf: Shelf, *, latest: bool) -> None:
    with st.container(key=f"answer-{turn.id}", gap="small"):
        if turn.answer is None:
            st.html(note(turn.error or "This answer was stopped before it began.", "error", role="alert"))
        elif turn.answer.answerable:
            _draw_answer(turn, turn.answer)
        else:
            _draw_refusal(turn, turn.answer, shelf, latest=latest)
        for change in turn.changes:
            st.html(note(change))
        _draw_footer(turn, shelf, latest=latest)


def _draw_answer(turn: TurnView, answer: Answer) -> None:
    citations = {c.marker: c for c in answer.citations}
    doubtful = cautions(answer)

    def chip(marker: int) -> str | None:
        citation = citations.get(marker)
        return chip_link(citation, "cite-" + anchor(turn, ANSWER, marker)) if citation else None

    def sign(index: int) -> str:
        return f'[{dagger(index)}](#doubt-{index} "{escape_markdown(describe_verdict(doubtful[index]))}")'

    if answer.stats.backend != "extractive":  # else the list of quotes is the answer
        st.markdown(answer_markdown(answer, chip, sign))
    st.html(
        footnotes(answer.citations, lambda n: "cite-" + anchor(turn, ANSWER, n))
        + doubts(answer)
        + "".join(map(note, answer.notes))
    )


def _draw_refusal(turn: TurnView, answer: Answer, shelf: Shelf, *, latest: bool) -> None:
    st.markdown("Your documents do not seem to answer this." if not answer.sentences else answer_markdown(answer))
    if answer.citations:
        st.html(
            '<p class="fn-label">The closest passages</p>'
            + footnotes(answer.citations, lambda n: "cite-" + anchor(turn, ANSWER, n), "The closest passages")
        )
    for text in answer.notes:
        st.html(note(text))
    if latest:
        st.button(
            "Ask anyway",
            key="anyway",
            help="Let the model answer from these passages",
            on_click=shelf.regenerate,
            kwargs={"ask_anyway": True},
        )


def _draw_footer(turn: TurnView, shelf: Shelf, *, latest: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"footer-{turn.id}", wrap=False):
        st.html(note(describe_answer(turn)))
        if latest:
            st.button(
                "",
                icon=":material/refresh:",
                key="regenerate",
                type="tertiary",
                help="Answer again",
                on_click=shelf.regenerate,
            )


def _draw_suggestions(shelf: Shelf, session: Session) -> None:
    suggestions = shelf.suggestions()
    if not suggestions:
        return
    with st.container(horizontal=True, key="suggestions", gap="xsmall"):
        for number, question in enumerate(suggestions):
            st.button(
                escape_markdown(question), key=f"suggestion-{number}", on_click=ask, args=(question, shelf, session)
            )


# ------------------------------------------------------------------------------------------------ asking


def ask(question: str, shelf: Shelf, session: Session) -> None:
    try:
        shelf.ask(question)
    except QuestionError as exc:
        session.unasked = str(exc)
