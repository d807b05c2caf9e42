"""A model's words so far, as data that the browser sets on the page itself (running.js): nothing of it is markup."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

from shared_utils.citations.items import item_of
from src.presentation.blocks import runs_of
from src.presentation.escaping import plain_within
from src.screen.markdown import MARKER, closed

Piece = str | int
"""Words, or a marker whose chip is known."""


class Run(NamedTuple):
    bold: bool
    pieces: tuple[Piece, ...]


class Block(NamedTuple):
    """A paragraph, which is one item, or a list. `start`: the number that an "ol" begins with."""

    kind: Literal["p", "ul", "ol"]
    start: int
    items: tuple[tuple[Run, ...], ...]


def written_blocks(text: str, known: Collection[int]) -> list[Block]:
    """Paragraphs and lists of what was written so far; `known`: the markers that lead somewhere.

    >>> [(b.kind, b.start, len(b.items)) for b in written_blocks("Two:\\n2. a\\n3. b\\n\\nSo.", ())]
    [('p', 1, 1), ('ol', 2, 2), ('p', 1, 1)]
    >>> written_blocks("**Red** as [1] and [9]", {1})[0].items[0]
    (Run(bold=True, pieces=('Red',)), Run(bold=False, pieces=(' as ', 1, ' and [9]')))
    """
    blocks, goes_on = list[Block](), False
    for line in text.splitlines():
        item, start = item_of(line)
        words = closed(line[start:].strip())
        if not words and not item:
            goes_on = False
        elif item == "#":
            blocks.append(Block("p", 1, (_runs(f"**{words.replace('**', '')}**", known),)))
            goes_on = False
        elif item:
            kind: Literal["ul", "ol"] = "ul" if item == "-" else "ol"
            runs = _runs(words, known)
            if blocks and blocks[-1].kind == kind:
                blocks[-1] = blocks[-1]._replace(items=(*blocks[-1].items, runs))
            else:
                blocks.append(Block(kind, int(item[:-1] or 1), (runs,)))
            goes_on = True
        elif goes_on:  # a line that ends is no paragraph that ends
            *before, last = blocks[-1].items
            joined = (*last, Run(False, (" ",)), *_runs(words, known))
            blocks[-1] = blocks[-1]._replace(items=(*before, joined))
        else:
            blocks.append(Block("p", 1, (_runs(words, known),)))
            goes_on = True
    return blocks


def _runs(text: str, known: Collection[int]) -> tuple[Run, ...]:
    return tuple(Run(run.bold, _pieces(run.text, known)) for run in runs_of(text))


def _pieces(text: str, known: Collection[int]) -> tuple[Piece, ...]:
    pieces, position = list[Piece](), 0
    for marker in MARKER.finditer(text):
        if int(marker[1]) in known:
            pieces += [plain_within(text[position : marker.start()]), int(marker[1])]
            position = marker.end()
    return tuple(piece for piece in (*pieces, plain_within(text[position:])) if piece != "")
