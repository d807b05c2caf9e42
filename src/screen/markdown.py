"""An answer as Streamlit's Markdown: what comes from outside is literal, what a model set apart is set apart."""

from __future__ import annotations

import re
from collections.abc import Callable

from shared_utils.citations.items import item_of
from shared_utils.types import Answer, Citation
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Block, BlockKind, Piece, Run, as_lines, blocks, dagger, runs_of, table_lines
from src.presentation.describe import place_of
from src.presentation.escaping import plain, plain_within
from src.presentation.plain_text import with_marks

Chip = Callable[[int], str | None]
"""The Markdown of a citation marker; None where the number points at nothing and is only text."""

_ASCII_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit's renderer looks for these in finished text, where a backslash no longer protects them:
# addresses, e-mail, :emoji: and :material/icons:, and the arrows and dashes it sets typographically.
_REWRITTEN_LATER = re.compile(
    r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=:)(?=[\w+-]+:|material/)|(?<=[<>~-])(?=[>=-])", re.IGNORECASE
)
_WORD_JOINER = "\u2060"  # invisible, no width, no break


def _backslashed(text: str) -> str:
    return _ASCII_PUNCTUATION.sub(r"\\\1", text)


def escape_markdown(text: str) -> str:
    """`text` as Markdown that shows exactly these characters: no links, images, HTML, LaTeX, directives or emoji.

    >>> escape_markdown("![x](https://a.b) costs $5")
    '\\\\!\\\\[x\\\\]\\\\(https\\\\:\u2060\\\\/\\\\/a\\\\.b\\\\) costs \\\\$5'
    """
    return _backslashed(_REWRITTEN_LATER.sub(_WORD_JOINER, plain(text)))


def _literal(text: str) -> str:
    """As `escape_markdown`, but the blanks at both ends stay: they part words from bold ones and from chips."""
    return _backslashed(_REWRITTEN_LATER.sub(_WORD_JOINER, plain_within(text)))


def chip_link(citation: Citation, anchor: str, say: Say = ENGLISH) -> str:
    """A marker as a link the page catches; its title is what a screen reader adds."""
    return f'[{citation.marker}](#{anchor} "{_backslashed(place_of(citation, say))}")'


# ------------------------------------------------------------------------------------------------ a finished answer


def answer_markdown(
    answer: Answer, chip: Chip | None = None, sign: Callable[[int], str] = dagger, say: Say = ENGLISH
) -> str:
    """The answer as Markdown. `chip` draws a marker, `sign` the n-th caution; else both are plain characters."""
    chip = chip or (lambda marker: f"\\[{marker}\\]")

    def piece_markdown(words: str, piece: Piece) -> str:
        marks = [*(chip(marker) or "" for marker in piece.markers), "" if piece.doubt is None else sign(piece.doubt)]
        return with_marks(words, "\u00a0".join(filter(None, marks)))

    def block_markdown(block: Block) -> str:
        if block.kind is BlockKind.TABLE:
            return table_lines(block, lambda piece: piece_markdown("".join(map(_run, piece.runs)), piece))
        if block.kind is BlockKind.HEADING:
            return " ".join(piece_markdown(f"**{escape_markdown(piece.text)}**", piece) for piece in block.pieces)
        return block.label + " ".join(piece_markdown("".join(map(_run, piece.runs)), piece) for piece in block.pieces)

    return as_lines(blocks(answer, say), block_markdown)


def _run(run: Run) -> str:
    return f"**{escape_markdown(run.text)}**" if run.bold else _literal(run.text)


# ------------------------------------------------------------------------------------------------ words under way

MARKER = re.compile(r"\[(\d{1,3})\]")


def written_markdown(text: str, chip: Chip) -> str:
    """A model's words so far: paragraphs, lists and bold are kept, known markers become chips, the rest is literal."""
    lines = []
    for line in text.splitlines():
        item, start = item_of(line)
        shown = _inline(closed(line[start:].strip()), chip)
        if item == "#":
            lines.append(f"**{shown}**" if shown else "")
        else:
            lines.append(f"{item} {shown}" if item else shown)
    return "\n".join(lines)


def _inline(text: str, chip: Chip) -> str:
    """Literal text, except `**bold**` and the markers that `chip` knows."""
    out = []
    for run in runs_of(text):
        words = _with_chips(run.text, chip)
        out.append(f"**{words}**" if run.bold else words)
    return "".join(out)


def _with_chips(text: str, chip: Chip) -> str:
    out, position = [], 0
    for marker in MARKER.finditer(text):
        out.append(_literal(text[position : marker.start()]))
        out.append(chip(int(marker[1])) or escape_markdown(marker[0]))
        position = marker.end()
    return "".join([*out, _literal(text[position:])])


def closed(line: str) -> str:
    """Bold that is still being written is bold already."""
    if line.count("**") % 2 == 0:
        return line
    return line.removesuffix("**").rstrip() if line.endswith("**") else f"{line}**"
