"""The first request after a start asks what was kept, and is not told that there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.e2e.conftest import serve
from tests.src.api.conftest import Join, add_sample, new_key
from tests.src.api.test_assistants import call

QUESTION = "How much cargo did Nordhaven handle in 2025?"
NO_MODEL = "http://127.0.0.1:9"


ASKS = ["search", "chat", "openai", "page", "mcp"]


@dataclass(frozen=True, slots=True)
class Restarted:
    """A server that has just started, and of each person the key and the id of a document that an earlier one kept."""

    address: str
    kept: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarted]:
    """Each way of asking has a person of its own: the shelf of each is loaded by its first request."""
    folder, keys = tmp_path_factory.mktemp("restarted"), {asks: new_key() for asks in ASKS}
    kept = {}
    with serve(folder, NO_MODEL, 0) as address:
        for asks, key in keys.items():
            with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=90) as client:
                kept[asks] = key, add_sample(client)
    with serve(folder, NO_MODEL, 0) as address:
        yield Restarted(address, kept)


@pytest.mark.parametrize("asks", ASKS)
def test_after_a_restart_the_first_request_is_answered(restarted: Restarted, join: Join, asks: str) -> None:
    key, document_id = restarted.kept[asks]
    client = join(restarted.address, key)
    if asks == "mcp":
        answer = call(client, "ask", question=QUESTION)
        assert not answer.is_error, answer.content
        assert "2.84 million tonnes" in answer.content[0].text
        return
    messages = [{"role": "user", "content": QUESTION}]
    answer = {
        "search": lambda: client.post("/api/search", json={"query": QUESTION, "document_id": document_id}),
        "chat": lambda: client.post("/api/chat/sync", json={"message": QUESTION}),
        "openai": lambda: client.post("/v1/chat/completions", json={"messages": messages}),
        "page": lambda: client.get(f"/api/documents/{document_id}/pages/2"),
    }[asks]()
    assert answer.status_code == 200, answer.text
    assert "2.84 million tonnes" in answer.text
