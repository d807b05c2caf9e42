"""What server-sent events carry, which OpenAPI has no words for. docs/api.md lists them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from shared_utils.types import EngineKind, Where
from src.api.schemas import Answer, Citation, Usage

# ------------------------------------------------------------------------------------------------ an answer


class Started(BaseModel):
    thread_id: str
    message_id: str
    question: str


class ToolStarted(BaseModel):
    tool: str


class ToolEnded(BaseModel):
    tool: str
    elapsed_s: float


class Routing(BaseModel):
    route: str
    kind: str = Field(default="", description="As POST /api/classify tells it, and so the others.")
    part: str = ""
    language: str = ""
    confidence: float = 0.0
    classify_ms: float = 0.0


class ModelSelection(BaseModel):
    engine: EngineKind | Literal[""]
    model: str
    where: Where | None
    state: str
    position: int
    seconds_left: float | None
    reason: str


class Draft(BaseModel):
    """A model's words so far, unchecked."""

    markdown: str
    citations: list[Citation]
    engine: EngineKind | Literal[""]
    model: str
    where: Where | None
    final: Literal[False] = False


class Response(Answer):
    """A whole answer: the documents' own sentences first, and at the end the checked one."""

    final: bool


class BrokenOff(BaseModel):
    """The end of an answer whose thread was deleted meanwhile."""

    thread_id: str
    tokens: int = 0
    elapsed_s: float = 0.0


class Ended(BaseModel):
    thread_id: str
    message_id: str
    tokens: int
    elapsed_s: float
    finish_reason: str
    timings: dict[str, float]


# ------------------------------------------------------------------------------------------------ an upload


class UploadStarted(BaseModel):
    entry: str


class Gone(BaseModel):
    """The end of an upload that was deleted meanwhile: there is no document to tell of."""


# ------------------------------------------------------------------------------------------------ OpenAI's


class CompletionId(BaseModel):
    """What every piece of one completion says of it."""

    id: str
    created: int
    model: str


class ChunkChoice(BaseModel):
    index: int = 0
    delta: dict[str, str]  # a part that it lacks is left out: with them, null would be a word
    finish_reason: str | None = None


class Chunk(CompletionId):
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    choices: list[ChunkChoice]


class LastChunk(Chunk):
    citations: list[Citation]
    usage: Usage
