"""What an assistant meets, through the official MCP client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from tests.fake_ollama import FakeOllama, Script
from tests.src.api import patient
from tests.src.api.conftest import Join, add_sample


def call(client: httpx.Client, tool: str, give_up_when: Callable[[], object] | None = None, **arguments: object) -> Any:
    """What the tool says, or None where it was given up; the tools there are where none is named."""

    async def called(library: Client) -> Any:
        if not tool:
            return await library.list_tools()
        calling = asyncio.ensure_future(library.call_tool(tool, arguments))
        if give_up_when is None:
            return await calling
        await asyncio.to_thread(patient.until, give_up_when)
        calling.cancel()
        with suppress(asyncio.CancelledError):
            return await calling
        return None

    return asyncio.run(with_client(client, called))


async def with_client(client: httpx.Client, use: Callable[[Client], Awaitable[Any]]) -> Any:
    """What `use` makes of the official client, with the key of `client`."""
    headers = {"Authorization": client.headers["authorization"]}
    url = f"{client.base_url}/mcp".replace("//mcp", "/mcp")
    async with (
        httpx2.AsyncClient(headers=headers, timeout=patient.PATIENCE_S) as http,
        Client(streamable_http_client(url, http_client=http)) as library,
    ):
        return await use(library)


def test_the_tools_are_there_and_say_that_they_change_nothing(library: httpx.Client) -> None:
    tools = call(library, "").tools
    names = ["list_documents", "add_document", "search", "ask", "open_page", "compare", "timeline"]
    assert [tool.name for tool in tools] == names
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert all(tool.description for tool in tools)


def test_an_assistant_searches_then_opens_the_page(library: httpx.Client) -> None:
    found = call(library, "search", query="How many ships called at the port?", top_k=3)
    best = found.structured_content["passages"][0]
    page = call(library, "open_page", document_id=best["document_id"], page=best["page"])
    assert best["text"] in page.structured_content["text"]
    assert "1,206 ships" in page.content[0].text


def test_an_assistant_lists_the_documents_and_is_told_how_to_add_one(library: httpx.Client) -> None:
    (document,) = call(library, "list_documents").structured_content["documents"]
    assert (document["name"], document["searchable"]) == ("sample.pdf", True)
    told = call(library, "add_document").structured_content
    assert told["url"] == f"{library.base_url}".rstrip("/") + "/api/documents"


def test_a_follow_up_stays_in_its_conversation(library: httpx.Client) -> None:
    first = call(library, "ask", question="How much cargo did Nordhaven handle in 2025?").structured_content
    more = call(library, "ask", question="And how many ships called?", thread_id=first["thread_id"])
    assert more.structured_content["thread_id"] == first["thread_id"]
    (thread,) = library.get("/api/threads").json()["threads"]
    assert thread["turns"] == 2


def test_documents_and_pages_are_resources_and_prompts_ask_them(library: httpx.Client) -> None:
    async def looked(client: Any) -> None:
        (document,) = (await client.list_resources()).resources
        assert document.name == "sample.pdf"
        page = await client.read_resource(f"{document.uri}/pages/2")
        assert "2.84 million tonnes" in page.contents[0].text
        with pytest.raises(MCPError, match="no such"):
            await client.read_resource(f"{document.uri}/pages/999")
        names = [prompt.name for prompt in (await client.list_prompts()).prompts]
        assert names == ["summarise", "cited_answer"]
        prompt = await client.get_prompt("cited_answer", {"question": "How many ships?"})
        assert "How many ships?" in prompt.messages[0].content.text

    asyncio.run(with_client(library, looked))


def test_an_answer_cites_its_pages(library: httpx.Client) -> None:
    answer = call(library, "ask", question="How much cargo did Nordhaven handle in 2025?")
    assert not answer.is_error
    assert "2.84 million tonnes" in answer.content[0].text
    assert "[1] sample.pdf, p. 2" in answer.content[0].text
    assert answer.structured_content["citations"][0]["page"] == 2


def test_what_goes_wrong_is_told_in_words(library: httpx.Client) -> None:
    for tool, arguments, word in (
        ("open_page", {"document_id": "0" * 64, "page": 1}, "no such page"),
        ("open_page", {"document_id": "here", "page": 0}, "document_id"),
        ("ask", {"question": "?"}, "no question"),
        ("shred", {}, "no tool"),
    ):
        result = call(library, tool, **arguments)
        assert result.is_error
        assert word in result.content[0].text


def test_nobody_opens_anothers_page(library: httpx.Client, server: str, join: Join) -> None:
    known = library.get("/api/documents").json()["documents"][0]["id"]
    assert call(join(server), "open_page", document_id=known, page=1).is_error


def test_without_a_key_there_is_no_library(server: str) -> None:
    refused = patient.post(f"{server}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert refused.status_code == 401


def test_an_assistant_that_gives_up_stops_the_model(server_with_model: str, ollama: FakeOllama, join: Join) -> None:
    client = join(server_with_model)
    add_sample(client)
    ollama.script = Script(models=["llama3.2:3b"], token_s=1.0)
    ollama.left.clear()
    before, question = len(ollama.bodies("/api/chat")), "How much cargo did Nordhaven handle in 2025?"

    def writing() -> bool:
        return question in str(ollama.bodies("/api/chat")[before:])

    gave_up = call(client, "ask", give_up_when=writing, question=question) is None
    stopped = ollama.left.wait(patient.PATIENCE_S)
    ollama.script = Script(models=["llama3.2:3b"])
    assert gave_up
    assert stopped
