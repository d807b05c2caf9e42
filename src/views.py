"""What a person may see of their library and conversations at one moment: frozen, safe to hand to any thread.

A turn's view is folded from the events of its answer: `asked_view`, then `after` for each event; `over` where it ends
without an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shared_utils.generation.where import farthest
from shared_utils.message import NOTHING, Message
from shared_utils.types import Answer, EngineKind, EvidenceSpan, PageVerdict, Where
from src.events import (
    AnswerEvent,
    AnswerFinished,
    AnswerText,
    Classified,
    EngineChanged,
    EvidenceFound,
    ExtractiveAnswer,
    Stage,
    StageStarted,
    StageTime,
)


class DocumentState(StrEnum):
    QUEUED = "queued"
    READING = "reading"  # pages stream in; those that are in can be asked already
    RECOGNISING = "recognising"  # OCR of scanned pages
    EMBEDDING = "embedding"  # words can be found, meaning follows
    READY = "ready"
    PARTIAL = "partial"  # as READY, but some pages could not be read
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DocumentView:
    entry_id: str  # unguessable; names this document on this person's shelf
    document_id: str  # sha256 of the bytes
    name: str  # as the person called it: text from outside, never markup
    title: str
    state: DocumentState
    pages: int  # 0 until it is known
    page_verdicts: tuple[PageVerdict, ...]  # one for every page read so far, in order
    chunks: int
    embedded: int  # chunks whose vectors are there
    seconds_left: float | None
    reason: Message  # what happened and what to do, when FAILED or PARTIAL; why it waits, when QUEUED
    needs_password: bool = False
    lasts: bool = False  # when FAILED: the same file fails again, whenever it is tried

    @property
    def searchable(self) -> bool:
        return self.chunks > 0 and self.state is not DocumentState.FAILED

    @property
    def pages_unread(self) -> int:
        """Of the pages read so far, how many hold, or may hold, words that nobody can search."""
        return sum(verdict not in (PageVerdict.TEXT, PageVerdict.EMPTY) for verdict in self.page_verdicts)

    @property
    def settled(self) -> bool:
        return self.state in (DocumentState.READY, DocumentState.PARTIAL, DocumentState.FAILED)


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and as much of its answer as there is."""

    id: str
    question: str
    stage: Stage | None  # None once it is done
    engine: EngineKind | None  # who is at work, or whose answer this is; None before one is chosen
    model: str
    stage_started_at: float  # seconds on the monotonic clock
    asked_at: float
    seconds_left: float | None  # as estimated when the stage began
    position: int  # in the queue while WAITING
    text: str  # the model's words so far, markers as [n]
    extractive: Answer | None
    answer: Answer | None  # set once it is done
    changes: tuple[Message, ...]  # why an engine was given up for the next
    timings: dict[str, float]
    error: Message = NOTHING  # a question that could not be asked says why here
    spans: tuple[EvidenceSpan, ...] = ()  # what the markers [1], [2], … of `text` point at so far
    asked_on: float = 0.0  # seconds since the epoch; 0 where it was not kept
    prompt_tokens: int = 0  # that the model is reading, estimated
    output_tokens: int = 0  # written so far
    passages_left: int = 0  # how many passages were sent to another machine
    stages: tuple[StageTime, ...] = ()  # what it went through so far, in order
    rating: int = 0  # the person's thumb: 1 up, -1 down, 0 none
    reason: str = ""  # why the thumb is down, in the person's words
    pinned: bool = False  # among the person's notes
    title: str = ""  # of the conversation that begins with it, where the person gave one
    then: tuple[str, ...] = ()  # the questions of a list that are asked after it, one by one
    queued: tuple[str, ...] = ()  # typed while it was being answered, and asked after it
    among: tuple[str, ...] = ()  # the ids of the documents that were asked; () = all
    where: Where | None = None  # of that engine; None where it is not known
    sent_to: Where | None = None  # the farthest place that passages were sent to
    route: Message = NOTHING  # how it was looked for, while that is known: "look-up", "summary of the whole document"
    classified: Classified | None = None  # its kind, part and language, known with the route
    reads_on_s: float = 0.0  # of its stage, that the model may first need for a prompt that was given up

    @property
    def done(self) -> bool:
        return self.stage is None


def asked_view(turn_id: str, question: str, now: float, on: float, then: tuple[str, ...] = ()) -> TurnView:
    """A question that was asked a moment ago: `now` on the monotonic clock, `on` in seconds since the epoch."""
    return TurnView(
        id=turn_id,
        question=question,
        stage=Stage.RETRIEVING,
        engine=None,
        model="",
        stage_started_at=now,
        asked_at=now,
        seconds_left=None,
        position=0,
        text="",
        extractive=None,
        answer=None,
        changes=(),
        timings={},
        asked_on=on,
        then=then,
    )


def after(view: TurnView, event: AnswerEvent, now: float) -> TurnView:
    """What a person may see once `event` has happened, `now` on the monotonic clock."""
    match event:
        case StageStarted():
            return _entered(view, event, now)
        case EvidenceFound():
            return replace(view, route=event.route, classified=event.classified)
        case ExtractiveAnswer():
            return replace(view, extractive=event.answer)
        case AnswerText():
            return replace(view, text=event.text, spans=event.spans, output_tokens=event.tokens)
        case EngineChanged():
            return replace(view, changes=(*view.changes, event.reason))
        case AnswerFinished():
            stats = event.answer.stats
            signed = replace(view, answer=event.answer, engine=stats.backend, model=stats.model, where=stats.where)
            return over(replace(signed, timings=event.timings), now)


def over(view: TurnView, now: float, error: Message = NOTHING) -> TurnView:
    """A question that nothing more is done for; `error` says why where it could not be asked."""
    return replace(view, stage=None, seconds_left=None, stages=_ended(view.stages, now - view.asked_at), error=error)


def _entered(view: TurnView, event: StageStarted, now: float) -> TurnView:
    since, stages = now - view.asked_at, view.stages
    if event.stage is not view.stage or event.model != view.model or not stages:
        stages = (*_ended(stages, since), StageTime(event.stage, since, None, event.engine, event.model))
    return replace(
        view,
        stage=event.stage,
        engine=event.engine,
        model=event.model,
        where=event.where,
        stage_started_at=now,
        seconds_left=event.seconds_left,
        position=event.position,
        reads_on_s=event.reads_on_s,
        prompt_tokens=event.prompt_tokens or view.prompt_tokens,
        passages_left=max(event.passages_leave, view.passages_left),
        sent_to=farthest(view.sent_to, event.where if event.passages_leave else None),
        stages=stages,
    )


def _ended(stages: Sequence[StageTime], at_s: float) -> tuple[StageTime, ...]:
    """The stages, the last of which ends now. `at_s` counts from the question."""
    if not stages or stages[-1].seconds is not None:
        return tuple(stages)
    return (*stages[:-1], replace(stages[-1], seconds=at_s - stages[-1].started_s))


@dataclass(frozen=True, slots=True)
class ConversationView:
    id: str  # unguessable
    title: str  # as the person named it, else its first question
    turns: int
    updated_at: float = 0.0  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that a person may choose. `id` is what `Preferences.model` keeps; "" is this server's own choice."""

    id: str  # as `src.models.wish.wish_of` reads it: "", "ollama:llama3.2:3b", an engine
    model: str
    where: Where | None  # of the model; None where that is known when one is asked


@dataclass(frozen=True, slots=True)
class EngineView:
    """The status line: which engine would answer now, where it runs, and what it is doing."""

    engine: EngineKind
    model: str
    line: Message  # "llama3.2:3b on this machine · ready"
    busy: bool
    waiting: int  # questions in the queue
    reason: Message = NOTHING  # why it is this one and not the one preferred, or why there is none
    where: Where | None = None  # of the model; None where servers in several places share the questions
    if_slow: str = ""  # the remote model that is asked when this one does not begin in time
