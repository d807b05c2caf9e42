"""The right room: the page a citation points at, its words marked. A drawer where the window is narrow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from shared_utils.errors import FootnoteError
from shared_utils.types import Rect
from src.library import Shelf
from src.presentation import escape_markdown, plain
from src.screen.conversation import find_citation
from src.screen.pieces import note, said
from src.screen.script import mount
from src.screen.session import Place, Session
from src.views import DocumentView

_WIDTH_PX = 1100  # twice the column's width on a large screen: sharp on high-density displays


@st.fragment
def draw_viewer(shelf: Shelf, session: Session) -> None:
    """The room is its own fragment: opening a citation draws nothing else again."""
    place = _place(shelf, session)
    turns = shelf.turns(session.conversation)
    newest = turns[-1].id if turns else ""
    heard = mount(place.anchor if place else "", _focus(shelf, place), newest, narrow=session.narrow)
    session.narrow = heard.narrow
    citation = find_citation(shelf, session, heard.anchor)
    if citation is not None:
        session.place = Place(citation.document_id, citation.page, citation, heard.anchor)
        session.wants_drawer = heard.narrow
        if not heard.narrow:
            st.rerun(scope="fragment")
    if session.wants_drawer and session.narrow:
        _drawer(shelf, session)
    session.wants_drawer = False
    if place is not None:
        _draw_page(place, shelf, session, "viewer")


@st.dialog("Source", position="right", width="medium")
def _drawer(shelf: Shelf, session: Session) -> None:
    place = _place(shelf, session)
    if place is not None:
        _draw_page(place, shelf, session, "drawer")


def _place(shelf: Shelf, session: Session) -> Place | None:
    """What is open; at first the newest readable document, so that a person sees it has arrived."""
    readable = {view.document_id for view in shelf.documents() if view.searchable}
    if session.place and session.place.document_id in readable:
        return session.place
    newest = next((view for view in reversed(shelf.documents()) if view.searchable), None)
    return Place(newest.document_id, 1) if newest else None


def _marked(shelf: Shelf, place: Place) -> tuple[Rect, ...]:
    """The rectangles to mark: none on the pages around the cited one."""
    if place.citation is None or place.citation.page != place.page:
        return ()
    return place.citation.rects or shelf.rects(place.citation)


def _focus(shelf: Shelf, place: Place | None) -> float:
    """How far down the page the first marked line stands, 0 … 1."""
    rects = _marked(shelf, place) if place else ()
    height = shelf.page_height(place.document_id, place.page) if place else 0.0
    return min(rect[1] for rect in rects) / height if rects and height else 0.0


def _draw_page(place: Place, shelf: Shelf, session: Session, where: str) -> None:
    view = next((v for v in shelf.documents() if v.document_id == place.document_id), None)
    if view is None:
        return
    with st.container(key=where):
        _draw_heading(view, place, shelf, session, where)
        try:
            image = shelf.page_image(
                place.document_id, place.page, width_px=_WIDTH_PX, highlights=_marked(shelf, place)
            )
        except FootnoteError as exc:
            st.html(note(str(exc), "error", role="alert"))
            return
        with st.container(key=f"sheet-{where}"):
            st.image(image.data, width="stretch", alt=_alternative(view, place))


def _alternative(view: DocumentView, place: Place) -> str:
    page = f"Page {place.page} of {plain(view.name)}"
    return f"{page}. Highlighted: {plain(place.citation.quote)}" if place.citation else page


def _draw_heading(view: DocumentView, place: Place, shelf: Shelf, session: Session, where: str) -> None:
    pages = view.pages or shelf.page_count(place.document_id)
    label = plain(shelf.page_label(place.document_id, place.page))
    printed = f" · printed {said(label)}" if label not in ("", str(place.page)) else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.html(
            f'<div class="fn-sheet"><b title="{said(view.name)}">{said(view.name)}</b>'
            f"<span>Page {place.page} of {pages}{printed}</span></div>"
        )
        turn = partial(_turn_page, session, place)
        _icon_button("chevron_left", "Previous page", f"bare-previous-{where}", turn, place.page - 1, place.page <= 1)
        _icon_button("chevron_right", "Next page", f"bare-next-{where}", turn, place.page + 1, place.page >= pages)
        st.download_button(
            f"Download {escape_markdown(view.name)}",
            partial(shelf.file, place.document_id),
            file_name=plain(view.name),
            mime="application/pdf",
            icon=":material/download:",
            key=f"bare-download-{where}",
            type="tertiary",
            on_click="ignore",
        )


def _icon_button(icon: str, name: str, key: str, act: Callable[[int], None], page: int, disabled: bool) -> None:
    st.button(
        name,
        icon=f":material/{icon}:",
        key=key,
        type="tertiary",
        disabled=disabled,
        on_click=act,
        args=(page,),
    )


def _turn_page(session: Session, place: Place, page: int) -> None:
    session.place = replace(place, page=page)
