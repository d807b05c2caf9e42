"""The library's documents and pages as resources of the Model Context Protocol, and prompts that ask it.

A document is `footnote://documents/{id}` (its state and how many pages), a page `footnote://documents/{id}/pages/{n}`
(its words). https://modelcontextprotocol.io/specification
"""

from __future__ import annotations

import re
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    PromptMessage,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
)
from starlette.requests import Request

from shared_utils.errors import FootnoteError
from src.api.as_json import document_json
from src.api.errors import Refused
from src.api.routes.documents import page_text
from src.api.routes.visit import Visit, visit_of

_ROOT = "footnote://documents/"
_PLACE = re.compile(r"footnote://documents/(?P<document>[0-9a-f]{64})(?:/pages/(?P<page>\d{1,6}))?")
_TEXT = "text/plain"
_PROMPTS = {
    "summarise": ("Summarise a document, every sentence cited.", "document", "Its name, as list_documents tells it."),
    "cited_answer": ("Answer a question from the library, every sentence cited.", "question", "What to find out."),
}
_WORDS = {
    "summarise": "Summarise the document “{}”. list_documents tells its id; ask with it, and keep every [n].",
    "cited_answer": "Answer from my documents: {}\nUse the tool ask, keep every [n], and name the page of each source.",
}


async def list_resources(context: ServerRequestContext[Any], _: PaginatedRequestParams | None) -> ListResourcesResult:
    visit = await _visit(context)
    views = await visit.call(visit.shelf.documents)
    told = [
        Resource(name=document.name, uri=f"{_ROOT}{document.id}", description=document.line, mime_type=_TEXT)
        for document in map(document_json, views)
    ]
    return ListResourcesResult(resources=told, cache_scope="private")


async def list_templates(
    _: ServerRequestContext[Any], __: PaginatedRequestParams | None
) -> ListResourceTemplatesResult:
    page = ResourceTemplate(
        name="page",
        uri_template=f"{_ROOT}{{document_id}}/pages/{{page}}",
        description="One page of a document, word for word.",
        mime_type=_TEXT,
    )
    return ListResourceTemplatesResult(resource_templates=[page])


async def read_resource(context: ServerRequestContext[Any], params: ReadResourceRequestParams) -> ReadResourceResult:
    """Raises MCPError where there is no such document or page."""
    place = _PLACE.fullmatch(params.uri)
    if place is None:
        raise MCPError(INVALID_PARAMS, "There is no such resource. List the resources, or use list_documents.")
    visit = await _visit(context)
    try:
        text = await _text(visit, place["document"], place["page"])
    except (FootnoteError, Refused) as exc:
        raise MCPError(INVALID_PARAMS, str(exc)) from exc
    contents = [TextResourceContents(uri=params.uri, mime_type=_TEXT, text=text)]
    return ReadResourceResult(contents=[*contents], cache_scope="private")


async def list_prompts(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListPromptsResult:
    return ListPromptsResult(
        prompts=[
            Prompt(
                name=name, description=what, arguments=[PromptArgument(name=argument, description=of, required=True)]
            )
            for name, (what, argument, of) in _PROMPTS.items()
        ]
    )


async def get_prompt(_: ServerRequestContext[Any], params: GetPromptRequestParams) -> GetPromptResult:
    """Raises MCPError where there is no such prompt, or where its argument is missing."""
    if params.name not in _PROMPTS:
        raise MCPError(INVALID_PARAMS, f"There is no prompt “{params.name}”. There are {', '.join(_PROMPTS)}.")
    what, argument, _of = _PROMPTS[params.name]
    given = (params.arguments or {}).get(argument, "").strip()
    if not given:
        raise MCPError(INVALID_PARAMS, f"Say the argument “{argument}”.")
    words = TextContent(type="text", text=_WORDS[params.name].format(given))
    return GetPromptResult(description=what, messages=[PromptMessage(role="user", content=words)])


async def _text(visit: Visit, document_id: str, page: str | None) -> str:
    await visit.documents_loaded()
    if page is not None:
        return (await visit.call(lambda: page_text(visit, document_id, int(page)))).text
    views = await visit.call(visit.shelf.documents)
    for document in map(document_json, views):
        if document.id == document_id:
            return f"{document.name}\n{document.line}\n{document.pages} pages: {_ROOT}{document_id}/pages/1 and on"
    raise Refused(404, "document_gone", "There is no such document. Use list_documents.")


async def _visit(context: ServerRequestContext[Any]) -> Visit:
    if not isinstance(context.request, Request):
        raise MCPError(INVALID_PARAMS, "The library is reached over HTTP.")
    return await visit_of(context.request)
