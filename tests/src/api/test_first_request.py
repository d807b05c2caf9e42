"""The first request after a start asks what was kept, and is not told that there is nothing."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import serve
from tests.src.api.conftest import Join, add_sample, new_key
from tests.src.api.test_assistants import call

QUESTION = "How much cargo did Nordhaven handle in 2025?"
NO_MODEL = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder where a server has kept the sample report, whose it is, and the document's id."""
    folder, key = tmp_path_factory.mktemp("restarted"), new_key()
    with (
        serve(folder, NO_MODEL, 0) as address,
        httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=90) as client,
    ):
        document_id = add_sample(client)
    return folder, key, document_id


@pytest.mark.parametrize("asks", ["search", "chat", "openai", "page", "mcp"])
def test_after_a_restart_the_first_request_is_answered(kept: tuple[Path, str, str], join: Join, asks: str) -> None:
    folder, key, document_id = kept
    with serve(folder, NO_MODEL, 0) as address:
        client = join(address, key)
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
