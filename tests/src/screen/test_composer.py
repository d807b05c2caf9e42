"""What the question box is told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from src.screen.composer import _data
from src.screen.conversation import _take_back
from src.screen.session import Session
from src.settings import Settings
from src.views import asked_view


def test_a_question_that_is_taken_back_was_known_of() -> None:
    """The browser holds back what is sent while the server does not know of more than before."""
    session, settings = Session(), Settings()
    alone = asked_view("a", "How far did leakage fall?", 0.0, 0.0)
    before = _data([alone], session, settings)["known"]
    with_another = _data([replace(alone, queued=("And how many kilometres?",))], session, settings)["known"]
    _take_back(0, SimpleNamespace(unqueue=lambda *_: "And how many kilometres?"), session)  # type: ignore[arg-type]
    assert (before, with_another, _data([alone], session, settings)["known"]) == (1, 2, 2)
    assert session.draft == "And how many kilometres?"
