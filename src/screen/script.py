"""Mounts the page's styles and its script, and tells what the script heard."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Heard:
    """What the browser tells: the chip that was just chosen ("" if none), and whether a third column has room."""

    anchor: str
    narrow: bool


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def styles() -> None:
    st.html(f"<style>{_text('footnote.css')}</style>")


def mount(anchor: str, focus: float, turn: str, *, narrow: bool) -> Heard:
    """`anchor` is the chip to show as open, `focus` how far down the page its words stand (0 … 1), `turn` the newest
    question (both are scrolled to once), `narrow` what is known of the window."""
    component = st.components.v2.component("footnote", js=_text("footnote.js"))
    result: Any = component(
        key="script",
        data={"anchor": anchor, "focus": focus, "turn": turn, "narrow": narrow},
        on_cite_change=_heard,
        on_narrow_change=_heard,
    )
    chosen = result.cite if isinstance(result.cite, str) else ""  # sent by a browser: anything
    return Heard(chosen, result.narrow if isinstance(result.narrow, bool) else narrow)


def _heard() -> None:
    """Streamlit tells a value only to components that have a callback for it."""
