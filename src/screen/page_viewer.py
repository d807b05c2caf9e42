"""The right room: the page a citation points at, its words marked. The browser does the work (viewer.js)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict

import streamlit as st

from shared_utils.conversion.convert import taken_here
from shared_utils.errors import DocumentGone, FootnoteError
from src.i18n import Say
from src.library.shelf import Shelf
from src.presentation.escaping import plain
from src.screen.browser import mount
from src.screen.citations import Source, follow_answer, source_groups
from src.screen.compare import VIEW as COMPARE
from src.screen.session import Place, Session, has_workspace_cookie
from src.screen.timeline import timeline_sources
from src.views import TurnView

_WIDTH_PX = 1100  # of a picture that travels with the data


@st.fragment
def draw_viewer(shelf: Shelf, session: Session) -> None:
    """The room is its own fragment: what it asks for, and a first quote that it opens, draw nothing else again.

    Call it after the conversation, which draws an answer once: it may have come in this very run.
    """
    if not session.view:
        follow_answer(shelf.turns(session.conversation), session)
    mount("footnote", _page_data(shelf, session))
    with st.container(key="viewer"):
        heard = mount("viewer", _data(shelf, session), ("cite", "wanted", "follow"))
    if heard.get("cite"):
        _open(heard["cite"], shelf, session)
    if heard.get("wanted"):
        session.wanted = heard["wanted"]
        st.rerun(scope="fragment")


def _open(address: str, shelf: Shelf, session: Session) -> None:
    """A chip of an answer that is being written: its place was not known when this room was drawn last."""
    sources = [s for group in source_groups(shelf.turns(session.conversation), shelf) for s in group]
    found = next((source for source in sources if source.anchor == address), None)
    if found is not None:
        session.place, session.wants_drawer = (Place(found.document, found.page, found.anchor), True)
        st.rerun(scope="fragment")
    if not any(turn.stage for turn in shelf.turns(session.conversation)):
        session.remarks.append(session.say("This leads to a document that was removed. Add it again to see its pages."))
        st.rerun()


def _data(shelf: Shelf, session: Session) -> dict[str, object]:
    documents: dict[str, object] = {}
    for view in shelf.documents():
        if view.searchable:
            try:
                pages = max(view.pages, shelf.page_count(view.document_id))
                labels, shapes = shelf.page_labels(view.document_id), shelf.page_shapes(view.document_id)
            except DocumentGone:
                continue
            documents[view.document_id] = {
                "name": plain(view.name),
                "pages": pages,
                "labels": labels,
                "shapes": shapes,
            }
    place = session.place if session.place and session.place.document_id in documents else None
    if place is None and documents:  # at first the newest readable document, so that a person sees it has arrived
        newest = list(documents)[-1]
        place = Place(newest, 1, serial=f"first {newest}")
    drawer, session.wants_drawer = session.wants_drawer, False
    return {
        "documents": documents,
        "groups": [[asdict(source) for source in group] for group in _groups(shelf, session)],
        "open": _proposal(place, drawer=drawer) if place else None,
        "pictures": None if has_workspace_cookie() else _pictures(place, session, shelf),
        "words": _words(session),
    }


def _groups(shelf: Shelf, session: Session) -> list[list[Source]]:
    """What can be opened: the citations of the conversation, or the places of the room that is shown instead."""
    if session.view == COMPARE:
        return session.editions.groups
    return [*source_groups(shelf.turns(session.conversation), shelf), *timeline_sources(session)]


def _proposal(place: Place, *, drawer: bool) -> dict[str, object]:
    return {
        "serial": place.serial,
        "document": place.document_id,
        "page": place.page,
        "anchor": place.anchor,
        "turn": place.turn,
        "drawer": drawer,
    }


def _pictures(place: Place | None, session: Session, shelf: Shelf) -> dict[str, str]:
    """Without a cookie (`streamlit run`) nothing can be fetched by address: the open page and the wanted one travel."""
    wanted = [(place.document_id, place.page)] if place else []
    document, _, page = session.wanted.rpartition(":")
    if page.isdecimal():
        wanted.append((document, int(page)))
    pictures = {}
    for document_id, number in wanted:
        try:
            image = shelf.page_image(document_id, number, width_px=_WIDTH_PX)
        except FootnoteError:
            continue  # the viewer says that there is no picture
        data = base64.b64encode(image.data).decode()
        pictures[f"{document_id}:{number}"] = f"data:{image.mime};base64,{data}"
    return pictures


def _page_data(shelf: Shelf, session: Session) -> dict[str, object]:
    turns = shelf.turns(session.conversation)
    say = session.say
    return {
        "turn": turns[-1].id if turns else "",
        "room": session.view,
        "language": say.language,
        "news": _news(turns, say),
        "kinds": [".pdf", *taken_here()],
        "words": {
            "source": say("Source {number}", number="{number}"),
            "files": say("Files to add"),
            "drop": say("Drop your files"),
            "copied": say("Copied"),
            "to_question": say("Skip to the question box"),
            "to_content": say("Skip to the main content"),
            "thumb_up": say("Good answer"),
            "thumb_down": say("Bad answer"),
            "offline": say("The connection to the server is lost. What was begun goes on there; this page comes back."),
            "online": say("Connected again."),
        },
    }


def _news(turns: Sequence[TurnView], say: Say) -> dict[str, str]:
    """One sentence for those who hear the page, when an answer is done."""
    if not turns or not turns[-1].done:
        return {"id": "", "text": ""}
    turn, answer = turns[-1], turns[-1].answer
    if answer is None:
        text = say("The question could not be answered.")
    elif not answer.answerable:
        text = say("Your documents do not seem to answer this.")
    else:
        text = say.n(
            len(answer.citations), "The answer is there, with {n} source.", "The answer is there, with {n} sources."
        )
    return {"id": f"{turn.id} {turn.asked_at}", "text": text}


def _words(session: Session) -> dict[str, str]:
    say = session.say
    return {
        "viewer": say("Page viewer"),
        "sheet": say("The page"),
        "page": say("Page {page} of {pages}", page="{page}", pages="{pages}"),
        "printed": say("printed {label}", label="{label}"),
        "pages": say("Pages"),
        "page_number": say("Page number"),
        "page_back": say("Previous page"),
        "page_on": say("Next page"),
        "sources": say("Sources"),
        "source": say("Source {number} of {count}", number="{number}", count="{count}"),
        "source_one": say.n(1, "{n:,} source", "{n:,} sources"),
        "source_none": say("{count} sources", count="{count}"),
        "source_back": say("Previous source"),
        "source_on": say("Next source"),
        "zoom": say("Zoom"),
        "zoom_in": say("Larger"),
        "zoom_out": say("Smaller"),
        "zoom_fit": say("As wide as the viewer"),
        "zoom_page": say("The whole page"),
        "full": say("Full screen"),
        "contents": say("Contents and pages"),
        "divider": say("Width of the page viewer"),
        "find": say("Find in the document"),
        "find_words": say("Find in the document"),
        "find_back": say("Previous place"),
        "find_on": say("Next place"),
        "find_close": say("Close the search"),
        "find_failed": say("The search did not answer. Try it again."),
        "found": say("{number} of {count}", number="{number}", count="{count}"),
        "found_none": say("Not in this document"),
        "ask": say("Ask about this"),
        "about": say("About “{quote}”:", quote="{quote}"),
        "quote": say("Copy with its place"),
        "quoted": say("“{quote}” ({name}, p. {page})", quote="{quote}", name="{name}", page="{page}"),
        "copied": say("Copied"),
        "open": say("Open the PDF in a new tab"),
        "save": say("Download the PDF"),
        "close": say("Close"),
        "alt": say("Page {page} of {name}.", page="{page}", name="{name}"),
        "marked": say("Highlighted: {quote}", quote="{quote}"),
        "no_picture": say("This page cannot be shown. Try it again, or open the PDF itself."),
    }
