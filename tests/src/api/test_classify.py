"""POST /api/classify, and the same numbers in the event of the routing."""

from __future__ import annotations

import httpx
import pytest

from tests.src.api.events import events_of


@pytest.mark.parametrize(
    ("question", "kind", "language"),
    [
        ("How did cargo develop over the years?", "series", "english"),
        ("Wie viele Schiffe legten im Hafen an?", "value", "german"),
    ],
)
def test_kind_language_confidence_and_milliseconds(
    library: httpx.Client, question: str, kind: str, language: str
) -> None:
    told = library.post("/api/classify", json={"question": question}).json()
    assert (told["kind"], told["language"], told["part"]) == (kind, language, "")
    assert 0 < told["confidence"] < 1
    assert told["elapsed_ms"] > 0


def test_the_part_that_is_named(library: httpx.Client) -> None:
    told = library.post("/api/classify", json={"question": "How many ships called, on page 2?"}).json()
    assert told["part"] == "page 2"


@pytest.mark.parametrize("body", [{}, {"question": 7}, {"question": "?"}])
def test_what_is_no_question_is_refused(library: httpx.Client, body: dict[str, object]) -> None:
    assert library.post("/api/classify", json=body).status_code in (400, 422)


def test_the_same_stands_in_the_event(library: httpx.Client) -> None:
    question = "How many ships called at the port?"
    told = library.post("/api/classify", json={"question": question}).json()
    body = {"message": question}
    with library.stream("POST", "/api/chat", json=body) as stream:
        events = dict(events_of(stream.iter_lines()))
    routing = events["routing"]
    assert {name: routing[name] for name in ("kind", "part", "language", "confidence")} == {
        name: told[name] for name in ("kind", "part", "language", "confidence")
    }
    assert routing["classify_ms"] > 0
