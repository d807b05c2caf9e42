"""The one library that every visitor of this process shares, built once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from src.settings import Settings

if TYPE_CHECKING:  # its import pulls in models; the port is bound before that
    from src.library.library import Library


@dataclass(frozen=True, slots=True)
class SharedLibrary:
    settings: Settings
    library: Library


@st.cache_resource(show_spinner=False)
def shared_library() -> SharedLibrary:
    """Blocks until the library is open; src/asgi.py calls it in a thread as soon as the port is bound."""
    from src.wiring import build_library

    settings = Settings.from_env()
    return SharedLibrary(settings, build_library(settings))
