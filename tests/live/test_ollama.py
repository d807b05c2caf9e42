"""The promises that only a real Ollama can keep or break. `ollama serve`, one model, then `pytest -m live`.

FOOTNOTE_LIVE_OLLAMA names another address, FOOTNOTE_THREADS how many are used. Any model does; what a small one may get
wrong is asked of llama3.2 only.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared_utils.errors import GeneratorUnavailable
from shared_utils.generation.fallback import Engine
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.ollama_server import OllamaServer
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.processes.resources import available_cores
from shared_utils.types import EngineKind, GenerationDone, GenerationStats, Prompt, TextDelta, Where
from src.answering.prompts import MAX_OUTPUT_TOKENS, build_prompt, is_refusal
from src.answering.writing import Writer
from src.rag_with_generation import Rag
from tests.fakes import evidence_of, never, prompt_saying
from tests.live import harbour

pytestmark = [pytest.mark.live, pytest.mark.allow_hosts(["127.0.0.1"])]

HOST = os.environ.get("FOOTNOTE_LIVE_OLLAMA", "http://127.0.0.1:11434")
MODELS = ("llama3.2:1b", "llama3.2:3b")
PATIENT = Deadlines(connect_s=3, first_token_s=300, stall_s=120, total_s=900)
LEASE = evidence_of("The rent is 940 euros a month.", "Pets are allowed with the landlord's written consent.")


@pytest.fixture(scope="module")
def engine() -> OllamaAnswerGenerator:
    server = OllamaServer(HOST)
    if not server.is_alive():
        pytest.skip(f"no Ollama answers at {HOST}")
    installed = [model.name for model in server.models()]
    if not installed:
        pytest.skip(f"the Ollama at {HOST} has no model")
    model = next((model for model in MODELS if server.has(model)), installed[0])
    threads = int(os.environ.get("FOOTNOTE_THREADS", "0")) or available_cores()
    server.load(model, num_ctx=2048, num_thread=threads)
    return OllamaAnswerGenerator(HOST, model, num_ctx=2048, num_thread=threads, deadlines=PATIENT)


def needs_llama(engine: OllamaAnswerGenerator) -> None:
    if engine.model not in MODELS:
        pytest.skip(f"{engine.model} may get this wrong: it is asked of {' or '.join(MODELS)}")


def answer(engine: OllamaAnswerGenerator, prompt: Prompt) -> tuple[str, GenerationDone]:
    *words, done = engine.generate(prompt, never)
    assert isinstance(done, GenerationDone)
    return "".join(event.text for event in words if isinstance(event, TextDelta)), done


def test_an_answer_says_what_the_passage_says_and_the_token_estimate_is_close(engine: OllamaAnswerGenerator) -> None:
    needs_llama(engine)
    prompt = build_prompt("How much is the rent?", LEASE, {})
    text, done = answer(engine, prompt)
    assert "940" in text
    assert done.stats.prompt_tokens is not None
    assert 0.7 <= prompt.estimated_tokens / done.stats.prompt_tokens <= 1.5


def test_what_the_passages_do_not_tell_is_refused(engine: OllamaAnswerGenerator) -> None:
    needs_llama(engine)
    text, _ = answer(engine, build_prompt("Who designed the Eiffel Tower?", LEASE, {}))
    assert is_refusal(text)


def test_the_same_beginning_is_read_only_once(engine: OllamaAnswerGenerator) -> None:
    prompt = build_prompt("Are pets allowed?", evidence_of(*["The lease begins in May and ends in June."] * 30), {})
    _, first = answer(engine, prompt)
    _, second = answer(engine, prompt)
    assert first.stats.prompt_evaluation_s is not None
    assert second.stats.prompt_evaluation_s is not None
    assert second.stats.prompt_evaluation_s < 0.5 * first.stats.prompt_evaluation_s


def evaluated(stats: GenerationStats) -> int:
    """Tokens of a prompt that the server did not have in its cache; servers before 0.30.3 count only these."""
    assert stats.prompt_tokens is not None
    return stats.prompt_tokens - (stats.cached_prompt_tokens or 0)


@pytest.mark.parametrize("kind", harbour.FOLLOW_UPS)
def test_a_follow_up_makes_the_model_read_a_quarter_of_what_the_first_question_did(
    engine: OllamaAnswerGenerator,
    rag: Rag,
    draw_pdf: Callable[[str, Sequence[Sequence[str]]], Path],
    kind: str,
    record_property: Callable[[str, object], None],
) -> None:
    document = harbour.read(rag, draw_pdf)
    answer(
        engine, prompt_saying(f"{time.time_ns()}: say yes.", max_output_tokens=2)
    )  # nothing of an earlier test is left
    writer = Writer(Engine(EngineKind.OLLAMA, engine), engine.model, queued=True, where=Where.THIS_MACHINE)
    first, past = harbour.asked(rag, document, writer, harbour.FIRST)
    second, _ = harbour.asked(rag, document, writer, harbour.FOLLOW_UPS[kind], [past])
    tokens = evaluated(first), evaluated(second)
    record_property("prompt tokens evaluated", tokens)
    print(f"{kind}: {tokens} tokens, {first.prompt_evaluation_s} s, then {second.prompt_evaluation_s} s")
    assert tokens[1] <= harbour.BAR_FOLLOW_UP * tokens[0]


def test_stopping_while_the_prompt_is_read_frees_the_model_soon(engine: OllamaAnswerGenerator) -> None:
    long_prompt = prompt_saying(f"{time.time()} " + "The committee met again and again. " * 200)
    began = time.monotonic()
    events = list(engine.generate(long_prompt, lambda: time.monotonic() - began > 1))
    assert isinstance(events[-1], GenerationDone)
    assert events[-1].finish_reason == "cancelled"
    text, _ = answer(engine, prompt_saying("Say yes."))
    assert text


def test_too_long_a_prompt_is_an_error_and_not_half_an_answer(engine: OllamaAnswerGenerator) -> None:
    prompt = prompt_saying("One more word. " * 3000, max_output_tokens=MAX_OUTPUT_TOKENS)
    with pytest.raises(GeneratorUnavailable, match="context window"):
        list(engine.generate(prompt, never))
