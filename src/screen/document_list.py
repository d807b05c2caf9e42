"""The documents of a library as rows: what is at work on top, the rest as the person sorts them.

A tick chooses a document: those that are chosen are asked, and can be removed together. None chosen means all.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from shared_utils.errors import FootnoteError
from src.i18n import Say, phrase
from src.library.shelf import Shelf
from src.presentation.describe import document_name, document_progress
from src.presentation.escaping import html_text, plain
from src.screen.collections import draw_collect, draw_naming
from src.screen.html import document_card
from src.screen.markdown import escape_markdown
from src.screen.session import Place, Session
from src.views import DocumentState, DocumentView

_TICK_S = 0.5
_TICK_OF_MANY_S = 1.0
_REDRAW_S = 3.0  # where there are many, files that reach another stage are drawn together
_MOST = 20  # rows, until all are asked for: more of them make every change slow to draw, and the rest hard to find
_ROOMY = 5  # up to so many documents, each has a card
_SEARCH_FROM = 8
_SYMBOLS = {
    DocumentState.READY: (":material/check_circle:", "green"),
    DocumentState.PARTIAL: (":material/error:", "orange"),
    DocumentState.FAILED: (":material/cancel:", "red"),
}
_AT_WORK = (":material/progress_activity:", "orange")
_LOCKED = (":material/lock:", "red")
_ORDERS = {"added": phrase("Latest first"), "name": phrase("By name"), "state": phrase("By state")}
_BY_STATE = (
    DocumentState.FAILED,
    DocumentState.PARTIAL,
    DocumentState.QUEUED,
    DocumentState.READING,
    DocumentState.RECOGNISING,
    DocumentState.EMBEDDING,
    DocumentState.READY,
)

Stages = tuple[tuple[str, bool, bool], ...]


def stages(documents: tuple[DocumentView, ...]) -> Stages:
    """What the page as a whole depends on: when it changes, everything is drawn again, else only cards at work."""
    return tuple((view.entry_id, view.searchable, view.settled) for view in documents)


def is_due(known: Stages, now: Stages, since_s: float) -> bool:
    """Whether the page is to be drawn again, `since_s` after it was drawn last with the stages `known`.

    At once where a document came or went, where the first can be asked, and where all are done; what happens to one of
    many may wait a little.
    """
    if now == known:
        return False

    def whole(stages: Stages) -> tuple[list[str], bool, bool]:
        return [entry for entry, *_ in stages], any(s for _, s, _ in stages), all(done for *_, done in stages)

    return len(now) <= _ROOMY or whole(known) != whole(now) or since_s >= _REDRAW_S


def _moving(view: DocumentView) -> bool:
    """Whether its card changes by itself. Those that wait, for a reader or for the embedding model, do not."""
    if view.state is DocumentState.EMBEDDING:
        return view.embedded > 0
    return view.state in (DocumentState.READING, DocumentState.RECOGNISING)


# ------------------------------------------------------------------------------------------------ which, in which order


def ordered(documents: Sequence[DocumentView], order: str) -> tuple[DocumentView, ...]:
    """As a person sorts them (a key of the orders offered). What asks for a password goes first, then what is not done
    yet, in the order in which it is read, so that no row moves before it is done.

    `documents` come in the order in which they were added.
    """
    under_way = [view for view in documents if not view.settled]
    done = [view for view in reversed(documents) if view.settled]
    if order == "name":
        done.sort(key=lambda view: document_name(view).casefold())
    if order == "state":
        done.sort(key=lambda view: _BY_STATE.index(view.state))
    return tuple(sorted((*under_way, *done), key=lambda view: not view.needs_password))


def matching(documents: Sequence[DocumentView], words: str) -> tuple[DocumentView, ...]:
    """Those whose name or title holds each of the words typed."""
    typed = words.casefold().split()
    return tuple(v for v in documents if all(word in f"{v.name} {v.title}".casefold() for word in typed))


def in_sight(documents: tuple[DocumentView, ...], most: int = _MOST) -> tuple[DocumentView, ...]:
    """The documents to draw at first, in their order: those at work, those that ask for something, then the first."""
    if len(documents) <= most:
        return documents
    urgent = sorted(documents, key=lambda view: (not _moving(view), view.state is not DocumentState.FAILED))
    chosen = {view.entry_id for view in urgent[:most]}
    return tuple(view for view in documents if view.entry_id in chosen)


def overall_progress(documents: Sequence[DocumentView]) -> float:
    """How far all of them are together, 0 … 1, each weighed by its pages; one that is not open yet counts as ten."""
    weights = [view.pages or 10 for view in documents]
    done = (weight * document_progress(view) for view, weight in zip(documents, weights, strict=True))
    return sum(done) / sum(weights) if weights else 1.0


# ------------------------------------------------------------------------------------------------ drawn


def draw_documents(documents: tuple[DocumentView, ...], shelf: Shelf, session: Session) -> None:
    there = {view.entry_id for view in documents}
    session.chosen = tuple(entry for entry in session.chosen if entry in there)
    running = any(not view.settled for view in documents)
    tick_s = _TICK_S if len(documents) <= _ROOMY else _TICK_OF_MANY_S
    known, now = stages(documents), time.monotonic()
    st.fragment(_watch, run_every=tick_s if running else None)(shelf, session.say, known, now)
    with st.container(key="choosing", gap="xsmall"):  # always there: else the rows would be drawn into its place
        if len(documents) >= _SEARCH_FROM:
            _draw_finding(session)
        if len(documents) > 1:
            _draw_chosen(documents, shelf, session)
            draw_naming(shelf, session)
    found = matching(documents, session.search) if len(documents) >= _SEARCH_FROM else documents
    sorted_ = ordered(found, session.order)
    shown = sorted_ if session.all_documents else in_sight(sorted_)
    with st.container(key="rows" if len(documents) > _ROOMY else "cards", gap="xsmall"):
        for view in shown:
            _draw_document(view, shelf, session, several=len(documents) > 1)
    if not found:
        st.html(f'<p class="fn-note fn-quiet">{html_text(session.say("No document has this in its name."))}</p>')
    if len(shown) < len(found):
        st.button(
            session.say("Show all {n:,} documents", n=len(found)),
            key="all-documents",
            type="tertiary",
            on_click=_show_all,
            args=(session,),
        )


def _watch(shelf: Shelf, say: Say, known: Stages, drawn_at: float) -> None:
    """The heading, and the eye on everything: the page is drawn again when a document reaches another stage.

    The cards at work go with it, and the page's script puts each in its place: a tick for each of them costs the server
    and the browser as much as one for all.
    """
    documents = shelf.documents()
    now = stages(documents)
    if is_due(known, now, time.monotonic() - drawn_at):
        st.rerun()
    ready = say("{ready:,} of {n:,} ready", ready=sum(view.searchable for view in documents), n=len(documents))
    bar = ""
    if len(documents) > 1 and any(not view.settled for view in documents):
        percent, label = round(100 * overall_progress(documents)), html_text(say("Progress of all documents"))
        bar = (
            f'<div class="fn-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" '
            f'aria-label="{label}"><i style="width:{percent}%"></i></div>'
        )
    cards = "".join(
        document_card(v, say) for v, stage in zip(documents, now, strict=True) if _moving(v) or stage not in known
    )
    moving = f'<div class="fn-moving" hidden>{cards}</div>' if cards else ""
    st.html(f'<h2 class="fn-head">{html_text(say("Documents"))} <span>{html_text(ready)}</span></h2>{bar}{moving}')


def _draw_finding(session: Session) -> None:
    say = session.say
    with st.container(horizontal=True, gap="xsmall", key="finding", wrap=False):
        session.search = st.text_input(
            say("Search the documents by name"),
            session.search,
            placeholder=say("Search"),
            label_visibility="collapsed",
            key="search-documents",
        )
        orders = list(_ORDERS)
        session.order = st.selectbox(
            say("Order of the documents"),
            orders,
            index=orders.index(session.order),
            format_func=lambda order: say(_ORDERS[order]),
            label_visibility="collapsed",
            key="order-documents",
        )


def _draw_chosen(documents: Sequence[DocumentView], shelf: Shelf, session: Session) -> None:
    """Which are asked: all, or those that are chosen, and what can be done with them. Always there and as high, so that
    the rows do not move away from whoever ticks them."""
    say, chosen = session.say, [view for view in documents if view.entry_id in session.chosen]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chosen", wrap=False):
        said = say.n(len(chosen), "{n:,} chosen", "{n:,} chosen") if chosen else say("All are asked")
        st.html(f'<p class="fn-note fn-quiet">{html_text(said)}</p>', width="stretch")
        if chosen:
            draw_collect(shelf, session)
            st.button(
                say("Remove"),
                icon=":material/delete:",
                key="bare-remove-chosen",
                type="tertiary",
                on_click=_remove,
                args=(chosen, shelf, session),
            )
            st.button(
                say("Clear"),
                icon=":material/close:",
                key="bare-clear-chosen",
                type="tertiary",
                on_click=choose,
                args=((), session),
            )


def choose(entries: tuple[str, ...], session: Session) -> None:
    """Choose these documents, by the ids of their entries, and no others."""
    session.chosen = entries


def _show_all(session: Session) -> None:
    session.all_documents = True


def _draw_document(view: DocumentView, shelf: Shelf, session: Session, *, several: bool) -> None:
    say = session.say
    symbol, colour = _LOCKED if view.needs_password else _SYMBOLS.get(view.state, _AT_WORK)
    shown = document_name(view)
    name, file = escape_markdown(shown), None if shown == plain(view.name) else escape_markdown(view.name)
    kind = "doc-locked" if view.needs_password else "doc"  # the form of a row that stood here goes later than the row
    with st.container(border=True, key=f"{kind}-{view.entry_id}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            if several:
                _draw_tick(view, name, session)
            label = f":{colour}[{symbol}] {name}"
            if view.state is DocumentState.FAILED:
                st.markdown(label, wrap=False, width="stretch", help=file)
            else:
                st.button(
                    label,
                    key=f"open-{view.entry_id}",
                    type="tertiary",
                    width="stretch",
                    wrap=False,
                    help=file,
                    on_click=_open,
                    args=(view, session),
                )
            st.button(
                say("Remove {name}", name=name),
                icon=":material/close:",
                key=f"bare-remove-{view.entry_id}",
                type="tertiary",
                on_click=_remove,
                args=((view,), shelf, session),
            )
        st.html(document_card(view, say))
        if view.needs_password:
            _draw_password(view, shelf, say)
        elif view.state is DocumentState.FAILED and not view.lasts:
            st.button(say("Try again"), key=f"retry-{view.entry_id}", on_click=shelf.retry, args=(view.entry_id,))


def _draw_tick(view: DocumentView, name: str, session: Session) -> None:
    key = f"pick-{view.entry_id}"
    st.session_state[key] = view.entry_id in session.chosen  # what is chosen outlives a row that is out of sight

    def pick() -> None:
        others = tuple(entry for entry in session.chosen if entry != view.entry_id)
        session.chosen = (*others, view.entry_id) if st.session_state[key] else others

    st.checkbox(session.say("Choose {name}", name=name), key=key, on_change=pick, label_visibility="collapsed")


def _draw_password(view: DocumentView, shelf: Shelf, say: Say) -> None:
    """A form, so that what is typed is sent once and not kept by the widget."""
    with st.form(f"unlock-{view.entry_id}", border=False, clear_on_submit=True):
        password = st.text_input(
            say("Password for {name}", name=escape_markdown(view.name)),
            type="password",
            placeholder=say("Password of this PDF"),
            label_visibility="collapsed",
            autocomplete="off",
        )
        if st.form_submit_button(say("Open"), width="stretch") and password:
            shelf.retry(view.entry_id, password)
            st.rerun()


def _open(view: DocumentView, session: Session) -> None:
    session.place = Place(view.document_id, 1)
    session.wants_drawer = True


# ------------------------------------------------------------------------------------------------ removed, brought back


def _remove(views: Sequence[DocumentView], shelf: Shelf, session: Session) -> None:
    removed = []
    for view in views:
        try:
            shelf.remove(view.entry_id)
        except FootnoteError as exc:  # it cannot be kept that it was removed, so it is not
            session.notices.append(session.say(exc.message))
            continue
        removed.append((view.entry_id, document_name(view)))
        if session.place and session.place.document_id == view.document_id:
            session.place = None
    if removed:
        session.removed = tuple(removed)


def can_undo(shelf: Shelf, session: Session) -> bool:
    """Whether the last removal can still be undone; what cannot is forgotten, and no longer offered."""
    if not session.removed:
        return False
    try:
        session.removed = tuple(removed for removed in session.removed if shelf.can_restore(removed[0]))
    except FootnoteError:  # nobody knows at the moment; who tries is told
        return True
    return bool(session.removed)


def draw_undo(shelf: Shelf, session: Session) -> None:
    if not can_undo(shelf, session):
        return
    say, several = session.say, len(session.removed)
    said = (
        say("Removed {name}", name=escape_markdown(session.removed[0][1]))
        if several == 1
        else say.n(several, "Removed {n:,} document", "Removed {n:,} documents")
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="undo", wrap=False):
        st.markdown(f":small[{said}]", width="stretch")
        st.button(say("Undo"), type="tertiary", on_click=_restore, args=(shelf, session))


def _restore(shelf: Shelf, session: Session) -> None:
    removed, session.removed = session.removed, ()
    for entry_id, _ in removed:
        try:
            shelf.restore(entry_id)
        except FootnoteError as exc:  # too late
            session.notices.append(session.say(exc.message))
