"""A copy of a document in which everything that was cited from it is highlighted, with the question as a note."""

from __future__ import annotations

import time
from collections.abc import Sequence

from shared_utils.errors import DocumentGone, UnreadablePdf
from shared_utils.pdf.annotations import Highlight, annotate_pdf
from shared_utils.pdf.reader import ReadingLimits
from shared_utils.types import Citation
from src.i18n import ENGLISH, Say
from src.presentation.cited import Entry, entries
from src.presentation.escaping import plain
from src.presentation.pages import Pages
from src.views import TurnView

_LIMITS = ReadingLimits(max_bytes=100_000_000, document_s=60.0)  # a person is waiting for it


def annotated_copy(
    turns: Sequence[TurnView],
    document_id: str,
    pages: Pages,
    *,
    say: Say = ENGLISH,
    limits: ReadingLimits = _LIMITS,
    made_on: float | None = None,
) -> bytes:
    """The PDF with a highlight, by “Footnote”, for each citation of `turns` that points into it.

    A note holds the question, the sentence that rests on it, and its number in the other exports. `made_on` is in
    seconds since the epoch, None = now. Raises DocumentGone; UnreadablePdf, in a sentence, where no copy can be made
    or nothing that was cited can be found on its pages.
    """
    noted = [(entry, note) for entry in entries(turns) for note in entry.notes if note.document_id == document_id]
    highlights = [made for entry, note in noted if (made := _highlight(entry, note, pages, say)) is not None]
    if not highlights:
        raise UnreadablePdf("There is nothing to highlight in this document: no answer cites words found on its pages.")
    made_on = time.time() if made_on is None else made_on
    copy = annotate_pdf(pages.file_path(document_id), highlights, limits, author="Footnote", made_on=made_on)
    if not copy.written:
        raise UnreadablePdf("No copy with highlights could be made of this PDF: its pages have another size than read.")
    return copy.data


def _highlight(entry: Entry, note: Citation, pages: Pages, say: Say) -> Highlight | None:
    try:
        rects = pages.rects(note)
        width, height = pages.page_size(note.document_id, note.page)
    except DocumentGone:
        return None
    return Highlight(note.page, width, height, rects, _note(entry, note, say)) if rects else None


def _note(entry: Entry, note: Citation, say: Say) -> str:
    """Plain text: "[3] How many ships called?", and below it what the answer makes of these words."""
    answer = entry.turn.answer
    cited = [s.text for s in answer.sentences if note.marker in s.citations] if answer else []
    head = f"[{note.marker}] {plain(entry.turn.question)}"
    if answer is not None and not answer.answerable:
        return f"{head}\n\n{say('One of the closest passages; the documents do not seem to answer this.')}"
    said = [plain(text.replace("**", "")) for text in cited]
    said = [text for text in said if text != plain(note.quote)]  # a quote need not be repeated
    return "\n\n".join([head, *said])
