"""The library for assistants, over the Model Context Protocol: tools, resources, prompts. https://modelcontextprotocol.io

No session is kept: every request brings its key, and whose library it is about is known from that alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared_utils.errors import DocumentGone, FootnoteError
from src.api.as_json import document_json
from src.api.asking import Question, asked, finished
from src.api.completions import reply
from src.api.edition_schemas import CompareRequest
from src.api.errors import Refused
from src.api.mcp_resources import get_prompt, list_prompts, list_resources, list_templates, read_resource
from src.api.routes.chat import answered
from src.api.routes.compare import changes, comparison_text
from src.api.routes.documents import as_far_as, page_text
from src.api.routes.search import found
from src.api.routes.timeline import found as through_the_years
from src.api.routes.visit import Visit, visit_of
from src.api.routes.web_address import added
from src.api.schemas import DocumentId, Documents, Json, SearchRequest, ThreadId, dumped
from src.api.timeline_schemas import TimelineRequest
from src.presentation.describe import page_name

_HOW = (
    "Answers questions from the PDF documents in the user's own library. Every sentence of an answer has [n], and the "
    "sources list the exact words and the page. Cite them. A sentence marked † ‡ … does not stand on its source."
)
_ONE = Field(None, description="Only this document: a document_id from an earlier result.")

_GROUP = Field(None, max_length=200, description="Only the documents of this collection, by its name.")


class ListDocuments(BaseModel):
    """List the library's documents: document_id, name, pages, and whether each can be asked yet. Begin here."""


class AddDocument(BaseModel):
    """Tell the user how to add a file to the library: the address it is sent to, and a command that sends it."""


class AddFromWeb(BaseModel):
    """Add a PDF or a web page to the library by its public web address. Nothing that it links to is fetched."""

    url: str = Field(max_length=2000, description="Of http or https, on the public web.")


class Search(BaseModel):
    """Find the passages of the library that speak to a query: their exact words, document and page."""

    query: str = Field(description="What to look for, in words.")
    top_k: int = Field(8, ge=1, le=30, description="Most passages.")
    document_id: DocumentId | None = _ONE
    collection: str | None = _GROUP


class Ask(BaseModel):
    """Ask the library a question; the answer's every sentence is cited to the exact words on a page."""

    question: str
    document_id: DocumentId | None = _ONE
    collection: str | None = _GROUP
    thread_id: ThreadId | None = Field(None, description="Follow up in this conversation: thread_id of an answer.")


class OpenPage(BaseModel):
    """Read one page of a document, word for word."""

    document_id: DocumentId = Field(description="From list_documents or an earlier result.")
    page: int = Field(ge=1, description="1-based, as in the sources.")


class Compare(BaseModel):
    """What changed from one edition of a document to the next: passages added, removed and reworded, and the numbers,
    dates, names, negations and obligations that differ, each with both pages."""

    before: DocumentId = Field(description="document_id of the earlier edition.")
    after: DocumentId = Field(description="document_id of the later edition.")
    about: str = Field("", max_length=400, description="Only changes that speak of this, in words.")
    most: int = Field(40, ge=1, le=200, description="Most changes.")


class TimelineOf(BaseModel):
    """Show how a figure (a row of tables, by its name) or a theme (by its words) went on through the years of the
    library's dated documents, each point with its place; with neither, the themes that change most."""

    figure: str = Field("", max_length=400, description="Such as “Total revenue”.")
    theme: str = Field("", max_length=400, description="Such as “supply chain”.")


Arguments = dict[str, Any]
_READ_S = 20.0  # how long an assistant waits until a file is read; then list_documents tells how far it is


def assistants_app() -> ASGIApp:
    """Serves one POST at a time of as many assistants as come."""
    server: Server[Any] = Server(
        "footnote",
        version="1",
        instructions=_HOW,
        on_list_tools=_listed,
        on_call_tool=_called,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # One for each request: whoever closes the connection ends what was begun for them, and nothing is left over.
        manager = StreamableHTTPSessionManager(server, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    return serve


async def _listed(context: ServerRequestContext[Any], _: PaginatedRequestParams | None) -> ListToolsResult:
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    adds = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
    return ListToolsResult(
        tools=[
            Tool(
                name=name,
                description=kind.__doc__,
                input_schema=kind.model_json_schema(),
                annotations=adds if kind is AddFromWeb else reads,
            )
            for name, (kind, _) in _TOOLS.items()
            if kind is not AddFromWeb or await _may_fetch(context)
        ]
    )


async def _may_fetch(context: ServerRequestContext[Any]) -> bool:
    """A tool that would only refuse is not offered."""
    return isinstance(context.request, Request) and (await visit_of(context.request)).web.allowed


async def _called(context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
    """What went wrong is a result, too: the assistant reads it and can do better."""
    if params.name not in _TOOLS or not isinstance(context.request, Request):
        return _failed(f"There is no tool “{params.name}”. There are {', '.join(_TOOLS)}.")
    kind, tool = _TOOLS[params.name]
    try:
        return await tool(await visit_of(context.request), kind.model_validate(params.arguments or {}))
    except ValidationError as exc:
        return _failed("; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors()))
    except (DocumentGone, Refused) as exc:
        return _failed(_in_tools(str(exc)))
    except FootnoteError as exc:
        return _failed(str(exc))


def _in_tools(message: str) -> str:
    """A refusal as an assistant can act on it: it has tools and no routes."""
    return message.replace("GET /api/documents lists them.", "list_documents lists them.").replace(
        "GET /api/documents tells what there is.", "list_documents tells what there is."
    )


async def _list_documents(visit: Visit, _: ListDocuments) -> CallToolResult:
    await visit.documents_loaded()
    documents = [document_json(view) for view in await visit.call(visit.shelf.documents)]
    lines = [f"{d.name} (document_id {d.id}, {d.pages} pages): {d.line}" for d in documents]
    empty = "The library is empty. add_document tells how to put a file in."
    return _said("\n".join(lines) or empty, dumped(Documents(documents=documents)))


async def _add_document(visit: Visit, _: AddDocument) -> CallToolResult:
    command = f'curl -H "Authorization: Bearer KEY" -F file=@report.pdf "{visit.address}/api/documents?wait_s=60"'
    told = {"url": f"{visit.address}/api/documents", "method": "POST", "field": "file", "command": command}
    text = (
        "A PDF, a text, a picture, a mail or an EPUB is sent as a form, with the key that this library is asked with "
        "in place of KEY:\n"
        f"{command}\nOr it is dropped on the page: {visit.address}/\nThen list_documents tells when it can be asked."
    )
    return _said(text, dict(told))


async def _add_from_web(visit: Visit, wanted: AddFromWeb) -> CallToolResult:
    document = await as_far_as(visit, await added(visit, wanted.url), _READ_S)
    return _said(
        f"{document.name} (document_id {document.id}): {document.line} {document.reason}".rstrip(), dumped(document)
    )


async def _search(visit: Visit, wanted: Search) -> CallToolResult:
    request = SearchRequest.model_validate(wanted.model_dump())
    await visit.documents_loaded()
    result = await visit.search(lambda: found(visit, request))
    lines = [
        f"{p.rank}. {p.document}, {page_name(p.page, p.page_label)} "
        f"(document_id {p.document_id}, page {p.page})\n{p.text}"
        for p in result.passages
    ]
    if not result.answerable:
        lines.insert(0, "Nothing in the documents seems to speak to this. The closest passages:")
    return _said("\n\n".join(lines), dumped(result))


async def _ask(visit: Visit, wanted: Ask) -> CallToolResult:
    thread_id = wanted.thread_id or visit.shelf.new_conversation()
    question = Question(wanted.question, thread_id, wanted.document_id or "", collection=wanted.collection or "")
    with visit.stream():
        begun = await asked(visit.services, visit.shelf, question)
        turn = await finished(visit.services, begun, _stays)
    told = dumped(answered(turn, begun.thread_id))
    del told["elapsed_s"]  # among the timings it is told already
    return _said(f"{reply(turn, '', {}).text}\n\n(thread_id {begun.thread_id} for a follow-up)", told)


async def _open_page(visit: Visit, wanted: OpenPage) -> CallToolResult:
    await visit.documents_loaded()
    page = await visit.call(lambda: page_text(visit, wanted.document_id, wanted.page))
    head = f"{page.document}, {page_name(page.page, page.page_label)} of {page.pages}"
    return _said(f"{head}\n\n{page.text or page.reason}", dumped(page))


async def _compare(visit: Visit, wanted: Compare) -> CallToolResult:
    await visit.documents_loaded()
    request = CompareRequest(before=wanted.before, after=wanted.after, about=wanted.about, limit=wanted.most)
    result = await visit.search(lambda: changes(visit, request))
    return _said(comparison_text(result), dumped(result))


async def _timeline(visit: Visit, wanted: TimelineOf) -> CallToolResult:
    await visit.documents_loaded()
    request = TimelineRequest(figure=wanted.figure, theme=wanted.theme)
    result = await visit.search(lambda: through_the_years(visit, request))
    lines = [sentence.text for sentence in result.figure.sentences] if result.figure else []
    lines += [
        f"{t.name}: " + ", ".join(f"{s.period} {s.pages}/{s.read} pages" for s in t.shares) for t in result.themes
    ]
    return _said("\n".join([*result.notes, *lines]), dumped(result))


async def _stays() -> bool:
    """Whether the client has left: then this very task is cancelled, and nobody needs to ask."""
    return False


_TOOLS: dict[str, tuple[type[BaseModel], Callable[[Visit, Any], Awaitable[CallToolResult]]]] = {
    "list_documents": (ListDocuments, _list_documents),
    "add_document": (AddDocument, _add_document),
    "add_from_web": (AddFromWeb, _add_from_web),
    "search": (Search, _search),
    "ask": (Ask, _ask),
    "open_page": (OpenPage, _open_page),
    "compare": (Compare, _compare),
    "timeline": (TimelineOf, _timeline),
}


def _said(text: str, data: Json) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=data)


def _failed(message: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=message)], is_error=True)
