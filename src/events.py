"""The typed events of reading a file and of answering a question. The page, the command line and the API draw them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared_utils.message import NOTHING, Message
from shared_utils.types import Answer, EngineKind, Evidence, EvidenceSpan, PageVerdict, Where

# ------------------------------------------------------------------------------------------------ ingest


class FileStatus(StrEnum):
    """How reading a file ended."""

    READY = "ready"
    PARTIAL = "partial"  # searchable, but some pages are not
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReadingStarted:
    file: str
    pages: int  # as the file claims


@dataclass(frozen=True, slots=True)
class PageRead:
    file: str
    page: int
    pages: int
    verdict: PageVerdict


@dataclass(frozen=True, slots=True)
class Searchable:
    """Words can be found from now on; meaning follows with the embeddings."""

    file: str
    chunks: int


@dataclass(frozen=True, slots=True)
class Embedding:
    file: str
    done: int  # chunks
    total: int
    seconds_left: float | None  # None until it can be told


@dataclass(frozen=True, slots=True)
class FileFinished:
    """The last event of every file, whatever happened to it."""

    file: str
    status: FileStatus
    reason: Message  # nothing when READY; else what happened and what to do
    pages: int
    page_verdicts: dict[PageVerdict, int]
    chunks: int
    read_s: float
    embed_s: float
    needs_password: bool = False


IngestEvent = ReadingStarted | PageRead | Searchable | Embedding | FileFinished

# ------------------------------------------------------------------------------------------------ answers


class Stage(StrEnum):
    """What a running answer is doing. They come in this order; some may be left out."""

    RETRIEVING = "retrieving"
    CHECKING = "checking"  # whether the documents speak to it, and which of their words do
    WAITING = "waiting"  # for the one model
    READING = "reading"  # the model evaluates the prompt
    WRITING = "writing"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage that a question went through. Seconds; `started_s` counts from the question."""

    stage: Stage
    started_s: float
    seconds: float | None  # None while it lasts
    engine: EngineKind | None = None  # None before one is chosen
    model: str = ""


@dataclass(frozen=True, slots=True)
class StageStarted:
    stage: Stage
    engine: EngineKind | None = None  # None before one is chosen
    model: str = ""
    seconds_left: float | None = None  # the estimate for this stage
    position: int = 0  # in the queue, 1 = next, while WAITING
    prompt_tokens: int = 0  # estimated, while READING
    passages_leave: int = 0  # how many passages are sent to another machine now, while READING
    where: Where | None = None  # of the engine; None before it is known
    reads_on_s: float = 0.0  # that the model may first need for a prompt that was given up, as estimated


class AskedKind(StrEnum):
    """What kind of question it is. The values are read by programs."""

    LOOK_UP = "look-up"  # a fact that sentences tell
    VALUE = "value"  # a figure, as tables tell them
    CALCULATION = "calculation"  # a figure that is worked out
    SERIES = "series"  # how something went on through the years
    YES_NO = "yes_no"
    LIST = "list"
    COMPARISON = "comparison"
    SUMMARY = "summary"
    FILES = "files"  # about the files themselves
    SMALL_TALK = "small talk"


@dataclass(frozen=True, slots=True)
class Classified:
    """A question's kind, the part it is confined to (nothing where it is none), and its language ("german", "" where
    it is not told). `confidence` is how often a question that is told so is of that kind: 0 … 1."""

    kind: AskedKind
    part: Message
    language: str
    confidence: float
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """Passages were picked. `closest` is what to show when nothing speaks to the question."""

    evidence: Evidence
    answerable: bool
    route: Message = NOTHING  # how it was looked for: "look-up", "pages 10–20", "summary of the whole document"
    classified: Classified | None = None


@dataclass(frozen=True, slots=True)
class ExtractiveAnswer:
    """The best sentences as they stand on the page, shown while a model is still reading."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The model's answer so far, markers already renumbered."""

    text: str
    spans: tuple[EvidenceSpan, ...] = ()  # what [1], [2], … point at so far
    tokens: int = 0  # written so far


@dataclass(frozen=True, slots=True)
class EngineChanged:
    """One engine was given up for another before it had said a word."""

    engine: EngineKind  # the next one
    reason: Message


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    """The last event of every question that could be asked."""

    answer: Answer
    evidence_tokens: int  # offered to the engine, whether or not one read them
    timings: dict[str, float]  # search_s, first_evidence_s, first_token_s, total_s


AnswerEvent = StageStarted | EvidenceFound | ExtractiveAnswer | AnswerText | EngineChanged | AnswerFinished
