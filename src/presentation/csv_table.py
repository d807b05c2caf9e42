"""Answers as a table for a spreadsheet: a question a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from shared_utils.types import Answer, Verdict
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Block, BlockKind, Piece, cautions, dagger, left_out, shown
from src.presentation.cited import Entry, entries, text_blocks
from src.presentation.describe import describe_left_out, describe_unheld, describe_verdict, engine_name, page_name
from src.presentation.escaping import plain
from src.views import TurnView

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def answers_csv(turns: Sequence[TurnView], say: Say = ENGLISH) -> bytes:
    """Columns: question, answer, verdict, sources, engine, seconds. UTF-8 with the mark by which Excel knows it.

    Cells are parted by commas, or, where the decimal sign is a comma, by the semicolons that Excel then expects. A
    cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    table = csv.writer(out, delimiter=";" if say.language == "de" else ",", quoting=csv.QUOTE_ALL)
    heads = (say("question"), say("answer"), say("verdict"), say("sources"), say("engine"), say("seconds"))
    table.writerow(heads)
    table.writerows([harmless(cell) for cell in _row(entry, say)] for entry in entries(turns))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def harmless(cell: str) -> str:
    """The cell as text.

    >>> harmless("=1+1"), harmless(" -2"), harmless("a=b")
    ("'=1+1", "' -2", 'a=b')
    """
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def _row(entry: Entry, say: Say) -> tuple[str, str, str, str, str, str]:
    turn, answer = entry.turn, entry.turn.answer
    if answer is None:
        state = say("not answered") if turn.done else say("still being answered")
        return plain(turn.question), plain(say(turn.error)), state, "", "", ""
    seconds = turn.timings.get("total_s")
    return (
        plain(turn.question),
        _words(answer, say),
        _verdict(answer, say),
        "\n".join(
            f"[{n.marker}] {plain(n.document)} {page_name(n.page, n.page_label, say)} “{plain(n.quote)}”"
            for n in entry.notes
        ),
        engine_name(answer.stats.backend, answer.stats.model, answer.stats.where, say),
        "" if seconds is None else say.number(seconds, ".1f"),
    )


def _words(answer: Answer, say: Say) -> str:
    return "\n".join(map(_block, text_blocks(answer, say)))


def _block(block: Block) -> str:
    pieces = (_piece(piece, quoted=block.kind is BlockKind.QUOTE) for piece in block.pieces)
    return block.label + block.between.join(pieces)


def _piece(piece: Piece, *, quoted: bool) -> str:
    words = plain(piece.text)
    return (f"“{words}”" if quoted else words) + piece.sign + "".join(f"[{marker}]" for marker in piece.markers)


def _verdict(answer: Answer, say: Say) -> str:
    """ "supported", or what stands against it, sentence by sentence."""
    if not answer.answerable:
        return say("not in the documents")
    doubts = [f"{dagger(i)} {plain(describe_verdict(s, say))}" for i, s in enumerate(cautions(answer))]
    aside = [describe_left_out(answer, say), *(describe_unheld(s, say) for s in left_out(answer))]
    if not doubts:
        return "\n".join(filter(None, [say("supported"), *aside]))
    sound = sum(sentence.verdict is Verdict.SUPPORTED for sentence in shown(answer))
    count = say("{sound} of {n} sentences supported", sound=sound, n=len(shown(answer)))
    return "\n".join(filter(None, [count, *doubts, *aside]))
