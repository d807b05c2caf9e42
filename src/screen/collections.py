"""Collections on the page: made from what is ticked, ticked at once where to look, renamed, removed, brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from shared_utils.errors import FootnoteError
from shared_utils.storage.collection_store import StoredCollection
from src.library.shelf import Shelf
from src.presentation.escaping import plain
from src.screen.markdown import escape_markdown
from src.screen.session import Session

_NEW = "new"  # what `Session.naming` holds while a collection is made


def collections_of(shelf: Shelf) -> tuple[StoredCollection, ...]:
    """In the order they were made; () while the store is out of reach, which the page tells elsewhere."""
    try:
        return shelf.collections.all()
    except FootnoteError:
        return ()


def ticked(collections: Sequence[StoredCollection], chosen: Sequence[str]) -> tuple[StoredCollection, ...]:
    """The collections whose documents are all among those chosen (ids of entries), save those within another."""
    there = set(chosen)
    whole = [one for one in collections if one.entries and there.issuperset(one.entries)]
    return tuple(one for one in whole if not any(set(one.entries) < set(other.entries) for other in whole))


def untick(one: StoredCollection, session: Session) -> None:
    session.chosen = tuple(entry for entry in session.chosen if entry not in one.entries)


# ------------------------------------------------------------------------------------------------ made


def draw_collect(shelf: Shelf, session: Session) -> None:
    """In the row that tells how many documents are ticked: keep them as a collection."""
    if session.naming == _NEW or any(set(one.entries) == set(session.chosen) for one in collections_of(shelf)):
        return
    st.button(
        session.say("Keep as a collection"),
        icon=":material/create_new_folder:",
        key="bare-collect",
        type="tertiary",
        on_click=_name,
        args=(_NEW, session),
    )


def draw_naming(shelf: Shelf, session: Session) -> None:
    """Under that row, while the collection is given its name."""

    def make(name: str) -> None:
        shelf.collections.make(name, session.chosen)

    if session.chosen and session.naming == _NEW:
        _draw_name_form("", make, session)


def _name(collection_id: str, session: Session) -> None:
    session.naming = collection_id


def _draw_name_form(name: str, keep: Callable[[str], None], session: Session) -> None:
    say = session.say
    with st.container(key="naming-collection", gap="xsmall"):
        with st.form(f"name-collection-{session.naming}", border=False):
            label, key = say("Name of the collection"), f"named-{session.naming}"
            typed = st.text_input(label, plain(name), max_chars=80, key=key)
            if st.form_submit_button(say("Keep the name"), width="stretch"):
                try:
                    keep(typed)
                except FootnoteError as exc:  # the name is taken, or nothing can be kept: the form stays
                    session.notices.append(say(exc.message))
                else:
                    session.naming = ""
                st.rerun()
        st.button(say("Cancel"), key="not-collect", type="tertiary", on_click=_name, args=("", session))


# ------------------------------------------------------------------------------------------------ where to look


def draw_collections(shelf: Shelf, session: Session) -> None:
    """A line each: a tick for all its documents, its name and size, and what can be done with it."""
    collections = collections_of(shelf)
    _draw_undo(shelf, session)
    if not collections:
        return
    say = session.say
    with st.container(key="collections", gap="xsmall"):
        st.markdown(f":small[{say('Collections')}]")
        for one in collections:
            if session.naming == one.id:
                _draw_name_form(one.name, lambda name, one=one: shelf.collections.change(one.id, name), session)  # type: ignore[misc]
            else:
                _draw_line(one, shelf, session)


def _draw_line(one: StoredCollection, shelf: Shelf, session: Session) -> None:
    say, name, key = session.say, escape_markdown(one.name), f"tick-{one.id}"
    st.session_state[key] = bool(one.entries) and set(session.chosen).issuperset(one.entries)

    def tick() -> None:
        untick(one, session)
        if st.session_state[key]:
            session.chosen = (*session.chosen, *one.entries)

    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.checkbox(f"{name} · {len(one.entries)}", key=key, on_change=tick, disabled=not one.entries, width="stretch")
        st.button(
            say("Rename the collection {name}", name=name),
            icon=":material/edit:",
            key=f"bare-rename-collection-{one.id}",
            type="tertiary",
            on_click=_name,
            args=(one.id, session),
        )
        st.button(
            say("Remove the collection {name}; its documents stay", name=name),
            icon=":material/close:",
            key=f"bare-remove-collection-{one.id}",
            type="tertiary",
            on_click=_remove,
            args=(one, shelf, session),
        )


def _remove(one: StoredCollection, shelf: Shelf, session: Session) -> None:
    try:
        shelf.collections.remove(one.id)
    except FootnoteError as exc:
        session.notices.append(session.say(exc.message))
        return
    session.removed_collection = (one.id, one.name)


def _draw_undo(shelf: Shelf, session: Session) -> None:
    collection_id, name = session.removed_collection
    if not collection_id:
        return
    try:
        if not shelf.collections.can_restore(collection_id):
            session.removed_collection = ("", "")
            return
    except FootnoteError:  # nobody knows at the moment; who tries is told
        pass
    say = session.say
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="undo-collection", wrap=False):
        st.markdown(f":small[{say('Removed {name}', name=escape_markdown(name))}]", width="stretch")
        st.button(say("Undo"), key="restore-collection", type="tertiary", on_click=_restore, args=(shelf, session))


def _restore(shelf: Shelf, session: Session) -> None:
    (collection_id, _), session.removed_collection = session.removed_collection, ("", "")
    try:
        shelf.collections.restore(collection_id)
    except FootnoteError as exc:  # too late, or the name is another's by now
        session.notices.append(session.say(exc.message))
