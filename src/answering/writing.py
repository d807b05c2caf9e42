"""A model's turn on a question: wait for it, watch it read, stream its words. What it wrote is checked afterwards."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from shared_utils.citations.markers import MarkerStream
from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation.fallback import Engine, EngineGivenUp, generate_with_fallback
from shared_utils.generation.ollama_answer_generator import truncation_suspected
from shared_utils.generation.speed import Speed, estimate_answer_s, estimate_first_token_s, held_back, updated
from shared_utils.types import (
    AnswerGenerator,
    Cancelled,
    ChatMessage,
    Evidence,
    GenerationDone,
    GenerationEvent,
    GenerationStats,
    ModelAsked,
    Prompt,
    TextDelta,
)
from src.answering.answer_queue import AnswerQueue, Ticket
from src.answering.prompts import build_prompt
from src.events import AnswerEvent, AnswerText, EngineChanged, Stage, StageStarted

_TYPICAL_OUTPUT_TOKENS = 80  # of a short factual answer; for estimates only


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A question of this conversation, the text of its answer, and what could be read for it, if still known."""

    question: str
    answer: str
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """An engine that can write now. Those on this machine wait for their turn."""

    engine: Engine
    model: str
    local: bool
    num_ctx: int = 0  # its context window in tokens, where we set it
    measured: Speed = field(default_factory=Speed)  # what was measured when it was made ready; answers teach better
    first_token_deadline_s: float = math.inf  # then it is given up


@dataclass(frozen=True, slots=True)
class _Guarded:
    """Asks a generator only as long as nothing forbids it, looked at anew before each model it asks."""

    generator: AnswerGenerator
    why_not: Callable[[], str]

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        self._check()
        for event in self.generator.generate(prompt, cancelled):
            if isinstance(event, ModelAsked):
                self._check()
            yield event

    def _check(self) -> None:
        if reason := self.why_not():
            raise GeneratorUnavailable(reason)


def guarded(writer: Writer, why_not: Callable[[], str]) -> Writer:
    """The writer, but given up for the reason that `why_not` tells when its turn has come; "" = none."""
    return replace(writer, engine=replace(writer.engine, generator=_Guarded(writer.engine.generator, why_not)))


@dataclass(frozen=True, slots=True)
class Task:
    """A question and all that may be read for it."""

    question: str
    evidence: Evidence
    labels: Mapping[int, str]  # marker -> "report.pdf p. 7"
    history: tuple[PastTurn, ...] = ()
    person: str = ""
    why_nobody: str = ""  # why there is no model to write, in a sentence


@dataclass(frozen=True, slots=True)
class Written:
    """What an engine wrote, unchecked. `text` is empty when none said a word."""

    text: str = ""
    finish_reason: str = "stop"  # "stop", "length", "cancelled" or "interrupted"
    stats: GenerationStats = field(default_factory=lambda: GenerationStats("extractive", ""))
    notes: tuple[str, ...] = ()  # what a person should know: why it broke off, why nobody wrote, what was not read


class Scribe:
    """Asks the engines in order, one question at a time on the local one. Shared by everybody; thread-safe."""

    def __init__(self, queue: AnswerQueue, clock: Callable[[], float] = time.monotonic) -> None:
        self.queue = queue
        self._clock = clock
        self._speeds: dict[str, Speed] = {}
        self._lock = threading.Lock()

    def speed(self, writer: Writer) -> Speed:
        """What has been learnt about a model's speed here, from its answers or when it was made ready."""
        with self._lock:
            return self._speeds.get(writer.model, writer.measured)

    def waiting(self) -> int:
        """How many questions stand in line for the local model."""
        _, waiting = self.queue.load()
        return waiting

    def learn(self, stats: GenerationStats) -> None:
        with self._lock:
            self._speeds[stats.model] = updated(self._speeds.get(stats.model, Speed()), stats)

    def _learn_from_silence(self, writer: Writer, prompt: Prompt, waited_s: float) -> None:
        """A model that missed its deadline is asked to read less the next time."""
        with self._lock:
            known = self._speeds.get(writer.model, writer.measured)
            self._speeds[writer.model] = held_back(known, prompt.estimated_tokens, waited_s)

    def write(
        self, task: Task, writers: Sequence[Writer], on_first_token: Callable[[], None], cancelled: Cancelled
    ) -> Generator[AnswerEvent, None, Written]:
        """Stream an answer. Returns what was written; nothing is raised for an engine that fails."""
        if not writers:
            return Written(notes=(task.why_nobody,) if task.why_nobody else ())
        history = [message for turn in task.history for message in _messages(turn)]
        prompt = build_prompt(task.question, task.evidence, task.labels, history)
        try:
            return (yield from self._turn(task, prompt, writers, on_first_token, cancelled))
        except GenerationError as exc:
            yield EngineChanged("extractive", str(exc))
            return Written(notes=(str(exc),))

    def _turn(
        self,
        task: Task,
        prompt: Prompt,
        writers: Sequence[Writer],
        on_first_token: Callable[[], None],
        cancelled: Cancelled,
    ) -> Generator[AnswerEvent, None, Written]:
        first, ticket = writers[0], None
        try:
            if first.local:
                try:
                    expected_s = estimate_answer_s(self.speed(first), prompt.estimated_tokens, _TYPICAL_OUTPUT_TOKENS)
                    ticket = self.queue.enter(task.person, expected_s)
                    for place in self.queue.wait(ticket, cancelled):
                        if place.position:
                            yield StageStarted(
                                Stage.WAITING, first.engine.name, first.model, place.seconds_left, place.position
                            )
                except GeneratorUnavailable as exc:  # the line is too long, or the place in it was lost
                    writers = [writer for writer in writers if not writer.local]
                    if not writers:
                        raise
                    yield EngineChanged(writers[0].engine.name, str(exc))
            if cancelled():
                return Written(finish_reason="cancelled")
            return (yield from self._stream(task, prompt, writers, on_first_token, cancelled, ticket))
        finally:
            if ticket is not None:
                self.queue.leave(ticket)

    def _stream(
        self,
        task: Task,
        prompt: Prompt,
        writers: Sequence[Writer],
        on_first_token: Callable[[], None],
        cancelled: Cancelled,
        ticket: Ticket | None,
    ) -> Generator[AnswerEvent, None, Written]:
        by_name = {writer.engine.name: writer for writer in writers}
        writer, text, tokens, left = writers[0], "", 0, False
        spans = {span.marker: span for span in task.evidence.spans}
        markers = MarkerStream(spans)
        loading, began = False, self._clock()
        if writer.local:
            yield self._reading(writer, prompt)
        stream = generate_with_fallback([writer.engine for writer in writers], prompt, cancelled)
        try:
            with closing(stream):
                for event in stream:
                    match event:
                        case ModelAsked(model, loading):
                            writer, left = replace(writer, model=model), not writer.local
                            yield self._reading(writer, prompt, leaving=len(spans) if left else 0, loading=loading)
                        case TextDelta(delta):
                            if not text:
                                on_first_token()
                                left = left or not writer.local
                                yield StageStarted(Stage.WRITING, writer.engine.name, writer.model)
                            text, tokens = text + delta, tokens + 1
                            shown = markers.feed(delta)
                            yield AnswerText(shown, tuple(spans[number] for number in markers.order), tokens)
                        case EngineGivenUp():
                            if event.late and writer.local and not loading:
                                self._learn_from_silence(writer, prompt, self._clock() - began)
                            began = self._clock()
                            writer = by_name[event.next_engine]
                            if ticket is not None and not writer.local:
                                self.queue.leave(ticket)  # the model here is free while another machine writes
                            yield EngineChanged(event.next_engine, event.reason)
                            if writer.local:
                                yield self._reading(writer, prompt)
                        case GenerationDone():
                            self.learn(event.stats)
                            notes = (*_departed(left, task), *_unread(writer, prompt, event.stats))
                            return Written(text, event.finish_reason, event.stats, notes)
        except GenerationInterrupted as exc:
            if text.strip():
                stats = GenerationStats(writer.engine.name, exc.model or writer.model)
                return Written(text, "interrupted", stats, (str(exc), *_departed(left, task)))
            raise
        except GenerationError as exc:  # it wrote nothing, and yet it may have been sent everything
            if isinstance(exc, GenerationTimeout) and writer.local and not loading:
                self._learn_from_silence(writer, prompt, self._clock() - began)
            yield EngineChanged("extractive", str(exc))
            return Written(notes=(str(exc), *_departed(left, task)))
        return Written(text, "cancelled", GenerationStats(writer.engine.name, writer.model), _departed(left, task))

    def _reading(self, writer: Writer, prompt: Prompt, leaving: int = 0, *, loading: bool = False) -> StageStarted:
        """Without an estimate while the model is still loading: how long a disk takes is not known."""
        tokens = prompt.estimated_tokens
        seconds = None if loading else estimate_first_token_s(self.speed(writer), tokens)
        return StageStarted(
            Stage.READING, writer.engine.name, writer.model, seconds, prompt_tokens=tokens, passages_leave=leaving
        )


def _departed(left: bool, task: Task) -> tuple[str, ...]:
    """That passages left the machine. Who wrote the answer stands under it; this holds also where nobody did."""
    count = len(task.evidence.spans)
    passages = f"{count} passages" if count != 1 else "One passage"
    return (f"{passages} of your documents went to Hugging Face.",) if left else ()


def _unread(writer: Writer, prompt: Prompt, stats: GenerationStats) -> tuple[str, ...]:
    """Whether the model read less than it was sent."""
    if not writer.num_ctx or not truncation_suspected(prompt, stats, writer.num_ctx):
        return ()
    return (
        f"The model read {stats.prompt_tokens} of about {prompt.estimated_tokens} tokens, so it may have missed "
        "something. Ask a shorter question, or raise FOOTNOTE_NUM_CTX.",
    )


def _messages(turn: PastTurn) -> tuple[ChatMessage, ChatMessage]:
    return ChatMessage("user", turn.question), ChatMessage("assistant", turn.answer)
