"""Fetching a model where none writes: the offer, how far it is, how to stop it and to be rid of it again.

Only on a page that nobody but this machine reaches: whoever sees it is who runs it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import streamlit as st

from shared_utils.message import message
from src.i18n import phrase
from src.models.ollama_request import Request, may_ask, write_request
from src.models.status import FETCHED, ModelState, ModelStatus, read_status, status_path
from src.screen.html import note
from src.screen.session import Session
from src.settings import Settings

_TICK_S = 2.0
_TICK_OF_NOTHING_S = 10.0  # a look costs cores, which a model that is there may be writing with
_ROW: dict[str, Any] = {"horizontal": True, "horizontal_alignment": "center", "vertical_alignment": "center"}
_LABELS = {
    Request.GET: phrase("Fetch it"),
    Request.CANCEL: phrase("Stop fetching"),
    Request.REMOVE: phrase("Remove Ollama and its models"),
}


def draw_offer(session: Session, settings: Settings) -> None:
    """What can be fetched, with its size and a button; while it comes, the rate and a button that stops it."""
    if may_ask(settings):
        state = _state(_status(settings))
        st.fragment(_draw, run_every=_TICK_S if state else _TICK_OF_NOTHING_S)(session, settings, state)


def _state(status: ModelStatus | None) -> ModelState | None:
    """None where there is nothing to offer and nothing to tell."""
    return status.state if status and status.state in {ModelState.OFFERED, *FETCHED} else None


def _draw(session: Session, settings: Settings, drawn: ModelState | None) -> None:
    status = _status(settings)
    if bool(_state(status)) != bool(drawn):
        st.rerun()  # to be looked at more often, or less
    if status is None:
        return
    if status.state is ModelState.OFFERED:
        with st.container(**_ROW, key="model-offer"):
            st.html(note(session.say(status.reason)), width="content")
            _button(session, settings, Request.GET)
    elif status.state in FETCHED:
        with st.container(**_ROW, key="model-offer"):
            if coming := _coming(status, session):
                st.html(note(coming), width="content")
            _button(session, settings, Request.CANCEL)


def draw_removal(session: Session, settings: Settings) -> None:
    """In the settings: what Footnote fetched can be taken away again."""
    status = _status(settings)
    if status is None or not _anything(settings) or status.state in FETCHED:
        return
    with st.container(key="about-fetched"):
        _button(session, settings, Request.REMOVE)
        st.html(
            note(
                session.say("What Footnote fetched is deleted. Until it is fetched again, answers quote the documents.")
            )
        )


def _status(settings: Settings) -> ModelStatus | None:
    """None where nobody can do anything about it here."""
    if not may_ask(settings):
        return None
    status = read_status(status_path(settings.data_dir), time.time())
    return status if status is not None and status.own_ollama else None


def _anything(settings: Settings) -> bool:
    with suppress(OSError):
        return any((settings.data_dir / "ollama").iterdir())
    return False


def _coming(status: ModelStatus, session: Session) -> str:
    """ "Ollama 0.34.2: 0.4 of 1.4 GB, 12.0 MB a second"; why it waits, where it does."""
    if status.reason:
        return session.say(status.reason)
    if not status.total_bytes:
        return ""
    amount = message(
        "{model}: {done:.1f} of {total:.1f} GB",
        model=status.model,
        done=(status.completed_bytes or 0) / 1e9,
        total=status.total_bytes / 1e9,
    )
    if not status.bytes_per_s:
        return session.say(amount)
    return session.say(message("{amount}, {rate:.1f} MB a second", amount=amount, rate=status.bytes_per_s / 1e6))


def _button(session: Session, settings: Settings, request: Request) -> None:
    label, key = session.say(_LABELS[request]), f"ollama-{request}"
    st.button(label, key=key, on_click=_ask, args=(settings, request))


def _ask(settings: Settings, request: Request) -> None:
    with suppress(OSError):  # a data folder that cannot be written is told of elsewhere
        write_request(settings.data_dir, request)
