"""Mounts the page's script, and tells when a citation was opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Opened:
    """A citation the person has just chosen."""

    anchor: str
    narrow: bool  # the window has no room for a third column


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def styles() -> None:
    st.html(f"<style>{_text('footnote.css')}</style>")


def mount(anchor: str, focus: float, turn: str) -> Opened | None:
    """`anchor` is the chip to show as open, `focus` how far down the page its words stand (0 … 1), `turn` the newest
    question. Both are scrolled to once."""
    component = st.components.v2.component("footnote", js=_text("footnote.js"))
    result: Any = component(
        key="script", data={"anchor": anchor, "focus": focus, "turn": turn}, on_cite_change=lambda: None
    )
    chosen = result.cite  # sent by the browser: anything
    if not isinstance(chosen, dict):
        return None
    return Opened(str(chosen.get("anchor", "")), chosen.get("narrow") is True)
