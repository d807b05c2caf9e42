"""A conversation as a Markdown file: answers with footnotes, as GitHub and most note-taking programs draw them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_utils.types import Citation
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Block, BlockKind, Piece, Run, as_lines, cautions, dagger, left_out, table_lines
from src.presentation.cited import Entry, capitalised, entries, moment, provenance, remarks, text_blocks, title_of
from src.presentation.describe import describe_left_out, describe_unheld, describe_verdict, page_name
from src.presentation.escaping import plain, plain_within
from src.views import TurnView

_TITLE_CHARACTERS = 120

# Not every sign is escaped, so that the file reads well as it stands: those that mean something inside a line, and
# those that mean something where a line begins.
_MEANS_SOMETHING = re.compile(r"([\\`*_~\[\]{}<$^]|&(?=#?\w+;))")
_BEGINS_A_BLOCK = re.compile(r"([-+=#>|:%]|\d+(?=[.)]))")
# Renderers look for addresses, e-mail, names and emoji in finished text, where a backslash protects nothing.
_REWRITTEN_LATER = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=:)(?=[\w+-]+:)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # invisible, no width, no break


def literal(text: str) -> str:
    """One line of Markdown that shows exactly these characters: no link, picture, HTML, formula, list or heading.

    >>> literal("![x](http://a.b) costs $5, 6.2 % more")
    '!\\\\[x\\\\](http:\u2060//a.b) costs \\\\$5, 6.2 % more'
    >>> literal("2024. A year"), literal("# 1")
    ('2024\\\\. A year', '\\\\# 1')
    """
    escaped = _inline(text)
    begins = _BEGINS_A_BLOCK.match(escaped)
    if begins is None:
        return escaped
    cut = begins.end() if begins[0][0].isdigit() else 0
    return f"{escaped[:cut]}\\{escaped[cut:]}"


def _inline(text: str) -> str:
    return _escaped(plain(text))


def _escaped(line: str) -> str:
    return _MEANS_SOMETHING.sub(r"\\\1", _REWRITTEN_LATER.sub(_WORD_JOINER, line))


def conversation_markdown(
    turns: Sequence[TurnView], *, version: str = "", made_on: float = 0.0, say: Say = ENGLISH
) -> str:
    """The questions and answers with their footnotes: file, page as numbered and as printed, the exact quote.

    `made_on` is in seconds since the epoch; 0 leaves the date out. Text from documents, models and file names shows as
    it is, and is never markup.
    """
    listed = entries(turns)
    parts = [f"# {literal(_short(title_of(turns, say)))}", _colophon(version, made_on, say)]
    for entry in listed:
        if len(listed) > 1:
            parts.append(f"## {entry.number}. {_inline(entry.turn.question)}")
        elif _short(entry.turn.question) != plain(entry.turn.question):
            parts.append(literal(entry.turn.question))
        parts += _entry(entry, say)
    return "\n\n".join(part for part in parts if part) + "\n"


def _short(text: str) -> str:
    line = plain(text)
    return line if len(line) <= _TITLE_CHARACTERS else line[:_TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _colophon(version: str, made_on: float, say: Say) -> str:
    made = " ".join(part for part in ("Footnote", version) if part)
    when = moment(made_on)
    return f"*{_inline(say('Exported from {made}, {when}', made=made, when=when))}*" if when else ""


def _entry(entry: Entry, say: Say) -> list[str]:
    answer = entry.turn.answer
    parts = []
    if answer is not None:
        parts.append(as_lines(text_blocks(answer, say), _block))
        parts += [
            f"{dagger(i)} {_inline(describe_verdict(sentence, say))}" for i, sentence in enumerate(cautions(answer))
        ]
        if aside := left_out(answer):
            parts.append(f"{_inline(describe_left_out(answer, say))}:")
            parts.append("\n".join(f"- {_inline(describe_unheld(s, say))}{_notes(s.citations)}" for s in aside))
    parts += [f"_{_inline(remark)}_" for remark in remarks(entry.turn, say)]
    parts.append(capitalised(" · ".join(map(_inline, provenance(entry.turn, say)))))
    parts.append("\n".join(_footnote(note, say) for note in entry.notes))
    return parts


def _block(block: Block) -> str:
    words = " ".join(_piece(piece, quoted=block.kind is BlockKind.QUOTE) for piece in block.pieces)
    match block.kind:
        case BlockKind.HEADING:
            return f"### {words}"
        case BlockKind.QUOTE:
            return f"> {words}"
        case BlockKind.TABLE:
            return table_lines(block, lambda piece: _piece(piece, quoted=False))
        case _:
            return block.label + words


def _piece(piece: Piece, *, quoted: bool) -> str:
    words = "".join(_run(run, first=i == 0) for i, run in enumerate(piece.runs))
    return (f"“{words}”" if quoted else words) + piece.sign + _notes(piece.markers)


def _notes(markers: Sequence[int]) -> str:
    return "".join(f"[^{marker}]" for marker in markers)


def _run(run: Run, *, first: bool) -> str:
    if run.bold:
        escaped = literal(run.text) if first else _inline(run.text)
        return f"**{escaped}**" if escaped else ""
    return literal(run.text) + (" " if run.text[-1:].isspace() else "") if first else _within(run.text)


def _within(text: str) -> str:
    """The blanks at its ends part it from its neighbours."""
    return _escaped(plain_within(text))


def _footnote(note: Citation, say: Say) -> str:
    where = f"{literal(note.document)}, {_inline(page_name(note.page, note.page_label, say))}"
    return f"[^{note.marker}]: {where}: “{_inline(note.quote)}”"
