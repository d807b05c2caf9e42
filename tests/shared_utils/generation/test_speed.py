from __future__ import annotations

import pytest

from shared_utils.generation.speed import Speed, estimate_answer_s, estimate_first_token_s, updated
from shared_utils.types import EngineKind, GenerationStats


def answer(prompt_tokens: int, reading_s: float, written: int, writing_s: float, cached: int = 0) -> GenerationStats:
    return GenerationStats(
        backend=EngineKind.OLLAMA,
        model="m",
        prompt_tokens=prompt_tokens,
        cached_prompt_tokens=cached,
        output_tokens=written,
        prompt_evaluation_s=reading_s,
        generation_s=writing_s,
    )


def test_nothing_is_promised_before_anything_was_learnt() -> None:
    assert estimate_first_token_s(Speed(), 700) is None
    assert estimate_answer_s(Speed(), 700, 100) is None


def test_the_estimate_follows_what_was_measured() -> None:
    speed = updated(Speed(), answer(700, 14.0, 100, 10.0))
    assert estimate_first_token_s(speed, 600) == pytest.approx(12.0)
    assert estimate_answer_s(speed, 600, 50) == pytest.approx(17.0)


def test_cached_tokens_cost_nothing_to_read_and_prove_nothing_about_speed() -> None:
    speed = updated(Speed(), answer(700, 10.0, 100, 10.0, cached=200))
    assert speed.prompt_tokens_per_s == pytest.approx(50.0)
    assert estimate_first_token_s(speed, 700, cached_tokens=650) == pytest.approx(1.0)
    assert updated(speed, answer(700, 0.01, 100, 10.0, cached=699)).prompt_rates == speed.prompt_rates


def test_one_wild_reading_changes_little() -> None:
    speed = Speed()
    for _ in range(4):
        speed = updated(speed, answer(500, 10.0, 50, 5.0))
    speed = updated(speed, answer(500, 0.01, 50, 500.0))
    assert speed.prompt_tokens_per_s == pytest.approx(50.0)
    assert speed.generation_tokens_per_s == pytest.approx(10.0)


def test_a_machine_that_got_slower_is_noticed() -> None:
    speed = Speed()
    for seconds in [10.0] * 9 + [50.0] * 5:
        speed = updated(speed, answer(500, seconds, 50, 5.0))
    assert speed.prompt_tokens_per_s == pytest.approx(10.0)


def test_an_engine_that_tells_nothing_teaches_nothing() -> None:
    assert updated(Speed(), GenerationStats(backend=EngineKind.REMOTE, model="m")) == Speed()
