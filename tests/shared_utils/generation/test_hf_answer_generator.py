from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import httpx2
import huggingface_hub
import pytest

from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation import hf_answer_generator
from shared_utils.generation.hf_answer_generator import HfAnswerGenerator
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import GenerationDone, ModelAsked, TextDelta, Where
from tests.fakes import FakeClock, never, prompt_saying

TOKEN = "hf_abcdefghijklmnopqrstuvwxyz"
DEADLINES = Deadlines(connect_s=5, first_token_s=20, stall_s=20, total_s=60)
PROMPT = prompt_saying("How much is the rent?")

Handler = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture
def router() -> Iterator[Callable[[Handler], None]]:
    """Lets the real client talk to a function in place of the network."""
    yield lambda handler: huggingface_hub.set_client_factory(
        lambda: httpx2.Client(transport=httpx2.MockTransport(handler))
    )
    huggingface_hub.set_client_factory(huggingface_hub.utils._http.default_client_factory)


def generator(*models: str, token: str = TOKEN, deadlines: Deadlines = DEADLINES) -> HfAnswerGenerator:
    return HfAnswerGenerator(token, models or ("a/first",), deadlines=deadlines)


def chunk(content: str = "", finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish_reason}
    return _event({"id": "1", "created": 1, "model": "m", "system_fingerprint": "", "choices": [choice]})


def usage(prompt_tokens: int, completion_tokens: int) -> bytes:
    counts = {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens, "total_tokens": 0}
    return _event({"id": "1", "created": 1, "model": "m", "system_fingerprint": "", "choices": [], "usage": counts})


def _event(payload: object) -> bytes:
    return b"data: " + json.dumps(payload).encode() + b"\n\n"


FINE = chunk("900") + chunk(" euros.") + chunk(finish_reason="stop") + usage(40, 3) + b"data: [DONE]\n\n"


def test_an_answer_streams_and_ends_with_its_statistics(router: Callable[[Handler], None]) -> None:
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, content=FINE)

    router(answer)
    asked, *words, done = generator().generate(PROMPT, never)
    assert asked == ModelAsked("a/first", Where.ELSEWHERE)
    assert words == [TextDelta("900"), TextDelta(" euros.")]
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "stop"
    stats = done.stats
    assert (stats.backend, stats.model, stats.prompt_tokens, stats.output_tokens) == ("remote", "a/first", 40, 3)
    assert stats.where is Where.ELSEWHERE
    assert requests[-1].url.host == "router.huggingface.co"
    assert json.loads(requests[-1].content)["max_tokens"] == PROMPT.max_output_tokens


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "does not accept"),
        (402, "out of inference credits"),
        (404, "No provider serves a/first"),
        (429, "wait a minute"),
        (500, "problem of its own"),
        (503, "problem of its own"),
    ],
)
def test_each_refusal_is_told_in_words_to_act_on(router: Callable[[Handler], None], status: int, words: str) -> None:
    router(lambda request: httpx2.Response(status, json={"error": f"secret {TOKEN}"}, request=request))
    with pytest.raises(GeneratorUnavailable, match=words) as caught:
        list(generator().generate(PROMPT, never))
    assert TOKEN not in str(caught.value)


def test_a_model_nobody_serves_gives_way_to_the_next(router: Callable[[Handler], None]) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        served = json.loads(request.content)["model"] == "b/second"
        return httpx2.Response(200 if served else 404, content=FINE if served else b"{}", request=request)

    router(answer)
    *_, done = generator("a/first", "b/second").generate(PROMPT, never)
    assert isinstance(done, GenerationDone)
    assert done.stats.model == "b/second"


@pytest.mark.parametrize("status", [401, 402])
def test_a_refused_account_is_not_tried_again_with_another_model(
    router: Callable[[Handler], None], status: int
) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content)["model"])
        return httpx2.Response(status, json={}, request=request)

    router(answer)
    with pytest.raises(GeneratorUnavailable):
        list(generator("a/first", "b/second").generate(PROMPT, never))
    assert asked == ["a/first"]


def test_a_stream_without_an_end_is_an_interruption(router: Callable[[Handler], None]) -> None:
    router(lambda _request: httpx2.Response(200, content=chunk("900")))
    events = generator().generate(PROMPT, never)
    assert [next(events), next(events)] == [ModelAsked("a/first", Where.ELSEWHERE), TextDelta("900")]
    with pytest.raises(GenerationInterrupted):
        next(events)


def test_something_unreadable_is_no_answer(router: Callable[[Handler], None]) -> None:
    router(lambda _request: httpx2.Response(200, content=b"data: {\n\n"))
    with pytest.raises(GeneratorUnavailable, match="unreadable"):
        list(generator().generate(PROMPT, never))


def test_stop_and_the_first_token_deadline_do_not_wait_for_the_network(router: Callable[[Handler], None]) -> None:
    released = threading.Event()

    def silent(_request: httpx2.Request) -> httpx2.Response:
        released.wait(30)
        return httpx2.Response(200, content=FINE)

    router(silent)
    hurried = Deadlines(connect_s=5, first_token_s=0.1, stall_s=20, total_s=60)
    _asked, done = generator().generate(PROMPT, lambda: True)
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "cancelled"
    with pytest.raises(GenerationTimeout, match="did not begin"):
        list(generator(deadlines=hurried).generate(PROMPT, never))
    released.set()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(DEADLINES.stall_s + 1, "fell silent"), (DEADLINES.total_s + 1, "longer than")],
)
def test_an_answer_that_stops_coming_is_an_interruption(
    router: Callable[[Handler], None], seconds: float, words: str
) -> None:
    released, clock = threading.Event(), FakeClock()

    def body() -> Iterator[bytes]:
        yield chunk("900")
        released.wait(30)

    router(lambda _request: httpx2.Response(200, content=body()))
    events = HfAnswerGenerator(TOKEN, ["a/first"], deadlines=DEADLINES, clock=clock).generate(PROMPT, never)
    assert [next(events), next(events)] == [ModelAsked("a/first", Where.ELSEWHERE), TextDelta("900")]
    clock.now += seconds
    with pytest.raises(GenerationInterrupted, match=words):
        next(events)
    released.set()


@pytest.mark.parametrize(
    "cls",
    [c for c in vars(httpx2).values() if isinstance(c, type) and issubclass(c, httpx2.HTTPError)],
)
def test_no_error_of_the_network_reaches_a_person_as_it_is(cls: type[Exception]) -> None:
    request = httpx2.Request("POST", "https://router.huggingface.co/v1/chat/completions")
    extra = {"request": request, "response": httpx2.Response(500)} if cls is httpx2.HTTPStatusError else {}
    ours = hf_answer_generator._in_our_words(cls("boom", **extra), "a/first", spoken=True)
    assert isinstance(ours, GenerationError)


def test_a_key_of_another_service_is_recognised_without_asking_anybody() -> None:
    with pytest.raises(GeneratorUnavailable, match="begin with hf_"):
        list(generator(token="sk-123").generate(PROMPT, never))


def test_the_library_is_loaded_only_when_the_engine_is_used() -> None:
    assert "huggingface_hub" not in vars(hf_answer_generator)
