"""A list of questions: the dialog that takes it, and the table of cited answers it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

import streamlit as st

from shared_utils.errors import QuestionError
from shared_utils.types import Answer
from src.i18n import Say, phrase
from src.library.question_lists import ListView, begin_list, describe_list, go_on, list_view
from src.library.shelf import Shelf
from src.presentation.blocks import Piece, as_html, blocks, cautions, dagger, is_quoted, set_as_text
from src.presentation.cited import entries
from src.presentation.describe import describe_verdict, place_of
from src.presentation.escaping import html_text
from src.presentation.questions import questions_from
from src.screen.citations import ANSWER, anchor
from src.screen.conversation_list import show_conversation
from src.screen.dialogs import draw_dialog, open_dialog
from src.screen.html import aside, note
from src.screen.scope import among
from src.screen.session import Session
from src.settings import Settings
from src.views import TurnView

_NAME = "list"
_TICK_S = 1.0
_HEADS = (phrase("Question"), phrase("Answer"), phrase("Checked"))


# ------------------------------------------------------------------------------------------------ asking


def draw_list_button(session: Session, *, ready: bool) -> None:
    st.button(
        session.say("Ask a list of questions"),
        icon=":material/checklist:",
        key="ask-list",
        type="tertiary",
        disabled=not ready,
        on_click=open_dialog,
        args=(session, _NAME),
    )


def draw_list_dialog(shelf: Shelf, session: Session, settings: Settings) -> None:
    draw_dialog(session, _NAME, session.say("Ask a list of questions"), partial(_draw_form, shelf, session, settings))


def _draw_form(shelf: Shelf, session: Session, settings: Settings) -> None:
    say = session.say
    st.html(
        note(say("Each is answered by itself, one after the other. You can leave meanwhile; the answers are kept."))
    )
    with st.form("question-list", border=False):
        typed = st.text_area(say("One question a line"), height=180, key="listed")
        file = st.file_uploader(
            say("Or a text or CSV file with a column “question”"), type=["txt", "csv"], key="list-file"
        )
        if st.form_submit_button(say("Ask them all"), type="primary"):
            try:
                source = file.getvalue() if file else typed
                questions = questions_from(source, most=settings.max_list, max_chars=settings.max_question_chars)
                conversation = begin_list(shelf, questions, among=among(shelf, session))
            except QuestionError as exc:
                st.html(note(say(exc.message), "error", role="alert"))
                return
            show_conversation(conversation, session)
            open_dialog(session, "")
            st.rerun()


# ------------------------------------------------------------------------------------------------ the table


def split_list(turns: Sequence[TurnView]) -> tuple[tuple[TurnView, ...], tuple[TurnView, ...]]:
    """A conversation's list, and what was asked besides it."""
    begun = next((turn for turn in turns if turn.then), None)
    listed = {begun.question, *begun.then} if begun else set()
    return (
        tuple(turn for turn in turns if turn.question in listed),
        tuple(turn for turn in turns if turn.question not in listed),
    )


def draw_list(turns: Sequence[TurnView], shelf: Shelf, session: Session) -> None:
    view = list_view(turns)
    if view is not None:
        st.fragment(_tick, run_every=_TICK_S if view.running else None)(view, shelf, session)


def _tick(drawn: ListView, shelf: Shelf, session: Session) -> None:
    """Ticks while the list is being asked; how it ends concerns the whole page."""
    turns = shelf.turns(session.conversation)
    view = list_view(turns)
    if view is None or view.running != drawn.running:
        st.rerun()
    with st.container(key="list", gap="small"):
        _draw_progress(view, shelf, session)
        st.html(answers_table(split_list(turns)[0], view.left, session.say))


def _draw_progress(view: ListView, shelf: Shelf, session: Session) -> None:
    say = session.say
    with st.container(horizontal=True, vertical_alignment="center", key="list-progress", wrap=False):
        percent = round(100 * view.done / view.total)
        words = html_text(describe_list(view, say))
        st.html(
            f'<p class="fn-stage" role="timer">{words}</p>'
            f'<div class="fn-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" '
            f'aria-label="{words}"><i style="width:{percent}%"></i></div>'
        )
        if view.running:
            stop = say("Stop")
            st.button(
                stop,
                icon=":material/stop_circle:",
                key="stop-list",
                type="tertiary",
                on_click=shelf.stop,
                args=(session.conversation,),
            )
        elif view.left:
            st.button(
                say("Go on"),
                icon=":material/play_circle:",
                key="go-on",
                type="tertiary",
                on_click=_go_on,
                args=(shelf, session),
            )


def _go_on(shelf: Shelf, session: Session) -> None:
    try:
        go_on(shelf, session.conversation, among=among(shelf, session))
    except QuestionError as exc:
        session.unasked = exc.message


def answers_table(turns: Sequence[TurnView], left: Sequence[str], say: Say) -> str:
    """Question, answer with its chips, and whether it stands. What is still to come stands below, without an answer.

    A table is read as a whole, so its footnotes are numbered through, as every export numbers them."""
    heads = "".join(f'<th scope="col">{html_text(say(head))}</th>' for head in _HEADS)
    numbered = zip(turns, entries(turns), strict=True)
    rows = [_row(turn.question, *_answered(turn, entry.turn.answer, say)) for turn, entry in numbered]
    rows += [_row(question, "", "") for question in left]
    return f'<table class="fn-answers"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _row(question: str, answer: str, checked: str) -> str:
    return f'<tr><td dir="auto">{html_text(question)}</td><td dir="auto">{answer}</td><td>{checked}</td></tr>'


def _answered(turn: TurnView, numbered: Answer | None, say: Say) -> tuple[str, str]:
    """The answer's cell and the verdict's, as HTML. `numbered`: the same answer with the table's numbers."""
    if turn.answer is None or numbered is None:
        waiting = f'<span class="fn-quiet">{html_text(say("being answered"))}</span>'
        return (waiting if not turn.done else html_text(say(turn.error))), ""
    if not turn.answer.answerable:
        return f'<span class="fn-quiet">{html_text(say("The documents do not seem to answer this."))}</span>', ""
    own = [citation.marker for citation in turn.answer.citations]
    addresses = {c.marker: anchor(turn, ANSWER, marker) for c, marker in zip(numbered.citations, own, strict=True)}
    return _words(numbered, addresses, say), _verdict(turn.answer, say)


def _words(answer: Answer, addresses: Mapping[int, str], say: Say) -> str:
    """`addresses`: where each of the markers leads."""
    by_marker = {citation.marker: citation for citation in answer.citations}

    def chip(marker: int) -> str:
        cited = by_marker[marker]
        title = html_text(place_of(cited, say))
        return f'<a href="#cite-{escape(addresses[marker])}" title="{title}">{marker}</a>'

    def piece_html(piece: Piece) -> str:
        marks = "".join(map(chip, piece.markers)) + piece.sign
        return f"{html_text(piece.text)}{'&nbsp;' if marks else ''}{marks}"

    if not is_quoted(answer):
        return as_html(blocks(answer, say), piece_html, heading="b")
    said = set_as_text(answer)
    led = {marker for sentence in said.sentences for marker in sentence.citations}
    quotes = [f'<p dir="auto"><q>{html_text(c.quote)}</q>&nbsp;{chip(c.marker)}</p>' for c in answer.citations]
    first = 0 if said.sentences else 1  # a value that was looked up leads, else the first quote
    folded = [quote for quote, c in zip(quotes, answer.citations, strict=True) if c.marker not in led][first:]
    head = html_text(say.n(len(folded), "{n} more passage", "{n} more passages"))
    more = f'<details class="fn-aside"><summary>{head}</summary>{"".join(folded)}</details>' if folded else ""
    return as_html(blocks(said, say), piece_html, heading="b") + "".join(quotes[:first]) + more


def _verdict(answer: Answer, say: Say) -> str:
    if is_quoted(answer):
        return f'<span class="fn-quiet">{html_text(say("quoted word for word"))}</span>'
    doubts = cautions(answer)
    if not doubts:
        return f'<span class="fn-sound">{html_text(say("supported"))}</span>{aside(answer, say)}'
    reasons = " ".join(f"{dagger(i)} {describe_verdict(sentence, say)}" for i, sentence in enumerate(doubts))
    return f'<span class="fn-warning">{html_text(reasons)}</span>{aside(answer, say)}'
