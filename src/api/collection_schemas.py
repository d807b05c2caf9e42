"""Collections, and the link under which a conversation is read, as the OpenAPI document tells them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from src.api.schemas import DocumentId, _In

CollectionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
_MOST_DOCUMENTS = 2000


class NewCollection(_In):
    name: Name = Field(examples=["Annual reports"])
    document_ids: list[DocumentId] = Field(default=[], max_length=_MOST_DOCUMENTS, description="What it holds.")


class CollectionChange(_In):
    name: Name | None = Field(None, description="Another name; the one it has without it.")
    document_ids: list[DocumentId] | None = Field(
        None, max_length=_MOST_DOCUMENTS, description="All that it holds from now on; without it what it holds stays."
    )


class Collection(BaseModel):
    id: str
    name: str
    document_ids: list[str]


class Collections(BaseModel):
    collections: list[Collection]


class Link(BaseModel):
    thread_id: str
    url: str = Field(description="Whoever has it reads the conversation as it stood at `made_at`, and nothing else.")
    made_at: float = Field(description="Seconds since 1970.")
    expires_at: float | None = Field(description="Seconds since 1970; null: it leads there until it is taken back.")
