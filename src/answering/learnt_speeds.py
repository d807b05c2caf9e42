"""How fast each model is here, as learnt from its answers; over all processes where they share a database."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

from shared_utils.errors import StorageError
from shared_utils.generation.speed import Speed
from shared_utils.storage.shared_counts import SharedCounts

_KNOWN_S = 5.0  # how long what others have learnt is not asked for again


class LearntSpeeds:
    """Not thread-safe: `Scribe` asks under its lock. `line` names the model servers that the speeds are of.

    Where the store is out of reach, what this process knows holds.
    """

    def __init__(
        self, counts: SharedCounts | None = None, line: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._counts = counts
        self._line = line
        self._clock = clock
        self._known: dict[str, Speed] = {}
        self._asked_at: dict[str, float] = {}

    def get(self, model: str, otherwise: Speed) -> Speed:
        """`otherwise` where nothing was learnt."""
        now = self._clock()
        if self._counts is not None and now - self._asked_at.get(model, -_KNOWN_S) >= _KNOWN_S:
            self._asked_at[model] = now
            with suppress(StorageError, ValueError, TypeError):  # what cannot be read is learnt anew
                if body := self._counts.learnt(self._name(model)):
                    self._known[model] = Speed(**{name: tuple(rates) for name, rates in json.loads(body).items()})
        return self._known.get(model, otherwise)

    def put(self, model: str, speed: Speed) -> None:
        self._known[model] = speed
        if self._counts is not None:
            with suppress(StorageError):
                self._counts.learn(self._name(model), json.dumps(asdict(speed)))

    def _name(self, model: str) -> str:
        return f"speed {self._line} {model}"
