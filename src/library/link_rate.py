"""How often one person may have a link made: each time the cited pages are drawn anew."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from shared_utils.errors import ShareUsedUp, StorageError
from shared_utils.network import stands_for
from shared_utils.storage.shared_counts import SharedCounts

_MOST = 10  # a minute
_MINUTE_S = 60.0
_MOST_PEOPLE = 10_000  # remembered at once; whoever came longest ago is forgotten first


class LinkRate:
    """Thread-safe. `counts`: where all processes count together; None where this one counts for itself. `clock` gives
    seconds."""

    def __init__(self, counts: SharedCounts | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._counts = counts
        self._clock = clock
        self._made: dict[str, deque[float]] = {}  # who -> when each was made, within the last minute
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Note that the holder of `key` has one made. Raises ShareUsedUp where they had too many within a minute."""
        name = stands_for(f"link {key}")
        if self._counts is not None:
            with suppress(StorageError):  # out of reach: what this process knows counts
                if again_s := self._counts.take_token(name, _MOST, _MOST):
                    raise _used_up(again_s)
                return
        with self._lock:
            now = self._clock()
            made = self._made.pop(name, deque())
            while made and now - made[0] >= _MINUTE_S:
                made.popleft()
            self._made[name] = made
            if len(made) >= _MOST:
                raise _used_up(_MINUTE_S - (now - made[0]))
            made.append(now)
            if len(self._made) > _MOST_PEOPLE:
                del self._made[next(iter(self._made))]


def _used_up(again_s: float) -> ShareUsedUp:
    return ShareUsedUp(
        "{n} links were made within a minute, the most there may be. Try again in {seconds:.0f} s.",
        again_s=again_s,
        n=_MOST,
        seconds=max(1.0, again_s),
    )
