"""How many threads a local model is given: as many as there are cores, and fewer where others keep those cores busy.

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
_WORTH_IT = 1.25  # times faster: below that, loading the model anew costs more than it brings
_TRY_AGAIN_S = 900.0  # then all the cores are tried again: a server loads its model anew for it


class ThreadChoice:
    """Thread-safe. `most` threads, or fewer as long as more of them collapse; kept in `path`, together with the speeds.

    It begins with what was measured when the model was made ready. When the speed falls to a third of the best known,
    or below what fewer threads give, answers are written with fewer, and the first of them is the measurement: where it
    is no faster, it is the machine that is slower, and all the cores are taken again.
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
        self._fewer = 1  # threads where all are too many
        self._slow = 0
        self._fewer_since = 0.0  # seconds since the epoch; 0 = all the cores
        self._all_gave: dict[str, float] = {}  # model -> tokens a second with all the cores, when fewer were taken
        self._fewer_gave: dict[str, float] = {}  # and with fewer, last
        self._begun: list[object] = []  # the measurement it began with
        self._read()

    def begin(self, model: str, threads: int, tokens_per_s: float | None) -> None:
        """With how many threads a model was made ready, and what it wrote with them; told again, nothing changes."""
        begun: list[object] = [model, threads, tokens_per_s]
        with self._lock:
            if self._fixed or begun == self._begun or not 1 <= threads <= self._most or tokens_per_s is None:
                return
            self._begun, self._slow = begun, 0
            self._best[model] = tokens_per_s
            if threads < self._most:
                self._fewer, self._fewer_since = threads, self._clock()
                self._fewer_gave[model] = tokens_per_s
            else:
                self._fewer_since = 0.0
            self._all_gave.pop(model, None)
            self._write()

    def now(self) -> int:
        """Threads for the next prompt; never more than `most`."""
        with self._lock:
            if self._fixed or not self._fewer_since or self._clock() - self._fewer_since >= _TRY_AGAIN_S:
                return self._most
            return self._fewer

    def learn(self, stats: GenerationStats, threads: int) -> None:
        """After an answer that was written with so many threads."""
        rate = updated(Speed(), stats).generation_tokens_per_s
        if rate is None or self._fixed:
            return
        with self._lock:
            if threads == self._most:
                self._learn_of_all(stats.model, rate)
            else:
                self._learn_of_fewer(stats.model, rate)
            self._best[stats.model] = max(self._best.get(stats.model, 0.0), rate)
            self._write()

    def _learn_of_all(self, model: str, rate: float) -> None:
        collapsed = rate < _COLLAPSED * self._best.get(model, 0.0)
        self._slow = self._slow + 1 if collapsed or gains(self._fewer_gave.get(model), rate) else 0
        self._fewer_since = self._clock() if self._slow >= _IN_A_ROW else 0.0
        if self._fewer_since:
            self._all_gave[model] = rate

    def _learn_of_fewer(self, model: str, rate: float) -> None:
        self._fewer_gave[model] = rate
        before = self._all_gave.pop(model, None)
        if before is not None and not gains(rate, before):
            self._fewer_since, self._slow = 0.0, 0
            self._best[model] = max(rate, before)  # no more can be had now

    def _read(self) -> None:
        if self._path is None:
            return
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["most"] == self._most:
                best = {str(model): float(rate) for model, rate in kept["tokens_per_s"].items()}
                since, begun = float(kept["fewer_since"]), list(kept["begun"])
                fewer = min(max(int(kept["fewer"]), 1), self._most)
                self._best, self._fewer_since, self._begun, self._fewer = best, since, begun, fewer

    def _write(self) -> None:
        """One that cannot be kept is learnt again."""
        if self._path is None:
            return
        kept = {
            "most": self._most,
            "tokens_per_s": self._best,
            "fewer": self._fewer,
            "fewer_since": self._fewer_since,
            "begun": self._begun,
        }
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(kept), encoding="utf-8")


def gains(fewer_gave: float | None, all_gave: float) -> bool:
    """Whether fewer threads write enough faster to be worth loading the model anew.

    >>> gains(15.0, 24.0), gains(6.0, 0.8), gains(9.0, 8.5), gains(None, 0.8)
    (False, True, False, False)
    """
    return fewer_gave is not None and fewer_gave > _WORTH_IT * all_gave


def fastest(cores: int, rate: Callable[[int], float | None]) -> tuple[int, float | None]:
    """How many threads write fastest, and their tokens a second: all the cores, or half of them, and half again, as
    long as that gains. `rate(threads)` measures; None where it cannot.

    >>> fastest(2, {2: 0.8, 1: 6.0}.get), fastest(2, {2: 24.0, 1: 15.0}.get), fastest(8, {8: 9.0, 4: 8.0}.get)
    ((1, 6.0), (2, 24.0), (8, 9.0))
    """
    count, best = cores, rate(cores)
    while count > 1 and best is not None:
        tried = rate(count // 2)
        if not gains(tried, best):
            break
        count, best = count // 2, tried
    return count, best


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
