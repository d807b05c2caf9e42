"""The adapter for OpenAI-compatible servers, over real HTTP on the loopback."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
import pytest

from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation.openai_answer_generator import OpenAiAnswerGenerator, served_models
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import ChatMessage, GenerationDone, GenerationEvent, ModelAsked, Prompt, TextDelta, Where
from tests.fake_openai import FakeOpenAi, OpenAiScript
from tests.fakes import never, prompt_saying

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PATIENT = Deadlines(connect_s=5, first_token_s=20, stall_s=20, total_s=60)
PROMPT = prompt_saying("Question: How much is the rent?")
KEY = "sk-SECRET"


def generator(url: str, deadlines: Deadlines = PATIENT, model: str = "small", key: str = "") -> OpenAiAnswerGenerator:
    return OpenAiAnswerGenerator(url, model, key=key, deadlines=deadlines)


def text_of(events: Iterable[GenerationEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def test_an_answer_streams_and_ends_with_what_the_server_counted() -> None:
    with FakeOpenAi() as server:
        *words, done = generator(server.url).generate(PROMPT, never)
    assert text_of(words) == "Rent is 900 euros [1]."
    assert len(words) == 5
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "stop"
    stats = done.stats
    assert (stats.backend, stats.model, stats.output_tokens, stats.cached_prompt_tokens) == ("endpoint", "small", 5, 16)
    assert stats.where is Where.THIS_MACHINE
    assert stats.prompt_tokens is not None
    assert stats.time_to_first_token_s is not None
    assert stats.generation_s is None  # the server does not tell


def test_every_option_that_changes_an_answer_is_sent_explicitly() -> None:
    prompt = Prompt(
        (ChatMessage("system", "Be brief."), ChatMessage("user", "Hi")), 5, max_output_tokens=77, stop=("\nQ:",)
    )
    with FakeOpenAi() as server:
        list(generator(server.url).generate(prompt, never))
        (body,) = server.bodies
    assert body == {
        "model": "small",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 77,
        "temperature": 0.0,
        "seed": 0,
        "stop": ["\nQ:"],
    }


def test_an_answer_cut_at_its_length_says_so_also_to_a_server_that_counts_nothing() -> None:
    with FakeOpenAi(OpenAiScript(answer="one two three", tells_usage=False)) as server:
        *_, done = generator(server.url).generate(prompt_saying("Count", max_output_tokens=2), never)
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "length"
    assert done.stats.output_tokens is None


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        (OpenAiScript(key="sk-other"), GeneratorUnavailable, "does not accept the key"),
        (OpenAiScript(status=403), GeneratorUnavailable, "does not accept the key"),
        (OpenAiScript(models=("large",)), GeneratorUnavailable, "has no model “small”"),
        (OpenAiScript(status=429), GeneratorUnavailable, "is busy"),
        (
            OpenAiScript(status=400, refusal="This model's maximum context length is 2048 tokens."),
            GeneratorUnavailable,
            "longer than small's context window",
        ),
        (
            OpenAiScript(status=400, refusal="seed must be positive."),
            GeneratorUnavailable,
            "400 .seed must be positive",
        ),
        (OpenAiScript(status=503, refusal="overloaded"), GeneratorUnavailable, "problem of its own, 503 .overloaded"),
        (OpenAiScript(fault="html"), GeneratorUnavailable, "does not speak OpenAI's protocol"),
        (OpenAiScript(fault="garbage"), GeneratorUnavailable, "does not speak OpenAI's protocol"),
        (OpenAiScript(fault="error"), GeneratorUnavailable, "could not answer: EngineCore died"),
        (OpenAiScript(fault="drop"), GeneratorUnavailable, "ended the connection"),
        (OpenAiScript(fault="cut"), GenerationInterrupted, "broke off"),
    ],
    ids=lambda value: value.fault or str(value.status) if isinstance(value, OpenAiScript) else "",
)
def test_a_fault_before_the_first_word_is_explained(
    script: OpenAiScript, error: type[GenerationError], words: str
) -> None:
    with FakeOpenAi(script) as server, pytest.raises(error, match=words) as raised:
        list(generator(server.url, key=KEY).generate(PROMPT, never))
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("fault", ["cut", "drop", "error", "garbage", "stall"])
def test_after_the_first_word_every_fault_is_an_interruption(fault: str) -> None:
    impatient = Deadlines(connect_s=5, first_token_s=20, stall_s=0.2, total_s=60)
    with FakeOpenAi(OpenAiScript(fault=fault, fault_after=2)) as server:
        said: list[GenerationEvent] = []
        with pytest.raises(GenerationInterrupted):
            said.extend(generator(server.url, impatient).generate(PROMPT, never))
    assert text_of(said) == "Rent is"


def test_a_server_that_says_nothing_in_time_is_late() -> None:
    impatient = Deadlines(connect_s=5, first_token_s=0.2, stall_s=20, total_s=60)
    with FakeOpenAi(OpenAiScript(first_token_s=30)) as server:
        with pytest.raises(GenerationTimeout, match="did not begin its answer within 0 s"):
            list(generator(server.url, impatient).generate(PROMPT, never))
        assert server.left.wait(10)


def test_stop_hangs_up_while_the_prompt_is_still_read() -> None:
    with FakeOpenAi(OpenAiScript(first_token_s=30)) as server:
        (done,) = generator(server.url).generate(PROMPT, lambda: bool(server.bodies))
        assert isinstance(done, GenerationDone)
        assert done.finish_reason == "cancelled"
        assert server.left.wait(10)


def test_stop_in_the_middle_keeps_what_has_come_and_frees_the_server() -> None:
    said: list[GenerationEvent] = []
    with FakeOpenAi(OpenAiScript(answer="word " * 100, token_s=0.02)) as server:
        said.extend(generator(server.url).generate(PROMPT, lambda: len(said) >= 3))
        assert isinstance(said[-1], GenerationDone)
        assert said[-1].finish_reason == "cancelled"
        assert text_of(said).startswith("word word word")
        assert server.left.wait(10)


def test_closing_the_stream_frees_the_server() -> None:
    with FakeOpenAi(OpenAiScript(answer="word " * 100, token_s=0.02)) as server:
        events = generator(server.url).generate(PROMPT, never)
        next(events)
        events.close()  # type: ignore[attr-defined]
        assert server.left.wait(10)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/v1", "Nothing answers"),
        ("gpu1:8000/v1", "not an address"),
        ("http://gpu1:port/v1", "not an address"),
    ],
)
def test_an_address_without_a_server_is_explained(url: str, words: str) -> None:
    with pytest.raises(GeneratorUnavailable, match=words):
        list(generator(url).generate(PROMPT, never))
    with pytest.raises(GeneratorUnavailable, match=words):
        served_models(url)


def test_a_server_tells_its_models_to_who_has_the_key() -> None:
    with FakeOpenAi(OpenAiScript(models=("a", "b"), key=KEY)) as server:
        assert served_models(server.url, KEY) == ("a", "b")
        assert served_models(f"{server.url}/", KEY) == ("a", "b")
        with pytest.raises(GeneratorUnavailable, match="does not accept the key"):
            served_models(server.url)
        with pytest.raises(GeneratorUnavailable, match="Does its address end in /v1"):
            served_models(server.url.removesuffix("/v1"), KEY)


def test_a_bug_stays_a_bug() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    failing = OpenAiAnswerGenerator("http://x/v1", "m", deadlines=PATIENT, transport=httpx.MockTransport(broken))
    with pytest.raises(ZeroDivisionError):
        list(failing.generate(PROMPT, never))


@pytest.mark.parametrize(
    ("url", "where"),
    [("http://gpu1:8000/v1", Where.OWN_NETWORK), ("https://api.example/v1", Where.ELSEWHERE)],
)
def test_what_leaves_the_machine_is_told_before_it_leaves(url: str, where: Where) -> None:
    asked: list[str] = []
    piece = b'data: {"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, content=piece, headers={"content-type": "text/event-stream"})

    far = OpenAiAnswerGenerator(url, "m", deadlines=PATIENT, transport=httpx.MockTransport(answer))
    events = far.generate(PROMPT, never)
    assert next(events) == ModelAsked("m", where)
    assert asked == []
    *_, done = events
    assert isinstance(done, GenerationDone)
    assert done.stats.where is where
    assert asked == ["/v1/chat/completions"]
