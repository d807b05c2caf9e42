"""Every conversation has its own places to look, which outlive a reload."""

from __future__ import annotations

import json

import pytest

from src.screen.scope import confined, look_as, move_to, take_up, unconfined, where_it_looks
from src.screen.session import LookIn, Session

HERE, THERE = LookIn(("a", "b"), "Noise", "3–4"), LookIn(("c",))


def kept(**told: LookIn) -> str:
    return json.dumps({name: [list(where.chosen), where.section, where.pages] for name, where in told.items()})


def test_what_the_browser_has_kept_holds_again_for_the_conversation_that_is_shown() -> None:
    session = Session(conversation="one", address="one")
    assert take_up(kept(one=HERE, two=THERE), session)
    assert where_it_looks(session) == HERE
    for conversation, where in (("two", THERE), ("one", HERE), ("three", LookIn())):
        move_to(conversation, session)
        session.conversation = conversation
        assert where_it_looks(session) == where


def test_what_was_chosen_before_the_first_question_is_found_again_under_no_name() -> None:
    session = Session(conversation="new id", address="")
    assert take_up(kept(new=HERE), session)
    assert where_it_looks(session) == HERE


def test_what_a_person_has_chosen_in_this_visit_goes_before_what_was_kept() -> None:
    session = Session(conversation="one", address="one")
    look_as(THERE, session)
    assert not take_up(kept(one=HERE), session)
    assert where_it_looks(session) == THERE


@pytest.mark.parametrize(
    "told", ["", "[", "[]", "7", '{"one": 3}', '{"one": [["a"], 3, ""]}', '{"one": [[7], "", ""]}']
)
def test_whatever_a_browser_sends_is_borne(told: str) -> None:
    session = Session(conversation="one", address="one")
    assert not take_up(told, session)
    assert where_it_looks(session) == LookIn()
    assert session.told_where


def test_a_question_that_is_edited_is_confined_once() -> None:
    session = Session(section="Noise", pages="3–4")
    asked = confined("How loud is it?", session)
    assert asked != "How loud is it?"
    assert unconfined(asked, session) == "How loud is it?"
    assert unconfined(asked, Session()) == asked, "where nothing holds any more, its words do"
