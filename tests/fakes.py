"""Scripted stand-ins for the parts a test does not mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared_utils.errors import GenerationError
from shared_utils.generation.fallback import Engine
from shared_utils.message import Message, literal
from shared_utils.types import (
    AnswerGenerator,
    Cancelled,
    ChatMessage,
    EngineKind,
    Evidence,
    EvidenceSpan,
    GenerationDone,
    GenerationEvent,
    GenerationStats,
    ModelAsked,
    Prompt,
    TextDelta,
    Where,
)
from src.answering.writing import Scribe, Writer
from src.models.status import ModelState, ModelStatus
from src.views import EngineView, ModelChoice


class FakeClock:
    """Time that moves only when told to; also a sleeper."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def never() -> bool:
    """A `Cancelled` that never is."""
    return False


@dataclass
class FakeGenerator:
    """Says its words one by one, then ends, or raises `error` after `error_after` of them. Remembers its prompts."""

    words: Sequence[str] = ("Fine", ".")
    error: GenerationError | None = None
    error_after: int = 0
    backend: EngineKind = EngineKind.OLLAMA
    model: str = "fake:1b"
    runs: Where = Where.THIS_MACHINE  # the remote engine runs elsewhere all the same
    prompts: list[Prompt] = field(default_factory=list)
    closed: int = 0  # how many of its answers have ended, by themselves or by being closed

    @property
    def where(self) -> Where:
        return Where.ELSEWHERE if self.backend is EngineKind.REMOTE else self.runs

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        stats = GenerationStats(backend=self.backend, model=self.model, where=self.where)
        if self.where is not Where.THIS_MACHINE:
            yield ModelAsked(self.model, self.where)
        self.prompts.append(prompt)
        try:
            for position, word in enumerate(self.words):
                if self.error is not None and position == self.error_after:
                    raise self.error
                if cancelled():
                    yield GenerationDone("cancelled", stats)
                    return
                yield TextDelta(word)
            if self.error is not None:
                raise self.error
            yield GenerationDone("stop", stats)
        finally:
            self.closed += 1


def writer_here(generator: AnswerGenerator, model: str = "fake:1b") -> Writer:
    """A model on this machine."""
    return Writer(Engine(EngineKind.OLLAMA, generator), model, queued=True, where=Where.THIS_MACHINE)


def writer_far(generator: AnswerGenerator, model: str) -> Writer:
    """The remote engine."""
    return Writer(Engine(EngineKind.REMOTE, generator), model, queued=False, where=Where.ELSEWHERE)


def prompt_saying(text: str, max_output_tokens: int = 64) -> Prompt:
    return Prompt(
        (ChatMessage("system", "Be brief."), ChatMessage("user", text)), len(text) // 4 + 10, max_output_tokens
    )


def evidence_of(*texts: str, document_id: str = "d" * 64) -> Evidence:
    """Evidence of one document, a page for each text, numbered from 1."""
    spans = tuple(
        EvidenceSpan(number, document_id, number, 0, len(text), text, 1.0) for number, text in enumerate(texts, start=1)
    )
    return Evidence(spans, sum(len(text) // 4 for text in texts), budget=600)


@dataclass
class FakeEngines:
    """An engine room with just these writers in it."""

    present: Sequence[Writer] = ()
    why: str = ""

    def places(self) -> int:
        return 1

    def writers(self, choice: str = "") -> Sequence[Writer]:
        return self.present

    def choices(self) -> tuple[ModelChoice, ...]:
        return tuple(ModelChoice("", writer.model, writer.where) for writer in self.present)

    def digests(self) -> Mapping[str, str]:
        return {writer.model: "sha256:" + "0" * 64 for writer in self.present}

    def why_nobody(self) -> Message:
        return literal(self.why)

    def status(self) -> ModelStatus:
        if not self.present:
            return ModelStatus(ModelState.UNAVAILABLE, reason=literal(self.why))
        return ModelStatus(ModelState.READY, self.present[0].model)

    def view(self, scribe: Scribe, choice: str = "", *, may_leave: bool = True) -> EngineView:
        return EngineView(EngineKind.EXTRACTIVE, "", literal("No engine"), busy=False, waiting=0)
