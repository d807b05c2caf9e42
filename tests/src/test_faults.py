"""More than a hundred faults, one after the other, on one library that nobody restarts.

Real shelves, real adapters and real sockets; Ollama is tests/fake_ollama.py, Hugging Face is `Router` behind its own
client. Whatever goes wrong: the turn ends, what the person reads about engine, place and reason is true, words that
came are kept, the queue is free, and the next question is answered without anyone's help.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import httpx2
import huggingface_hub
import pytest

from shared_utils.errors import QuestionError, StorageError
from shared_utils.generation.fallback import Engine
from shared_utils.generation.hf_answer_generator import HfAnswerGenerator
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import TextDelta, Verdict
from src.answering.writing import Writer
from src.events import Stage
from src.library.library import Library
from src.library.preferences import Preferences
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from src.library.turn_codec import decode_turn
from src.models.engines import Engines
from src.presentation.describe import describe_answer
from src.rag_with_generation import NO_MODEL
from src.settings import Settings
from src.views import TurnView
from src.wiring import build_library
from tests import fake_ollama
from tests.conftest import DrawPdf
from tests.fake_ollama import FakeOllama, Script
from tests.fakes import FakeEngines

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MODEL, FAR, FARTHER = "llama3.2:1b", "far/away-8b", "farther/away-7b"
QUESTION = "How many times did the tide gates close in 2025?"
ANSWER = "The tide gates closed 23 times in 2025, against 15 times in 2024. Every closure was announced ahead by siren."
TOKENS = tuple(fake_ollama._tokens(ANSWER))
ME, YOU = "m" * 24, "y" * 24
TALK = "one-conversation"

PATIENT = Deadlines(connect_s=5, first_token_s=20, stall_s=20, total_s=60)
HURRIED = replace(PATIENT, first_token_s=0.2)
NO_STALLS = replace(PATIENT, stall_s=0.2)
IN_A_SECOND = replace(PATIENT, total_s=0.7)


# ------------------------------------------------------------------------------------------------ the stage


@dataclass
class Router:
    """Hugging Face's side: one way to behave for every model, unless `served` says which ones there are."""

    behaviour: str = "fine"
    after: int = 0  # tokens before a stream misbehaves
    served: tuple[str, ...] = (FAR, FARTHER)
    asked: list[str] = field(default_factory=list)  # the models, in order
    released: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            self.asked.append(json.loads(request.content)["model"])
            if self.asked[-1] not in self.served:
                return httpx2.Response(404, json={}, request=request)
        match self.behaviour:
            case status if status.isdigit():
                return httpx2.Response(int(status), json={"error": "as ordered"}, request=request)
            case "no network":
                raise httpx2.ConnectError("as ordered", request=request)
            case "read timeout":
                raise httpx2.ReadTimeout("as ordered", request=request)
            case "silent":
                self.released.wait(30)
                return httpx2.Response(503, request=request)
            case "unreadable":
                return httpx2.Response(200, content=b"data: {\n\n", request=request)
            case "empty":
                return httpx2.Response(200, content=_event("", "stop") + b"data: [DONE]\n\n", request=request)
            case _:
                return httpx2.Response(200, content=self._stream(request), request=request)

    def _stream(self, request: httpx2.Request) -> Iterator[bytes]:
        for position, token in enumerate(TOKENS):
            if self.behaviour != "fine" and position == self.after:
                match self.behaviour:
                    case "drop":
                        raise httpx2.ReadError("as ordered", request=request)
                    case "stall":
                        self.released.wait(30)
                    case "garbage":
                        yield b"data: {\n\n"
                return
            yield _event(token)
        yield _event("", "stop") + b"data: [DONE]\n\n"


def _event(content: str, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish_reason}
    chunk = {"id": "1", "created": 1, "model": "m", "system_fingerprint": "", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


@dataclass
class Scene:
    """One library for the whole play, who writes in it, and the two engines' stand-ins."""

    library: Library
    writers: list[Writer]
    ollama: FakeOllama
    router: Router

    def engines(
        self, *, host: str = "", local: bool = True, remote: Sequence[str] = (), deadlines: Deadlines = PATIENT
    ) -> None:
        """Who may write from now on."""
        generator = OllamaAnswerGenerator(
            host or self.ollama.url, MODEL, num_ctx=2048, num_thread=1, deadlines=deadlines
        )
        self.writers[:] = [Writer(Engine("ollama", generator), MODEL, local=True)] if local else []
        if remote:
            far = HfAnswerGenerator("hf_" + "x" * 30, remote, deadlines=deadlines)
            self.writers.append(Writer(Engine("remote", far), remote[0], local=False))

    def heal(self) -> None:
        self.ollama.script = Script(answer=ANSWER)
        self.ollama.left.clear()
        self.router.released.set()
        self.router.behaviour, self.router.served = "fine", (FAR, FARTHER)
        self.router.asked.clear()
        self.engines()

    def shelf(self, key: str = ME) -> Shelf:
        return self.library.shelf(key)

    def misbehaves(self, **changes: object) -> None:
        self.ollama.script = replace(Script(answer=ANSWER), **changes)  # type: ignore[arg-type]

    def queue_is_free(self) -> bool:
        return self.library.rag.scribe.queue.load() == (False, 0)


@pytest.fixture(scope="module")
def opened(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, list[Writer]]]:
    """The one library, with the sample on two people's shelves, and the list of its engines."""
    writers: list[Writer] = []
    folder = tmp_path_factory.mktemp("faults")
    # words alone are searched: meaning costs time here and plays no part
    own = replace(settings, data_dir=folder, embedder="none", remote_answers=1000)
    library = build_library(own, FakeEngines(writers))
    for key in (ME, YOU):
        library.shelf(key).add(*sample_pdf())
    until(lambda: all(view.settled for key in (ME, YOU) for view in library.shelf(key).documents()))
    yield library, writers
    library.close()


@pytest.fixture
def scene(opened: tuple[Library, list[Writer]]) -> Iterator[Scene]:
    """Everything in order, a fresh conversation on each shelf; afterwards everything must work again by itself."""
    router = Router()
    huggingface_hub.set_client_factory(lambda: httpx2.Client(transport=httpx2.MockTransport(router)))
    with FakeOllama() as ollama:
        scene = Scene(*opened, ollama, router)
        scene.heal()
        router.released.clear()
        for key in (ME, YOU):
            scene.shelf(key).delete_conversation(TALK)
        yield scene
        scene.heal()
        until(lambda: all(turn.done for turn in scene.shelf().turns(TALK)))
        assert scene.queue_is_free()
        turn = asked(scene.shelf())
        assert (turn.engine, turn.model, turn.changes) == ("ollama", MODEL, ())
        assert turn.answer is not None
        assert (turn.answer.raw_text, turn.answer.finish_reason) == (ANSWER, "stop")
        assert scene.queue_is_free()
    huggingface_hub.set_client_factory(huggingface_hub.utils._http.default_client_factory)


def until(condition: Callable[[], object], within_s: float = 20.0) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def ended(shelf: Shelf) -> TurnView:
    until(lambda: shelf.turns(TALK)[-1].done)
    return shelf.turns(TALK)[-1]


def asked(shelf: Shelf, question: str = QUESTION) -> TurnView:
    shelf.ask(TALK, question)
    return ended(shelf)


def said(turn: TurnView) -> str:
    """All that the person reads about how it went."""
    assert turn.answer is not None
    return " ".join((*turn.changes, *turn.answer.notes))


# ------------------------------------------------------------------------------------------------ what must hold


def check_extractive(turn: TurnView, why: str) -> None:
    """The documents' own sentences, and why nobody wrote."""
    assert turn.answer is not None
    assert (turn.engine, turn.model) == ("extractive", "")
    assert (turn.answer.stats.backend, turn.answer.stats.model) == ("extractive", "")
    assert NO_MODEL in turn.answer.notes
    assert re.search(why, said(turn)), said(turn)
    assert "23 times" in turn.answer.sentences[0].text
    assert all(sentence.verdict is Verdict.SUPPORTED for sentence in turn.answer.sentences)


def check_written(turn: TurnView, engine: str, model: str, finish: str = "stop") -> None:
    """A model's words, all of them or as far as they came, under its name and place."""
    answer = turn.answer
    assert answer is not None
    assert (turn.engine, turn.model) == (engine, model)
    assert (answer.stats.backend, answer.stats.model, answer.finish_reason) == (engine, model, finish)
    assert NO_MODEL not in answer.notes
    assert ("at Hugging Face" if engine == "remote" else "on this machine") in describe_answer(turn)
    if finish == "stop":
        assert answer.raw_text == ANSWER
    else:
        assert answer.raw_text
        assert ANSWER.startswith(answer.raw_text)
        assert answer.sentences


def check_kept(scene: Scene, turn: TurnView, key: str = ME) -> None:
    """A page opened again shows the same answer, reasons included."""
    assert not turn.error

    def stored() -> list[TurnView]:  # written down just after it is shown
        return [decode_turn(body, 0.0)[0] for body in scene.library.store.conversations.turns(key, TALK)]

    until(lambda: any(view.id == turn.id and view.done for view in stored()))
    assert (stored()[-1].answer, stored()[-1].changes) == (turn.answer, turn.changes)


# ------------------------------------------------------------------------------------------------ before any word


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
    Silence("unknown model", "has no model .*ollama pull", {"fault": "404"}),
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
    Silence("nobody listens", "Nothing answers at", host="refused"),
    Silence("hangs up at once", "ended the connection before it answered", host="hangs up"),
    Silence("takes it and says nothing", "did not begin its answer within", host="mute", deadlines=HURRIED),
    Silence("no HTTP", "Ollama at .* ended the connection|does not speak", host="no http"),
    Silence("no address", "not an address", host="ftp://127.0.0.1"),
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
    assert re.search(fault.why, " ".join(turn.changes)), turn.changes
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


# ------------------------------------------------------------------------------------------------ after some words

BREAKS = [
    ("stall", "fell silent for", NO_STALLS),
    ("cut", "broke off before the end", PATIENT),
    ("drop", "connection to Ollama broke", PATIENT),
    ("error line", "stopped in the middle of its answer", PATIENT),
    ("invalid json", "something unreadable", PATIENT),
    ("not an object", "something unreadable", PATIENT),
]


@pytest.mark.parametrize("after", [1, 7, len(TOKENS)])
@pytest.mark.parametrize(("fault", "why", "deadlines"), BREAKS, ids=[case[0] for case in BREAKS])
def test_words_that_stop_coming_are_kept_marked_and_never_continued_by_another_engine(
    scene: Scene, fault: str, why: str, deadlines: Deadlines, after: int
) -> None:
    scene.misbehaves(fault=fault, fault_after=after)
    scene.engines(remote=[FAR], deadlines=deadlines)
    turn = asked(scene.shelf())
    check_written(turn, "ollama", MODEL, "interrupted")
    assert turn.answer is not None
    assert turn.answer.raw_text == "".join(TOKENS[:after])
    assert re.search(why, said(turn)), said(turn)
    check_kept(scene, turn)
    assert scene.router.asked == []


def test_an_answer_that_takes_too_long_altogether_keeps_what_it_has(scene: Scene) -> None:
    scene.misbehaves(token_s=0.1)
    scene.engines(deadlines=IN_A_SECOND)
    turn = asked(scene.shelf())
    check_written(turn, "ollama", MODEL, "interrupted")
    assert "took longer than" in said(turn)


FAR_BREAKS = [
    ("stall", "fell silent", NO_STALLS),
    ("cut", "broke off before the end", PATIENT),
    ("drop", "broke in the middle of its answer", PATIENT),
    ("garbage", "broke in the middle of its answer|unreadable", PATIENT),
]


@pytest.mark.parametrize("after", [1, 9])
@pytest.mark.parametrize(("behaviour", "why", "deadlines"), FAR_BREAKS, ids=[case[0] for case in FAR_BREAKS])
def test_a_remote_engines_words_that_stop_coming_are_kept_under_its_name(
    scene: Scene, behaviour: str, why: str, deadlines: Deadlines, after: int
) -> None:
    scene.router.behaviour, scene.router.after = behaviour, after
    scene.misbehaves(fault="404")
    scene.engines(remote=[FAR], deadlines=deadlines)
    turn = asked(scene.shelf())
    check_written(turn, "remote", FAR, "interrupted")
    assert re.search(why, said(turn)), said(turn)
    assert "has no model" in said(turn)
    check_kept(scene, turn)


def test_an_interrupted_answer_asked_again_is_whole_and_takes_its_place(scene: Scene) -> None:
    scene.misbehaves(fault="cut", fault_after=5)
    check_written(asked(scene.shelf()), "ollama", MODEL, "interrupted")
    scene.heal()
    scene.shelf().regenerate(TALK)
    check_written(ended(scene.shelf()), "ollama", MODEL)
    assert len(scene.shelf().turns(TALK)) == 1


# ------------------------------------------------------------------------------------------------ kill -9


@contextmanager
def ollama_process(port: int, script: Mapping[str, object]) -> Iterator[subprocess.Popen[str]]:
    """`ollama serve` as a process of its own, listening when the block begins."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(fake_ollama.__file__)), "serve"],
        env={"OLLAMA_HOST": f"127.0.0.1:{port}", "FAKE_OLLAMA": json.dumps({"answer": ANSWER, **script})},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        assert "Listening" in process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize(
    ("phase", "script"),
    [("loading", {"load_s": 30}), ("reading", {"first_token_s": 30}), ("writing", {"token_s": 0.05})],
)
def test_after_kill_9_the_words_so_far_are_kept_and_the_server_that_comes_back_is_used(
    scene: Scene, phase: str, script: Mapping[str, object]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shelf = scene.shelf()
    scene.engines(host=f"http://127.0.0.1:{port}")
    with ollama_process(port, script) as process:
        shelf.ask(TALK, QUESTION)
        until(
            lambda: shelf.turns(TALK)[-1].text if phase == "writing" else shelf.turns(TALK)[-1].stage is Stage.READING
        )
        if phase != "writing":
            until(lambda: established(port))
        process.kill()
        turn = ended(shelf)
    if phase == "writing":
        check_written(turn, "ollama", MODEL, "interrupted")
        assert re.search("broke", said(turn))
    else:
        check_extractive(turn, "ended the connection before it answered|Nothing answers")
    check_extractive(asked(shelf), "Nothing answers")  # dead, and said so
    with ollama_process(port, {}):
        check_written(asked(shelf), "ollama", MODEL)


def established(port: int) -> bool:
    """Whether somebody is connected to a port of this machine."""
    sockets = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(local.endswith(f":{port:04X}") and state == "01" for _, local, _, state, *_ in sockets)


# ------------------------------------------------------------------------------------------------ Stop

WRITES_SLOWLY = {"token_s": 0.05}
STALLS = {"fault": "stall", "fault_after": 4}


@pytest.mark.parametrize("script", [{"load_s": 30.0}, {"first_token_s": 30.0}], ids=["loading", "reading"])
def test_stop_before_the_first_word_leaves_the_documents_own_sentences_and_frees_the_model(
    scene: Scene, script: Mapping[str, object]
) -> None:
    scene.misbehaves(**script)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: scene.ollama.bodies("/api/chat"))
    shelf.stop(TALK)
    turn = ended(shelf)
    check_extractive(turn, "stopped")
    assert turn.answer is not None
    assert turn.answer.finish_reason == "cancelled"
    assert scene.queue_is_free()
    until(scene.ollama.left.is_set)  # the server has noticed, so its work has ended
    check_kept(scene, turn)


@pytest.mark.parametrize("script", [WRITES_SLOWLY, STALLS], ids=["writing", "stalled"])
def test_stop_while_it_writes_keeps_the_words_and_frees_the_model(scene: Scene, script: Mapping[str, object]) -> None:
    scene.misbehaves(**script)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: shelf.turns(TALK)[-1].text)
    shelf.stop(TALK)
    shelf.stop(TALK)  # the second press does no harm
    turn = ended(shelf)
    check_written(turn, "ollama", MODEL, "cancelled")
    assert scene.queue_is_free()
    until(scene.ollama.left.is_set)
    check_kept(scene, turn)


def test_stop_in_the_same_moment_as_the_question_ends_it(scene: Scene) -> None:
    scene.misbehaves(first_token_s=30.0)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    shelf.stop(TALK)
    check_extractive(ended(shelf), "stopped")


def test_stop_when_nothing_runs_changes_nothing(scene: Scene) -> None:
    scene.shelf().stop(TALK)
    turn = asked(scene.shelf())
    scene.shelf().stop(TALK)
    check_written(turn, "ollama", MODEL)
    assert scene.shelf().turns(TALK)[-1] == turn


def test_stop_while_waiting_in_line_asks_the_model_nothing_and_leaves_the_other_in_peace(scene: Scene) -> None:
    scene.misbehaves(**STALLS)
    other, mine = scene.shelf(YOU), scene.shelf()
    other.ask(TALK, QUESTION)
    until(lambda: other.turns(TALK)[-1].text)
    mine.ask(TALK, QUESTION)
    until(lambda: mine.turns(TALK)[-1].stage is Stage.WAITING)
    assert mine.turns(TALK)[-1].position == 1
    mine.stop(TALK)
    check_extractive(ended(mine), "stopped")
    assert len(scene.ollama.bodies("/api/chat")) == 1
    assert not other.turns(TALK)[-1].done
    other.stop(TALK)
    check_written(ended(other), "ollama", MODEL, "cancelled")


def test_stop_while_the_remote_engine_writes_keeps_its_words_under_its_name(scene: Scene) -> None:
    scene.router.behaviour, scene.router.after = "stall", 3
    scene.engines(local=False, remote=[FAR])
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: len(shelf.turns(TALK)[-1].text.split()) >= 3)
    shelf.stop(TALK)
    turn = ended(shelf)
    check_written(turn, "remote", FAR, "cancelled")
    assert "went to Hugging Face" in said(turn)


# ------------------------------------------------------------------------------------------------ two people at once


@pytest.mark.parametrize(
    ("fault", "after", "why", "deadlines"),
    [(fault, 3, why, deadlines) for fault, why, deadlines in BREAKS]
    + [(fault, 0, "Ollama|broke off", deadlines) for fault, _, deadlines in BREAKS if fault != "stall"],
)
def test_what_happens_to_one_persons_answer_does_not_touch_the_one_waiting_behind_it(
    scene: Scene, fault: str, after: int, why: str, deadlines: Deadlines
) -> None:
    first, second = scene.shelf(YOU), scene.shelf()
    with FakeOllama(Script(answer=ANSWER, fault=fault, fault_after=after)) as broken:
        broken.slot.acquire()  # the model is held until both questions are there
        scene.engines(host=broken.url, deadlines=deadlines)
        first.ask(TALK, QUESTION)
        until(lambda: broken.bodies("/api/chat"))
        scene.engines()
        second.ask(TALK, QUESTION)
        until(lambda: second.turns(TALK)[-1].stage is Stage.WAITING)
        broken.slot.release()
        theirs, mine = ended(first), ended(second)
    if after:
        check_written(theirs, "ollama", MODEL, "interrupted")
        assert re.search(why, said(theirs)), said(theirs)
    else:
        check_extractive(theirs, why)
    check_kept(scene, theirs, YOU)
    check_written(mine, "ollama", MODEL)
    assert not mine.changes
    check_kept(scene, mine)


def test_two_people_who_ask_at_once_both_get_whole_answers(scene: Scene) -> None:
    for key in (ME, YOU):
        scene.shelf(key).ask(TALK, QUESTION)
    for key in (ME, YOU):
        check_written(ended(scene.shelf(key)), "ollama", MODEL)


def test_a_full_queue_is_told_and_the_question_is_answered_from_the_documents_own_sentences(scene: Scene) -> None:
    queue = scene.library.rag.scribe.queue
    tickets = [queue.enter(f"somebody {number}") for number in range(21)]  # one has the turn, twenty wait
    turn = asked(scene.shelf())
    for ticket in tickets:
        queue.leave(ticket)
    check_extractive(turn, "20 questions are waiting")


def test_a_second_question_while_the_first_is_answered_is_refused_and_the_first_goes_on(scene: Scene) -> None:
    scene.misbehaves(token_s=0.01)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    with pytest.raises(QuestionError, match="Wait for it"):
        shelf.ask(TALK, "And the year before?")
    check_written(ended(shelf), "ollama", MODEL)
    assert len(shelf.turns(TALK)) == 1


# ------------------------------------------------------------------------------------------------ documents that go


@pytest.mark.parametrize("when", [Stage.READING, Stage.WRITING])
def test_a_document_removed_and_wiped_while_it_is_asked_loses_its_places_not_the_answer(
    scene: Scene, draw_pdf: DrawPdf, when: Stage
) -> None:
    told = "The tide gates closed 23 times in 2025, against 15 times in 2024."
    pages = [[told], ["Grain left the silo by rail."], ["The chapel on the hill was painted white."]]
    shelf = scene.library.shelf(when.ljust(24, "d"))
    entry = shelf.add("gates.pdf", draw_pdf("gates.pdf", pages).read_bytes())
    until(lambda: all(view.settled for view in shelf.documents()))
    with FakeOllama(Script(answer=ANSWER, token_s=0.02)) as slow:
        scene.engines(host=slow.url)
        if when is Stage.READING:
            slow.slot.acquire()
        shelf.ask(TALK, QUESTION, ask_anyway=True)
        until(lambda: shelf.turns(TALK)[-1].stage is when)
        shelf.remove(entry)
        shelf._documents.wipe_removed(after_s=0)
        if when is Stage.READING:
            slow.slot.release()
        check_written(ended(shelf), "ollama", MODEL)
    scene.engines()
    assert "Add a PDF" in asked(shelf).error
    shelf.add(*sample_pdf())
    until(lambda: all(view.settled for view in shelf.documents()))
    check_written(asked(shelf), "ollama", MODEL)


def test_a_document_added_while_another_is_asked_is_not_part_of_that_answer_but_of_the_next(
    scene: Scene, draw_pdf: DrawPdf
) -> None:
    shelf = scene.library.shelf("a" * 24)
    shelf.add(*sample_pdf())
    until(lambda: all(view.settled for view in shelf.documents()))
    scene.ollama.slot.acquire()
    shelf.ask(TALK, "Who feeds the harbour seal called Bruno?", ask_anyway=True)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.READING)
    seal = [["The harbour seal called Bruno is fed by Ada Lindqvist at noon."]]
    shelf.add("seal.pdf", draw_pdf("seal.pdf", seal).read_bytes())
    until(lambda: all(view.settled for view in shelf.documents()))
    scene.ollama.slot.release()
    ended(shelf)
    assert "Lindqvist" not in _sent(scene)
    asked(shelf, "Who feeds the harbour seal called Bruno?")
    assert "Lindqvist" in _sent(scene)


def _sent(scene: Scene) -> str:
    return json.dumps(scene.ollama.bodies("/api/chat")[-1])


# ------------------------------------------------------------------------------------------------ around the answer


@pytest.mark.parametrize(
    "leave",
    [lambda shelf: shelf.delete_conversation(TALK), Shelf.cancel_all],
    ids=["deleted conversation", "put away"],
)
def test_leaving_an_answer_that_is_being_written_frees_the_model(scene: Scene, leave: Callable[[Shelf], None]) -> None:
    scene.misbehaves(**STALLS)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: shelf.turns(TALK)[-1].text)
    leave(shelf)
    until(scene.ollama.left.is_set)
    until(scene.queue_is_free)


def test_a_full_disk_loses_the_record_of_an_answer_not_the_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(scene.library.store.conversations, "begin", full)
    monkeypatch.setattr(scene.library.store.conversations, "finish", full)
    turn = asked(scene.shelf())
    check_written(turn, "ollama", MODEL)
    monkeypatch.undo()


def test_a_bug_in_an_engine_ends_the_turn_with_a_sentence_and_frees_the_model(scene: Scene) -> None:
    class Broken:
        def generate(self, *_: object) -> Iterator[TextDelta]:
            yield TextDelta("The tide")
            raise ZeroDivisionError

    scene.writers[:] = [Writer(Engine("ollama", Broken()), "broken", local=True)]
    turn = asked(scene.shelf())
    assert "inside Footnote" in turn.error
    assert scene.queue_is_free()


def test_who_keeps_everything_here_is_never_answered_from_elsewhere(scene: Scene) -> None:
    scene.misbehaves(fault="503")
    scene.engines(remote=[FAR])
    scene.shelf().prefer(Preferences(keep_here=True))
    turn = asked(scene.shelf())
    scene.shelf().prefer(Preferences())
    check_extractive(turn, "busy")
    assert scene.router.asked == []


def test_the_configured_engines_say_that_a_server_is_gone_and_use_it_when_it_is_back(
    scene: Scene, settings: Settings
) -> None:
    with FakeOllama(Script(answer=ANSWER)) as server:
        engines = Engines(replace(settings, ollama_url=server.url, model=MODEL))
        scene.writers[:] = engines.writers()
        check_written(asked(scene.shelf()), "ollama", MODEL)
    check_extractive(asked(scene.shelf()), "Nothing answers")


# ------------------------------------------------------------------------------------------------ what these showed


@pytest.mark.parametrize(("behaviour", "deadlines"), [("cut", PATIENT), ("silent", HURRIED)])
def test_whatever_becomes_of_a_remote_answer_it_is_said_that_passages_left(
    scene: Scene, behaviour: str, deadlines: Deadlines
) -> None:
    scene.router.behaviour, scene.router.after = behaviour, 3
    scene.engines(local=False, remote=[FAR], deadlines=deadlines)
    assert "went to Hugging Face" in said(asked(scene.shelf()))


def test_an_answer_is_signed_by_the_remote_model_whose_words_it_keeps(scene: Scene) -> None:
    scene.router.behaviour, scene.router.after = "cut", 3
    scene.router.served = (FARTHER,)
    scene.engines(local=False, remote=[FAR, FARTHER])
    assert asked(scene.shelf()).model == FARTHER


def test_when_the_line_is_too_long_the_remote_engine_is_asked(scene: Scene) -> None:
    queue = scene.library.rag.scribe.queue
    tickets = [queue.enter(f"somebody {number}") for number in range(21)]
    scene.engines(remote=[FAR])
    turn = asked(scene.shelf())
    for ticket in tickets:
        queue.leave(ticket)
    assert turn.engine == "remote"


def test_the_model_here_is_free_while_another_machine_writes(scene: Scene) -> None:
    scene.misbehaves(fault="503")
    scene.router.behaviour, scene.router.after = "stall", 3
    scene.engines(remote=[FAR])
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: bool(shelf.turns(TALK)[-1].text))
    assert scene.library.rag.scribe.queue.load() == (False, 0)
    shelf.stop(TALK)
    ended(shelf)


def test_an_answer_goes_on_while_the_person_asks_in_another_conversation(scene: Scene) -> None:
    scene.misbehaves(token_s=0.02)
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    other = shelf.new_conversation()
    shelf.ask(other, QUESTION)
    until(lambda: shelf.turns(other)[-1].done)
    check_written(shelf.turns(other)[-1], "ollama", MODEL)
    check_written(ended(shelf), "ollama", MODEL)
    shelf.delete_conversation(other)


def test_who_is_gone_while_the_question_waits_in_line_gives_the_turn_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    mine = scene.shelf()
    mine.ask(TALK, QUESTION)
    until(lambda: mine.turns(TALK)[-1].stage is Stage.WAITING)
    monkeypatch.setattr(mine, "_seen_at", float("-inf"))
    until(lambda: queue.load() == (True, 0))
    queue.leave(ticket)
    turn = ended(mine)
    check_extractive(turn, "The page was closed")
    check_kept(scene, turn)


# ------------------------------------------------------------------------------------------------ what leaves


def test_the_remote_engine_is_announced_with_its_name_before_it_is_sent_anything(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int]] = []
    shelf = scene.shelf()
    listen = Router.__call__

    def hear(router: Router, request: httpx2.Request) -> httpx2.Response:
        view = shelf.turns(TALK)[-1]
        told.append((view.model, view.passages_left))
        return listen(router, request)

    monkeypatch.setattr(Router, "__call__", hear)
    scene.router.served = (FARTHER,)
    scene.engines(local=False, remote=[FAR, FARTHER])
    turn = asked(shelf)
    asked_for = [(model, passages) for model, passages in told if model]
    assert [model for model, _ in asked_for] == [FAR, FARTHER]
    assert all(passages > 0 for _, passages in asked_for)
    check_written(turn, "remote", FARTHER)


def test_who_decides_to_keep_everything_here_while_waiting_in_line_is_obeyed(scene: Scene) -> None:
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    scene.misbehaves(fault="503")
    scene.engines(remote=[FAR])
    shelf = scene.shelf()
    shelf.ask(TALK, QUESTION)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.WAITING)
    shelf.prefer(Preferences(keep_here=True))
    queue.leave(ticket)
    turn = ended(shelf)
    shelf.prefer(Preferences())
    check_extractive(turn, "keep everything on this server")
    assert scene.router.asked == []
    assert "went to Hugging Face" not in said(turn)
    assert turn.passages_left == 0


def test_a_document_removed_while_waiting_in_line_does_not_leave_the_machine(scene: Scene, draw_pdf: DrawPdf) -> None:
    shelf = scene.library.shelf("w" * 24)
    told = "The tide gates closed 23 times in 2025, against 15 times in 2024."
    entry = shelf.add("gates.pdf", draw_pdf("gates.pdf", [[told]]).read_bytes())
    until(lambda: all(view.settled for view in shelf.documents()))
    queue = scene.library.rag.scribe.queue
    ticket = queue.enter("somebody")
    scene.misbehaves(fault="503")
    scene.engines(remote=[FAR])
    shelf.ask(TALK, QUESTION, ask_anyway=True)
    until(lambda: shelf.turns(TALK)[-1].stage is Stage.WAITING)
    shelf.remove(entry)
    queue.leave(ticket)
    check_extractive(ended(shelf), "A document was removed")
    assert scene.router.asked == []


def test_who_decides_to_keep_everything_here_between_two_remote_models_is_obeyed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = scene.shelf()
    listen = Router.__call__

    def hear(router: Router, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            shelf.prefer(Preferences(keep_here=True))
        return listen(router, request)

    monkeypatch.setattr(Router, "__call__", hear)
    scene.router.served = (FARTHER,)
    scene.engines(local=False, remote=[FAR, FARTHER])
    turn = asked(shelf)
    shelf.prefer(Preferences())
    check_extractive(turn, "keep everything on this server")
    assert scene.router.asked == [FAR]
    assert "went to Hugging Face" in said(turn)  # to the first of the two


def test_every_sending_counts_answered_or_not_and_then_it_is_said_that_there_may_be_no_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = scene.shelf("c" * 24)
    monkeypatch.setattr(shelf._conversations, "_remote_answers_left", 1)
    shelf.add(*sample_pdf())
    until(lambda: all(view.settled for view in shelf.documents()))
    scene.router.behaviour = "503"
    scene.engines(local=False, remote=[FAR])
    check_extractive(asked(shelf), "problem of its own")
    scene.router.behaviour = "fine"
    check_extractive(asked(shelf), "the most there may be")
    assert scene.router.asked == [FAR]


def test_a_model_that_missed_its_deadline_is_given_less_to_read_the_next_time(scene: Scene) -> None:
    scribe, model = scene.library.rag.scribe, "slow:1b"
    generator = OllamaAnswerGenerator(
        scene.ollama.url, model, num_ctx=2048, num_thread=1, deadlines=replace(PATIENT, first_token_s=0.5)
    )
    writer = Writer(Engine("ollama", generator), model, local=True)
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
    scene.writers[:] = [Writer(Engine("ollama", generator), MODEL, local=True)]
    asked(scene.shelf())  # its speed is known now
    scene.ollama.loaded.clear()
    shelf = scene.shelf()
    shelf.ask(TALK, "And in 2024?")
    until(lambda: shelf.turns(TALK)[-1].done or shelf.turns(TALK)[-1].prompt_tokens)
    until(lambda: shelf.turns(TALK)[-1].done or shelf.turns(TALK)[-1].seconds_left is None)
    assert not shelf.turns(TALK)[-1].done
    check_written(ended(shelf), "ollama", MODEL)


def test_a_refused_sending_is_still_said_to_have_left(scene: Scene) -> None:
    scene.router.behaviour = "429"
    scene.engines(local=False, remote=[FAR])
    turn = asked(scene.shelf())
    check_extractive(turn, "limits how often")
    assert "went to Hugging Face" in said(turn)


def test_without_an_engine_the_answer_says_why(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene.library.engines, "why", "llama3.2:3b is still being fetched (41%).")
    scene.writers[:] = []
    check_extractive(asked(scene.shelf()), "still being fetched")


def test_a_finished_answer_tells_its_stages_in_order_with_their_times(scene: Scene) -> None:
    turn = asked(scene.shelf())
    assert [stage.stage for stage in turn.stages] == [
        Stage.RETRIEVING,
        Stage.CHECKING,
        Stage.READING,
        Stage.WRITING,
        Stage.VERIFYING,
    ]
    for one, next_ in pairwise(turn.stages):
        assert one.seconds is not None
        assert one.started_s + one.seconds == pytest.approx(next_.started_s)
    assert turn.stages[-1].seconds is not None
    assert turn.prompt_tokens > 100
    assert turn.output_tokens == len(TOKENS)
