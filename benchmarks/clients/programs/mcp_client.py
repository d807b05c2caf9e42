"""mcp (PyPI): streamable HTTP, with the handshake of 2025 and with the discovery that has followed it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
from mcp import Client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client  # type: ignore[attr-defined]

from benchmarks.clients.programs.told import ANOTHER_PDF, FOLLOW_UP, KEY, QUESTION, URL, attempt, holds, is_answer

HEADERS = {"Authorization": f"Bearer {KEY}"}


async def connected(mode: str, job: Callable[[Any], Awaitable[None]]) -> None:
    async with (
        create_mcp_http_client(HEADERS) as http,
        Client(streamable_http_client(f"{URL}/mcp", http_client=http), mode=mode) as library,
    ):
        await job(library)


async def everything(library: Any) -> None:
    names = {tool.name for tool in (await library.list_tools()).tools}
    holds(names >= {"list_documents", "add_document", "search", "ask", "open_page"}, f"the tools are {names}")
    answer = await library.call_tool("ask", {"question": QUESTION})
    is_answer(answer.content[0].text)
    thread = answer.structured_content["thread_id"]
    more = await library.call_tool("ask", {"question": FOLLOW_UP, "thread_id": thread})
    holds(more.structured_content["thread_id"] == thread, "the follow-up begins another conversation")
    place = answer.structured_content["citations"][0]
    page = await library.call_tool("open_page", {"document_id": place["document_id"], "page": place["page"]})
    words = page.structured_content["text"][place["start"] : place["end"]]
    holds(words == place["quote"], "the quote is not on the page")
    resources = (await library.list_resources()).resources
    holds((await library.read_resource(resources[0].uri)).contents, "a resource is empty")
    prompts = (await library.list_prompts()).prompts
    holds(len(prompts) >= 2, "there are no prompts")


async def add(library: Any) -> None:
    told = (await library.call_tool("add_document", {})).structured_content
    with ANOTHER_PDF.open("rb") as file:
        wait = {"wait_s": "60"}
        added = httpx.post(told["url"], params=wait, headers=HEADERS, files={told["field"]: file}, timeout=90).json()
    listed = await library.call_tool("list_documents", {})
    holds(added["id"] in listed.content[0].text, "it is not listed")


def mcp(mode: str, job: Callable[[Any], Awaitable[None]], remark: str) -> str:
    asyncio.run(connected(mode, job))
    return remark


tried = partial(attempt, "mcp")
tried("MCP", partial(mcp, "legacy", everything, "handshake"))
tried("MCP", partial(mcp, "auto", everything, "discovery; tools, resources, prompts"))
tried("uploads", partial(mcp, "auto", add, "to the address that `add_document` tells"))
