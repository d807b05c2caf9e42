"""An answer as HTML for the clipboard: what a word processor or a mail takes over with its formatting."""

from __future__ import annotations

from shared_utils.types import Answer
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Piece, as_html, blocks, cautions, dagger
from src.presentation.describe import describe_verdict, page_name
from src.presentation.escaping import html_text
from src.presentation.lead import with_lead


def rich_answer(answer: Answer, say: Say = ENGLISH) -> str:
    """The answer, its footnotes and its doubts. Every text from outside is escaped; nothing in it is fetched."""
    notes = "".join(
        f"<li>{html_text(c.document)}, {html_text(page_name(c.page, c.page_label, say))}: “{html_text(c.quote)}”</li>"
        for c in answer.citations
    )
    doubts = "".join(
        f"<p>{dagger(i)} {html_text(describe_verdict(s, say))}</p>" for i, s in enumerate(cautions(answer))
    )
    return (
        as_html(with_lead(blocks(answer, say), answer, say), _piece) + (f"<ol>{notes}</ol>" if notes else "") + doubts
    )


def _piece(piece: Piece) -> str:
    words = "".join(f"<b>{html_text(run.text)}</b>" if run.bold else _kept(run.text) for run in piece.runs)
    marks = "".join(f"[{marker}]" for marker in piece.markers) + piece.sign
    return f"{words}<sup>{marks}</sup>" if marks else words


def _kept(text: str) -> str:
    """The blanks at its ends part it from bold words."""
    before, after = (" " if edge.isspace() else "" for edge in (text[:1], text[-1:]))
    return f"{before}{html_text(text)}{after}"
