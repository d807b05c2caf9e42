"""A question and its answer as JSON and back, so that a conversation outlives the process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from shared_utils.types import Answer, Citation, EngineKind, GenerationStats, Sentence, Verdict, Where
from src.events import Stage, StageTime


@dataclass(frozen=True, slots=True)
class Asking:
    """How a question was put, beyond its words: what it takes to ask it again."""

    only: str = ""  # the one document that is asked; "" = all
    ask_anyway: bool = False  # even where the documents do not seem to speak to it
    alone: bool = False  # whatever was asked before it
    then: tuple[str, ...] = ()  # the questions of a list that are asked after it, one by one
    listed: bool = False  # it is one of a list: nobody has to sit beside it


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn as it is kept. While `pending`, nothing but the question is known; when over, `answer` is None where the
    question could not be asked, and `error` says why."""

    id: str
    question: str
    answer: Answer | None = None
    extractive: Answer | None = None
    changes: tuple[str, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    error: str = ""
    asking: Asking = Asking()
    asked_on: float = 0.0  # seconds since the epoch; 0 where it was not kept
    rating: int = 0  # the person's thumb: 1 up, -1 down
    pending: bool = False
    stages: tuple[StageTime, ...] = ()
    passages_left: int = 0  # how many passages were sent to another machine
    sent_to: Where | None = None  # the farthest place they were sent to


def encode_turn(turn: TurnRecord) -> str:
    return json.dumps(asdict(turn), ensure_ascii=False)


def decode_turn(body: str) -> TurnRecord:
    """The turn that `encode_turn` was given. Raises ValueError when the text is anything else."""
    try:
        record = json.loads(body)
        turn_id, question = record["id"], record["question"]
        stages = tuple(_stage(stage) for stage in record.get("stages", []))
        passages_left = record.get("passages_left", 0)
        return TurnRecord(
            id=turn_id,
            question=question,
            answer=_answer(record["answer"], stages),
            extractive=_answer(record["extractive"], stages),
            changes=tuple(record["changes"]),
            timings=record["timings"],
            error=record["error"],
            asking=_asking(record.get("asking", {})),
            asked_on=record.get("asked_on", 0.0),
            rating=record.get("rating", 0),
            pending=record.get("pending", False),
            stages=stages,
            passages_left=passages_left,
            sent_to=_place(record["sent_to"]) if "sent_to" in record else _sent_to_once(passages_left),
        )
    except (KeyError, TypeError) as exc:
        raise ValueError(f"not a stored turn: {exc!r}") from exc


def _asking(record: dict[str, object]) -> Asking:
    fields = {**record, "then": tuple(_rows(record.get("then", [])))}
    return Asking(**fields)  # type: ignore[arg-type]


def _stage(record: dict[str, object]) -> StageTime:
    engine = EngineKind(str(record["engine"])) if record.get("engine") else None
    fields = {**record, "stage": Stage(str(record["stage"])), "engine": engine}
    return StageTime(**fields)  # type: ignore[arg-type]


def _answer(record: dict[str, object] | None, stages: Sequence[StageTime]) -> Answer | None:
    if record is None:
        return None
    fields: dict[str, object] = {
        **record,
        "sentences": tuple(_sentence(s) for s in _rows(record["sentences"])),
        "citations": tuple(_citation(c) for c in _rows(record["citations"])),
        "stats": _stats(record["stats"], stages),
        "notes": tuple(_rows(record["notes"])),
    }
    return Answer(**fields)  # type: ignore[arg-type]


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


def _sentence(record: dict[str, object]) -> Sentence:
    fields = {**record, "citations": tuple(_rows(record["citations"])), "verdict": Verdict(str(record["verdict"]))}
    return Sentence(**fields)  # type: ignore[arg-type]


def _citation(record: dict[str, object]) -> Citation:
    fields = {**record, "rects": tuple(tuple(rect) for rect in _rows(record["rects"]))}
    return Citation(**fields)  # type: ignore[arg-type]


def _rows(value: object) -> list:  # type: ignore[type-arg]
    if not isinstance(value, list):
        raise TypeError(f"expected a list, not {type(value).__name__}")
    return value
