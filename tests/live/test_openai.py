"""The promises that only a real OpenAI-compatible server can keep or break.

`FOOTNOTE_LIVE_ENDPOINT=http://127.0.0.1:8000/v1 pytest -m live tests/live/test_openai.py`, with any model: no test asks
what a small one may get wrong. Fetching and unloading a model, and killing its process, are not in this protocol:
tests/live/test_ollama.py has them.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared_utils.errors import GenerationError, GenerationInterrupted
from shared_utils.generation.fallback import Engine
from shared_utils.generation.openai_answer_generator import OpenAiAnswerGenerator, served_models
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import EngineKind, GenerationDone, Prompt, TextDelta, Where
from src.answering.prompts import standard_prompt
from src.answering.writing import Writer
from src.rag_with_generation import Rag
from tests.fakes import never, prompt_saying
from tests.live import harbour

pytestmark = [pytest.mark.live, pytest.mark.allow_hosts(["127.0.0.1"])]

URL = os.environ.get("FOOTNOTE_LIVE_ENDPOINT", "")
PATIENT = Deadlines(connect_s=3, first_token_s=300, stall_s=120, total_s=900)
SAME_BEGINNING = 0.6  # generous: other processes share the machine


@pytest.fixture(scope="module")
def engine() -> OpenAiAnswerGenerator:
    if not URL:
        pytest.skip("FOOTNOTE_LIVE_ENDPOINT names no server")
    try:
        models = served_models(URL)
    except GenerationError as exc:
        pytest.skip(f"no server answers: {exc}")
    assert models
    return OpenAiAnswerGenerator(URL, models[0], deadlines=PATIENT)


def timed(engine: OpenAiAnswerGenerator, prompt: Prompt) -> tuple[str, GenerationDone]:
    *words, done = engine.generate(prompt, never)
    assert isinstance(done, GenerationDone)
    return "".join(event.text for event in words if isinstance(event, TextDelta)), done


def test_words_are_streamed_and_counted(engine: OpenAiAnswerGenerator) -> None:
    text, done = timed(engine, prompt_saying("Count from one to ten.", max_output_tokens=24))
    assert text.strip()
    assert done.finish_reason in ("stop", "length")
    assert done.stats.time_to_first_token_s is not None


def test_the_same_beginning_is_read_only_once(engine: OpenAiAnswerGenerator) -> None:
    prompt = standard_prompt(400, nonce=str(time.time_ns()))
    first, again = (timed(engine, prompt)[1].stats.time_to_first_token_s for _ in range(2))
    assert first is not None
    assert again is not None
    assert again < SAME_BEGINNING * first


@pytest.mark.parametrize("after_words", [0, 3], ids=["while it reads", "while it writes"])
def test_after_a_stop_the_next_question_is_answered(engine: OpenAiAnswerGenerator, after_words: int) -> None:
    seen: list[str] = []
    began = time.monotonic()
    long = standard_prompt(500, nonce=str(time.time_ns()))

    def stopped() -> bool:
        return len(seen) >= after_words if after_words else time.monotonic() - began > 0.3

    for event in engine.generate(long, stopped):
        if isinstance(event, TextDelta):
            seen.append(event.text)
        else:
            assert isinstance(event, GenerationDone)
            assert event.finish_reason in ("cancelled", "stop")
    text, _ = timed(engine, prompt_saying("Say yes.", max_output_tokens=8))
    assert text.strip()


def test_two_people_are_both_answered(engine: OpenAiAnswerGenerator) -> None:
    answers: list[str] = []
    broken: list[GenerationInterrupted] = []

    def ask(word: str) -> None:
        try:
            answers.append(timed(engine, prompt_saying(f"Say {word}.", max_output_tokens=8))[0])
        except GenerationInterrupted as exc:
            broken.append(exc)

    people = [threading.Thread(target=ask, args=(word,)) for word in ("yes", "no")]
    for person in people:
        person.start()
    for person in people:
        person.join(300)
    if broken:  # llama-cpp-python's server does, unless it is started with --interrupt_requests false
        pytest.skip("this server breaks off an answer when another question comes")
    assert len(answers) == len(people)
    assert all(answer.strip() for answer in answers)


@pytest.mark.parametrize("kind", harbour.FOLLOW_UPS)
def test_a_follow_ups_first_word_takes_a_quarter_of_the_firsts(
    engine: OpenAiAnswerGenerator,
    rag: Rag,
    draw_pdf: Callable[[str, Sequence[Sequence[str]]], Path],
    kind: str,
    record_property: Callable[[str, object], None],
) -> None:
    document = harbour.read(rag, draw_pdf)
    timed(engine, prompt_saying(f"Say {time.time_ns()}.", max_output_tokens=4))  # nothing of an earlier test is left
    writer = Writer(Engine(EngineKind.ENDPOINT, engine), engine.model, queued=True, where=Where.THIS_MACHINE)
    first, past = harbour.asked(rag, document, writer, harbour.FIRST)
    second, _ = harbour.asked(rag, document, writer, harbour.FOLLOW_UPS[kind], [past])
    assert first.time_to_first_token_s is not None
    assert second.time_to_first_token_s is not None
    seconds = first.time_to_first_token_s, second.time_to_first_token_s
    record_property("first word, seconds", seconds)
    print(f"{kind}: {seconds[0]:.2f} s, then {seconds[1]:.2f} s")
    assert seconds[1] <= harbour.BAR_FOLLOW_UP * seconds[0]
