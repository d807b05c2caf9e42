"""How often somebody may ask: token buckets."""

from __future__ import annotations

import time
from collections.abc import Callable

_MOST_NAMES = 10_000  # remembered at once; those whose bucket is full again are forgotten first


class Buckets:
    """A bucket for every name: `burst` tokens at first, `per_minute` more a minute, never more than `burst`.

    Not thread-safe: it belongs to the event loop. https://en.wikipedia.org/wiki/Token_bucket

    >>> now = [0.0]
    >>> buckets = Buckets(per_minute=60, burst=2, clock=lambda: now[0])
    >>> [buckets.take("a"), buckets.take("a"), buckets.take("a")]
    [0.0, 0.0, 1.0]
    >>> now[0] = 1.0
    >>> buckets.take("a")
    0.0
    """

    def __init__(self, per_minute: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, burst)
        self._clock = clock
        self._held: dict[str, tuple[float, float]] = {}  # name -> (tokens, when)

    def take(self, name: str) -> float:
        """0 where there was a token, which is now gone; else the seconds until there is one."""
        now = self._clock()
        tokens = self._tokens(name, now)
        if tokens < 1:
            return (1 - tokens) / self._rate
        if name not in self._held and len(self._held) >= _MOST_NAMES:
            self._forget(now)
        self._held[name] = tokens - 1, now
        return 0.0

    def _tokens(self, name: str, now: float) -> float:
        tokens, since = self._held.get(name, (self._burst, now))
        return min(self._burst, tokens + (now - since) * self._rate)

    def _forget(self, now: float) -> None:
        """Whoever has a full bucket is as good as new; if nobody has, the oldest half is."""
        self._held = {name: held for name, held in self._held.items() if self._tokens(name, now) < self._burst}
        if len(self._held) >= _MOST_NAMES:
            self._held = dict(list(self._held.items())[_MOST_NAMES // 2 :])
