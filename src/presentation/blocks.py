"""An answer, composed once: paragraphs, list items, headings and quotations, as every renderer draws them.

The page, the API, the exports and the terminal differ in how they draw a block; none of them looks at an answer's
sentences to find out what its blocks are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, pairwise

from shared_utils.citations.firmness import BESIDE_THE_POINT
from shared_utils.citations.items import item_of
from shared_utils.types import Answer, DirectKind, EngineKind, Sentence, Verdict
from src.i18n import ENGLISH, Say

_DAGGERS = "†‡§¶"  # the printers' order of footnote signs, after which they are doubled
CELL = "|"  # the item of a sentence that says one value of a table
_NOTHING = "–"  # in a table's place without a value
_OWN_LABEL = re.compile(r"\(?(?:[^\W\d_]|[ivx]{1,4}|\d{1,2})[.)]\s")
_BOLD = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*")


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBER = "number"
    HEADING = "heading"
    QUOTE = "quote"  # words of a document, where no model wrote
    TABLE = "table"  # values side by side


_ITEMS = (BlockKind.BULLET, BlockKind.NUMBER)


@dataclass(frozen=True, slots=True)
class Run:
    """Words set in one way. Bold is the one kind of markup that a model's words may carry."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence as it is set."""

    runs: tuple[Run, ...]
    markers: tuple[int, ...] = ()  # of the answer's citations; numbers that point at nothing are left out
    doubt: int | None = None  # which of the answer's cautions it is, 0-based; None = none

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def sign(self) -> str:
        """The footnote sign of its caution; "" where there is none."""
        return "" if self.doubt is None else dagger(self.doubt)


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    pieces: tuple[Piece, ...]
    number: int = 0  # of a numbered item, as it was written
    rows: tuple[tuple[Piece, ...], ...] = ()  # of a table, its heads first; its pieces say each value in a line

    @property
    def says_its_label(self) -> bool:
        """Whether its words begin with "a." or "(ii)", as steps of a document do: a bullet is too much then."""
        return self.kind is BlockKind.BULLET and bool(self.pieces and _OWN_LABEL.match(self.pieces[0].text))

    @property
    def between(self) -> str:
        """What parts its pieces where it is drawn as text."""
        return "\n" if self.kind is BlockKind.TABLE else " "

    @property
    def label(self) -> str:
        """What stands before the words of a list's item: "- " or "3. "; "" elsewhere."""
        match self.kind:
            case BlockKind.BULLET:
                return "- "
            case BlockKind.NUMBER:
                return f"{self.number}. "
            case _:
                return ""


# ------------------------------------------------------------------------------------------------ cautions


def dagger(index: int) -> str:
    """The sign of the n-th caution, 0-based: † ‡ § ¶ †† ‡‡ …"""
    return _DAGGERS[index % len(_DAGGERS)] * (index // len(_DAGGERS) + 1)


def cautions(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences shown that do not fully stand on what they cite, in reading order. A refusal claims nothing."""
    return tuple(s for s in shown(answer) if _is_doubted(s, answer))


def _is_doubted(sentence: Sentence, answer: Answer) -> bool:
    return answer.answerable and sentence.verdict is not Verdict.SUPPORTED


def shown(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences that are the answer. The first of a line carries the line's mark, whichever is left of it."""
    kept = []
    for _, group in groupby(answer.sentences, key=lambda sentence: sentence.paragraph):
        line = list(group)
        stays = [sentence for sentence in line if not sentence.left_out]
        if stays and stays[0] is not line[0] and not stays[0].item:
            stays[0] = replace(stays[0], item=line[0].item or item_of(line[0].text)[0])
        kept += stays
    return tuple(kept)


def left_out(answer: Answer) -> tuple[Sentence, ...]:
    """What a model wrote that is no part of the answer; headings and lead-ins that went with it claim nothing."""
    return tuple(
        s
        for s in answer.sentences
        if s.left_out and (s.verdict is not Verdict.SUPPORTED or s.reason == BESIDE_THE_POINT)
    )


def is_quoted(answer: Answer) -> bool:
    """No model wrote it: the quotes are the answer."""
    return answer.answerable and answer.stats.backend is EngineKind.EXTRACTIVE


def set_as_text(answer: Answer) -> Answer:
    """The sentences set as text: all that a model wrote; of a quoted answer those that are ours, such as a value
    with its labels. The quotes are listed with their sources."""
    return replace(answer, sentences=tuple(s for s in answer.sentences if s.said)) if is_quoted(answer) else answer


# ------------------------------------------------------------------------------------------------ composed


def blocks(answer: Answer, say: Say = ENGLISH) -> tuple[Block, ...]:
    """The answer in reading order. A sentence that is ours is said in the reader's language; other words are those of a
    model or a document."""
    sentences = shown(answer)
    doubts = {id(sentence): i for i, sentence in enumerate(s for s in sentences if _is_doubted(s, answer))}
    known = {citation.marker for citation in answer.citations}

    def piece(sentence: Sentence, text: str) -> Piece:
        words = say(sentence.said) if sentence.said else text.strip()
        markers = tuple(marker for marker in sentence.citations if marker in known)
        return Piece(tuple(runs_of(words)), markers, doubts.get(id(sentence)))

    made = []
    if rows := _rows_side_by_side(answer, sentences):
        led = sentences[: len(answer.direct.operands)] if answer.direct else ()
        made.append(Block(BlockKind.TABLE, tuple(piece(sentence, sentence.text) for sentence in led), rows=rows))
        sentences = sentences[len(led) :]
    for _, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        first, *others = group
        kind, number, text = _set_apart(first)
        if first.said and not first.item:
            kind, text = BlockKind.PARAGRAPH, first.text
        elif is_quoted(answer) and not first.said:
            kind, number, text = BlockKind.QUOTE, 0, first.text
        pieces = (piece(first, text), *(piece(sentence, sentence.text) for sentence in others))
        made.append(Block(kind, pieces, number))
    return tuple(made)


def _rows_side_by_side(answer: Answer, sentences: Sequence[Sentence]) -> tuple[tuple[Piece, ...], ...]:
    """The table of a comparison that leads an answer, its heads first; () where none does."""
    direct = answer.direct
    if direct is None or direct.kind is not DirectKind.COMPARISON or not all(one.row for one in direct.operands):
        return ()
    led = sentences[: len(direct.operands)]
    if len(led) < len(direct.operands) or any(sentence.item != CELL for sentence in led):
        return ()
    columns = list(dict.fromkeys(one.column for one in direct.operands))
    cells = {(one.row, one.column): (one, s.citations) for one, s in zip(direct.operands, led, strict=True)}
    units = {c: {one.unit for one in direct.operands if one.column == c} for c in columns}

    def head(column: str) -> Piece:
        unit = next(iter(units[column])) if len(units[column]) == 1 else ""
        return Piece((Run(f"{column} ({unit})" if unit else column),))

    def cell(row: str, column: str) -> Piece:
        if (row, column) not in cells:
            return Piece((Run(_NOTHING),))
        one, markers = cells[row, column]
        return Piece((Run(f"{one.value} ({one.unit})" if one.unit and len(units[column]) > 1 else one.value),), markers)

    heads = (Piece((Run(direct.name),)), *map(head, columns))
    names = dict.fromkeys(one.row for one in direct.operands)
    return heads, *((Piece((Run(row),)), *(cell(row, column) for column in columns)) for row in names)


def _set_apart(first: Sentence) -> tuple[BlockKind, int, str]:
    """What kind of block a sentence begins, its number, and its words without what set it apart."""
    # answers stored before a sentence had an `item` have its mark in their text
    item, start = (first.item, 0) if first.item else item_of(first.text)
    words = first.text[start:]
    match item:
        case "":
            return BlockKind.PARAGRAPH, 0, words
        case "-":
            return BlockKind.BULLET, 0, words
        case "#":
            return BlockKind.HEADING, 0, words
        case "|":
            return BlockKind.PARAGRAPH, 0, words
        case _:
            return BlockKind.NUMBER, int(item.rstrip(".")), words


def runs_of(text: str) -> Iterator[Run]:
    """Words without the stars around bold ones.

    >>> [(run.text, run.bold) for run in runs_of("a **b** c")]
    [('a ', False), ('b', True), (' c', False)]
    """
    position = 0
    for found in _BOLD.finditer(text):
        if found.start() > position:
            yield Run(text[position : found.start()])
        yield Run(found[1], bold=True)
        position = found.end()
    if position < len(text):
        yield Run(text[position:])


def unplaced(answer: Answer) -> tuple[int, ...]:
    """The markers of citations that no sentence carries: a refusal's closest passages."""
    placed = {marker for sentence in answer.sentences for marker in sentence.citations}
    return tuple(citation.marker for citation in answer.citations if citation.marker not in placed)


# ------------------------------------------------------------------------------------------------ drawn


def as_lines(made: Sequence[Block], draw: Callable[[Block], str]) -> str:
    """The drawn blocks: blank lines between paragraphs, none between the items of a list."""
    out = [draw(block) for block in made[:1]]
    for before, block in pairwise(made):
        out.append(("\n" if before.kind in _ITEMS and block.kind in _ITEMS else "\n\n") + draw(block))
    return "".join(out)


def table_lines(block: Block, draw: Callable[[Piece], str]) -> str:
    """A table as GitHub's Markdown has it; `draw` gives a piece as Markdown."""
    drawn = [[re.sub(r"(?<!\\)\|", r"\|", draw(piece)) or " " for piece in row] for row in block.rows]
    marks = ["---", *["---:"] * (len(drawn[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (drawn[0], marks, *drawn[1:]))


def as_html(made: Sequence[Block], draw: Callable[[Piece], str], heading: str = "h3") -> str:
    """Paragraphs, lists, quotations and headings of the element `heading`; `draw` gives a sentence as safe HTML."""
    out = []
    for kind, group in groupby(made, key=lambda block: block.kind):
        drawn = [(block, " ".join(map(draw, block.pieces))) for block in group]
        match kind:
            case BlockKind.BULLET:
                out.append("<ul>" + "".join(f'<li dir="auto">{words}</li>' for _, words in drawn) + "</ul>")
            case BlockKind.NUMBER:
                items = (f'<li value="{block.number}" dir="auto">{words}</li>' for block, words in drawn)
                out.append("<ol>" + "".join(items) + "</ol>")
            case BlockKind.HEADING:
                out += [f'<{heading} dir="auto">{words}</{heading}>' for _, words in drawn]
            case BlockKind.QUOTE:
                out += [f'<blockquote dir="auto">{words}</blockquote>' for _, words in drawn]
            case BlockKind.TABLE:
                out += [_html_table(block, draw) for block, _ in drawn]
            case BlockKind.PARAGRAPH:
                out += [f'<p dir="auto">{words}</p>' for _, words in drawn]
    return "".join(out)


def _html_table(block: Block, draw: Callable[[Piece], str]) -> str:
    """The first row and the first column are heads."""
    heads = "".join(f'<th scope="col" dir="auto">{draw(piece)}</th>' for piece in block.rows[0])
    rows = (
        f'<tr><th scope="row" dir="auto">{draw(row[0])}</th>'
        + "".join(f"<td>{draw(p)}</td>" for p in row[1:])
        + "</tr>"
        for row in block.rows[1:]
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
