"""Where to look: the documents, the pages and the section that a question is confined to.

What holds stands as chips at the question box, each with a way to take it off. Every conversation has its own, which
the browser keeps (`composer.js`): like a draft it outlives a reload, and no other browser has this person's shelf.
"""

from __future__ import annotations

import json

import streamlit as st

from src.library.guide import Heading
from src.library.shelf import Shelf
from src.presentation.describe import document_name, within_part
from src.presentation.escaping import plain
from src.screen.collections import collections_of, draw_collections, ticked, untick
from src.screen.document_list import choose
from src.screen.markdown import escape_markdown
from src.screen.session import LookIn, Session
from src.views import DocumentView

UNASKED = "new"  # stands for a conversation that nothing has been asked in: after a reload it has another id
_CHIPS = 3  # of documents; more of them are told as a number
_CHIP_CHARACTERS = 28


def asked_documents(shelf: Shelf, session: Session) -> tuple[DocumentView, ...]:
    """The chosen documents that can be asked; () for all."""
    return tuple(v for v in shelf.documents() if v.searchable and v.entry_id in session.chosen)


def among(shelf: Shelf, session: Session) -> tuple[str, ...]:
    """Their ids, as `Shelf.ask` takes them."""
    return tuple(view.document_id for view in asked_documents(shelf, session))


def confined(question: str, session: Session) -> str:
    """The question with the pages and the section chosen beside it, in words that anybody could have typed."""
    return within_part(question, session.pages, session.section, session.say)


def unconfined(question: str, session: Session) -> str:
    """The question without the words that `confined` would add again."""
    return question.removesuffix(confined("", session)).rstrip() or question


# ------------------------------------------------------------------------------------------------ each conversation's


def where_it_looks(session: Session) -> LookIn:
    return LookIn(session.chosen, session.section, session.pages.strip())


def look_as(where: LookIn, session: Session) -> None:
    session.chosen, session.section, session.pages = where.chosen, where.section, where.pages
    st.session_state["pages"] = where.pages  # what stands in the box, which is drawn later


def move_to(conversation: str, session: Session) -> None:
    """What holds for the conversation that was shown is put by, and that of the other taken up."""
    session.elsewhere[session.conversation] = where_it_looks(session)
    look_as(session.elsewhere.get(conversation, LookIn()), session)


def take_up(told: str, session: Session) -> bool:
    """What the browser has kept, as JSON: conversation -> [entries, section, pages]. Whether it changes this one's.

    Sent by a browser, it may be anything; what a person did in this visit goes before it.
    """
    session.told_where = True
    try:
        kept = json.loads(told)
    except ValueError:
        return False
    for conversation, each in kept.items() if isinstance(kept, dict) else ():
        match each:
            case [list(entries), str(section), str(pages)]:
                chosen = tuple(entry for entry in entries if isinstance(entry, str))
                session.elsewhere.setdefault(conversation, LookIn(chosen, section, pages))
    where = session.elsewhere.get(session.conversation if session.address else UNASKED, LookIn())
    if where_it_looks(session) != LookIn() or where == LookIn():
        return False
    look_as(where, session)
    return True


# ------------------------------------------------------------------------------------------------ in the library


def draw_where_to_look(shelf: Shelf, session: Session) -> None:
    """A collection, some pages, or a section of the one document there is a question about, instead of all."""
    readable = [view for view in shelf.documents() if view.searchable]
    if not readable:
        session.section = ""
        return
    say = session.say
    with st.expander(say("Where to look"), key="where-to-look"):
        draw_collections(shelf, session)
        session.pages = st.text_input(say("Pages"), session.pages, placeholder=say("All, or 10–20"), key="pages")
        headings = _headings(readable, shelf, session)
        titles = ["", *dict.fromkeys(heading.title for heading in headings)]
        session.section = session.section if session.section in titles else ""
        if len(titles) > 1:
            session.section = st.selectbox(
                say("Section"),
                titles,
                index=titles.index(session.section),
                format_func=lambda title: plain(title) if title else say("All"),  # no Markdown in there
            )


def _headings(readable: list[DocumentView], shelf: Shelf, session: Session) -> tuple[Heading, ...]:
    asked = asked_documents(shelf, session) or tuple(readable)
    if len(asked) != 1:
        return ()
    return next((guide.headings for guide in shelf.guides() if guide.document_id == asked[0].document_id), ())


# ------------------------------------------------------------------------------------------------ at the question box


def draw_scope_chips(shelf: Shelf, session: Session) -> None:
    say, documents = session.say, asked_documents(shelf, session)
    if not (documents or session.pages.strip() or session.section):
        return
    with st.container(horizontal=True, gap="xsmall", key="scope"):
        whole = ticked(collections_of(shelf), session.chosen)
        for one in whole:
            said = say("Collection: {name}", name=plain(one.name))
            _chip(one.id, said, session, lambda one=one: untick(one, session))
        grouped = {entry for one in whole for entry in one.entries}
        others = [view for view in documents if view.entry_id not in grouped]
        if len(others) > _CHIPS:
            said = say.n(len(others), "{n:,} document", "{n:,} documents")
            _chip("documents", said, session, lambda: choose(tuple(e for e in session.chosen if e in grouped), session))
        else:
            for view in others:
                _chip(view.entry_id, document_name(view), session, lambda view=view: _leave_out(view, session))
        if session.section:
            _chip("section", say("Section: {title}", title=session.section), session, lambda: _no_section(session))
        if session.pages.strip():
            _chip("pages", say("Pages: {pages}", pages=session.pages.strip()), session, lambda: _no_pages(session))


def _chip(key: str, words: str, session: Session, take_off) -> None:  # type: ignore[no-untyped-def]
    short = words if len(words) <= _CHIP_CHARACTERS else words[:_CHIP_CHARACTERS].rstrip() + "…"
    st.button(
        escape_markdown(short),
        icon=":material/close:",
        icon_position="right",
        key=f"scope-{key}",
        help=session.say("Look everywhere again: take off “{name}”", name=escape_markdown(words)),
        on_click=take_off,
    )


def _leave_out(view: DocumentView, session: Session) -> None:
    session.chosen = tuple(entry for entry in session.chosen if entry != view.entry_id)


def _no_section(session: Session) -> None:
    session.section = ""


def _no_pages(session: Session) -> None:
    session.pages = ""
    st.session_state["pages"] = ""
