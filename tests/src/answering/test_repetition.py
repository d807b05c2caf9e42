from __future__ import annotations

from collections.abc import Sequence

import pytest

from src.answering.answer_queue import AnswerQueue
from src.answering.repetition import repeated_from
from src.answering.writing import Scribe, Task, Written
from tests.fakes import FakeGenerator, evidence_of, writer_here

A = "Leakage fell to 14.9 percent in the year 2021 [1]."
B = "The mains were renewed in the two years before [2]."
C = "The regulator has accepted the plan for 2024 [1]."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"{A} {A} {A}", A),
        (f"{A} {B} {A} {B}", f"{A} {B}"),
        (f"{A} {B} {C} {B} {C}", f"{A} {B} {C}"),
        (f"{A} {B} {A.replace('[1]', '[2]')} {C} {A}", f"{A} {B} {A.replace('[1]', '[2]')} {C}"),
        ("Leakage fell." + " the mains" * 8, "Leakage fell. the mains"),
        (f"{A} " + "and of the renewed mains " * 4, f"{A} and of the renewed mains"),
        ("<unk>" * 8, ""),
    ],
)
def test_it_ends_where_it_begins_to_go_round(text: str, kept: str) -> None:
    cut = repeated_from(text)
    assert cut is not None
    assert text[:cut].strip() == kept


@pytest.mark.parametrize(
    "text",
    [
        f"{A} {B} {C}",
        f"{A} {B} {A}",  # once more, to conclude
        "- Yes [1].\n- Yes [2].\n- No [3].\n- Yes [4].\n",
        "| Year | Loss |\n|---|---|\n| 2020 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |\n",
        "-" * 80,
        "No, no, no, no.",
        "1000000000000000000000000",
        "",
    ],
)
def test_what_an_answer_may_well_say_twice_is_left(text: str) -> None:
    assert all(repeated_from(text[:end]) is None for end in range(len(text) + 1))


def written_by(words: Sequence[str]) -> tuple[Written, FakeGenerator]:
    generator = FakeGenerator(words)
    task = Task("How far did leakage fall?", evidence_of("Leakage fell.", "Mains."), {1: "a p. 1", 2: "a p. 2"})
    turn = Scribe(AnswerQueue()).write(task, [writer_here(generator)], lambda: None, lambda: False)
    while True:
        try:
            next(turn)
        except StopIteration as end:
            return end.value, generator


def test_a_model_that_goes_round_is_stopped_and_what_it_said_before_kept() -> None:
    written, generator = written_by([f"{A} ", f"{B} "] * 50)
    assert written.text == f"{A} {B}"
    assert written.finish_reason == "stop"
    assert written.stats.output_tokens == 4
    assert generator.closed == 1


def test_nothing_but_nonsense_is_no_answer_and_said_so() -> None:
    written, _ = written_by(["the "] * 200)
    assert written.text == ""
    assert [str(note) for note in written.notes] == ["fake:1b only repeated itself: its words are left out."]
