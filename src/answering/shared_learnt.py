"""What has been learnt of models, over all processes that share a database."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress

from shared_utils.errors import StorageError
from shared_utils.storage.shared_counts import SharedCounts
from src.answering.learnt import Known, Learnt, known_of, row_of

_KNOWN_S = 5.0  # how long what others have learnt is not asked for again


class SharedLearnt(Learnt):
    """`line` names the model servers it is learnt of. Where the store is out of reach, what this process knows holds.

    Of two processes that learn at once the last holds: the next answer teaches it again.
    """

    def __init__(self, counts: SharedCounts, line: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._counts = counts
        self._line = line
        self._clock = clock
        self._asked_at: dict[str, float] = {}

    def of(self, model: str) -> Known:
        with self._lock:
            self._look(model)
        return super().of(model)

    def change(self, model: str, changed: Callable[[Known], Known]) -> None:
        with self._lock:
            self._look(model)
        super().change(model, changed)

    def _look(self, model: str) -> None:
        """Under the lock."""
        now = self._clock()
        if now - self._asked_at.get(model, -_KNOWN_S) < _KNOWN_S:
            return
        self._asked_at[model] = now
        with suppress(StorageError, ValueError, TypeError, KeyError):  # what cannot be read is learnt anew
            if body := self._counts.learnt(self._name(model)):
                self._models[model] = known_of(json.loads(body))

    def _keep(self, model: str) -> None:
        with suppress(StorageError):
            self._counts.learn(self._name(model), json.dumps(row_of(self._models[model])))

    def _name(self, model: str) -> str:
        return f"learnt {self._line} {model}"
