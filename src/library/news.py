"""What other processes tell of is looked at in a thread of its own: whoever hears it must not wait for the database."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

_CLOSING_S = 5.0


class News:
    """Calls `look` with each name told, one at a time; what is told again before it was looked at is looked at once.

    `first` goes before: it is called whenever something was told since it was called last, and again after as many
    seconds as it returns; None where it need not be.
    """

    def __init__(self, look: Callable[[str], None], first: Callable[[], float | None] = lambda: None) -> None:
        self._look = look
        self._first = first
        self._told: dict[str, None] = {}  # in the order of telling
        self._fresh = False  # something was told since `first` was called
        self._again_at = float("inf")  # seconds on the monotonic clock
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def tell(self, name: str) -> None:
        """Never waits."""
        with self._changed:
            if self._closed:
                return
            self._told[name] = None
            self._fresh = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="news", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """What was not looked at stays so. Closing twice does no harm."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_CLOSING_S)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._told and not self._closed and (left := self._again_at - time.monotonic()) > 0:
                    self._changed.wait(left if left < threading.TIMEOUT_MAX else None)
                if self._closed:
                    return
                goes_first = self._fresh or self._again_at <= time.monotonic()
                self._fresh = False
                name = None if goes_first else next(iter(self._told))
                if name is not None:
                    del self._told[name]
            try:
                if name is None:
                    self._again_at = float("inf")  # also where it fails: it is called with the next news
                    again_s = self._first()
                    self._again_at = float("inf") if again_s is None else time.monotonic() + again_s
                else:
                    self._look(name)
            except Exception:  # noqa: BLE001 - what was missed is looked at again every few seconds
                _log.exception("what another process has changed could not be looked at")
