"""What goes into a timeline and a classification, and what comes out, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from src.api.schemas import Direct, DocumentId

_DATE = r"^(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
IsoDate = Annotated[str, StringConstraints(pattern=_DATE)]
Dates = Annotated[  # described in words that generators of clients understand, and that leave out no other name
    dict[DocumentId, IsoDate],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": "^[0-9a-f]{64}$"},
            "additionalProperties": {"type": "string", "pattern": _DATE},
        }
    ),
]


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class TimelineRequest(_In):
    figure: str = Field("", max_length=400, description="A row of tables, by its name: one figure through the years.")
    theme: str = Field("", max_length=400, description="A theme, by its words. Without either: those that change most.")
    document_ids: list[DocumentId] = Field(default_factory=list, max_length=500, description="Only these documents.")
    dates: Dates = Field(
        default_factory=dict,
        description="Dates that you know better, kept with your library: 2019, 2019-12, 2019-12-31.",
    )


class TimelineDocument(BaseModel):
    document_id: str
    document: str
    date: str = Field(description="ISO 8601, as far as it is told; empty where it is not.")
    date_from: Literal["corrected", "period", "first pages", "title", "file", "years", "nothing"]
    guessed: bool
    page: int = Field(description="Where the date stands, 1-based; 0 where it is on no page.")
    period: str = Field(description="What it is counted in; empty where it has no date.")


class TimelineSentence(BaseModel):
    text: str
    citations: list[int]


class TimelineCitation(BaseModel):
    marker: int
    document_id: str
    document: str
    page: int
    page_label: str
    quote: str
    start: int
    end: int
    rects: list[tuple[float, float, float, float]]


class TimelineFigure(BaseModel):
    direct: Direct
    sentences: list[TimelineSentence]
    citations: list[TimelineCitation]
    notes: list[str]


class ThemePlace(BaseModel):
    document_id: str
    document: str
    page: int
    start: int
    end: int
    quote: str


class ThemeShare(BaseModel):
    period: str
    pages: int = Field(description="How many pages of the period speak of it …")
    read: int = Field(description="… of how many that have words.")
    share: float
    places: list[ThemePlace]


class TimelineTheme(BaseModel):
    name: str
    first: str = Field(description="The period in which it appears.")
    last: str
    shares: list[ThemeShare]


class TimelineResponse(BaseModel):
    documents: list[TimelineDocument]
    figure: TimelineFigure | None
    themes: list[TimelineTheme]
    notes: list[str]
    elapsed_ms: float


class ClassifyRequest(_In):
    question: str
    document_id: DocumentId | None = None


class ClassifyResponse(BaseModel):
    """What kind of question it is, for programs that route."""

    kind: str = Field(description="look-up, summary, comparison, small talk, files, series, calculation, value, …")
    part: str = Field(description="The part it is confined to, in words; empty where it is none.")
    language: str = Field(description="Of the question: a name in English; empty where it is not told.")
    confidence: float = Field(description="How often a question that is told so is of that kind: 0 … 1.")
    elapsed_ms: float
