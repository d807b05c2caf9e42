"""An answer as plain text: for a terminal, the clipboard, and programs that want one string."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shared_utils.types import Answer
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Block, Piece, as_lines, blocks, cautions, dagger, left_out
from src.presentation.describe import describe_left_out, describe_unheld, describe_verdict, page_name
from src.presentation.escaping import plain
from src.presentation.lead import with_lead

_END = re.compile(r"(?:\\?[.!?]|…)+$")


def with_marks(words: str, marks: str) -> str:
    """Marks stand before a sentence's full stop and never begin a line: "renewed [1]."."""
    end = _END.search(words)
    if not marks or end is None:
        return f"{words}\u00a0{marks}" if marks else words
    return f"{words[: end.start()].rstrip()}\u00a0{marks}{end[0]}"


def plain_answer(answer: Answer, say: Say = ENGLISH) -> str:
    """The answer, its footnotes, doubts and notes: no colours, no control characters from anywhere."""
    body = _drawn(with_lead(blocks(answer, say), answer, say), _marked_within).replace("\u00a0", " ")
    notes = [
        f"[{c.marker}] {plain(c.document)}, {page_name(c.page, c.page_label, say)}: “{plain(c.quote)}”"
        for c in answer.citations
    ]
    doubts = [f"{dagger(i)} {describe_verdict(s, say)}" for i, s in enumerate(cautions(answer))]
    aside = [f"- {describe_unheld(s, say)}{_marks(s.citations)}" for s in left_out(answer)]
    head = [f"{describe_left_out(answer, say)}:"] if aside else []
    lines = ([*notes], [*doubts], [*head, *aside], [plain(say(n)) for n in answer.notes])
    parts = [body, *("\n".join(group) for group in lines)]
    return "\n\n".join(part for part in parts if part)


def answer_with_markers(answer: Answer) -> str:
    """The answer alone as one text, each sentence followed by its markers."""
    return _drawn(blocks(answer), _marked_after)


def _drawn(made: Sequence[Block], draw: Callable[[Piece], str]) -> str:
    return as_lines(made, lambda block: block.label + block.between.join(map(draw, block.pieces)))


def _marked_within(piece: Piece) -> str:
    marks = [*(f"[{marker}]" for marker in piece.markers), piece.sign]
    return with_marks(plain(piece.text), "\u00a0".join(filter(None, marks)))


def _marked_after(piece: Piece) -> str:
    return f"{piece.text}{_marks(piece.markers)}".rstrip()


def _marks(markers: Sequence[int]) -> str:
    return " " + "".join(f"[{marker}]" for marker in markers) if markers else ""
