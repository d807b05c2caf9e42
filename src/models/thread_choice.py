"""How many threads a local model is given: as many as there are cores, and one where others keep those cores busy.

Threads of a model wait for each other at every layer: measured on two busy cores, two threads wrote 0.7 to 0.9 tokens a
second where one wrote 4 to 9; on idle cores two write 24 and one 15.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared_utils.generation.speed import Speed, updated
from shared_utils.types import AnswerGenerator, Cancelled, GenerationDone, GenerationEvent, GenerationStats, Prompt

_COLLAPSED = 1 / 3  # of the best speed known
_IN_A_ROW = 2  # answers: one slow one may be a neighbour's doing
_TRY_AGAIN_S = 900.0  # then all the cores are tried again: a server loads its model anew for it


class ThreadChoice:
    """Thread-safe. `most` threads, or one as long as more of them collapse; kept in `path`, together with the speeds.

    `fixed`: the operator set the number, and nothing changes it.
    """

    def __init__(
        self, most: int, path: Path | None = None, *, fixed: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self._most = most
        self._path = path
        self._fixed = fixed or most == 1
        self._clock = clock
        self._lock = threading.Lock()
        self._best: dict[str, float] = {}  # model -> the most tokens a second it wrote
        self._slow = 0
        self._one_since = 0.0  # seconds since the epoch; 0 = all the cores
        self._read()

    def now(self) -> int:
        """Threads for the next prompt; never more than `most`."""
        with self._lock:
            if self._fixed or not self._one_since or self._clock() - self._one_since >= _TRY_AGAIN_S:
                return self._most
            return 1

    def learn(self, stats: GenerationStats, threads: int) -> None:
        """After an answer that was written with so many threads."""
        rate = updated(Speed(), stats).generation_tokens_per_s
        if rate is None or self._fixed:
            return
        with self._lock:
            best = self._best.get(stats.model, 0.0)
            if threads > 1:
                self._slow = self._slow + 1 if rate < _COLLAPSED * best else 0
                self._one_since = self._clock() if self._slow >= _IN_A_ROW else 0.0
            self._best[stats.model] = max(best, rate)
            self._write()

    def _read(self) -> None:
        if self._path is None:
            return
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["most"] == self._most:
                self._best = {str(model): float(rate) for model, rate in kept["tokens_per_s"].items()}
                self._one_since = float(kept["one_since"])

    def _write(self) -> None:
        """One that cannot be kept is learnt again."""
        if self._path is None:
            return
        kept = {"most": self._most, "tokens_per_s": self._best, "one_since": self._one_since}
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(kept), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Watched:
    """A generator whose speed teaches the choice."""

    generator: AnswerGenerator
    choice: ThreadChoice
    threads: int

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        """The generator's own events."""
        for event in self.generator.generate(prompt, cancelled):
            if isinstance(event, GenerationDone):
                self.choice.learn(event.stats, self.threads)
            yield event
