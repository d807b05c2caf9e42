"""The vocabulary: what flows from PDF bytes to a cited answer. Every stage shares these, none imports another stage.

Pages, ranks and citation markers are 1-based. Text offsets are 0-based and half-open. Rectangles are PDF points
measured from the top left corner of the page as a reader sees it (crop box and rotation applied).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared_utils.message import NOTHING, Message
from shared_utils.table import Cell as Cell
from shared_utils.table import Rect as Rect
from shared_utils.table import RowKind as RowKind
from shared_utils.table import Scale as Scale
from shared_utils.table import Span as Span
from shared_utils.table import Table as Table

Vectors = NDArray[np.float32]
"""float32 array of shape (n, d); every row has unit length."""

Cancelled = Callable[[], bool]
"""Asked often by long work; True means: stop now, keep what is done."""

Checkpoint = Callable[[], object]
"""Called by long work between its slices, none longer than a second; what it raises ends the work, unfinished."""


def no_checkpoint() -> None:
    """The checkpoint of work that nobody ends."""


# ------------------------------------------------------------------------------------------------ documents


class PageVerdict(StrEnum):
    """What reading a page came to. Every page of every document has exactly one."""

    TEXT = "text"
    SCANNED = "scanned"  # an image of a page; its words are unknown until OCR
    MIXED = "mixed"  # words, and a large image that may hold more of them
    EMPTY = "empty"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """`page.text[text_start:text_start + length]` is PDFium's characters `glyph_start … glyph_start + length`."""

    text_start: int
    glyph_start: int
    length: int


@dataclass(frozen=True, slots=True)
class WordBox:
    """A word that OCR found: `page.text[start:end]` is drawn inside `rect`."""

    start: int
    end: int
    rect: Rect


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading on a page: `page.text[start:end]`, `level` 1 = outermost."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was read. `text` is what everything later slices; it is never edited after reading."""

    number: int  # 1-based position in the file
    label: str  # the label printed on it ("iv", "A-3"), or str(number)
    text: str
    verdict: PageVerdict
    reason: Message = NOTHING  # why the verdict is not TEXT
    width: float = 0.0  # points, as displayed
    height: float = 0.0
    reader: str = "pdfium"  # "pdfium", "pypdf" or "ocr": whose words these are
    runs: tuple[GlyphRun, ...] = ()  # where the words are drawn, when PDFium read them
    word_boxes: tuple[WordBox, ...] = ()  # where the words are drawn, when OCR read them
    boilerplate: tuple[Span, ...] = ()  # running heads and page numbers: highlighted, never retrieved
    hidden: tuple[Span, ...] = ()  # words a reader cannot see: flagged, never told to a model as if visible
    headings: tuple[Heading, ...] = ()
    table_rows: tuple[Span, ...] = ()  # lines that are rows of a table: label and cells on one line
    tables: tuple[Table, ...] = ()  # top down


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark: its title, its depth (1 = outermost) and the 1-based page it opens."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Document:
    """A file's content. Two uploads of the same bytes are one document, whatever they are called."""

    id: str  # sha256 of the bytes, lower-case hex
    name: str  # what the person called it; for display only, never a path
    title: str  # from the metadata or the first page; may equal `name`
    pages: Sequence[Page]
    outline: tuple[OutlineEntry, ...] = ()
    made_on: str = ""  # the day that the file's own data tell, in ISO form; "" where they tell none

    def __hash__(self) -> int:  # pages may be kept on a disk, and are many
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A verbatim slice of one page. Invariant: `page.text[start:end] == text`."""

    id: str  # unique within a library: "<document id>:<page>:<start>"
    document_id: str
    page: int
    start: int
    end: int
    text: str
    heading: str = ""  # the heading it stands under, possibly from an earlier page
    context: str = ""  # what holds for its table rows and does not stand in it: caption, groups, names over columns


# ------------------------------------------------------------------------------------------------ retrieval


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk retrieved for a question. `score` is comparable within one result list only."""

    chunk: Chunk
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """Words of one page picked for the prompt: `page.text[start:end] == text`."""

    marker: int  # the number the model is told, 1 …
    document_id: str
    page: int
    start: int
    end: int
    text: str
    score: float  # how well it speaks to the question, comparable within one Evidence
    shown: str = ""  # how a prompt tells it where that differs: a row of a table on one line, its cells apart


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the model may read, numbered by code, in reading order, within a token budget."""

    spans: tuple[EvidenceSpan, ...]
    tokens: int  # estimated for a llama-like tokenizer
    budget: int


class Embedder(Protocol):
    """Turns text into unit vectors."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 of shape (n, d), in the order of the texts."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """float32 of shape (1, d)."""
        ...


class VectorSource(Protocol):
    """Kept vectors, searched where they lie instead of in this process's memory.

    A vector is named by its document and its row there, 0-based. Documents that are gone have no rows.
    """

    def nearest(
        self, query: Vectors, document_ids: Sequence[str], top_k: int
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """For each document, the rows and cosines of its `top_k` vectors nearest to a query (1, d), best first."""
        ...

    def nearest_of_all(
        self, query: Vectors, document_ids: Sequence[str], top_k: int
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]] | None:
        """For each document, those of its vectors that are among the `top_k` nearest of them all, nearly all of them.

        None where there is no index for that: then each document is asked for its own nearest.
        """
        ...

    def cosines(self, query: Vectors, chosen: Sequence[tuple[str, NDArray[np.int64]]]) -> list[NDArray[np.float32]]:
        """For each document, the cosines of chosen rows, in their order; 0 for rows that are gone."""
        ...


# ------------------------------------------------------------------------------------------------ generation


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: str  # "system", "user" or "assistant"
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything one generation needs. What does not change between questions stands first, byte for byte."""

    messages: tuple[ChatMessage, ...]
    estimated_tokens: int
    max_output_tokens: int
    stop: tuple[str, ...] = ()
    grace_s: float = 0.0  # more for its first token: the server may still be reading a prompt that nobody waits for


class EngineKind(StrEnum):
    """Who writes an answer. The values are kept with conversations, and programs read them."""

    OLLAMA = "ollama"
    ENDPOINT = "endpoint"  # an OpenAI-compatible server, or one of several servers that share the questions
    REMOTE = "remote"  # Hugging Face
    EXTRACTIVE = "extractive"  # no model: the documents' own sentences


class Where(StrEnum):
    """Where a model reads what it is sent, from near to far. The values are kept with answers; programs read them."""

    THIS_MACHINE = "this machine"
    OWN_NETWORK = "own network"  # another machine, which strangers' networks cannot reach
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class GenerationStats:
    """What an answer cost, as its engine reported it. Seconds; None where the engine does not tell."""

    backend: EngineKind
    model: str
    prompt_tokens: int | None = None
    cached_prompt_tokens: int | None = None
    output_tokens: int | None = None
    load_s: float | None = None
    prompt_evaluation_s: float | None = None
    generation_s: float | None = None
    time_to_first_token_s: float | None = None
    where: Where | None = None  # None: not known, as of answers that were kept before it was


QUOTED = GenerationStats(EngineKind.EXTRACTIVE, "", where=Where.THIS_MACHINE)
"""Of an answer that no model wrote."""


@dataclass(frozen=True, slots=True)
class ModelAsked:
    """This model is sent the prompt now. Every engine says so before anything leaves the machine; so does one that
    chooses among several models, and one whose model has to be brought into memory first."""

    model: str
    where: Where
    loading: bool = False


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class GenerationDone:
    finish_reason: str  # "stop", "length" or "cancelled"
    stats: GenerationStats


GenerationEvent = ModelAsked | TextDelta | GenerationDone


class AnswerGenerator(Protocol):
    """Streams an answer. Raises GenerationError; closing the iterator frees the model."""

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]: ...


# ------------------------------------------------------------------------------------------------ answers


class Verdict(StrEnum):
    """Whether a sentence stands on what it cites."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    NOT_FOUND = "not found"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place an answer points at: exact words of one page and where they are drawn."""

    marker: int  # 1 … in order of appearance in the answer
    document_id: str
    document: str  # the document's display name
    page: int
    page_label: str
    quote: str  # page.text[start:end]
    start: int
    end: int
    rects: tuple[Rect, ...] = ()  # filled from the page's geometry; empty when it is unknown


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, its markers taken out of the text and listed."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    reason: Message  # "the page says 14.9 %, the answer 18.6 %"
    paragraph: int = 0  # sentences of one paragraph or list item share a number, 0-based
    item: str = ""  # what the line it begins was set apart with: "-", "3." or, before a heading, "#"; "" elsewhere
    said: Message = NOTHING  # the sentence as data, where it is ours and no model's or document's
    left_out: bool = False  # not part of what is shown: a model's sentence that the pages do not hold


class DirectKind(StrEnum):
    """What was found in answer to a question without anybody writing. The values are kept; programs read them."""

    VALUE = "value"  # of a table or beside a label
    CALCULATION = "calculation"  # worked out from such values
    LIST = "list"  # every item, in order
    FILE = "file"  # about a file itself: its pages, title, authors, size
    YES_NO = "yes_no"  # the word that a sentence says
    COMPARISON = "comparison"  # values side by side: of documents, or of measures
    CHANGES = "changes"  # from one edition to the next: two operands, before and after, for each fact that differs
    SERIES = "series"  # one figure through the years; several operands of one period: restated, the last one counts


@dataclass(frozen=True, slots=True)
class DirectOperand:
    """A value that was found: its name with its row, column and year, as it is printed, and its citations' markers."""

    name: str
    value: str
    unit: str  # "$", "%", "in millions"; "" where none is told
    citations: tuple[int, ...]
    period: str = ""  # the year, of a series
    amount: str = ""  # of a series: the value in plain digits, all of them scaled alike
    row: str = ""  # of a comparison's table: what its row is called; of changes: which one; "" where neither
    column: str = ""  # of changes: "before" or "after"


@dataclass(frozen=True, slots=True)
class Direct:
    """The first sentence of an answer as data. `formula` holds the operands' figures; "" of a value that is printed."""

    kind: DirectKind
    name: str
    value: str
    unit: str
    operands: tuple[DirectOperand, ...]
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer, however it ended."""

    question: str
    answerable: bool  # False: the documents do not speak to the question, or the model said so
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    finish_reason: str  # "stop", "length", "cancelled", "interrupted" or "refused"
    stats: GenerationStats
    raw_text: str  # as the engine wrote it, before anything was dropped
    notes: tuple[Message, ...] = ()  # what a person should know: what was dropped, cut, or not yet read
    direct: Direct | None = None  # what the first sentence says, where it was looked up or worked out
