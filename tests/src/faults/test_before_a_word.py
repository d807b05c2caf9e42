"""Engines that fail before their first word: who is asked instead, and what is told of it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.watched_stream import Deadlines
from src.models.engines import Engines
from src.settings import Settings
from tests.fake_ollama import FakeOllama, Script
from tests.fakes import writer_here
from tests.src.faults.stage import (
    ANSWER,
    FAR,
    FARTHER,
    HURRIED,
    MODEL,
    PATIENT,
    TALK,
    Scene,
    asked,
    check_extractive,
    check_kept,
    check_written,
    ended,
    said,
)
from tests.waiting import until

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@dataclass(frozen=True)
class Silence:
    """An Ollama that fails before its first word. `why` is what must be told of it."""

    name: str
    why: str
    script: Mapping[str, object] = field(default_factory=dict)
    host: str = ""
    deadlines: Deadlines = PATIENT

    def __str__(self) -> str:
        return self.name


SILENCES = [
    Silence("unknown model", "cannot be reached at the moment", {"fault": "404"}),
    Silence("prompt too long", "longer than .*context window", {"fault": "400"}),
    Silence("runner died", "could not answer: llama-server process has terminated", {"fault": "500"}),
    Silence("busy", "busy with other questions", {"fault": "503"}),
    Silence("too little memory", "does not fit into memory", {"fault": "memory"}),
    Silence("a web page", "does not speak Ollama's protocol", {"fault": "html"}),
    Silence("slow first token", "did not begin its answer within", {"first_token_s": 30.0}, deadlines=HURRIED),
    Silence("slow loading", "did not begin its answer within", {"load_s": 30.0}, deadlines=HURRIED),
    Silence("headers, then nothing", "did not begin its answer within", {"fault": "stall"}, deadlines=HURRIED),
    Silence("cut before a word", "broke off before the end", {"fault": "cut"}),
    Silence("dropped before a word", "ended the connection before it answered", {"fault": "drop"}),
    Silence("error instead of a word", "could not answer: an error was encountered", {"fault": "error line"}),
    Silence("half a line of JSON", "does not speak Ollama's protocol", {"fault": "invalid json"}),
    Silence("a list for an object", "does not speak Ollama's protocol", {"fault": "not an object"}),
    Silence("an answer without words", "without writing a word", {"answer": " "}),
    Silence("nobody listens", "cannot be reached at the moment", host="refused"),
    Silence("hangs up at once", "ended the connection before it answered", host="hangs up"),
    Silence("takes it and says nothing", "did not begin its answer within", host="mute", deadlines=HURRIED),
    Silence("no HTTP", "Ollama at .* ended the connection|does not speak", host="no http"),
    Silence("no address", "cannot be reached at the moment", host="ftp://127.0.0.1"),
]


@contextmanager
def odd_host(kind: str) -> Iterator[str]:
    """The address of something that is no Ollama; "" for the stand-in."""
    if kind == "refused":
        with socket.socket() as reserved:  # bound, and nobody listens
            reserved.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{reserved.getsockname()[1]}"
        return
    if kind not in ("hangs up", "mute", "no http"):
        yield kind
        return
    over = threading.Event()

    class Odd(StreamRequestHandler):
        def handle(self) -> None:
            self.connection.recv(1)
            if kind == "mute":
                over.wait(30)
            elif kind == "no http":
                self.connection.recv(65536)
                self.wfile.write(b"220 smtp.example.org ready\r\n")

    class Server(ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

    with Server(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        over.set()
        server.shutdown()


@pytest.mark.parametrize("fault", SILENCES, ids=str)
def test_an_ollama_that_says_nothing_leaves_the_documents_own_sentences_and_the_reason(
    scene: Scene, fault: Silence
) -> None:
    scene.misbehaves(**fault.script)
    with odd_host(fault.host) as host:
        scene.engines(host=host, deadlines=fault.deadlines)
        turn = asked(scene.shelf())
    check_extractive(turn, fault.why)
    check_kept(scene, turn)
    assert scene.router.asked == []  # nothing left the machine


@pytest.mark.parametrize("fault", SILENCES, ids=str)
def test_an_ollama_that_says_nothing_gives_way_to_the_remote_engine_which_is_named(
    scene: Scene, fault: Silence
) -> None:
    scene.misbehaves(**fault.script)
    with odd_host(fault.host) as host:
        scene.engines(host=host, deadlines=fault.deadlines, remote=[FAR])
        turn = asked(scene.shelf())
    check_written(turn, "remote", FAR)
    assert re.search(fault.why, " ".join(map(str, turn.changes))), turn.changes
    check_kept(scene, turn)


FAR_SILENCES = [
    ("401", "does not accept HF_TOKEN", PATIENT),
    ("402", "out of inference credits", PATIENT),
    ("403", "does not accept HF_TOKEN", PATIENT),
    ("404", "No provider serves", PATIENT),
    ("410", "No provider serves", PATIENT),
    ("422", "No provider serves", PATIENT),
    ("429", "wait a minute", PATIENT),
    ("500", "problem of its own", PATIENT),
    ("503", "problem of its own", PATIENT),
    ("no network", "cannot be reached from here", PATIENT),
    ("read timeout", "sent nothing in time|cannot be reached", PATIENT),
    ("silent", "did not begin its answer within", HURRIED),
    ("unreadable", "unreadable", PATIENT),
    ("empty", "without writing a word", PATIENT),
    ("cut", "broke off before the end", PATIENT),
]


@pytest.mark.parametrize(("behaviour", "why", "deadlines"), FAR_SILENCES, ids=[case[0] for case in FAR_SILENCES])
def test_a_remote_engine_that_says_nothing_leaves_the_documents_own_sentences_and_the_reason(
    scene: Scene, behaviour: str, why: str, deadlines: Deadlines
) -> None:
    scene.router.behaviour = behaviour
    scene.engines(local=False, remote=[FAR], deadlines=deadlines)
    turn = asked(scene.shelf())
    check_extractive(turn, why)
    check_kept(scene, turn)


@pytest.mark.parametrize(("behaviour", "why", "deadlines"), FAR_SILENCES, ids=[case[0] for case in FAR_SILENCES])
def test_when_both_engines_say_nothing_both_reasons_are_told(
    scene: Scene, behaviour: str, why: str, deadlines: Deadlines
) -> None:
    scene.router.behaviour = behaviour
    scene.misbehaves(fault="503")
    scene.engines(remote=[FAR], deadlines=deadlines)
    turn = asked(scene.shelf())
    check_extractive(turn, why)
    assert re.search("busy with other questions", said(turn))
    check_kept(scene, turn)


def test_a_remote_model_that_nobody_serves_gives_way_to_the_next_and_that_one_is_named(scene: Scene) -> None:
    scene.router.served = (FARTHER,)
    scene.engines(local=False, remote=[FAR, FARTHER])
    check_written(asked(scene.shelf()), "remote", FARTHER)


def test_the_configured_engines_say_that_a_server_is_gone_and_use_it_when_it_is_back(
    scene: Scene, settings: Settings
) -> None:
    with FakeOllama(Script(answer=ANSWER)) as server:
        engines = Engines(replace(settings, ollama_url=server.url, model=MODEL))
        scene.writers[:] = engines.writers()
        check_written(asked(scene.shelf()), "ollama", MODEL)
    check_extractive(asked(scene.shelf()), "cannot be reached at the moment")


def test_a_model_that_missed_its_deadline_is_given_less_to_read_the_next_time(scene: Scene) -> None:
    scribe, model = scene.library.rag.scribe, "slow:1b"
    generator = OllamaAnswerGenerator(
        scene.ollama.url, model, num_ctx=2048, num_thread=1, deadlines=replace(PATIENT, first_token_s=0.5)
    )
    writer = writer_here(generator, model)
    scene.writers[:] = [writer]
    scene.misbehaves(models=[model], slow_models={model: 3600})
    late = asked(scene.shelf())
    check_extractive(late, "did not begin its answer")
    rate = scribe.speed(writer).prompt_tokens_per_s
    assert rate is not None
    assert rate <= late.prompt_tokens / 0.5
    assert scene.library.rag.expected_first_word_s([writer], 1.0) is not None


def test_a_model_out_of_memory_is_loaded_without_a_promise_and_then_answers(scene: Scene) -> None:
    scene.misbehaves(load_s=1.5)
    generator = OllamaAnswerGenerator(
        scene.ollama.url, MODEL, num_ctx=2048, num_thread=1, deadlines=replace(PATIENT, first_token_s=0.4), load_s=20
    )
    scene.writers[:] = [writer_here(generator, MODEL)]
    asked(scene.shelf())  # its speed is known now
    scene.ollama.loaded.clear()
    shelf = scene.shelf()
    shelf.ask(TALK, "And in 2024?")
    until(lambda: shelf.turns(TALK)[-1].done or shelf.turns(TALK)[-1].prompt_tokens)
    until(lambda: shelf.turns(TALK)[-1].done or shelf.turns(TALK)[-1].seconds_left is None)
    assert not shelf.turns(TALK)[-1].done
    check_written(ended(shelf), "ollama", MODEL)


def test_without_an_engine_the_answer_says_why(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene.library.engines, "why", "llama3.2:3b is still being fetched (41%).")
    scene.writers[:] = []
    check_extractive(asked(scene.shelf()), "still being fetched")
