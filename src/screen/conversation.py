"""The middle room: questions and their answers, the newest at the foot."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from shared_utils.errors import QuestionError
from shared_utils.message import NOTHING, message
from src.library.shelf import Shelf
from src.presentation.escaping import html_text, plain
from src.screen.answer import draw_finished
from src.screen.conversation_list import shortened, show_conversation
from src.screen.export_dialog import draw_export_button
from src.screen.guide import draw_guide
from src.screen.html import note
from src.screen.markdown import escape_markdown
from src.screen.question_list import draw_list, split_list
from src.screen.running import draw_running
from src.screen.scope import among, confined, unconfined, where_it_looks
from src.screen.session import Session
from src.screen.share_dialog import draw_share_button
from src.views import TurnView

_TITLE_CHARACTERS = 60


def draw_conversation(shelf: Shelf, session: Session) -> None:
    turns = shelf.turns(session.conversation)
    is_anew = session.drawn != session.conversation
    listed, others = split_list(turns)
    is_first = not listed and len(others) == 1 and not others[0].done
    st.html(_only(session.conversation, anew=is_anew, first=is_first, below_a_list=bool(listed)))
    _draw_bar(turns, shelf, session)
    draw_list(turns, shelf, session)
    with st.container(key="beginning"):  # a place of its own: a question would take that of what stands in it
        if not turns:
            _draw_beginning(shelf, session)
    slots = [st.container(), st.container()]  # by turns: in its own, nothing of the conversation before is in its way
    if is_anew:
        session.slot = 1 - session.slot
    with slots[session.slot]:
        _draw_turns(others, shelf, session)
    session.drawn = session.conversation
    if session.unasked:
        st.html(note(session.say(session.unasked), "error", role="alert"))


def _only(conversation: str, *, anew: bool, first: bool, below_a_list: bool) -> str:
    """Drawn `anew`, what the conversation before held is gone at once, not when the page has been drawn to its end, and
    the answers are seen when the last of them stands: it is the one that is looked at. With the `first` question, what
    stood before it is gone when that stands. Said only while it is so: what is told by a part of a class is asked for
    whenever any element's class changes."""
    wrapper, turn = '[data-testid="stLayoutWrapper"]', '[class*="st-key-turn-"]'
    rules = list[str]()
    if anew:
        own = f'[class*="st-key-turn-{conversation}-"]'
        theirs = f"> div > {wrapper} > .st-key-turns > {wrapper} > {turn}:not({own})"
        rules.append(f".st-key-room-conversation > {wrapper}:has({theirs}) {{display: none}}")
        rules.append(f"{wrapper}:has(> .st-key-beginning):has(~ {wrapper} {own}) {{display: none}}")
        rules.append(f'.st-key-turns:not(:has([data-of="{conversation}"])) {{visibility: hidden}}')
    elif first:
        rules.append(f"{wrapper}:has(> .st-key-beginning):has(~ {wrapper} .st-key-turns > {wrapper}) {{display: none}}")
    if below_a_list:  # so that a new question can stand at its top, as one below another can (footnote.css)
        rules.append(f".st-key-turns > {wrapper}:last-child > {turn} {{min-height: calc(100vh - 12.5rem)}}")
    return f"<style>{' '.join(rules)}</style>"


def _draw_turns(turns: Sequence[TurnView], shelf: Shelf, session: Session) -> None:
    """Each stays where it stood as the latest: in another place, all of it would be made anew and move."""
    with st.container(key="turns"):
        for turn in turns:
            with st.container(key=f"turn-{session.conversation}-{turn.id}"):
                _draw_turn(turn, shelf, session, latest=turn is turns[-1])
                if turn is turns[-1]:
                    _draw_what_follows(turn, shelf, session)


def _draw_beginning(shelf: Shelf, session: Session) -> None:
    st.html(note(session.say("Ask a question about your documents. Every sentence of the answer leads to its page.")))
    draw_guide(shelf, session)
    _draw_suggestions(shelf, session)
    st.html(_coming(session))


def _draw_what_follows(turn: TurnView, shelf: Shelf, session: Session) -> None:
    _draw_queue(turn, shelf, session)
    if turn.done:
        _draw_suggestions(shelf, session)
    st.html(_coming(session))


def _coming(session: Session) -> str:
    """Where composer.js shows one's own words until they are drawn; and the end of the conversation, for `_only`."""
    return f'<div class="fn-coming" data-of="{html_text(session.conversation)}"></div>'


def _draw_bar(turns: tuple[TurnView, ...], shelf: Shelf, session: Session) -> None:
    say = session.say
    title = plain(turns[0].title or turns[0].question) if turns else say("New conversation")
    short = shortened(title, _TITLE_CHARACTERS)
    with st.container(horizontal=True, vertical_alignment="center", key="bar", wrap=False):
        st.html(f'<h1 class="fn-title" dir="auto" title="{html_text(title)}">{html_text(short)}</h1>', width="stretch")
        draw_export_button(turns, session)
        draw_share_button(turns, session)
        st.button(
            say("New"),
            key="new",
            icon=":material/edit_square:",
            type="tertiary",
            help=say("Start a new conversation about the same documents"),
            disabled=not turns,
            on_click=_new_conversation,
            args=(shelf, session),
        )


def _new_conversation(shelf: Shelf, session: Session) -> None:
    conversation = shelf.new_conversation()
    session.elsewhere[conversation] = where_it_looks(session)  # about the same documents
    show_conversation(conversation, session)


def _draw_turn(turn: TurnView, shelf: Shelf, session: Session, *, latest: bool) -> None:
    with st.container(
        key=f"question-{turn.id}",
        horizontal=True,
        horizontal_alignment="right",
        vertical_alignment="center",
        gap="xsmall",
        wrap=False,
    ):
        st.html(f'<p class="fn-question" dir="auto">{html_text(turn.question)}</p>', width="content")
        if turn.done:  # after the question, whose place it would take for a moment
            st.button(
                session.say("Edit and ask again"),
                icon=":material/edit:",
                key=f"bare-edit-{turn.id}",
                type="tertiary",
                on_click=_edit,
                args=(turn.question, session),
            )
    if turn.done:
        with st.container():  # as a running answer's fragment has one
            draw_finished(turn, shelf, session, latest=latest)
    else:
        draw_running(turn, shelf, session)


def _edit(question: str, session: Session) -> None:
    """Into the box: what was answered stays, and the edited question is asked anew."""
    session.draft = unconfined(question, session)


def _draw_suggestions(shelf: Shelf, session: Session) -> None:
    suggestions = shelf.suggestions(session.conversation, session.say, among(shelf, session))
    if not suggestions:
        return
    with st.container(horizontal=True, key="suggestions", gap="xsmall"):
        for number, question in enumerate(suggestions):
            st.button(
                escape_markdown(question), key=f"suggestion-{number}", on_click=ask, args=(question, shelf, session)
            )


def ask(question: str, shelf: Shelf, session: Session, most: int = 0) -> None:
    """Ask it, or put it in line behind the one that is being answered; where that cannot be, or it is longer than
    `most` characters (0 = any), why is told and the question is kept as the draft."""
    session.unasked = NOTHING
    asked = confined(question, session)
    if 0 < most < len(asked):
        session.draft = question
        session.unasked = message(
            "This question has {n:,} characters; at most {limit:,} can be taken. Shorten it, or split it "
            "into several questions.",
            n=len(asked),
            limit=most,
        )
        return
    try:
        shelf.ask(session.conversation, asked, among=among(shelf, session), wait=True)
        session.view = ""
    except QuestionError as exc:
        session.unasked, session.draft = exc.message, question


def _draw_queue(turn: TurnView, shelf: Shelf, session: Session) -> None:
    """The questions that wait behind the one that is being answered, each with a way back into the box."""
    for place, question in enumerate(turn.queued):
        with st.container(key=f"queued-{place}", horizontal_alignment="right", gap=None):
            said = html_text(session.say("Asked next"))
            st.html(f'<p class="fn-question fn-queued" dir="auto">{html_text(question)}</p>', width="content")
            with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall"):
                st.html(f'<p class="fn-note fn-quiet">{said}</p>', width="content")
                st.button(
                    session.say("Take back"),
                    key=f"take-back-{place}",
                    type="tertiary",
                    on_click=_take_back,
                    args=(place, shelf, session),
                )


def _take_back(place: int, shelf: Shelf, session: Session) -> None:
    session.taken_back += 1
    session.draft = shelf.unqueue(session.conversation, place)
