"""How many new libraries may be begun from one network: keys are free, and each brings shares of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from shared_utils.errors import ShareUsedUp, StorageError
from shared_utils.network import stands_for
from shared_utils.storage.shared_counts import SharedCounts

_HOUR_S = 3600.0
_MOST_NETWORKS = 10_000  # remembered at once; the one that came longest ago is forgotten first


class Newcomers:
    """Thread-safe. `clock` gives seconds; 0 as the most an hour means no limit. `counts`: where all processes count
    together; None where this one counts for itself."""

    def __init__(self, most_an_hour: int, clock: Callable[[], float], counts: SharedCounts | None = None) -> None:
        self._counts = counts
        self._most = most_an_hour
        self._clock = clock
        self._begun: dict[str, deque[float]] = {}  # network -> when each was begun
        self._lock = threading.Lock()

    def admit(self, network: str) -> None:
        """Note that a library is begun. Raises ShareUsedUp where too many were, within the last hour."""
        if not network or not self._most:
            return
        if self._counts is not None:
            with suppress(StorageError):  # out of reach: what this process knows counts
                if again_s := self._counts.begin_library(stands_for(network), self._most):
                    raise self._used_up(again_s)
                return
        with self._lock:
            now = self._clock()
            begun = self._begun.pop(network, deque())
            while begun and now - begun[0] >= _HOUR_S:
                begun.popleft()
            self._begun[network] = begun
            if len(begun) >= self._most:
                raise self._used_up(_HOUR_S - (now - begun[0]))
            begun.append(now)
            if len(self._begun) > _MOST_NETWORKS:
                del self._begun[next(iter(self._begun))]

    def _used_up(self, again_s: float) -> ShareUsedUp:
        return ShareUsedUp(
            "{n} new libraries were begun from your network within an hour, the most there may be. Go on with "
            "one you have, or come back in {minutes:.0f} minutes.",
            again_s=again_s,
            n=self._most,
            minutes=max(1.0, again_s / 60),
        )
