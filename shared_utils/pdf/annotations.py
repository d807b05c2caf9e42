"""A copy of a PDF with highlights as real annotations, which every PDF program shows, lists and lets people edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from shared_utils.errors import DocumentGone, UnreadablePdf
from shared_utils.message import message
from shared_utils.pdf.isolation import ANNOTATIONS_WORKER, ReadingLimits, Reply, Worker, WorkerLost, integer, reason
from shared_utils.types import Rect

NOTE_AT_MOST = 4_000  # characters
_LARGER_AT_MOST = 4  # times the largest PDF that is taken: a copy written anew may be larger than its original
_NOT_WRITTEN = {
    "damaged": message("it is damaged"),
    "locked": message("it is locked with a password"),
    "pages lost": message("some of its pages would be lost"),
}


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words of a page to be marked, and what is said of them. The page's size is as displayed, in points."""

    page: int
    width: float
    height: float
    rects: tuple[Rect, ...]  # points from the top left of the displayed page, one a line
    note: str


@dataclass(frozen=True, slots=True)
class AnnotatedPdf:
    data: bytes
    written: int  # highlights that could be placed


def annotate_pdf(
    path: Path, highlights: Sequence[Highlight], limits: ReadingLimits, *, author: str, made_on: float
) -> AnnotatedPdf:
    """The PDF with `highlights` by `author`; what was in it before stays. `made_on` is in seconds since the epoch.

    A page whose size differs from the one its highlights were measured on gets none. The copy is written anew, without
    a password; a digital signature of the original does not hold for it.
    Raises DocumentGone where there is no file, UnreadablePdf where no copy can be made.
    """
    request: Reply = {
        "author": author,
        "made": datetime.fromtimestamp(made_on, UTC).strftime("D:%Y%m%d%H%M%SZ"),
        "highlights": [asdict(highlight) | {"note": highlight.note[:NOTE_AT_MOST]} for highlight in highlights],
    }
    try:
        with (
            path.open("rb") as file,
            Worker(ANNOTATIONS_WORKER, memory_bytes=limits.memory_bytes, cpu_s=limits.cpu_s) as worker,
        ):
            worker.hand(file.fileno())
            worker.ask(request)
            answer = worker.receive(limits.document_s)
            if "error" in answer:
                raise UnreadablePdf(
                    "No copy with highlights could be made of this PDF: {why}.",
                    why=reason(answer, "error", _NOT_WRITTEN, _NOT_WRITTEN["damaged"]),
                )
            size, written = integer(answer, "bytes"), integer(answer, "written")
            if size > _LARGER_AT_MOST * limits.max_bytes:
                raise UnreadablePdf("No copy with highlights could be made of this PDF: it would be far too large.")
            return AnnotatedPdf(worker.receive_bytes(size, limits.page_s), written)
    except FileNotFoundError as error:
        raise DocumentGone("This document was deleted, so no copy of it can be made.") from error
    except WorkerLost as error:
        raise UnreadablePdf("No copy with highlights could be made of this PDF: it {why}.", why=error.why) from error
