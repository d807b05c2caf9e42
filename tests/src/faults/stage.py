"""More than a hundred faults, one after the other, on one library that nobody restarts.

Real shelves, real adapters and real sockets; Ollama is tests/fake_ollama.py, Hugging Face is `Router` behind its own
client. Whatever goes wrong: the turn ends, what the person reads about engine, place and reason is true, words that
came are kept, the queue is free, and the next question is answered without anyone's help.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import httpx2

from shared_utils.generation.hf_answer_generator import HfAnswerGenerator
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import Verdict
from src.answering.answers import NO_MODEL
from src.answering.writing import Writer
from src.library.library import Library
from src.library.shelf import Shelf
from src.library.turn_codec import decode_turn
from src.presentation.describe import describe_answer
from src.views import TurnView
from tests.fake_ollama import FakeOllama, Script
from tests.fake_ollama_words import in_tokens
from tests.fakes import writer_far, writer_here
from tests.waiting import until

MODEL, FAR, FARTHER = "llama3.2:1b", "far/away-8b", "farther/away-7b"
QUESTION = "How many times did the tide gates close in 2025?"
ANSWER = "The tide gates closed 23 times in 2025, against 15 times in 2024. Every closure was announced ahead by siren."
TOKENS = tuple(in_tokens(ANSWER))
ME, YOU = "m" * 24, "y" * 24
TALK = "one-conversation"
PATIENT = Deadlines(connect_s=5, first_token_s=20, stall_s=20, total_s=60)
HURRIED = replace(PATIENT, first_token_s=0.2)
NO_STALLS = replace(PATIENT, stall_s=0.2)
IN_A_SECOND = replace(PATIENT, total_s=0.7)
BREAKS = [
    ("stall", "fell silent for", NO_STALLS),
    ("cut", "broke off before the end", PATIENT),
    ("drop", "connection to Ollama broke", PATIENT),
    ("error line", "stopped in the middle of its answer", PATIENT),
    ("invalid json", "something unreadable", PATIENT),
    ("not an object", "something unreadable", PATIENT),
]

WRITES_SLOWLY = {"token_s": 0.05}
STALLS = {"fault": "stall", "fault_after": 4}


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
        self.writers[:] = [writer_here(generator, MODEL)] if local else []
        if remote:
            far = HfAnswerGenerator("hf_" + "x" * 30, remote, deadlines=deadlines)
            self.writers.append(writer_far(far, remote[0]))

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


def ended(shelf: Shelf) -> TurnView:
    until(lambda: shelf.turns(TALK)[-1].done)
    return shelf.turns(TALK)[-1]


def asked(shelf: Shelf, question: str = QUESTION) -> TurnView:
    shelf.ask(TALK, question)
    return ended(shelf)


def said(turn: TurnView) -> str:
    """All that the person reads about how it went."""
    assert turn.answer is not None
    return " ".join(map(str, (*turn.changes, *turn.answer.notes)))


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
