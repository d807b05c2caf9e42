"""The scripts of the browser that Streamlit brings: the page's own, the box's and the viewer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
# What is one module in the browser, its parts in their order.
_PARTS = {
    "composer": ("running", "composer"),
    "viewer": ("viewer_frame", "viewer_words", "viewer_find", "viewer_room", "viewer_pages", "viewer"),
}


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def mount(name: str, data: Mapping[str, object], events: Sequence[str] = ()) -> dict[str, str]:
    """Run `<name>.js` with `data`; returns what it told since, event -> text. It draws into the page itself, so that
    the page's styles hold for it."""
    script = "".join(_text(f"{part}.js") for part in _PARTS.get(name, (name,)))
    component = st.components.v2.component(name, js=script, isolate_styles=False)
    key = f"script-{name}"
    listeners: dict[str, Any] = {f"on_{event}_change": partial(_hear, key, event) for event in events}
    component(key=key, data=dict(data), **listeners)
    told: dict[str, str] = st.session_state.pop(_heard_by(key), {})
    return told


def _hear(key: str, event: str) -> None:
    """Keep what the browser told: a run that another takes the place of may not get as far as where it is asked for."""
    value = getattr(st.session_state.get(key), event, None)
    if isinstance(value, str):  # sent by a browser: anything
        st.session_state[_heard_by(key)] = {**st.session_state.get(_heard_by(key), {}), event: value}


def _heard_by(key: str) -> str:
    return f"heard-{key}"
