"""What has been learnt of models from their answers here: speed, what a stop does, their record. It survives a restart.

One small file in the data folder. What cannot be kept is learnt again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from shared_utils.citations.base_rate import NO_SENTENCES, Share
from shared_utils.generation.speed import Speed

_MODELS = 40  # that are remembered; those not asked for longest are forgotten


@dataclass(frozen=True, slots=True)
class Known:
    """Of one model. `speed` is None before it has answered; `frees`, whether its server stops reading a prompt that
    nobody waits for, is None before a stop has told."""

    speed: Speed | None = None
    frees: bool | None = None
    share: Share = field(default=NO_SENTENCES)


NOTHING_KNOWN = Known()


class Learnt:
    """By the model's name. Shared by everybody; thread-safe. Kept in `path`, where there is one.

    A speed holds for as many `cores`: those learnt with more or fewer are not taken from the file.
    """

    def __init__(self, path: Path | None = None, cores: int = 0) -> None:
        self._path = path
        self._cores = cores
        self._lock = threading.Lock()
        self._models: dict[str, Known] = _read(path, cores) if path else {}

    def of(self, model: str) -> Known:
        with self._lock:
            return self._models.get(model, NOTHING_KNOWN)

    def change(self, model: str, changed: Callable[[Known], Known]) -> None:
        """Replace what is known of a model by `changed` of it."""
        with self._lock:
            before = self._models.pop(model, NOTHING_KNOWN)
            self._models[model] = changed(before)
            for oldest in list(self._models)[:-_MODELS]:
                del self._models[oldest]
            if self._models[model] != before:
                self._keep(model)

    def _keep(self, model: str) -> None:  # noqa: ARG002 - the file is written whole
        if self._path is not None:
            _write(self._path, self._cores, self._models)


def _read(path: Path, cores: int) -> dict[str, Known]:
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        models = {str(name): known_of(row) for name, row in kept["models"].items()}
        same = kept["cores"] == cores
        return models if same else {name: replace(known, speed=None) for name, known in models.items()}
    return {}


def known_of(row: dict[str, object]) -> Known:
    """Raises TypeError, ValueError or KeyError for anything but what `row_of` makes."""
    prompt, written, share = (row[key] for key in ("prompt_rates", "generation_rates", "share"))
    if not all(isinstance(part, list) for part in (prompt, written, share)):
        raise TypeError
    speed = Speed(tuple(map(_rate, prompt)), tuple(map(_rate, written)))  # type: ignore[call-overload]
    holding, wrong = map(_amount, share)  # type: ignore[call-overload]
    frees = row["frees"]
    return Known(speed if speed != Speed() else None, frees if isinstance(frees, bool) else None, Share(holding, wrong))


def _rate(value: object) -> float:
    rate = float(value)  # type: ignore[arg-type]
    if not 0 < rate < float("inf"):
        raise ValueError
    return rate


def _amount(value: object) -> float:
    amount = float(value)  # type: ignore[arg-type]
    if not 0 <= amount < float("inf"):
        raise ValueError
    return amount


def row_of(known: Known) -> dict[str, object]:
    """As JSON holds it."""
    return {
        "prompt_rates": list(known.speed.prompt_rates) if known.speed else [],
        "generation_rates": list(known.speed.generation_rates) if known.speed else [],
        "frees": known.frees,
        "share": [known.share.holding, known.share.wrong],
    }


def _write(path: Path, cores: int, models: dict[str, Known]) -> None:
    rows = {name: row_of(known) for name, known in models.items()}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps({"cores": cores, "models": rows}), encoding="utf-8")
        os.replace(draft, path)
