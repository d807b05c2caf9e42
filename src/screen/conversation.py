"""The middle room: questions, the answers while they are made, and what they stand on."""

from __future__ import annotations

import time
from collections.abc import Iterable

import streamlit as st

from shared_utils.errors import QuestionError
from shared_utils.types import Answer, Citation, EvidenceSpan
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
    within_pages,
    written_markdown,
)
from src.screen.pieces import doubts, footnotes, note, said
from src.screen.session import Place, Session
from src.views import TurnView

_TICK_S = 0.3
_TITLE_CHARACTERS = 60


# ------------------------------------------------------------------------------------------------ addresses of chips

# Whose numbering a marker belongs to: the finished answer's, that of the quotes shown before it, or that of the words
# that are being written.
ANSWER, QUOTES, WRITING = "a", "q", "w"


def anchor(turn: TurnView, source: str, marker: int) -> str:
    return f"{turn.id}.{source}.{marker}"


def find_citation(shelf: Shelf, session: Session, address: str) -> Citation | None:
    """The citation a chip leads to; addresses come from a browser and may be anything."""
    turn_id, _, rest = address.partition(".")
    source, _, marker = rest.partition(".")
    turn = next((t for t in shelf.turns(session.conversation) if t.id == turn_id), None)
    return next((c for c in _citations(turn, source, shelf) if str(c.marker) == marker), None) if turn else None


def _citations(turn: TurnView, source: str, shelf: Shelf) -> Iterable[Citation]:
    if source == WRITING:
        return (_citation(n, span, shelf) for n, span in enumerate(turn.spans, start=1))
    answer = turn.extractive if source == QUOTES else turn.answer
    return answer.citations if answer else ()


def _citation(marker: int, span: EvidenceSpan, shelf: Shelf) -> Citation:
    """A whole passage, until the answer is done and its exact words are known."""
    name = next((view.name for view in shelf.documents() if view.document_id == span.document_id), "")
    label = shelf.page_label(span.document_id, span.page)
    return Citation(marker, span.document_id, name, span.page, label, span.text, span.start, span.end)


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
    turns = shelf.turns(session.conversation)
    _draw_bar(turns, shelf, session)
    if turns[:-1]:
        with st.container(key="earlier"):
            for turn in turns[:-1]:
                _draw_turn(turn, shelf, session, latest=False)
    if turns:
        with st.container(key="latest"):  # as tall as the window, so that a new question can stand at its top
            _draw_turn(turns[-1], shelf, session, latest=True)
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
    session.conversation = shelf.new_conversation()
    session.place, session.followed = None, ""


def _draw_turn(turn: TurnView, shelf: Shelf, session: Session, *, latest: bool) -> None:
    _draw_question(turn)
    if turn.done:
        _draw_finished(turn, shelf, session, latest=latest)
    else:
        quoted = turn.extractive is not None
        st.fragment(_draw_running, run_every=_TICK_S)(turn.id, shelf, session, quoted)


def _draw_question(turn: TurnView) -> None:
    with st.container(key=f"question-{turn.id}", horizontal_alignment="right"):
        st.html(f'<p class="fn-question">{said(turn.question)}</p>', width="content")


def _draw_running(turn_id: str, shelf: Shelf, session: Session, quoted: bool) -> None:
    """A tick: the page is drawn again when the answer is done, or when there is a first quote to open beside it."""
    turn = next((t for t in shelf.turns(session.conversation) if t.id == turn_id), None)
    if turn is None or turn.done or (turn.extractive is not None) != quoted:
        st.rerun()
    with st.container(key=f"answer-{turn.id}"):
        with st.container(horizontal=True, vertical_alignment="center", key="status", wrap=False):
            # a timer, not a status: nobody wants a clock read out three times a second
            st.html(f'<p class="fn-stage" role="timer">{said(describe_stage(turn, time.monotonic()))}</p>')
            st.button(
                "Stop",
                icon=":material/stop_circle:",
                key="stop",
                type="tertiary",
                on_click=shelf.stop,
                args=(session.conversation,),
            )
        for change in turn.changes:
            st.html(note(change))
        if turn.text:
            chips = _chips(turn, WRITING, _citations(turn, WRITING, shelf))
            st.markdown(written_markdown(turn.text, chips.get) + " ▌")
        if turn.extractive and turn.extractive.citations:
            st.html(_labelled("Found in your documents", turn, QUOTES, turn.extractive))


def _chips(turn: TurnView, source: str, citations: Iterable[Citation]) -> dict[int, str]:
    return {c.marker: chip_link(c, "cite-" + anchor(turn, source, c.marker)) for c in citations}


def _labelled(label: str, turn: TurnView, source: str, answer: Answer) -> str:
    """A list of sources under a heading of its own."""
    listed = footnotes(answer.citations, lambda n: "cite-" + anchor(turn, source, n), label)
    return f'<p class="fn-label">{said(label)}</p>{listed}'


def _draw_finished(turn: TurnView, shelf: Shelf, session: Session, *, latest: bool) -> None:
    with st.container(key=f"answer-{turn.id}", gap="small"):
        if turn.answer is None:
            st.html(note(turn.error or "This answer was stopped before it began.", "error", role="alert"))
        elif turn.answer.answerable:
            _draw_answer(turn, turn.answer)
        else:
            _draw_refusal(turn.answer, turn, shelf, session, latest=latest)
        for change in turn.changes:
            st.html(note(change))
        _draw_footer(turn, shelf, session, latest=latest)


def _draw_answer(turn: TurnView, answer: Answer) -> None:
    doubtful = cautions(answer)

    def sign(index: int) -> str:
        return f'[{dagger(index)}](#doubt-{index} "{escape_markdown(describe_verdict(doubtful[index]))}")'

    quoted = answer.stats.backend == "extractive"  # then the list of quotes is the answer
    if not quoted:
        st.markdown(answer_markdown(answer, _chips(turn, ANSWER, answer.citations).get, sign))
    st.html(
        footnotes(answer.citations, lambda n: "cite-" + anchor(turn, ANSWER, n), full=quoted)
        + doubts(answer)
        + "".join(map(note, answer.notes))
    )


def _draw_refusal(answer: Answer, turn: TurnView, shelf: Shelf, session: Session, *, latest: bool) -> None:
    st.markdown("Your documents do not seem to answer this." if not answer.sentences else answer_markdown(answer))
    if answer.citations:
        st.html(_labelled("The closest passages", turn, ANSWER, answer))
    for text in answer.notes:
        st.html(note(text))
    if latest:
        st.button(
            "Ask anyway",
            key="anyway",
            help="Let the model answer from these passages",
            on_click=shelf.regenerate,
            args=(session.conversation,),
            kwargs={"ask_anyway": True},
        )


def _draw_footer(turn: TurnView, shelf: Shelf, session: Session, *, latest: bool) -> None:
    if turn.answer is not None and not turn.answer.answerable:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"footer-{turn.id}", wrap=False):
        st.html(note(describe_answer(turn)))
        if latest:
            st.button(
                "Answer again",
                icon=":material/refresh:",
                key="bare-regenerate",
                type="tertiary",
                on_click=shelf.regenerate,
                args=(session.conversation,),
            )


def _draw_suggestions(shelf: Shelf, session: Session) -> None:
    suggestions = shelf.suggestions(session.conversation)
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
        shelf.ask(session.conversation, within_pages(question, session.pages), only=session.only)
    except QuestionError as exc:
        session.unasked = str(exc)
