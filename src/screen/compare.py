"""The room that compares two editions: which two, what changed, side by side, each side a way to its page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from shared_utils.editions.model import Change, ChangeKind, FactKind, Side
from shared_utils.editions.selection import counts_of, sections_of, selected
from shared_utils.errors import DocumentGone, FootnoteError
from shared_utils.types import Document
from src import VERSION
from src.library.shelf import Shelf
from src.presentation.changes import FACTS, KINDS, Edition, fact_name, fact_sides, kind_name, notes_of, summary, where
from src.presentation.changes_export import changes_csv, changes_html, changes_markdown
from src.presentation.escaping import html_text, plain_within
from src.screen.compare_digest import digest_html, digest_sources
from src.screen.compare_places import change_anchor, marked_rects, sources_of
from src.screen.compare_state import Compared
from src.screen.export_dialog import file_stem
from src.screen.html import note
from src.screen.session import Place, Session
from src.views import DocumentState, DocumentView

VIEW = "compare"
_AT_FIRST = 20  # changes drawn, until more are asked for
_WIDTH_PX = 900  # of a page's picture
_ALL = "*"  # no heading is called that


def draw_compare_button(session: Session, *, ready: bool) -> None:
    """The way into the room, beside the library; open where two documents can be compared."""
    st.button(
        session.say("Compare two editions"),
        icon=":material/compare:",
        key="to-compare",
        type="tertiary",
        disabled=not ready,
        on_click=show_view,
        args=(session, VIEW),
    )


def can_be_compared(view: DocumentView) -> bool:
    """Whether it has words and has been read to its end."""
    return view.searchable and view.state not in (DocumentState.QUEUED, DocumentState.READING)


def show_view(session: Session, view: str) -> None:
    """`view`: "" is the conversation."""
    session.view = view
    session.place = None


def draw_compare(shelf: Shelf, session: Session) -> None:
    """The room. Where there are not two documents, it says what to do."""
    say = session.say
    with st.container(horizontal=True, vertical_alignment="center", key="bar", wrap=False):
        st.html(f'<h1 class="fn-title">{html_text(say("Compare"))}</h1>', width="stretch")
        st.button(
            say("Back to the conversation"),
            icon=":material/forum:",
            key="from-compare",
            type="tertiary",
            on_click=show_view,
            args=(session, ""),
        )
    documents = _documents(shelf)
    session.editions.groups = []
    if len(documents) < 2:
        st.html(note(say("Add another edition of your document to see what changed.")))
        return
    pair = _chosen(documents, session)
    with st.spinner(say("Comparing the two …")):
        compared = session.editions.compared(*pair)
    for told in notes_of(compared.comparison, compared.before, compared.after):
        st.html(note(say(told), role="status"))
    if compared.comparison.changes:
        _draw_changes(compared, pair, shelf, session)
    if session.place is None and (first := next(iter(session.editions.groups), None)):  # beside it, what it begins with
        session.place = Place(first[0].document, first[0].page, first[0].anchor)


def _documents(shelf: Shelf) -> dict[str, Document]:
    """Those that can be compared, by their ids, in the order they were added."""
    found: dict[str, Document] = {}
    for view in shelf.documents():
        if can_be_compared(view):
            try:
                found[view.document_id] = shelf.document(view.document_id)
            except DocumentGone:
                continue
    return found


# ------------------------------------------------------------------------------------------------ which two


def _chosen(documents: dict[str, Document], session: Session) -> tuple[Document, Document]:
    say, state = session.say, session.editions
    with st.spinner(say("Looking for editions of one document …")):
        pairs = state.suggested(list(documents.values()))
    if state.before not in documents or state.after not in documents:
        state.before, state.after = pairs[0] if pairs else _first_two(documents)
    names = {document.id: document.name for document in documents.values()}
    if len(pairs) > 1:
        with st.container(horizontal=True, key="suggestions-editions", gap="xsmall"):
            for n, (before, after) in enumerate(pairs[:4]):
                st.button(
                    say("{before} → {after}", before=names[before], after=names[after]),
                    key=f"pair-{n}",
                    on_click=_choose,
                    args=(session, before, after),
                )
    elif not pairs:
        st.html(note(say("No two of your documents seem to be editions of one another. Any two can be compared.")))
    ids = list(documents)
    with st.container(key="editions"):
        left, right = st.columns(2, vertical_alignment="bottom")
        for column, label, key in ((left, say("Earlier edition"), "before"), (right, say("Later edition"), "after")):
            column.selectbox(
                label,
                ids,
                index=ids.index(getattr(state, key)),
                format_func=lambda id_: names[id_],
                key=f"edition-{key}-{getattr(state, key)[:12]}",
                on_change=_chose,
                args=(session, key, f"edition-{key}-{getattr(state, key)[:12]}"),
            )
        st.button(
            say("Exchange the two"),
            icon=":material/swap_horiz:",
            key="exchange",
            type="tertiary",
            on_click=_choose,
            args=(session, state.after, state.before),
        )
    return documents[state.before], documents[state.after]


def _first_two(documents: dict[str, Document]) -> tuple[str, str]:
    first, second, *_ = documents
    return first, second


def _choose(session: Session, before: str, after: str) -> None:
    session.editions.before, session.editions.after = before, after


def _chose(session: Session, which: str, key: str) -> None:
    setattr(session.editions, which, st.session_state[key])


# ------------------------------------------------------------------------------------------------ what changed


def _draw_changes(compared: Compared, pair: tuple[Document, Document], shelf: Shelf, session: Session) -> None:
    say, state = session.say, session.editions
    changes = compared.comparison.changes
    numbers = {id(change): n for n, change in enumerate(changes)}
    if first := digest_html(compared, say):
        st.html(first)
    chosen = _filtered(changes, session)
    st.html(
        f'<p class="fn-summary" role="status">{html_text(summary(chosen, say) or say("No change is like that."))}</p>'
    )
    shown = chosen[: state.shown or _AT_FIRST]
    state.groups = [
        *digest_sources(compared.comparison, shelf, *pair),
        *sources_of([(numbers[id(change)], change) for change in shown], shelf, *pair),
    ]
    section: str | None = None
    with st.container(key="changes"):
        for change in shown:
            if change.section != section:
                section = change.section
                st.html(f'<h2 class="fn-section" dir="auto">{html_text(section or say("Without a heading"))}</h2>')
            _draw_change(numbers[id(change)], change, compared, pair, shelf, session)
    if left := len(chosen) - len(shown):
        st.button(
            say.n(left, "Show {n:,} more", "Show {n:,} more"), key="more-changes", on_click=_more, args=(session,)
        )
    if chosen:
        _draw_exports(compared, chosen, shelf, session)


def _more(session: Session) -> None:
    session.editions.shown = (session.editions.shown or _AT_FIRST) + 2 * _AT_FIRST


def _filtered(changes: Sequence[Change], session: Session) -> tuple[Change, ...]:
    """The changes that the filters leave; each filter tells how many there are."""
    say, counts = session.say, counts_of(changes)
    sections = dict(sections_of(changes))
    with st.container(key="compare-filters"):
        kinds = st.pills(
            say("Kind of change"),
            [str(kind) for kind in ChangeKind if counts.changes[kind]],
            selection_mode="multi",
            format_func=lambda kind: f"{say(KINDS[ChangeKind(kind)])} {say.number(counts.changes[ChangeKind(kind)])}",
            key="compare-kinds",
        )
        facts = st.pills(
            say("What changed in it"),
            [str(kind) for kind in FactKind if counts.facts[kind]],
            selection_mode="multi",
            format_func=lambda kind: f"{say(FACTS[FactKind(kind)])} {say.number(counts.facts[FactKind(kind)])}",
            key="compare-facts",
        )
        left, right = st.columns(2)
        section = left.selectbox(
            say("Section"),
            [_ALL, *sections],
            format_func=lambda title: (
                say("All sections") if title == _ALL else f"{title or say('Without a heading')} ({sections[title]})"
            ),
            key="compare-section",
        )
        about = right.text_input(say("About"), key="compare-about", placeholder=say("Words that a change speaks of"))
    return selected(
        changes,
        kinds=[ChangeKind(kind) for kind in kinds or ()],
        facts=[FactKind(kind) for kind in facts or ()],
        section=None if section in (None, _ALL) else section,
        about=about or "",
    )


def _draw_change(
    number: int,
    change: Change,
    compared: Compared,
    pair: tuple[Document, Document],
    shelf: Shelf,
    session: Session,
) -> None:
    say, state = session.say, session.editions
    with st.container(key=f"change-{number}", gap="xsmall"):
        st.html(change_html(number, change, compared.before, compared.after, session))
        is_open = state.open == number
        st.button(
            say("Hide the pages") if is_open else say("Show the pages side by side"),
            icon=":material/expand_less:" if is_open else ":material/splitscreen_right:",
            key=f"pages-{number}",
            type="tertiary",
            on_click=_open,
            args=(session, -1 if is_open else number),
        )
        if is_open:
            _draw_pages(change, pair, shelf, session)


def _open(session: Session, number: int) -> None:
    session.editions.open = number


def change_html(number: int, change: Change, before: Edition, after: Edition, session: Session) -> str:
    """One change: its kind, both sides with a chip for their page, the facts that differ."""
    say = session.say
    sides = "".join(
        _side_html(number, key, side, edition, label, session)
        for key, side, edition, label in (
            ("b", change.before, before, say("Before")),
            ("a", change.after, after, say("After")),
        )
    )
    facts = "".join(
        f"<li><span>{html_text(fact_name(fact, say))}</span> <b>{html_text(old)}</b> → <b>{html_text(new)}</b></li>"
        for fact in change.facts
        for old, new in (fact_sides(fact),)
    )
    listed = f'<ul class="fn-facts-changed">{facts}</ul>' if facts else ""
    return (
        f'<article class="fn-change fn-{change.kind.value}"><h3>{html_text(kind_name(change, say))}</h3>'
        f'<div class="fn-sides">{sides}</div>{listed}</article>'
    )


def _side_html(number: int, key: str, side: Side | None, edition: Edition, label: str, session: Session) -> str:
    say = session.say
    if side is None:
        missing = html_text(say("Not in this edition"))
        return f'<div><p class="fn-where">{html_text(label)}</p><p class="fn-quiet">{missing}</p></div>'
    words = "".join(
        f"<mark>{_within(piece.text)}</mark>" if piece.differs else _within(piece.text) for piece in side.pieces
    )
    page = html_text(where(side, edition, say))
    chip = f'<a class="fn-page-chip" href="#cite-{change_anchor(number, key)}">{page}</a>'
    return f'<div><p class="fn-where">{html_text(label)} {chip}</p><p class="fn-edition" dir="auto">{words}</p></div>'


def _within(text: str) -> str:
    return escape(plain_within(text), quote=True)


def _draw_pages(change: Change, pair: tuple[Document, Document], shelf: Shelf, session: Session) -> None:
    """Both pages beside each other, the words marked, as pictures."""
    say = session.say
    for column, side, document in zip(st.columns(2), (change.before, change.after), pair, strict=True):
        with column:
            if side is None:
                st.html(note(say("Not in this edition")))
                continue
            try:
                image = shelf.page_image(
                    document.id, side.page, width_px=_WIDTH_PX, highlights=marked_rects(side, shelf, document)
                )
            except FootnoteError as exc:
                st.html(note(say(exc.message), "error", role="alert"))
                continue
            alt = say("Page {page} of {name}.", page=side.page, name=document.name)
            st.image(image.data, width="stretch", alt=alt)


# ------------------------------------------------------------------------------------------------ taken along


def _draw_exports(compared: Compared, chosen: Sequence[Change], shelf: Shelf, session: Session) -> None:
    say = session.say
    stem = file_stem(say("Changes in {name}", name=compared.after.name.removesuffix(".pdf")))
    sides = compared.before, compared.after
    offers = (
        (
            "report",
            say("Report"),
            f"{stem}.html",
            "text/html",
            lambda: changes_html(
                compared.comparison, chosen, *sides, pages=shelf, version=VERSION, made_on=time.time(), say=say
            ).encode("utf-8", "replace"),
        ),
        (
            "markdown",
            say("Markdown"),
            f"{stem}.md",
            "text/markdown",
            lambda: changes_markdown(compared.comparison, chosen, *sides, say).encode("utf-8", "replace"),
        ),
        ("table", say("Table"), f"{stem}.csv", "text/csv", partial(changes_csv, chosen, say)),
    )
    with st.container(horizontal=True, key="take-changes", gap="xsmall"):
        for key, label, name, mime, make in offers:
            st.download_button(
                label,
                make,
                file_name=name,
                mime=mime,
                icon=":material/download:",
                key=f"changes-{key}",
                type="tertiary",
                on_click="ignore",
            )
