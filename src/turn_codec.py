"""A question and its answer as JSON and back, so that a conversation outlives the process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from shared_utils.types import Answer, Citation, GenerationStats, Sentence, Verdict


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn that is over. `answer` is None where the question could not be asked; `error` says why."""

    id: str
    question: str
    answer: Answer | None
    extractive: Answer | None
    changes: tuple[str, ...]
    timings: dict[str, float]
    error: str = ""


def encode_turn(turn: TurnRecord) -> str:
    return json.dumps(asdict(turn), ensure_ascii=False)


def decode_turn(body: str) -> TurnRecord:
    """The turn that `encode_turn` was given. Raises ValueError when the text is anything else."""
    try:
        record = json.loads(body)
        return TurnRecord(
            id=record["id"],
            question=record["question"],
            answer=_answer(record["answer"]),
            extractive=_answer(record["extractive"]),
            changes=tuple(record["changes"]),
            timings=record["timings"],
            error=record["error"],
        )
    except (KeyError, TypeError) as exc:
        raise ValueError(f"not a stored turn: {exc!r}") from exc


def _answer(record: dict[str, object] | None) -> Answer | None:
    if record is None:
        return None
    fields: dict[str, object] = {
        **record,
        "sentences": tuple(_sentence(s) for s in _rows(record["sentences"])),
        "citations": tuple(_citation(c) for c in _rows(record["citations"])),
        "stats": GenerationStats(**record["stats"]),  # type: ignore[arg-type]
        "notes": tuple(_rows(record["notes"])),
    }
    return Answer(**fields)  # type: ignore[arg-type]


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
