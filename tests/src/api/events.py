"""Server-sent events as a test reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import httpx

Event = tuple[str, dict[str, Any]]


def events_of(lines: Iterable[str]) -> Iterator[Event]:
    """(event, data), after checking that both places in which the event is named agree."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            told = json.loads(value)
            assert told["event"] == name
            yield name, told["data"]


def asked(client: httpx.Client, message: str, **more: object) -> list[Event]:
    """The events of a whole answer."""
    with client.stream("POST", "/api/chat", json={"message": message, **more}) as stream:
        if stream.status_code != 200:
            stream.read()
        assert stream.status_code == 200, stream.text
        return list(events_of(stream.iter_lines()))


def last(events: Iterable[Event], name: str) -> dict[str, Any]:
    return [data for event, data in events if event == name][-1]
