"""What goes in and what comes out, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared_utils.types import EngineKind, Where

_SAFE = r"^[A-Za-z0-9_-]{16,64}$"
ThreadId = Annotated[str, StringConstraints(pattern=_SAFE)]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
CollectionName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_ONE_COLLECTION = "Ask only the documents of this collection: its id or its name."
_ONE_DOCUMENT = "Ask only this document; all are asked without it."

Json = dict[str, object]


def dumped(told: BaseModel) -> Json:
    """As it stands on the wire, where FastAPI does not see to it itself: in events, refusals, assistants' results."""
    return told.model_dump(mode="json")


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number as JSON Schema has it: 20.0 is one."""


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


# ------------------------------------------------------------------------------------------------ errors


class ErrorDetail(BaseModel):
    code: str = Field(description="For programs; it does not change.", examples=["key_needed"])
    message: str = Field(description="For people: what happened and what to do.")
    type: str = Field(default="invalid_request_error", description="Its kind, in OpenAI's words.")
    param: str | None = Field(default=None, description="What in the request it is about, where it is one thing.")


class Error(BaseModel):
    error: ErrorDetail


# ------------------------------------------------------------------------------------------------ documents


class Document(BaseModel):
    id: str = Field(description="sha256 of the file's bytes; what citations call document_id.")
    name: str
    title: str
    state: Literal["queued", "reading", "recognising", "embedding", "ready", "partial", "failed"]
    searchable: bool = Field(description="Some of it can be asked already.")
    progress: float = Field(description="0 … 1")
    seconds_left: float | None
    pages: int = Field(description="0 until it is known.")
    pages_read: int
    pages_unread: int = Field(description="Of those read, how many hold, or may hold, words that nobody can search.")
    passages: int
    line: str = Field(description="Where it stands, in words.")
    reason: str = Field(description="What happened and what to do, where it failed or is partial.")
    needs_password: bool


class Documents(BaseModel):
    documents: list[Document]


class Retry(_In):
    password: str | None = Field(None, max_length=1000, description="Used once and not kept.")


class WebAddress(_In):
    url: str = Field(max_length=2000, description="Of http or https, on the public web.")


class PageText(BaseModel):
    document_id: str
    document: str
    page: int
    pages: int
    page_label: str = Field(description="The label printed on the page.")
    text: str
    verdict: str = Field(description="text, mixed, scanned, empty or unreadable")
    reason: str
    recognised: bool = Field(description="Some of its words come from text recognition.")


# ------------------------------------------------------------------------------------------------ search


class SearchRequest(_In):
    query: str = Field(examples=["How much cargo was handled?"])
    top_k: Whole = Field(10, ge=1, le=50, description="Most passages returned.")
    document_id: DocumentId | None = Field(None, description=_ONE_DOCUMENT)
    collection: CollectionName | None = Field(None, description=_ONE_COLLECTION)


class FoundPassage(BaseModel):
    rank: int
    score: float = Field(description="Comparable within one result only.")
    document_id: str
    document: str
    page: int
    page_label: str
    start: int
    end: int
    text: str
    heading: str


class FoundEvidence(BaseModel):
    marker: int
    document_id: str
    document: str
    page: int
    start: int
    end: int
    text: str


class SearchResponse(BaseModel):
    query: str
    answerable: bool = Field(description="Whether the documents seem to speak to the query at all.")
    route: str
    passages: list[FoundPassage]
    evidence: list[FoundEvidence] = Field(description="The sentences a model would be given.")
    elapsed_ms: float


# ------------------------------------------------------------------------------------------------ chat


class ChatRequest(_In):
    message: str = Field(examples=["How much cargo was handled?"])
    thread_id: ThreadId | None = Field(None, description="The conversation to go on with; without it a new one begins.")
    stream: bool = Field(True, description="False: the finished answer as one JSON object, as /api/chat/sync.")
    document_id: DocumentId | None = Field(None, description=_ONE_DOCUMENT)
    collection: CollectionName | None = Field(None, description=_ONE_COLLECTION)


class Citation(BaseModel):
    marker: int = Field(description="The n of [n] in the text.")
    document_id: str
    document: str
    page: int
    page_label: str
    where: str = Field(description="The page in words.", examples=["p. 7, printed v"])
    quote: str = Field(description="The exact words of the page.")
    start: int
    end: int
    rects: list[list[float]] = Field(description="[x0, y0, x1, y1] in points from the page's top left corner.")


class Sentence(BaseModel):
    text: str
    citations: list[int]
    verdict: Literal["supported", "partly", "not found", "contradicted"]
    reason: str
    shown: bool = Field(description="False: a model's sentence that the pages do not hold, no part of `markdown`.")


class InThread(BaseModel):
    thread_id: str
    message_id: str
    question: str
    done: bool


class DirectOperand(BaseModel):
    name: str
    value: str = Field(description="As it is printed.")
    unit: str
    citations: list[int] = Field(description="Markers of the cells it stands in: its row, the names over it.")
    period: str = Field("", description="The year, of a series; the last of several of one year counts.")
    amount: str = Field("", description="Of a series: in plain digits, all of them scaled alike.")
    row: str = Field("", description="Of a comparison: what its row is called; of changes: the number of the change.")
    column: str = Field("", description="Of a comparison: what its column is called; of changes: before or after.")


class Direct(BaseModel):
    kind: Literal["value", "calculation", "list", "file", "yes_no", "comparison", "changes", "series"]
    name: str
    value: str
    unit: str
    operands: list[DirectOperand]
    formula: str = Field(description="With the operands' figures; empty where the value is printed.")


class Answer(BaseModel):
    markdown: str = Field(
        description="What holds, with [n] for citations, and † ‡ … where a sentence stands only in part."
    )
    citations: list[Citation]
    sentences: list[Sentence]
    answerable: bool = Field(description="False: the documents do not speak to the question.")
    engine: EngineKind | Literal[""] = Field(description="Who wrote it; empty before one is chosen.")
    model: str
    where: Where | None = Field(description="Where it was written; null where that is not known.")
    finish_reason: str
    notes: list[str]
    direct: Direct | None = Field(None, description="What the first sentence says, where it was looked up or computed.")


class ChatAnswer(Answer, InThread):  # on the wire from right to left, then what follows
    error: str
    tokens: int = Field(description="Written by a model; 0 where none wrote.")
    elapsed_s: float
    timings: dict[str, float]


class Thread(BaseModel):
    thread_id: str
    title: str = ""
    turns: int = 0


class Threads(BaseModel):
    threads: list[Thread]


class Message(BaseModel):
    role: Literal["user", "assistant"]
    content: str
    message_id: str
    done: bool
    citations: list[Citation] = []
    sentences: list[Sentence] = []
    notes: list[str] = []
    error: str = ""
    engine: EngineKind | Literal[""] = ""
    model: str = ""
    where: Where | None = None


class Conversation(BaseModel):
    thread_id: str
    messages: list[Message]


# ------------------------------------------------------------------------------------------------ health


class Part(BaseModel):
    state: Literal["ok", "starting", "degraded", "down", "off"]
    reason: str = ""


class Health(BaseModel):
    status: Literal["healthy", "degraded", "unhealthy", "starting"]
    uptime_s: float
    parts: dict[str, Part]


# ------------------------------------------------------------------------------------------------ OpenAI's


class FileReference(_In):
    file_id: str | None = Field(None, description="Ask only this document: an id of /v1/files.")


class ContentPart(_In):
    type: str
    text: str = ""
    file: FileReference | None = None

    def file_id(self) -> str:
        """The document that this part names; "" where it names none."""
        return (self.file.file_id or "") if self.type == "file" and self.file else ""


class OpenAIMessage(_In):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    def words(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or [] if part.type == "text")

    def files(self) -> list[str]:
        """The ids of the documents it names."""
        parts = self.content if isinstance(self.content, list) else []
        return [named for part in parts if (named := part.file_id())]

    def is_understood(self) -> bool:
        """Whether it is made of words and of files that are in the library."""
        parts = self.content if isinstance(self.content, list) else []
        return all(part.type == "text" or part.file_id() for part in parts)


class CompletionRequest(_In):
    model: str = Field("footnote", description="“footnote”: whoever writes here now.")
    messages: list[OpenAIMessage] = Field(min_length=1)
    stream: bool | None = False
    store: bool | None = Field(None, description="False: neither the question nor the answer is kept.")
    # Described as what is taken; what is not gets a refusal of its own (completions.check).
    n: Whole | None = Field(
        None,
        description="One answer is given; more are refused.",
        json_schema_extra={"anyOf": [{"type": "integer", "minimum": 1, "maximum": 1}, {"type": "null"}]},
    )
    tool_choice: Json | str | None = Field(
        None,
        description="No tool is called; one that has to be is refused.",
        json_schema_extra={"anyOf": [{"type": "string", "enum": ["auto", "none"]}, {"type": "null"}]},
    )
    response_format: Json | None = Field(
        None,
        description="Text; another is refused.",
        json_schema_extra={
            "anyOf": [
                {"type": "object", "properties": {"type": {"type": "string", "enum": ["text"]}}, "required": ["type"]},
                {"type": "null"},
            ]
        },
    )


class FileObject(BaseModel):
    id: str = Field(description="The document's id.")
    object: Literal["file"] = "file"
    bytes: int = Field(description="0 until the file has been opened.")
    created_at: int = Field(description="Seconds since 1970; 0 until the file has been opened.")
    filename: str
    purpose: str = "user_data"
    status: Literal["uploaded", "processed", "error"]
    status_details: str = Field(description="Where it stands, in words.")


class FileObjects(BaseModel):
    object: Literal["list"] = "list"
    data: list[FileObject]
    has_more: bool = False


class Deleted(BaseModel):
    id: str
    object: Literal["file"] = "file"
    deleted: Literal[True] = True


class Model(BaseModel):
    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "footnote"


class Models(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]


class CompletionMessage(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: str = Field(description="With [n] in the text and a list of sources at its end.")
    citations: list[Citation]


class Choice(BaseModel):
    index: int = 0
    message: CompletionMessage
    finish_reason: str


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    citations: list[Citation]
