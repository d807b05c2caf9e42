"""A question and its answer as JSON and back, so that a conversation outlives the process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from shared_utils.message import from_json
from shared_utils.types import (
    Answer,
    Citation,
    Direct,
    DirectKind,
    DirectOperand,
    EngineKind,
    EvidenceSpan,
    GenerationStats,
    Sentence,
    Verdict,
    Where,
)
from src.events import Stage, StageTime
from src.views import TurnView, asked_view

Record = dict[str, Any]  # a JSON object


@dataclass(frozen=True, slots=True)
class Queued:
    """A question that waits for the one before it."""

    question: str
    among: tuple[str, ...] = ()  # as in `Asking`


@dataclass(frozen=True, slots=True)
class Asking:
    """How a question was put, beyond its words: what it takes to ask it again."""

    only: str = ""  # the one document that is asked; "" = all
    ask_anyway: bool = False  # even where the documents do not seem to speak to it
    alone: bool = False  # whatever was asked before it
    then: tuple[str, ...] = ()  # the questions of a list that are asked after it, one by one
    listed: bool = False  # it is one of a list: nobody has to sit beside it
    among: tuple[str, ...] = ()  # the ids of the documents that are asked; () = all
    queued: tuple[Queued, ...] = ()  # typed while it is answered, and asked after it

    def following(self, *, stopped: bool) -> tuple[str, Asking] | None:
        """What is asked by itself once this is over: the rest of its list, unless that was stopped, then the queue."""
        if self.then and not stopped:
            return self.then[0], replace(self, then=self.then[1:])
        if self.queued:
            first, *rest = self.queued
            return first.question, Asking(among=first.among, queued=tuple(rest))
        return None


_KEPT = (  # of a view; its other fields tell how an answer comes about
    "id",
    "question",
    "asked_on",
    "answer",
    "extractive",
    "changes",
    "timings",
    "error",
    "rating",
    "reason",
    "pinned",
    "title",
    "stages",
    "passages_left",
    "sent_to",
)


def encode_turn(view: TurnView, asking: Asking) -> str:
    """What is stored of a turn: of one that is being answered, the question alone."""
    asked = replace(asked_view(view.id, view.question, view.asked_at, view.asked_on), title=view.title)
    fields = asdict(view if view.done else asked)
    how = {name: value for name, value in asdict(asking).items() if value or name not in ("among", "queued")}
    record = {name: fields[name] for name in _KEPT} | {"asking": how, "pending": not view.done}
    return json.dumps(record, ensure_ascii=False)


def encode_so_far(view: TurnView, asking: Asking) -> str:
    """What is stored of a turn that another process goes on with: the question, and what its person sees already."""
    record = json.loads(encode_turn(view, asking))
    extractive = asdict(view.extractive) if view.extractive else None
    record["so_far"] = {"text": view.text, "spans": [asdict(span) for span in view.spans], "extractive": extractive}
    return json.dumps(record, ensure_ascii=False)


def decode_turn(body: str, now: float) -> tuple[TurnView, Asking]:
    """The turn that `encode_turn` was given, as one that comes back `now` on the monotonic clock.

    What an older version left out has a default, and its finished sentences are taken as they are.
    Raises ValueError when the text is anything else.
    """
    try:
        record = json.loads(body)
        turn_id, question, asking = record["id"], record["question"], _asking(record.get("asking", {}))
        view = asked_view(turn_id, question, now, record.get("asked_on", 0.0), asking.then)
        view = replace(view, among=asking.among, title=str(record.get("title", "")))
        return (_so_far(view, record) if record.get("pending", False) else _finished(view, record)), asking
    except (KeyError, TypeError) as exc:
        raise ValueError(f"not a stored turn: {exc!r}") from exc


def _so_far(view: TurnView, record: Record) -> TurnView:
    """With what was seen of its answer before it was handed over, until it is answered anew."""
    known = record.get("so_far")
    if known is None:
        return view
    spans = tuple(EvidenceSpan(**span) for span in _rows(known["spans"]))
    return replace(view, text=str(known["text"]), spans=spans, extractive=_answer(known["extractive"], ()))


def _finished(view: TurnView, record: Record) -> TurnView:
    stages = tuple(_stage(stage) for stage in record.get("stages", []))
    answer, passages_left = _answer(record["answer"], stages), record.get("passages_left", 0)
    stats = answer.stats if answer else None
    return replace(
        view,
        stage=None,
        engine=stats.backend if stats else None,
        model=stats.model if stats else "",
        where=stats.where if stats else None,
        answer=answer,
        extractive=_answer(record["extractive"], stages),
        changes=tuple(map(from_json, record["changes"])),
        timings=record["timings"],
        error=from_json(record["error"]),
        rating=record.get("rating", 0),
        reason=str(record.get("reason", "")),
        pinned=record.get("pinned") is True,
        stages=stages,
        passages_left=passages_left,
        sent_to=_place(record["sent_to"]) if "sent_to" in record else _sent_to_once(passages_left),
    )


def _asking(record: Record) -> Asking:
    queued = (Queued(**{**row, "among": tuple(_rows(row["among"]))}) for row in _rows(record.get("queued", [])))
    several = {name: tuple(_rows(record.get(name, []))) for name in ("then", "among")}
    return Asking(**{**record, **several, "queued": tuple(queued)})


def _stage(record: Record) -> StageTime:
    engine = EngineKind(record["engine"]) if record.get("engine") else None
    return StageTime(**{**record, "stage": Stage(record["stage"]), "engine": engine})


def _answer(record: Record | None, stages: Sequence[StageTime]) -> Answer | None:
    if record is None:
        return None
    fields = {
        **record,
        "sentences": tuple(_sentence(s) for s in _rows(record["sentences"])),
        "citations": tuple(_citation(c) for c in _rows(record["citations"])),
        "stats": _stats(record["stats"], stages),
        "notes": tuple(map(from_json, _rows(record["notes"]))),
        "direct": _direct(record.get("direct")),
    }
    return Answer(**fields)


def _direct(record: Record | None) -> Direct | None:
    if record is None:
        return None
    operands = tuple(
        DirectOperand(**{**one, "citations": tuple(_rows(one["citations"]))}) for one in _rows(record["operands"])
    )
    return Direct(**{**record, "kind": DirectKind(record["kind"]), "operands": operands})


def _stats(record: object, stages: Sequence[StageTime]) -> GenerationStats:
    if not isinstance(record, dict):
        raise TypeError(f"expected an object, not {type(record).__name__}")
    engine = EngineKind(record["backend"])
    where = _place(record["where"]) if "where" in record else _where_once(engine, stages)
    return GenerationStats(**{**record, "backend": engine, "where": where})


def _place(value: object) -> Where | None:
    return None if value is None else Where(str(value))


# Answers were kept without their place once, and only what went to Hugging Face was counted.


def _where_once(engine: EngineKind, stages: Sequence[StageTime]) -> Where | None:
    """Nothing is known of quotes before which a model server was asked in vain: it may have run anywhere."""
    asked = {stage.engine for stage in stages}
    match engine:
        case EngineKind.REMOTE:
            return Where.ELSEWHERE
        case EngineKind.EXTRACTIVE:
            return None if asked & {EngineKind.OLLAMA, EngineKind.ENDPOINT} else Where.THIS_MACHINE
        case EngineKind.OLLAMA | EngineKind.ENDPOINT:
            return None


def _sent_to_once(passages_left: int) -> Where | None:
    return Where.ELSEWHERE if passages_left else None


def _sentence(record: Record) -> Sentence:
    fields = {
        **record,
        "citations": tuple(_rows(record["citations"])),
        "verdict": Verdict(record["verdict"]),
        **_said(record),
    }
    return Sentence(**fields)


def _said(record: Record) -> Record:
    return {name: from_json(record[name]) for name in ("reason", "said") if name in record}


def _citation(record: Record) -> Citation:
    fields = {**record, "rects": tuple(tuple(rect) for rect in _rows(record["rects"]))}
    return Citation(**fields)


def _rows(value: object) -> list:  # type: ignore[type-arg]
    if not isinstance(value, list):
        raise TypeError(f"expected a list, not {type(value).__name__}")
    return value
