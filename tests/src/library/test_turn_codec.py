from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared_utils.message import literal
from shared_utils.types import Answer, Citation, EngineKind, GenerationStats, Sentence, Verdict, Where
from src.events import Stage, StageTime
from src.library.turn_codec import Asking, decode_turn, encode_turn
from src.views import TurnView, asked_view, over
from tests.src.library.stored_turns import ANSWERED, BEING_ANSWERED, KEPT_BEFORE_PLACES, LIST_BEGUN, NOT_ASKED, STORED

CITATION = Citation(1, "ab" * 32, "räport.pdf", 7, "v", "41.2 million m³", 10, 25, ((1.0, 2.0, 3.5, 4.0),))
ANSWER = Answer(
    question="How much?",
    answerable=True,
    sentences=(Sentence("41.2 million.", (1,), Verdict.PARTLY, literal("the page says m³")),),
    citations=(CITATION,),
    finish_reason="stop",
    stats=GenerationStats(
        EngineKind.OLLAMA, "llama3.2:3b", prompt_tokens=512, prompt_evaluation_s=9.5, where=Where.OWN_NETWORK
    ),
    raw_text="41.2 million. [1]",
    notes=(literal("one note"),),
)
ASKED = asked_view("t1", "How much?", now=5.0, on=1.7e9, then=("And then?",))
DONE = replace(
    over(ASKED, 5.0),
    answer=ANSWER,
    engine=EngineKind.OLLAMA,
    model="llama3.2:3b",
    changes=(literal("engine changed"),),
    timings={"total_s": 1.5},
    stages=(StageTime(Stage.READING, 0.0, 1.5, EngineKind.OLLAMA, "llama3.2:3b"),),
    rating=-1,
    passages_left=3,
    where=Where.OWN_NETWORK,
    sent_to=Where.OWN_NETWORK,
)
ASKING = Asking("cd" * 32, ask_anyway=True, alone=True, then=("And then?",), listed=True)


@pytest.mark.parametrize("view", [ASKED, DONE, over(ASKED, 5.0, error=literal("There is no question yet."))])
def test_a_turn_survives_the_way_through_json_exactly(view: TurnView) -> None:
    assert decode_turn(encode_turn(view, ASKING), now=5.0) == (view, ASKING)


def test_of_a_question_that_is_being_answered_nothing_else_is_kept() -> None:
    writing = replace(ASKED, stage=Stage.WRITING, text="41.2 mil", changes=(literal("no model"),), passages_left=2)
    assert decode_turn(encode_turn(writing, ASKING), now=5.0) == (ASKED, ASKING)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": 1}', encode_turn(DONE, ASKING)[:-9]])
def test_anything_else_is_refused_as_a_value_error(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json.JSONDecodeError or our own
        decode_turn(body, now=0.0)


# ------------------------------------------------------------------------------------------------ other versions


@pytest.mark.parametrize("body", STORED)
def test_a_turn_stored_by_an_older_version_is_the_same_when_it_is_stored_again(body: str) -> None:
    view, asking = decode_turn(body, now=0.0)
    assert decode_turn(encode_turn(view, asking), now=0.0) == (view, asking)
    again, once = json.loads(encode_turn(view, asking)), json.loads(body)
    assert set(once) <= set(again)
    assert [again[name] for name in ("id", "question", "asking", "timings", "pending")] == [
        once[name] for name in ("id", "question", "asking", "timings", "pending")
    ]


def test_an_older_versions_answer_comes_back_with_its_places_stages_and_thumb() -> None:
    view, asking = decode_turn(ANSWERED, now=0.0)
    assert view.answer is not None
    assert view.answer.citations[1].quote == "A total of 1,206 ships called at the port."
    assert view.answer.citations[1].rects == ((78.125, 164.375, 258.625, 174.1875),)
    assert (view.engine, view.model, view.passages_left, view.rating) == (EngineKind.REMOTE, "far/away-8b", 3, 1)
    assert [stage.stage for stage in view.stages][-1] is Stage.VERIFYING
    assert asking == Asking()


def test_an_older_versions_unanswered_questions_and_lists_come_back() -> None:
    refused, how = decode_turn(NOT_ASKED, now=0.0)
    assert (refused.done, refused.answer, how.ask_anyway) == (True, None, True)
    assert "Add a PDF" in str(refused.error)
    begun, _ = decode_turn(LIST_BEGUN, now=0.0)
    assert begun.then == ("How long is the quay?",)
    pending, _ = decode_turn(BEING_ANSWERED, now=7.0)
    assert pending == asked_view(pending.id, pending.question, 7.0, pending.asked_on)


def test_what_an_older_version_did_not_write_down_is_as_if_it_had_not_been() -> None:
    old = json.loads(ANSWERED)
    for key in ("asking", "asked_on", "rating", "pending", "stages", "passages_left"):
        del old[key]
    view, asking = decode_turn(json.dumps(old), now=0.0)
    assert (view.asked_on, view.rating, view.stages, view.passages_left, asking) == (0.0, 0, (), 0, Asking())


# ------------------------------------------------------------------------------------------------ places


def kept_before(engine: str, passages_left: int = 0, asked: str = "") -> TurnView:
    """A turn kept before places were known, written by `engine`, after `asked` was asked in vain."""
    record = json.loads(KEPT_BEFORE_PLACES)
    record["answer"]["stats"]["backend"] = engine
    record["passages_left"] = passages_left
    record["stages"] = [{"stage": "reading", "started_s": 0.0, "seconds": 1.0, "engine": asked or engine, "model": ""}]
    view, _ = decode_turn(json.dumps(record), 5.0)
    return view


@pytest.mark.parametrize(
    ("engine", "asked", "where"),
    [
        ("ollama", "", None),
        ("endpoint", "", None),
        ("remote", "", Where.ELSEWHERE),
        ("extractive", "", Where.THIS_MACHINE),
        ("extractive", "remote", Where.THIS_MACHINE),  # what went there was counted already
        ("extractive", "endpoint", None),
        ("extractive", "ollama", None),
    ],
)
def test_of_a_turn_kept_before_places_were_known_only_what_is_certain_is_known(
    engine: str, asked: str, where: Where | None
) -> None:
    turn = kept_before(engine, asked=asked)
    assert turn.answer is not None
    assert (turn.answer.stats.backend, turn.answer.stats.where, turn.sent_to) == (EngineKind(engine), where, None)
    assert decode_turn(encode_turn(turn, Asking()), 5.0)[0] == turn


def test_what_was_counted_before_places_were_known_went_to_hugging_face() -> None:
    assert kept_before("extractive", passages_left=7).sent_to is Where.ELSEWHERE


def test_a_stored_turn_names_engine_and_place_by_their_values() -> None:
    stages = (StageTime(Stage.READING, 0.2, 1.3, EngineKind.OLLAMA, "llama3.2:3b"), StageTime(Stage.RETRIEVING, 0, 1))
    turn = replace(DONE, stages=stages, passages_left=7, sent_to=Where.OWN_NETWORK)
    record = json.loads(encode_turn(turn, Asking()))
    assert (record["answer"]["stats"]["backend"], record["answer"]["stats"]["where"]) == ("ollama", "own network")
    assert record["sent_to"] == "own network"
    assert [stage["engine"] for stage in record["stages"]] == ["ollama", None]
