"""How the events of an answer add up to what a person sees of it."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.message import literal
from shared_utils.types import Answer, EngineKind, EvidenceSpan, GenerationStats
from src.events import (
    AnswerEvent,
    AnswerFinished,
    AnswerText,
    EngineChanged,
    EvidenceFound,
    ExtractiveAnswer,
    Stage,
    StageStarted,
    StageTime,
)
from src.views import TurnView, after, asked_view, over
from tests.fakes import evidence_of

ASKED = asked_view("t", "How much?", now=100.0, on=1.7e9)
SPAN = EvidenceSpan(1, "d" * 64, 1, 0, 4, "Much", 1.0)


def answer_by(engine: EngineKind, model: str) -> Answer:
    return Answer("How much?", True, (), (), "stop", GenerationStats(engine, model), "Much.")


def folded(*events: tuple[float, AnswerEvent], view: TurnView = ASKED) -> TurnView:
    for now, event in events:
        view = after(view, event, now)
    return view


def test_each_stage_ends_where_the_next_begins_and_the_last_with_the_answer() -> None:
    view = folded(
        (101.0, StageStarted(Stage.RETRIEVING)),
        (103.0, StageStarted(Stage.READING, EngineKind.OLLAMA, "m", seconds_left=9.0, prompt_tokens=512)),
        (108.0, StageStarted(Stage.WRITING, EngineKind.OLLAMA, "m")),
        (110.0, AnswerFinished(answer_by(EngineKind.OLLAMA, "m"), 400, {"total_s": 10.0})),
    )
    assert view.stages == (
        StageTime(Stage.RETRIEVING, 1.0, 2.0),
        StageTime(Stage.READING, 3.0, 5.0, EngineKind.OLLAMA, "m"),
        StageTime(Stage.WRITING, 8.0, 2.0, EngineKind.OLLAMA, "m"),
    )
    assert (view.done, view.seconds_left, view.timings, view.prompt_tokens) == (True, None, {"total_s": 10.0}, 512)


def test_the_same_stage_told_again_is_one_stage_and_another_model_another() -> None:
    view = folded(
        (101.0, StageStarted(Stage.WAITING, position=2)),
        (105.0, StageStarted(Stage.WAITING, position=1)),
        (106.0, StageStarted(Stage.READING, EngineKind.REMOTE, "a")),
        (107.0, StageStarted(Stage.READING, EngineKind.REMOTE, "b")),
    )
    assert [(s.stage, s.model) for s in view.stages] == [
        (Stage.WAITING, ""),
        (Stage.READING, "a"),
        (Stage.READING, "b"),
    ]
    assert folded((101.0, StageStarted(Stage.WAITING, position=2))).position == 2


def test_passages_that_have_left_are_told_whoever_writes_afterwards() -> None:
    view = folded(
        (101.0, StageStarted(Stage.READING, EngineKind.REMOTE, "far", passages_leave=3)),
        (102.0, EngineChanged(EngineKind.REMOTE, literal("It is busy."))),
        (103.0, StageStarted(Stage.READING, EngineKind.OLLAMA, "near")),
        (104.0, AnswerFinished(answer_by(EngineKind.OLLAMA, "near"), 400, {})),
    )
    assert (view.passages_left, view.changes, view.engine, view.model) == (
        3,
        (literal("It is busy."),),
        EngineKind.OLLAMA,
        "near",
    )


def test_what_was_found_and_the_words_so_far_are_seen_at_once() -> None:
    quick = answer_by(EngineKind.EXTRACTIVE, "")
    view = folded(
        (101.0, EvidenceFound(evidence_of("Much"), True, literal("look-up"))),
        (102.0, ExtractiveAnswer(quick)),
        (103.0, AnswerText("Mu", (SPAN,), tokens=1)),
        (104.0, AnswerText("Much", (SPAN,), tokens=2)),
    )
    assert (view.route, view.extractive, view.text, view.spans, view.output_tokens) == (
        literal("look-up"),
        quick,
        "Much",
        (SPAN,),
        2,
    )


def test_a_question_that_could_not_be_asked_is_over_and_says_why() -> None:
    begun = folded((101.0, StageStarted(Stage.RETRIEVING)))
    assert over(begun, 102.5, literal("Add a PDF.")) == replace(
        begun, stage=None, error=literal("Add a PDF."), stages=(StageTime(Stage.RETRIEVING, 1.0, 1.5),)
    )
