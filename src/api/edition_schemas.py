"""What goes in and what comes out of a comparison of two editions, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from src.api.schemas import DocumentId, Whole, _In

Kind = Literal["added", "removed", "reworded"]
Fact = Literal["number", "date", "name", "negation", "obligation"]


class CompareRequest(_In):
    before: DocumentId = Field(description="The earlier edition.")
    after: DocumentId = Field(description="The later edition.")
    kinds: list[Kind] = Field(default=[], description="Only changes of these kinds; all without it.")
    facts: list[Fact] = Field(default=[], description="Only changes in which a fact of these kinds differs.")
    section: str | None = Field(default=None, description="Only changes under this heading, as `sections` names it.")
    about: str = Field(default="", max_length=400, description="Only changes that speak of this, in words.")
    limit: Whole = Field(default=500, ge=0, le=5000, description="Most changes returned.")
    offset: Whole = Field(default=0, ge=0, description="Changes left out before the first.")


class ComparedDocument(BaseModel):
    document_id: str
    document: str
    pages: int


class Place(BaseModel):
    page: int
    page_label: str
    start: int
    end: int


class Piece(BaseModel):
    text: str
    differs: bool = Field(description="The counterpart in the other edition has not got these words.")


class Side(BaseModel):
    text: str
    section: str
    places: list[Place] = Field(description="Where it stands: slices of the text of its pages, as citations have them.")
    pieces: list[Piece] = Field(description="The text in reading order.")


class FactSide(BaseModel):
    text: str
    places: list[Place]


class FactChange(BaseModel):
    kind: Fact
    about: str = Field(description="What a table calls the value: labels and names over it; empty in sentences.")
    before: FactSide | None
    after: FactSide | None


class Change(BaseModel):
    number: int = Field(description="1 = the first of the whole comparison's that were asked for.")
    kind: Kind
    section: str
    is_row: bool = Field(description="It is a row of a table.")
    is_moved: bool = Field(description="It stands in another place than before.")
    before: Side | None = Field(description="None of an added one.")
    after: Side | None = Field(description="None of a removed one.")
    facts: list[FactChange]


class Figure(BaseModel):
    text: str = Field(description="As printed.")
    head: str = Field(description="The names over its column.")
    scale: str = Field(description='What its table says it counts, such as "in millions"; "" where it says nothing.')
    places: list[Place]


class KeyFigure(BaseModel):
    """A figure of both editions, each of its newest year."""

    label: str
    before: Figure
    after: Figure
    growth: str | None = Field(description="In percent to one decimal; of a share in percentage points.")
    is_share: bool


class Opening(BaseModel):
    """A section that only one edition has."""

    title: str
    place: Place
    passages: int


class Counts(BaseModel):
    total: int
    changes: dict[str, int]
    facts: dict[str, int]
    unchanged: int = Field(description="Passages that say the same.")
    moved: int = Field(description="Passages that stand elsewhere.")


class SectionCount(BaseModel):
    title: str = Field(description="Empty for what stands under no heading.")
    changes: int


class Kinship(BaseModel):
    text: float = Field(description="The share, 0 … 1, of runs of words that both hold.")
    headings: float
    title: float


class CompareResponse(BaseModel):
    before: ComparedDocument
    after: ComparedDocument
    are_editions: bool
    is_partial: bool = Field(description="No editions of one another: only passages that both hold are compared.")
    kinship: Kinship
    summary: str = Field(description="What follows, in words.")
    notes: list[str]
    counts: Counts = Field(description="Of what was asked for.")
    figures: list[KeyFigure] = Field(description="At most eight, those first that are printed on most pages of both.")
    added_sections: list[Opening]
    dropped_sections: list[Opening]
    sections: list[SectionCount]
    changes: list[Change]
    elapsed_ms: float = 0.0
