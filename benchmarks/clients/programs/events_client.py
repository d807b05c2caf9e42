"""httpx-sse: the events of an answer, and of one whose connection broke."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
from httpx_sse import connect_sse

from benchmarks.clients.programs.told import KEY, QUESTION, URL, attempt, holds


def events(body: dict[str, Any], most: int = 1000, **headers: str) -> list[Any]:
    """The first `most` events of an answer; the connection is closed after them."""
    told: list[Any] = []
    with (
        httpx.Client(base_url=URL, headers={"Authorization": f"Bearer {KEY}", **headers}, timeout=120) as client,
        connect_sse(client, "POST", "/api/chat", json=body) as stream,
    ):
        for event in stream.iter_sse():
            told.append(event)
            if len(told) == most:
                break
    return told


def stream() -> str:
    told = events({"message": QUESTION})
    holds([told[0].event, told[-1].event] == ["stream_start", "stream_end"], "another beginning or end")
    final = [event.json()["data"] for event in told if event.event == "response"][-1]
    holds(final["final"] and final["citations"], "no checked answer")
    begun = events({"message": QUESTION}, most=2)
    after = events({"message": QUESTION}, **{"Last-Event-ID": begun[-1].id})
    holds(after[-1].event == "stream_end", "the answer is not taken up")
    holds(after[-1].json()["data"]["thread_id"] == begun[0].json()["data"]["thread_id"], "another conversation")
    return "goes on after a broken connection by `Last-Event-ID`"


partial(attempt, "httpx-sse")("stream", stream)
