"""Waiting for work in the background, on a condition and never on the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 60.0  # only a fault takes so long, even on a machine that others keep busy


def until(condition: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """Return once the condition holds; fail where it never does."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)
