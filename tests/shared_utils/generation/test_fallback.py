from __future__ import annotations

import pytest

from shared_utils.errors import GenerationInterrupted, GeneratorUnavailable
from shared_utils.generation.fallback import Engine, EngineGivenUp, generate_with_fallback
from shared_utils.message import message
from shared_utils.types import EngineKind, GenerationDone, TextDelta
from tests.fakes import FakeGenerator, never, prompt_saying

PROMPT = prompt_saying("Hi")
OLLAMA, QUOTES = EngineKind.OLLAMA, EngineKind.EXTRACTIVE
BUSY = GeneratorUnavailable("Ollama is busy.")
CUT = GenerationInterrupted("It broke off.")


def test_the_first_engine_that_speaks_answers() -> None:
    spare = FakeGenerator()
    engines = [Engine(OLLAMA, FakeGenerator(words=("Yes",))), Engine(QUOTES, spare)]
    events = list(generate_with_fallback(engines, PROMPT, never))
    assert events[0] == TextDelta("Yes")
    assert spare.prompts == []


def test_a_failure_before_the_first_word_switches_and_says_why() -> None:
    engines = [
        Engine(OLLAMA, FakeGenerator(error=BUSY)),
        Engine(QUOTES, FakeGenerator(words=("Quoted",))),
    ]
    events = list(generate_with_fallback(engines, PROMPT, never))
    assert events[:2] == [
        EngineGivenUp(OLLAMA, message("Ollama is busy."), QUOTES),
        TextDelta("Quoted"),
    ]


def test_after_the_first_word_nothing_is_spliced_on() -> None:
    spare = FakeGenerator()
    broken = FakeGenerator(words=("One", " two"), error=CUT, error_after=1)
    events = generate_with_fallback([Engine(OLLAMA, broken), Engine(QUOTES, spare)], PROMPT, never)
    assert next(events) == TextDelta("One")
    with pytest.raises(GenerationInterrupted):
        next(events)
    assert spare.prompts == []


def test_an_engine_that_writes_nothing_is_given_up_too() -> None:
    engines = [
        Engine(OLLAMA, FakeGenerator(words=(" ",))),
        Engine(QUOTES, FakeGenerator(words=("Quoted",))),
    ]
    assert EngineGivenUp(OLLAMA, message("{engine} ended without writing a word.", engine="ollama"), QUOTES) in list(
        generate_with_fallback(engines, PROMPT, never)
    )


def test_stopping_is_not_a_reason_to_ask_another_engine() -> None:
    spare = FakeGenerator()
    engines = [Engine(OLLAMA, FakeGenerator()), Engine(QUOTES, spare)]
    (done,) = generate_with_fallback(engines, PROMPT, lambda: True)
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "cancelled"
    assert spare.prompts == []


def test_the_last_engines_error_goes_up() -> None:
    with pytest.raises(GeneratorUnavailable, match="busy"):
        list(generate_with_fallback([Engine(OLLAMA, FakeGenerator(error=BUSY))], PROMPT, never))


def test_without_an_engine_a_person_is_told_what_to_start() -> None:
    with pytest.raises(GeneratorUnavailable, match="ollama serve") as raised:
        list(generate_with_fallback([], PROMPT, never))
    assert "ollama" not in str(raised.value.for_reader)  # whoever only reads here cannot start anything


def test_closing_the_answer_closes_the_engine() -> None:
    engine = FakeGenerator()
    events = generate_with_fallback([Engine(OLLAMA, engine)], PROMPT, never)
    next(events)
    events.close()
    assert engine.closed == 1
