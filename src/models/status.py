"""What the supervisor tells the web process about the local model, in one small file."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from shared_utils.message import NOTHING, Message, from_json, message

STALE_AFTER_S = 15.0  # the supervisor writes every second; a machine under full load may miss a few


class ModelState(StrEnum):
    """Where the local model stands."""

    OFFERED = "offered"  # there is no Ollama; Footnote can fetch one
    FETCHING = "fetching"  # Ollama itself, as the next
    UNPACKING = "unpacking"
    STARTING = "starting"
    PULLING = "pulling"
    LOADING = "loading"
    READY = "ready"
    UNAVAILABLE = "unavailable"
    RESTARTING = "restarting"


BEFORE_OLLAMA = (ModelState.OFFERED, ModelState.FETCHING, ModelState.UNPACKING)  # none is there yet
FETCHED = (ModelState.FETCHING, ModelState.UNPACKING, ModelState.PULLING)  # gigabytes come: it can be cancelled


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """`reason` is for a person; the byte counts and rates are those of a running download, else None."""

    state: ModelState
    model: str = ""
    reason: Message = NOTHING
    completed_bytes: int | None = None
    total_bytes: int | None = None
    bytes_per_s: float | None = None
    seconds_left: float | None = None
    first_token_s: float | None = None  # of the standard prompt, as measured when the model was chosen
    slow_model: str = ""  # the one preferred to it, which is too slow here
    slow_first_token_s: float | None = None  # of that one; None where it is only known to be beyond the target
    threads: int = 0  # with which it writes fastest, as measured then; 0 = not measured
    tokens_per_s: float | None = None  # that it wrote with them
    own_ollama: bool = False  # fetched by Footnote, or to be: it can be cancelled and removed
    updated_at: float = 0.0  # seconds since the epoch


def status_path(data_dir: Path) -> Path:
    """Where the two processes meet."""
    return data_dir / "run" / "model.json"


def write_status(path: Path, status: ModelStatus, now: float) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(replace(status, updated_at=now))), encoding="utf-8")
    os.replace(draft, path)


def read_status(path: Path, now: float, stale_after_s: float = STALE_AFTER_S) -> ModelStatus | None:
    """The last status written; None where nothing supervises a model (no file, or not one of ours).

    A supervisor that has stopped writing has died: what it said last is then reported as unavailable.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        status = ModelStatus(**{**fields, "state": ModelState(fields["state"]), "reason": from_json(fields["reason"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    silent_s = now - status.updated_at
    if silent_s <= stale_after_s:
        return status
    reason = message(
        "The process that looks after the model has said nothing for {seconds:.0f} s. Start Footnote again.",
        seconds=silent_s,
    )
    return ModelStatus(ModelState.UNAVAILABLE, status.model, reason, updated_at=status.updated_at)
