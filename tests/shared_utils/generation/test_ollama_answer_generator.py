from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import ollama
import pytest

from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator, truncation_suspected
from shared_utils.generation.ollama_connection import in_our_words
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import (
    ChatMessage,
    EngineKind,
    GenerationDone,
    GenerationEvent,
    GenerationStats,
    ModelAsked,
    Prompt,
    TextDelta,
    Where,
)
from tests.fake_ollama import FakeOllama, Script
from tests.fakes import FakeClock, never, prompt_saying

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PATIENT = Deadlines(connect_s=5, first_token_s=20, stall_s=20, total_s=60)
PROMPT = prompt_saying("Passages:\n[1] Rent is 900 euros. It is due monthly.\n\nQuestion: How much is the rent?")


def generator(host: str, deadlines: Deadlines = PATIENT, model: str = "llama3.2:1b") -> OllamaAnswerGenerator:
    return OllamaAnswerGenerator(host, model, num_ctx=2048, num_thread=2, deadlines=deadlines)


def text_of(events: Iterator[GenerationEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def mocked(stream: httpx.SyncByteStream | bytes, status: int = 200) -> OllamaAnswerGenerator:
    def answer(_request: httpx.Request) -> httpx.Response:
        if isinstance(stream, bytes):
            return httpx.Response(status, content=stream)
        return httpx.Response(status, stream=stream)

    return OllamaAnswerGenerator(
        "http://localhost:11434",
        "llama3.2:1b",
        num_ctx=2048,
        num_thread=2,
        deadlines=PATIENT,
        transport=httpx.MockTransport(answer),
    )


def test_a_server_that_may_still_read_another_prompt_is_given_more_time_for_its_first_word() -> None:
    hurried = Deadlines(connect_s=5, first_token_s=0.3, stall_s=20, total_s=60)
    with FakeOllama(Script(first_token_s=0.8)) as server:
        with pytest.raises(GenerationTimeout):
            list(generator(server.url, hurried).generate(PROMPT, never))
        patient = generator(server.url, hurried).generate(replace(PROMPT, grace_s=20.0), never)
        assert text_of(patient) == "Rent is 900 euros. [1]"


def test_an_answer_streams_and_ends_with_its_statistics_in_seconds() -> None:
    with FakeOllama() as ollama_server:
        events = list(generator(ollama_server.url).generate(PROMPT, never))
    assert text_of(iter(events)) == "Rent is 900 euros. [1]"
    done = events[-1]
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "stop"
    stats = done.stats
    assert (stats.backend, stats.model) == ("ollama", "llama3.2:1b")
    assert stats.where is Where.THIS_MACHINE
    assert stats.output_tokens == 5
    assert stats.prompt_tokens is not None
    assert stats.prompt_tokens > 10
    assert stats.cached_prompt_tokens == 0
    assert stats.prompt_evaluation_s is not None
    assert 0 < stats.prompt_evaluation_s < 10  # nanoseconds would be millions
    assert stats.time_to_first_token_s is not None


def test_every_option_that_changes_an_answer_is_sent_explicitly() -> None:
    prompt = Prompt((ChatMessage("user", "Hi"),), 5, max_output_tokens=77, stop=("\nQ:",))
    with FakeOllama() as ollama_server:
        list(generator(ollama_server.url).generate(prompt, never))
        (body,) = ollama_server.bodies("/api/chat")
    assert body["options"] == {
        "num_ctx": 2048,
        "num_thread": 2,
        "num_predict": 77,
        "temperature": 0.0,
        "seed": 0,
        "stop": ["\nQ:"],
    }
    assert body["truncate"] is False
    assert body["shift"] is False
    assert body["keep_alive"] == -1


def test_an_answer_cut_at_its_length_says_so() -> None:
    with FakeOllama(Script(answer="one two three four")) as ollama_server:
        *_, done = generator(ollama_server.url).generate(prompt_saying("Count", max_output_tokens=3), never)
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "length"


def test_the_server_tells_how_much_of_the_prompt_it_remembered() -> None:
    with FakeOllama() as ollama_server:
        list(generator(ollama_server.url).generate(PROMPT, never))
        *_, done = generator(ollama_server.url).generate(PROMPT, never)
    assert isinstance(done, GenerationDone)
    assert done.stats.cached_prompt_tokens == done.stats.prompt_tokens


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("404", GeneratorUnavailable, "ollama pull llama3.2:1b"),
        ("503", GeneratorUnavailable, "busy"),
        ("500", GeneratorUnavailable, "terminated"),
        ("400", GeneratorUnavailable, "context window"),
        ("memory", GeneratorUnavailable, "smaller model"),
        ("html", GeneratorUnavailable, "does not speak Ollama's protocol"),
        ("error line", GeneratorUnavailable, "unexpected EOF"),
        ("invalid json", GeneratorUnavailable, "does not speak Ollama's protocol"),
        ("not an object", GeneratorUnavailable, "does not speak Ollama's protocol"),
        ("drop", GeneratorUnavailable, "ended the connection"),
        ("cut", GenerationInterrupted, "broke off"),
    ],
)
def test_a_fault_before_the_first_word_is_explained(fault: str, error: type[GenerationError], words: str) -> None:
    with FakeOllama(Script(fault=fault)) as ollama_server, pytest.raises(error, match=words):
        list(generator(ollama_server.url).generate(PROMPT, never))


@pytest.mark.parametrize("fault", ["cut", "drop", "error line", "invalid json", "not an object"])
def test_a_fault_after_the_first_word_is_an_interruption_and_keeps_the_words(fault: str) -> None:
    with FakeOllama(Script(answer="one two three four", fault=fault, fault_after=2)) as ollama_server:
        events = generator(ollama_server.url).generate(PROMPT, never)
        assert [next(events), next(events)] == [TextDelta("one"), TextDelta(" two")]
        with pytest.raises(GenerationInterrupted):
            next(events)


def test_a_refused_connection_names_the_address_and_the_remedy() -> None:
    with FakeOllama() as ollama_server:
        gone = ollama_server.url
    with pytest.raises(GeneratorUnavailable, match=f"{gone}.*ollama serve"):
        list(generator(gone).generate(PROMPT, never))


def test_too_late_a_first_token_is_a_timeout_and_hangs_up() -> None:
    hurried = Deadlines(connect_s=5, first_token_s=0.1, stall_s=20, total_s=60)
    with FakeOllama(Script(first_token_s=3600)) as ollama_server:
        with pytest.raises(GenerationTimeout, match="did not begin"):
            list(generator(ollama_server.url, hurried).generate(PROMPT, never))
        assert ollama_server.left.wait(60)


@pytest.mark.parametrize(
    ("fault", "seconds", "words"),
    [("stall", PATIENT.stall_s + 1, "fell silent"), ("", PATIENT.total_s + 1, "longer than 60 s")],
    ids=["silence in the middle", "too long in all, however lively"],
)
def test_an_answer_has_a_deadline_between_words_and_one_for_the_whole(fault: str, seconds: float, words: str) -> None:
    clock = FakeClock()
    talkative = prompt_saying("Talk", max_output_tokens=100_000)
    with FakeOllama(Script(answer="word " * 10_000, token_s=0.01, fault=fault, fault_after=1)) as ollama_server:
        engine = OllamaAnswerGenerator(
            ollama_server.url, "llama3.2:1b", num_ctx=2048, num_thread=2, deadlines=PATIENT, clock=clock
        )
        events = engine.generate(talkative, never)
        assert next(events) == TextDelta("word")
        clock.now += seconds
        with pytest.raises(GenerationInterrupted, match=words):
            list(events)
        assert ollama_server.left.wait(60)


def test_stop_works_while_the_prompt_is_being_evaluated() -> None:
    with FakeOllama(Script(first_token_s=3600)) as ollama_server:
        events = list(generator(ollama_server.url).generate(PROMPT, lambda: bool(ollama_server.requests)))
        assert ollama_server.left.wait(60)  # the server was told, and can stop evaluating
    assert [type(event) for event in events] == [GenerationDone]
    assert isinstance(events[0], GenerationDone)
    assert events[0].finish_reason == "cancelled"


def test_stop_works_between_two_words() -> None:
    stop = threading.Event()
    with FakeOllama(Script(answer="one two", fault="stall", fault_after=1)) as ollama_server:
        events = []
        for event in generator(ollama_server.url).generate(PROMPT, stop.is_set):
            events.append(event)
            stop.set()
        assert ollama_server.left.wait(60)
    assert events[0] == TextDelta("one")
    assert isinstance(events[-1], GenerationDone)
    assert events[-1].finish_reason == "cancelled"


def test_a_question_stopped_before_it_was_sent_ends_as_cancelled() -> None:
    with FakeOllama(Script(first_token_s=3600)) as ollama_server:
        (event,) = generator(ollama_server.url).generate(PROMPT, lambda: True)
    assert isinstance(event, GenerationDone)
    assert event.finish_reason == "cancelled"


def test_closing_the_generator_hangs_up() -> None:
    with FakeOllama(Script(answer="one two", fault="stall", fault_after=1)) as ollama_server:
        events = generator(ollama_server.url).generate(PROMPT, never)
        assert next(events) == TextDelta("one")
        events.close()  # type: ignore[attr-defined]  # a generator, as the contract says
        assert ollama_server.left.wait(60)


def test_closing_the_generator_closes_the_http_response() -> None:
    class Stream(httpx.SyncByteStream):
        def __init__(self) -> None:
            self.closed = threading.Event()

        def __iter__(self) -> Iterator[bytes]:
            while not self.closed.wait(0.01):
                yield b'{"model":"m","message":{"role":"assistant","content":"x"},"done":false}\n'

        def close(self) -> None:
            self.closed.set()

    stream = Stream()
    events = mocked(stream).generate(PROMPT, never)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert stream.closed.wait(60)


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (400, "the request exceeds the available context size, try increasing it", "context window"),
        (500, "input length exceeds the context length", "context window"),
        (500, "llama-server process has terminated: signal: killed", "smaller model"),
        (500, "context canceled", "could not answer"),
    ],
)
def test_what_a_server_says_is_turned_into_what_to_do(status: int, said: str, words: str) -> None:
    with pytest.raises(GeneratorUnavailable, match=words):
        list(mocked(json.dumps({"error": said}).encode(), status=status).generate(PROMPT, never))


def test_questions_beyond_the_servers_queue_are_told_that_it_is_busy() -> None:
    stop = threading.Event()
    with FakeOllama(Script(first_token_s=3600, max_queue=0)) as ollama_server:
        first = threading.Thread(target=lambda: list(generator(ollama_server.url).generate(PROMPT, stop.is_set)))
        first.start()
        while not ollama_server.waiting:
            time.sleep(0.01)
        with pytest.raises(GeneratorUnavailable, match="busy"):
            list(generator(ollama_server.url).generate(PROMPT, never))
        stop.set()
        first.join(10)


def test_an_error_that_is_no_json_is_still_explained() -> None:
    with pytest.raises(GeneratorUnavailable, match="could not answer: Bad gateway"):
        list(mocked(b"Bad gateway", status=502).generate(PROMPT, never))


# ------------------------------------------------------------------------------------------------ every foreign error


def foreign_errors() -> list[Exception]:
    """One of each exception that httpx and the ollama client export."""
    request = httpx.Request("POST", "http://ollama.test/api/chat")
    classes = [getattr(httpx, name) for name in httpx.__all__]
    errors: list[Exception] = [
        ollama.RequestError("must provide a model"),
        ollama.ResponseError("boom", 500),
        ollama.ResponseError('{"error": "boom"}', 418),
    ]
    for cls in (c for c in classes if isinstance(c, type) and issubclass(c, Exception)):
        if cls is httpx.HTTPStatusError:
            errors.append(cls("boom", request=request, response=httpx.Response(500, request=request)))
        elif issubclass(cls, httpx.RequestNotRead | httpx.ResponseNotRead | httpx.StreamConsumed | httpx.StreamClosed):
            errors.append(cls())
        else:
            errors.append(cls("boom"))
    return errors


def test_every_exception_class_of_the_ollama_client_is_known() -> None:
    exported = {c for c in vars(ollama).values() if isinstance(c, type) and issubclass(c, Exception)}
    assert exported == {type(error) for error in foreign_errors() if type(error).__module__.startswith("ollama")}


@pytest.mark.parametrize("error", foreign_errors(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("spoken", [False, True], ids=["before a word", "after a word"])
def test_no_foreign_exception_reaches_a_person(error: Exception, spoken: bool) -> None:
    ours = in_our_words(error, host="http://127.0.0.1:11434", model="llama3.2:1b", spoken=spoken)
    assert isinstance(ours, GenerationError)
    assert str(ours).endswith((".", "11434."))


@pytest.mark.parametrize("error", foreign_errors(), ids=lambda error: type(error).__name__)
def test_whatever_breaks_while_asking_becomes_an_error_of_ours(error: Exception) -> None:
    def broken(_request: httpx.Request) -> httpx.Response:
        raise error

    engine = OllamaAnswerGenerator(
        "http://localhost:11434",
        "llama3.2:1b",
        num_ctx=2048,
        num_thread=2,
        deadlines=PATIENT,
        transport=httpx.MockTransport(broken),
    )
    with pytest.raises(GenerationError) as caught:
        list(engine.generate(PROMPT, never))
    assert caught.value.__cause__ is error


def test_a_bug_of_ours_is_not_dressed_up_as_the_servers() -> None:
    assert in_our_words(ZeroDivisionError(), host="http://127.0.0.1:11434") is None


# ------------------------------------------------------------------------------------------------ truncation


@pytest.mark.parametrize(
    ("estimated", "reported", "suspected"),
    [
        (700, 690, False),
        (700, 120, False),  # an older server leaves out what it had in its cache
        (3000, 2048, True),
        (3000, 1500, True),
        (1990, 1950, False),  # an estimate errs high: nearly too long is not truncated
        (3000, None, False),
    ],
)
def test_truncation_is_suspected_from_the_counts(estimated: int, reported: int | None, suspected: bool) -> None:
    prompt = Prompt((), estimated_tokens=estimated, max_output_tokens=100)
    stats = GenerationStats(backend=EngineKind.OLLAMA, model="m", prompt_tokens=reported)
    assert truncation_suspected(prompt, stats, num_ctx=2048) is suspected


def loading(host: str, load_s: float) -> OllamaAnswerGenerator:
    hurried = Deadlines(connect_s=5, first_token_s=0.3, stall_s=20, total_s=60)
    return OllamaAnswerGenerator(host, "llama3.2:1b", num_ctx=2048, num_thread=2, deadlines=hurried, load_s=load_s)


def test_a_model_that_has_to_be_loaded_is_given_the_time_and_says_so_first() -> None:
    with FakeOllama(Script(load_s=0.6)) as server:
        first, *_, last = loading(server.url, load_s=20).generate(PROMPT, never)
        again = list(loading(server.url, load_s=20).generate(PROMPT, never))
    assert first == ModelAsked("llama3.2:1b", Where.THIS_MACHINE, loading=True)
    assert isinstance(last, GenerationDone)
    assert not any(isinstance(event, ModelAsked) for event in again)


def test_in_memory_a_model_has_its_usual_deadline() -> None:
    with FakeOllama(Script(first_token_s=3600)) as server:
        server.loaded = ["llama3.2:1b"]
        with pytest.raises(GenerationTimeout, match="within 0 s"):
            list(loading(server.url, load_s=20).generate(PROMPT, never))


def test_what_is_wrong_with_a_server_is_told_by_the_question_not_by_the_look_into_its_memory() -> None:
    with pytest.raises(GeneratorUnavailable, match="Nothing answers"):
        list(loading("http://127.0.0.1:9", load_s=20).generate(PROMPT, never))


@pytest.mark.parametrize(
    ("host", "where"),
    [("http://gpu1:11434", Where.OWN_NETWORK), ("https://ollama.example", Where.ELSEWHERE)],
)
def test_what_leaves_the_machine_is_told_before_it_leaves(host: str, where: Where) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        frame = {"model": "m", "message": {"role": "assistant", "content": "x"}, "done": True, "done_reason": "stop"}
        return httpx.Response(200, content=json.dumps(frame).encode() + b"\n")

    transport = httpx.MockTransport(answer)
    far = OllamaAnswerGenerator(host, "m", num_ctx=2048, num_thread=2, deadlines=PATIENT, transport=transport)
    events = far.generate(PROMPT, never)
    assert next(events) == ModelAsked("m", where)
    assert asked == []
    *_, done = events
    assert isinstance(done, GenerationDone)
    assert done.stats.where is where
    assert asked == ["/api/chat"]
