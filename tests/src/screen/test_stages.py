"""What a running answer says of itself, as pure functions of its view and the clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.message import literal
from shared_utils.types import EngineKind, Where
from src.events import Stage, StageTime
from src.i18n import ENGLISH, GERMAN
from src.screen.stages import Step, running_steps, stage_line, status_line, steps, taken_steps, tick_s
from src.views import EngineView, asked_view

ASKED = replace(asked_view("t", "?", 98.0, 0.0), stage_started_at=100.0)
READING = replace(
    ASKED,
    stage=Stage.READING,
    engine=EngineKind.OLLAMA,
    model="llama3.2:3b",
    where=Where.THIS_MACHINE,
    prompt_tokens=812,
    seconds_left=13.0,
)
ENGINE = EngineView(EngineKind.OLLAMA, "llama3.2:3b", literal("llama3.2:3b · on this machine"), busy=False, waiting=0)


def test_reading_tells_how_long_still() -> None:
    line = stage_line(READING, 101.0, ENGLISH)
    assert line == "Reading the passages · first words in about 12 s"


def test_past_its_estimate_the_first_word_is_due() -> None:
    assert "first words any moment now" in stage_line(READING, 120.0, ENGLISH)


def test_without_an_estimate_the_time_so_far_is_told() -> None:
    assert stage_line(replace(READING, seconds_left=None, prompt_tokens=0), 104.0, ENGLISH).startswith(
        "Reading the passages · 4 s"
    )


def test_what_the_model_may_first_read_to_its_end_is_told_as_long_as_it_lasts() -> None:
    after_a_stop = replace(READING, seconds_left=22.0, reads_on_s=9.0)
    told = "it may still read a stopped question for about 8 s"
    assert told in stage_line(after_a_stop, 101.0, ENGLISH)
    assert told in stage_line(replace(after_a_stop, stage=Stage.WAITING, position=1), 101.0, ENGLISH)
    assert "stopped question" not in stage_line(after_a_stop, 109.0, ENGLISH)


def test_a_running_answer_is_looked_at_as_often_as_there_is_something_to_see() -> None:
    writing = replace(READING, stage=Stage.WRITING, output_tokens=1)
    assert tick_s(writing, 100.2) == 0.6
    assert tick_s(replace(writing, output_tokens=40), 104.0) == 0.6
    assert tick_s(replace(writing, output_tokens=4), 104.0) == 1.0
    assert tick_s(READING, 101.0) == 1.0
    assert tick_s(replace(READING, stage=Stage.WAITING), 101.0) == 1.0
    assert tick_s(replace(READING, stage=Stage.VERIFYING), 101.0) == 0.3


def test_a_file_that_is_being_read_on_the_same_cores_is_told() -> None:
    told = "slower: a file is being read"
    for stage in (Stage.READING, Stage.WRITING):
        assert told in stage_line(replace(READING, stage=stage), 101.0, ENGLISH, files_at_work=True)
        assert told not in stage_line(replace(READING, stage=stage), 101.0, ENGLISH)
    elsewhere = replace(READING, where=Where.OWN_NETWORK)
    assert told not in stage_line(elsewhere, 101.0, ENGLISH, files_at_work=True)


def test_what_is_being_written_is_not_yet_checked_and_counts_nothing_a_reader_would_not() -> None:
    writing = replace(READING, stage=Stage.WRITING, output_tokens=48)
    assert stage_line(writing, 101.0, ENGLISH) == "Writing · not yet checked"


@pytest.mark.parametrize(
    ("position", "told"), [(1, "next in line, about 40 s"), (3, "number 3 in line, about 40 s"), (0, "about 40 s")]
)
def test_waiting_tells_the_place_in_line(position: int, told: str) -> None:
    waiting = replace(READING, stage=Stage.WAITING, position=position, seconds_left=42.0)
    assert stage_line(waiting, 101.0, ENGLISH) == f"Waiting for the model · {told}"
    assert status_line(ENGINE, waiting, 101.0, ENGLISH) == f"llama3.2:3b on this machine · {told}"


def test_steps_tell_what_is_done_what_runs_and_what_is_to_come() -> None:
    stages = (StageTime(Stage.RETRIEVING, 0.0, 0.5), StageTime(Stage.READING, 0.5, None))
    assert steps(replace(READING, stages=stages), 103.0) == (
        Step(Stage.RETRIEVING, 0.5, running=False),
        Step(Stage.READING, 4.5, running=True),
        Step(Stage.WRITING, None, running=False),
        Step(Stage.VERIFYING, None, running=False),
    )


def test_a_stage_that_came_twice_counts_once_with_both_times() -> None:
    stages = (StageTime(Stage.READING, 0.0, 2.0), StageTime(Stage.READING, 2.0, 3.0))
    assert steps(replace(ASKED, stage=None, stages=stages), 0.0) == (Step(Stage.READING, 5.0, running=False),)


def test_the_running_step_is_named_to_those_who_hear_the_page() -> None:
    html = running_steps(replace(READING, stages=(StageTime(Stage.READING, 0.0, None),)), 101.0, GERMAN)
    assert 'aria-current="step"><span class="fn-hidden">Lesen</span>' in html


def test_no_bar_moves_while_words_come() -> None:
    for stage, moves in ((Stage.READING, True), (Stage.WRITING, False)):
        html = running_steps(replace(READING, stage=stage, stages=(StageTime(stage, 0.0, None),)), 101.0, GERMAN)
        assert ("fn-moves" in html) is moves


def test_a_finished_answer_tells_what_its_time_went_into() -> None:
    done = replace(
        READING,
        stage=None,
        output_tokens=48,
        stages=(StageTime(Stage.READING, 0.0, 9.1), StageTime(Stage.WRITING, 9.1, 2.4)),
    )
    html = taken_steps(done, ENGLISH)
    assert "<span>Read</span><span>9.1 s</span>" in html
    assert "<span>Write</span><span>2.4 s</span>" in html
    assert taken_steps(replace(done, stages=()), ENGLISH) == ""


def test_the_status_line_says_who_would_answer_and_who_waits() -> None:
    assert status_line(replace(ENGINE, waiting=2), None, 0.0, ENGLISH) == (
        "llama3.2:3b · on this machine · 2 questions waiting"
    )


def test_the_status_line_says_what_has_left_the_machine() -> None:
    remote = replace(
        READING, stage=Stage.WRITING, engine=EngineKind.REMOTE, model="Qwen/Qwen2.5-7B-Instruct", passages_left=5
    )
    line = status_line(ENGINE, remote, 101.0, ENGLISH)
    assert line.startswith("Qwen/Qwen2.5-7B-Instruct at Hugging Face · writing")
    assert line.endswith("5 passages left this machine")
