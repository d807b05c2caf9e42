"""A model's turn on a question: wait for it, watch it read, stream its words. What it wrote is checked afterwards."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import takewhile

from shared_utils.citations.markers import MarkerStream
from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation.fallback import Engine, EngineGivenUp, generate_with_fallback
from shared_utils.generation.ollama_answer_generator import truncation_suspected
from shared_utils.generation.speed import Speed, estimate_answer_s, estimate_first_token_s, held_back, updated
from shared_utils.message import NOTHING, Message, counted, message
from shared_utils.text.tokens import estimate_tokens
from shared_utils.types import (
    QUOTED,
    AnswerGenerator,
    Cancelled,
    ChatMessage,
    EngineKind,
    Evidence,
    GenerationDone,
    GenerationEvent,
    GenerationStats,
    ModelAsked,
    Prompt,
    TextDelta,
    Where,
)
from src.answering.answer_queue import ModelLine, Ticket
from src.answering.conversation import PastTurn, exchanges
from src.answering.giving_way import AtWork
from src.answering.learnt import Learnt
from src.answering.prompts import MAX_OUTPUT_TOKENS, build_prompt
from src.answering.repetition import repeated_from
from src.answering.track_record import TrackRecord
from src.answering.trimming import settled, told_plainly, whole_sentences
from src.events import AnswerEvent, AnswerText, EngineChanged, Stage, StageStarted

_log = logging.getLogger(__name__)

_LONGEST_GRACE_S = 120.0
_TELLING_GRACE_S = 2.0  # less says nothing of whether a server read on
_TYPICAL_OUTPUT_TOKENS = 80  # of a short factual answer; for estimates only


@dataclass(frozen=True, slots=True)
class Writer:
    """An engine that can write now."""

    engine: Engine
    model: str
    queued: bool  # it waits for its turn in our line
    where: Where | None  # of its model; None where it chooses among servers in several places: told when one is asked
    here: Writer | None = None  # the same with its servers on this machine only, where it has some
    num_ctx: int = 0  # its context window in tokens, where we set it
    measured: Speed = field(default_factory=Speed)  # what was measured when it was made ready; answers teach better
    first_token_deadline_s: float = math.inf  # then it is given up


@dataclass(frozen=True, slots=True)
class _Guarded:
    """Asks a generator only as long as nothing forbids it, looked at anew before each model it asks."""

    generator: AnswerGenerator
    why_not: Callable[[Where], Message]

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        for event in self.generator.generate(prompt, cancelled):
            if isinstance(event, ModelAsked) and (reason := self.why_not(event.where)):
                raise GeneratorUnavailable(reason)
            yield event


def guarded(writer: Writer, why_not: Callable[[Where], Message]) -> Writer:
    """The writer, but given up where `why_not` has a reason against the place of the model asked next."""
    return replace(writer, engine=replace(writer.engine, generator=_Guarded(writer.engine.generator, why_not)))


def staying(writers: Sequence[Writer]) -> list[Writer]:
    """Those that send nothing to another machine: on this one, or left with their servers on this one."""
    near = (writer if writer.where is Where.THIS_MACHINE else writer.here for writer in writers)
    return [writer for writer in near if writer is not None]


def destination(engine: EngineKind | None, where: Where | None) -> Message:
    """Whom passages are sent to, in words that follow "to".

    >>> str(destination(EngineKind.OLLAMA, Where.OWN_NETWORK))
    'a server in your network'
    """
    match where:
        case Where.THIS_MACHINE:
            return message("this machine")
        case Where.OWN_NETWORK:
            return message("a server in your network")
        case Where.ELSEWHERE | None if engine is EngineKind.REMOTE:
            return message("Hugging Face")
        case Where.ELSEWHERE | None:
            return message("a model server elsewhere")


@dataclass(frozen=True, slots=True)
class Task:
    """A question and all that may be read for it."""

    question: str
    evidence: Evidence
    labels: Mapping[int, str]  # marker -> "report.pdf p. 7"
    history: tuple[PastTurn, ...] = ()
    person: str = ""
    why_nobody: Message = NOTHING  # why there is no model to write
    network: str = ""  # from which the person comes; "" where it is not counted
    result: str = ""  # worked out already; a model only puts it into words


@dataclass(frozen=True, slots=True)
class Written:
    """What an engine wrote, unchecked. `text` is empty when none said a word."""

    text: str = ""
    finish_reason: str = "stop"  # "stop", "length", "cancelled" or "interrupted"
    stats: GenerationStats = QUOTED
    notes: tuple[Message, ...] = ()  # what a person should know: why it broke off, why nobody wrote, what was not read


class Scribe:
    """Asks the engines in order, those in line as their turn comes. Shared by everybody; thread-safe.

    `learnt`: of models, from earlier answers; what this one's tell is added to it.
    """

    def __init__(
        self, queue: ModelLine, clock: Callable[[], float] = time.monotonic, learnt: Learnt | None = None
    ) -> None:
        self.queue = queue
        self._learnt = learnt or Learnt()
        self.record = TrackRecord(self._learnt)
        self.at_work = AtWork()
        self._clock = clock
        self._read: dict[str, Sequence[ChatMessage]] = {}  # model -> the last prompt that it read for us
        self._reads_until: dict[str, float] = {}  # model -> when it may have read a prompt that was given up
        self._lock = threading.Lock()

    def speed(self, writer: Writer) -> Speed:
        """What has been learnt about a model's speed here, from its answers or when it was made ready."""
        return self._learnt.of(writer.model).speed or writer.measured

    def waiting(self) -> int:
        """How many questions stand in line for the local model."""
        _, waiting = self.queue.load()
        return waiting

    def frees(self, model: str) -> bool | None:
        """Whether a stop frees the model's server while it reads; None where no stop has told yet."""
        return self._learnt.of(model).frees

    def learn(self, stats: GenerationStats) -> None:
        self._learnt.change(stats.model, lambda known: replace(known, speed=updated(known.speed or Speed(), stats)))

    def _learn_from_silence(self, writer: Writer, prompt: Prompt, waited_s: float) -> None:
        """A model that missed its deadline is asked to read less the next time."""
        tokens = prompt.estimated_tokens
        self._learnt.change(
            writer.model,
            lambda known: replace(known, speed=held_back(known.speed or writer.measured, tokens, waited_s)),
        )

    def _expected_s(self, writer: Writer, prompt: Prompt) -> float | None:
        """Until the first word, where the server has what this prompt and the one before it begin with."""
        read = self.read(writer.model)
        same = takewhile(lambda pair: pair[0] == pair[1], zip(read, prompt.messages, strict=False))
        known = sum(estimate_tokens(message.content) for message, _ in same)
        return estimate_first_token_s(self.speed(writer), prompt.estimated_tokens, known)

    def _given_up_in_reading(self, writer: Writer, prompt: Prompt, waited_s: float, *, late: bool) -> None:
        """A server that is hung up on while it reads may read on to the end (Ollama 0.13 does), and begins the next
        prompt only then: the next question is given that much more. One that was late may need as long again."""
        expected_s = self._expected_s(writer, prompt) or 0.0
        left_s = waited_s if late else expected_s - waited_s
        if late:  # it may be that a stop did not free it after all
            self._learnt.change(writer.model, lambda known: replace(known, frees=None))
        with self._lock:
            self._reads_until[writer.model] = self._clock() + min(max(left_s, 0.0), _LONGEST_GRACE_S)

    def _grace_s(self, writer: Writer) -> float:
        if not writer.queued or self.frees(writer.model):
            return 0.0
        with self._lock:
            return max(0.0, self._reads_until.get(writer.model, 0.0) - self._clock())

    def read(self, model: str) -> tuple[ChatMessage, ...]:
        """The last prompt that a model read for us; () where it read none."""
        with self._lock:
            return tuple(self._read.get(model, ()))

    def has_read(self, model: str, prompt: Prompt) -> None:
        """It speaks: whatever it still had to read, it has read."""
        with self._lock:
            self._reads_until.pop(model, None)
            self._read[model] = prompt.messages

    def _learn_from_wait(self, prompt: Prompt, stats: GenerationStats, expected_s: float | None) -> None:
        """Whether the server had to finish a prompt that was given up before it read this one: what passed until the
        first token, without its own reading (`expected_s` where the server does not tell) and loading."""
        reading_s = expected_s if stats.prompt_evaluation_s is None else stats.prompt_evaluation_s
        if prompt.grace_s < _TELLING_GRACE_S or stats.time_to_first_token_s is None or reading_s is None:
            return
        waited_s = stats.time_to_first_token_s - reading_s - (stats.load_s or 0.0)
        self._learnt.change(stats.model, lambda known: replace(known, frees=waited_s < prompt.grace_s / 2))

    def write(
        self, task: Task, writers: Sequence[Writer], on_first_token: Callable[[], None], cancelled: Cancelled
    ) -> Generator[AnswerEvent, None, Written]:
        """Stream an answer. Returns what was written; nothing is raised for an engine that fails."""
        if not writers:
            return Written(notes=(task.why_nobody,) if task.why_nobody else ())
        before, since = exchanges(task.history, task.evidence)
        prompt = build_prompt(task.question, task.evidence, task.labels, since, task.result, before)
        try:
            return (yield from self._turn(task, prompt, writers, on_first_token, cancelled))
        except GenerationError as exc:
            _log.warning("no model wrote: %s", exc)
            yield EngineChanged(EngineKind.EXTRACTIVE, exc.for_reader)
            return Written(notes=(exc.for_reader,))

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
            if first.queued:
                try:
                    expected_s = estimate_answer_s(self.speed(first), prompt.estimated_tokens, _TYPICAL_OUTPUT_TOKENS)
                    ticket = self.queue.enter(task.person, expected_s, task.network)
                    for place in self.queue.wait(ticket, cancelled):
                        if place.position:
                            yield StageStarted(
                                Stage.WAITING,
                                first.engine.name,
                                first.model,
                                place.seconds_left,
                                place.position,
                                where=first.where,
                                reads_on_s=self._grace_s(first),
                            )
                except GeneratorUnavailable as exc:  # the line is too long, or the place in it was lost
                    writers = [writer for writer in writers if not writer.queued]
                    if not writers:
                        raise
                    yield EngineChanged(writers[0].engine.name, exc.message)
            if cancelled():
                return Written(finish_reason="cancelled")
            here = writers[0].queued and writers[0].where in (Where.THIS_MACHINE, None)
            with self.at_work.working(here=here):
                return (yield from self._stream(task, prompt, writers, on_first_token, cancelled, ticket))
        finally:
            if ticket is not None:
                reads_on_s = self._grace_s(first) if self.frees(first.model) is False else 0.0
                self.queue.leave(ticket, reads_on_s)

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
        writer, text, tokens = writers[0], "", 0
        sent_to: tuple[Message, ...] = ()
        spans = {span.marker: span for span in task.evidence.spans}
        markers, fed = MarkerStream(spans), 0
        loading, began, expected_s = False, self._clock(), None
        prompt = replace(prompt, grace_s=self._grace_s(writer))
        if writer.queued:
            yield self._reading(writer, prompt)
        stream = generate_with_fallback([writer.engine for writer in writers], prompt, cancelled)
        try:
            with closing(stream):
                for event in stream:
                    match event:
                        case ModelAsked(model, where, loading):
                            writer, leaving = replace(writer, model=model, where=where), 0
                            if where is not Where.THIS_MACHINE:
                                leaving, sent_to = len(spans), (*sent_to, destination(writer.engine.name, where))
                            yield self._reading(writer, prompt, leaving, loading=loading)
                        case TextDelta(delta):
                            if not text:
                                on_first_token()
                                expected_s = self._expected_s(writer, prompt)
                                self.has_read(writer.model, prompt)
                                yield StageStarted(Stage.WRITING, writer.engine.name, writer.model, where=writer.where)
                            text, tokens = text + delta, tokens + 1
                            plain = settled(text)
                            shown, fed = markers.feed(plain[fed:]), max(fed, len(plain))
                            yield AnswerText(shown, tuple(spans[number] for number in markers.order), tokens)
                            if (end := repeated_from(text)) is not None:
                                return _ended_early(text[:end].rstrip(), writer, tokens, _departed(sent_to, task))
                        case EngineGivenUp():
                            if event.late and writer.queued and not loading:
                                self._learn_from_silence(writer, prompt, self._clock() - began)
                                self._given_up_in_reading(writer, prompt, self._clock() - began, late=True)
                            began = self._clock()
                            writer = by_name[event.next_engine]
                            if ticket is not None and not writer.queued:
                                self.queue.leave(ticket)  # the model in line is free while another one writes
                            yield EngineChanged(event.next_engine, event.reason)
                            if writer.queued:
                                yield self._reading(writer, prompt)
                        case GenerationDone():
                            if event.finish_reason == "cancelled" and not text and writer.queued:
                                self._given_up_in_reading(writer, prompt, self._clock() - began, late=False)
                            self._learn_from_wait(prompt, event.stats, expected_s)
                            self.learn(event.stats)
                            notes = (*_departed(sent_to, task), *_unread(writer, prompt, event.stats))
                            return _ended(text, event, prompt, notes)
        except GenerationError as exc:
            if isinstance(exc, GenerationInterrupted) and text.strip():
                stats = GenerationStats(writer.engine.name, exc.model or writer.model, where=writer.where)
                return Written(told_plainly(text), "interrupted", stats, (exc.message, *_departed(sent_to, task)))
            # it wrote nothing, and yet it may have been sent everything
            if isinstance(exc, GenerationTimeout) and writer.queued and not loading:
                self._learn_from_silence(writer, prompt, self._clock() - began)
                self._given_up_in_reading(writer, prompt, self._clock() - began, late=True)
            _log.warning("no model wrote: %s", exc)
            yield EngineChanged(EngineKind.EXTRACTIVE, exc.for_reader)
            return Written(notes=(exc.for_reader, *_departed(sent_to, task)))
        stats = GenerationStats(writer.engine.name, writer.model, where=writer.where)
        return Written(told_plainly(text), "cancelled", stats, _departed(sent_to, task))

    def _reading(self, writer: Writer, prompt: Prompt, leaving: int = 0, *, loading: bool = False) -> StageStarted:
        """Without an estimate while the model is still loading: how long a disk takes is not known."""
        seconds = None if loading else self._expected_s(writer, prompt)
        seconds = seconds + prompt.grace_s if seconds is not None else None
        return StageStarted(
            Stage.READING,
            writer.engine.name,
            writer.model,
            seconds,
            prompt_tokens=prompt.estimated_tokens,
            passages_leave=leaving,
            where=writer.where,
            reads_on_s=prompt.grace_s,
        )


def _ended(text: str, done: GenerationDone, prompt: Prompt, notes: tuple[Message, ...]) -> Written:
    """A short answer that reached its short budget ends with its last whole sentence: more was not asked for."""
    ended, whole = done.finish_reason, whole_sentences(text)
    if ended == "length" and prompt.max_output_tokens < MAX_OUTPUT_TOKENS and whole != text:
        ended, text = "stop", whole
    return Written(told_plainly(text), ended, done.stats, notes)


def _ended_early(text: str, writer: Writer, tokens: int, notes: tuple[Message, ...]) -> Written:
    """What a model wrote before it went round in circles; nothing, where it did so from its first word."""
    stats = GenerationStats(writer.engine.name, writer.model, where=writer.where, output_tokens=tokens)
    if text:
        return Written(told_plainly(text), "stop", stats, notes)
    said = message("{model} only repeated itself: its words are left out.", model=writer.model)
    return Written(notes=(said, *notes))


def _departed(sent_to: Sequence[Message], task: Task) -> tuple[Message, ...]:
    """That passages left the machine. Who wrote the answer stands under it; this holds also where nobody did."""
    count = len(task.evidence.spans)
    one, many = "One passage of your documents went to {place}.", "{n} passages of your documents went to {place}."
    return tuple(counted(count, one, many, place=place) for place in dict.fromkeys(sent_to))


def _unread(writer: Writer, prompt: Prompt, stats: GenerationStats) -> tuple[Message, ...]:
    """Whether the model read less than it was sent."""
    if not writer.num_ctx or not truncation_suspected(prompt, stats, writer.num_ctx):
        return ()
    return (
        message(
            "The model read {read} of about {sent} tokens, so it may have missed something. Ask a shorter question.",
            read=stats.prompt_tokens,
            sent=prompt.estimated_tokens,
        ),
    )
