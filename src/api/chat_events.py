"""A running answer as the events that a program follows: what is new between one look at it and the next.

stream_start      once: thread_id, message_id, question
tool_start/_end   the search in the documents, the check of the sentences
routing           how it was searched: a look-up, a part, a summary, a comparison
model_selection   who writes, or why another one does; the place in line while it waits
response          the answer so far, as Markdown with its citations; `final` once every sentence has been checked
error             why there is no answer
stream_end        once: tokens, elapsed_s, finish_reason
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from src.api.as_json import answer_json, rounded, spans_json, tokens, written_markdown
from src.api.event_schemas import Draft, Ended, ModelSelection, Response, Routing, Started, ToolEnded, ToolStarted
from src.api.schemas import ErrorDetail
from src.events import Stage, StageTime
from src.views import TurnView

_AT_A_MODEL = (Stage.WAITING, Stage.READING, Stage.WRITING)
_TOOLS = {
    Stage.RETRIEVING: "search",
    Stage.CHECKING: "check_evidence",
    Stage.VERIFYING: "verify_sentences",
}


@dataclass(frozen=True, slots=True)
class ChatEvent:
    name: str
    data: BaseModel


def events(before: TurnView | None, now: TurnView, thread_id: str, names: Mapping[str, str]) -> Iterator[ChatEvent]:
    """What `now` adds to `before`, which is None at first. `names` are the documents' names by their id.

    Looks may be far apart: a stage that came and went between two of them is told all the same.
    """
    if before is None:
        yield ChatEvent("stream_start", Started(thread_id=thread_id, message_id=now.id, question=now.question))
    yield from _stages(before.stages if before else (), now.stages)
    if now.route and not (before and before.route):
        yield ChatEvent("routing", _routing(now))
    if selection := _selection(before, now):
        yield ChatEvent("model_selection", selection)
    if now.done:
        yield from _ending(now, thread_id)
    else:
        yield from _so_far(before, now, names)


def events_again(now: TurnView, thread_id: str, names: Mapping[str, str]) -> Iterator[ChatEvent]:
    """What somebody is told first who goes on following: the whole answer so far, and the end where it is over."""
    return _ending(now, thread_id) if now.done else _so_far(None, now, names)


def _routing(now: TurnView) -> Routing:
    told = now.classified
    if told is None:
        return Routing(route=str(now.route))
    return Routing(
        route=str(now.route),
        kind=told.kind,
        part=str(told.part),
        language=told.language,
        confidence=told.confidence,
        classify_ms=round(told.elapsed_ms, 3),
    )


def _stages(before: tuple[StageTime, ...], now: tuple[StageTime, ...]) -> Iterator[ChatEvent]:
    for position, stage in enumerate(now):
        tool = _TOOLS.get(stage.stage)
        known = before[position] if position < len(before) else None
        if tool and known is None:
            yield ChatEvent("tool_start", ToolStarted(tool=tool))
        if tool and stage.seconds is not None and (known is None or known.seconds is None):
            yield ChatEvent("tool_end", ToolEnded(tool=tool, elapsed_s=round(stage.seconds, 3)))


def _selection(before: TurnView | None, now: TurnView) -> ModelSelection | None:
    """Who is at work; at the end, who was, if that has not been told."""
    if now.stage not in _AT_A_MODEL and not now.done:
        return None
    told = before is not None and before.stage in _AT_A_MODEL
    same = told and before is not None and _at_work(before) == _at_work(now)
    if same or (now.done and (not now.engine or (told and before is not None and before.engine == now.engine))):
        return None
    return ModelSelection(
        engine=now.engine or "",
        model=now.model,
        where=now.where,
        state="done" if now.stage is None else now.stage.value,
        position=now.position,
        seconds_left=None if now.seconds_left is None else round(now.seconds_left, 1),
        reason=str(now.changes[-1]) if now.changes else "",
    )


def _at_work(turn: TurnView) -> tuple[object, ...]:
    return turn.engine, turn.model, turn.where, turn.stage, turn.position, turn.changes


def _so_far(before: TurnView | None, now: TurnView, names: Mapping[str, str]) -> Iterator[ChatEvent]:
    """The documents' own sentences first, then a model's words as they come."""
    if now.text and (before is None or before.text != now.text):
        words = written_markdown(now.text, now.spans)
        citations = spans_json(now.spans, names)
        yield ChatEvent(
            "response",
            Draft(markdown=words, citations=citations, engine=now.engine or "", model=now.model, where=now.where),
        )
    elif now.extractive and not now.text and not (before and before.extractive):
        yield ChatEvent("response", Response(**dict(answer_json(now.extractive)), final=False))


def _ending(now: TurnView, thread_id: str) -> Iterator[ChatEvent]:
    if now.answer:
        yield ChatEvent("response", Response(**dict(answer_json(now.answer)), final=True))
    if now.error:
        yield ChatEvent("error", ErrorDetail(code="unanswered", message=str(now.error)))
    ended = sum(stage.seconds or 0.0 for stage in now.stages)
    yield ChatEvent(
        "stream_end",
        Ended(
            thread_id=thread_id,
            message_id=now.id,
            tokens=tokens(now),
            elapsed_s=round(now.timings.get("total_s", ended), 3),
            finish_reason=now.answer.finish_reason if now.answer else "error",
            timings=rounded(now.timings),
        ),
    )
