"""Asking a real server on a busy machine: nothing fails for being slow, and nothing is waited for for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import httpx

PATIENCE_S = 60.0  # httpx gives up after 5, which two cores that run other tests, too, do not always keep

get = partial(httpx.get, timeout=PATIENCE_S)
post = partial(httpx.post, timeout=PATIENCE_S)
options = partial(httpx.options, timeout=PATIENCE_S)
request = partial(httpx.request, timeout=PATIENCE_S)
Client = partial(httpx.Client, timeout=PATIENCE_S)


def until(condition: Callable[[], object]) -> None:
    """Return once `condition()` holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)
