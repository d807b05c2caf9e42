"""What the viewer opens by itself when an answer has come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.types import Answer, Citation, EngineKind, GenerationStats
from src.events import Stage
from src.screen.citations import ANSWER, follow_answer
from src.screen.session import Session
from src.views import TurnView, asked_view

CLOSEST = Citation(1, "d", "d.pdf", 4, "iv", "The port closed at noon.", 0, 24)
REFUSAL = Answer("Who won?", False, (), (CLOSEST,), "stop", GenerationStats(EngineKind.EXTRACTIVE, ""), "")
ASKED = asked_view("t", "Who won?", 0.0, 0.0)
REFUSED = replace(ASKED, stage=None, answer=REFUSAL)


def opened(turn: TurnView, followed: str = "") -> tuple[str, int] | None:
    session = Session(followed=followed)
    follow_answer([turn], session)
    return (session.place.anchor, session.place.page) if session.place else None


def test_a_refusal_opens_the_place_that_comes_closest() -> None:
    assert opened(REFUSED) == (f"t.{ANSWER}.1", 4)


@pytest.mark.parametrize(
    "turn",
    [
        replace(ASKED, stage=Stage.READING, extractive=REFUSAL),  # a model may still answer
        replace(REFUSED, answer=replace(REFUSAL, citations=())),
        ASKED,
    ],
)
def test_nothing_is_opened_before_there_is_something_to_show(turn: TurnView) -> None:
    assert opened(turn) is None


def test_an_answer_is_followed_once() -> None:
    assert opened(REFUSED, followed=f"t.{ANSWER}") is None
