"""What other processes tell of is looked at in a thread of its own: whoever hears it must not wait for the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

_CLOSING_S = 5.0


class News:
    """Calls `look` with each name told, one at a time; what is told again before it was looked at is looked at once."""

    def __init__(self, look: Callable[[str], None]) -> None:
        self._look = look
        self._told: dict[str, None] = {}  # in the order of telling
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def tell(self, name: str) -> None:
        """Never waits."""
        with self._changed:
            if self._closed:
                return
            self._told[name] = None
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
                while not self._told and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                name = next(iter(self._told))
                del self._told[name]
            try:
                self._look(name)
            except Exception:  # noqa: BLE001 - what was missed is looked at again every few seconds
                _log.exception("what another process has changed could not be looked at")
