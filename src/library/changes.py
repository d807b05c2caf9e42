"""A number that grows with each change, and can be waited for."""

from __future__ import annotations

import threading


class Changes:
    """Thread-safe."""

    def __init__(self) -> None:
        self.version = 0
        self._condition = threading.Condition()

    def note(self) -> None:
        """Something has changed."""
        with self._condition:
            self.version += 1
            self._condition.notify_all()

    def after(self, version: int, timeout_s: float) -> int:
        """The version, as soon as it is another than `version`, or after `timeout_s`."""
        with self._condition:
            self._condition.wait_for(lambda: self.version != version, timeout_s)
            return self.version
