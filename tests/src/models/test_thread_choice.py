from __future__ import annotations

from pathlib import Path

from shared_utils.types import EngineKind, GenerationDone, GenerationStats
from src.models.thread_choice import ThreadChoice, Watched
from tests.fakes import FakeClock, FakeGenerator, never, prompt_saying


def written(tokens_per_s: float, model: str = "m") -> GenerationStats:
    return GenerationStats(EngineKind.OLLAMA, model, output_tokens=40, generation_s=40 / tokens_per_s)


def collapsed(clock: FakeClock, path: Path | None = None) -> ThreadChoice:
    choice = ThreadChoice(2, path, clock=clock)
    for rate in (24.0, 0.8, 0.9):
        choice.learn(written(rate), choice.now())
    return choice


def test_two_threads_that_collapse_twice_give_way_to_one_and_are_tried_again_later() -> None:
    clock = FakeClock(1000.0)
    choice = collapsed(clock)
    assert choice.now() == 1
    choice.learn(written(6.0), 1)
    clock.sleep(800)
    assert choice.now() == 1
    clock.sleep(200)
    assert choice.now() == 2
    choice.learn(written(20.0), 2)
    assert choice.now() == 2


def test_one_slow_answer_changes_nothing() -> None:
    choice = ThreadChoice(2, clock=FakeClock(1000.0))
    for rate in (24.0, 0.8, 20.0, 0.8):
        choice.learn(written(rate), 2)
        assert choice.now() == 2


def test_a_slower_model_is_not_held_against_a_faster_one() -> None:
    choice = ThreadChoice(2, clock=FakeClock(1000.0))
    for rate, model in ((60.0, "small"), (9.0, "large"), (9.0, "large")):
        choice.learn(written(rate, model), 2)
    assert choice.now() == 2


def test_what_was_learnt_is_kept_for_as_many_cores(tmp_path: Path) -> None:
    clock, path = FakeClock(1000.0), tmp_path / "run" / "threads.json"
    collapsed(clock, path)
    again = ThreadChoice(2, path, clock=clock)
    assert again.now() == 1
    again.begin("m", 1, 6.0)
    clock.sleep(800)
    ThreadChoice(2, path, clock=clock).begin("m", 1, 6.0)
    clock.sleep(200)
    assert ThreadChoice(2, path, clock=clock).now() == 2
    again.begin("m", 1, 6.5)
    assert ThreadChoice(2, path, clock=clock).now() == 1
    assert ThreadChoice(4, path, clock=clock).now() == 4
    path.write_text("[]")
    assert ThreadChoice(2, path, clock=clock).now() == 2


def test_the_first_answer_with_one_thread_tells_whether_the_machine_is_slower() -> None:
    choice = collapsed(FakeClock(1000.0))
    choice.learn(written(0.85), 1)
    assert choice.now() == 2
    for _ in range(2):  # that is all it can do now: no more going to and fro
        choice.learn(written(0.9), 2)
        assert choice.now() == 2


def test_it_begins_with_what_was_measured_and_is_told_the_same_again_and_again() -> None:
    clock = FakeClock(1000.0)
    choice = ThreadChoice(2, clock=clock)
    choice.begin("m", 1, 6.0)
    assert choice.now() == 1
    clock.sleep(1000)
    choice.begin("m", 1, 6.0)
    assert choice.now() == 2
    choice.learn(written(20.0), 2)
    choice.begin("m", 1, 6.0)
    assert choice.now() == 2


def test_all_cores_that_stay_below_what_one_gave_give_way_again() -> None:
    clock = FakeClock(1000.0)
    choice = ThreadChoice(2, clock=clock)
    choice.begin("m", 1, 2.0)
    clock.sleep(1000)
    for _ in range(2):
        choice.learn(written(0.8), choice.now())
    assert choice.now() == 1


def test_a_measurement_with_all_the_cores_ends_the_time_with_fewer() -> None:
    choice = collapsed(FakeClock(1000.0))
    choice.begin("m", 2, 23.0)
    assert choice.now() == 2


def test_half_of_many_cores_is_what_they_give_way_to_where_that_was_measured() -> None:
    choice = ThreadChoice(8, clock=FakeClock(1000.0))
    choice.begin("m", 4, 9.0)
    assert choice.now() == 4
    choice.begin("m", 16, 9.0)
    assert choice.now() == 4


def test_a_number_that_the_operator_set_and_a_single_core_stay() -> None:
    for choice in (ThreadChoice(2, fixed=True), ThreadChoice(1)):
        most = choice.now()
        for rate in (24.0, 0.8, 0.9):
            choice.learn(written(rate), most)
        choice.begin("m", 1, 6.0)
        assert choice.now() == most


def test_a_watched_generator_says_the_same_and_teaches() -> None:
    choice = ThreadChoice(2)
    events = list(Watched(FakeGenerator(), choice, 2).generate(prompt_saying("Hm?"), never))
    assert isinstance(events[-1], GenerationDone)
    assert len(events) == 3
