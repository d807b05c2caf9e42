"""The page's styles, and the two scripts of the browser: the page's own and the viewer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_STYLES = ("footnote", "viewer", "panel", "question_list", "rows", "compare", "series", "collections", "caveats")
# What is one module in the browser, its parts in their order.
_PARTS = {
    "composer": ("running", "composer"),
    "viewer": ("viewer_frame", "viewer_words", "viewer_find", "viewer_room", "viewer_pages", "viewer"),
}


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def styles() -> None:
    st.html(f"<style>{''.join(_text(f'{name}.css') for name in _STYLES)}</style>")


def mount(name: str, data: Mapping[str, object], events: Sequence[str] = ()) -> dict[str, str]:
    """Run `<name>.js` with `data`; returns what it told since, event -> text. It draws into the page itself, so that
    the page's styles hold for it."""
    script = "".join(_text(f"{part}.js") for part in _PARTS.get(name, (name,)))
    component = st.components.v2.component(name, js=script, isolate_styles=False)
    listeners: dict[str, Any] = {f"on_{event}_change": _heard for event in events}
    result: Any = component(key=f"script-{name}", data=dict(data), **listeners)
    told = {event: getattr(result, event, None) for event in events}
    return {event: value for event, value in told.items() if isinstance(value, str)}  # sent by a browser: anything


def _heard() -> None:
    """Streamlit tells a value only to components that have a callback for it."""
