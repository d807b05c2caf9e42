"""The one library that every visitor of this process shares, built once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from src.settings import Settings

if TYPE_CHECKING:  # its import pulls in models; the port is bound before that
    from src.library import Library


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    library: Library


@st.cache_resource(show_spinner=False)
def the_house() -> House:
    """Blocks until the library is open; src/asgi.py calls it in a thread as soon as the port is bound."""
    from src.wiring import build_library

    settings = Settings.from_env()
    return House(settings, build_library(settings))
