"""Which pieces of lines are running text: no table begins in the middle of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_utils.tables.lines import Line, Piece
from shared_utils.tables.texts import label_and_value

LONG_CHARS = 24  # a line of running text has more
LONE_CHARS = 96  # one that is running text by itself
FILLED = 0.8  # of its column's width
BETWEEN = 0.8  # × the height: white between two lines of a paragraph
SET_APART = 1.4  # × the height: white between words that are set apart to fill a line is narrower
LETTERS = 0.6  # of the characters
FIGURES = 0.34  # of the pieces of a line; with more it is a row of figures
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Pieces side by side with no white wider than words set apart to fill a line."""

    pieces: tuple[Piece, ...]
    has_figures: bool  # many of its own
    has_values: bool  # figures behind it, in other columns

    @property
    def first(self) -> Piece:
        return self.pieces[0]

    @property
    def x1(self) -> int:
        return self.pieces[-1].x1

    @property
    def height(self) -> int:
        return self.first.y1 - self.first.y0

    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


def prose_pieces(lines: Sequence[Line]) -> set[int]:
    """The ids of pieces that are lines of running text: long, of words, one below the other, filling their column.

    A line whose words are set far apart to fill the column is one stretch here, however many pieces it fell into.
    """
    paragraphs = (stack for stack in _stacks(lines) if _is_prose(stack))
    return {id(piece) for stack in paragraphs for stretch in stack for piece in stretch.pieces}


def _stretches(line: Line) -> Iterable[_Stretch]:
    pieces = line.pieces
    start = 0
    for end in range(1, len(pieces) + 1):
        if end < len(pieces):
            gap = pieces[end].x0 - pieces[end - 1].x1
            if gap <= SET_APART * (pieces[end].y1 - pieces[end].y0):
                continue
        own = pieces[start:end]
        figures = sum(piece.is_figure for piece in own)
        many = len(own) > 1 and figures >= FIGURES * len(own)
        yield _Stretch(own, many, any(piece.is_figure for piece in pieces[end:]))
        start = end


def _stacks(lines: Sequence[Line]) -> list[list[_Stretch]]:
    """Stretches one below the other that begin at the same place."""
    stacks: list[list[_Stretch]] = []
    still_open: list[list[_Stretch]] = []
    for line in lines:
        continued: list[list[_Stretch]] = []
        for stretch in _stretches(line):
            stack = next((stack for stack in still_open if _continues(stack, stretch)), None)
            if stack is None:
                stacks.append(stack := [])
            else:
                still_open.remove(stack)
            stack.append(stretch)
            continued.append(stack)
        waiting = [s for s in still_open if line.y1 - s[-1].first.y1 < BETWEEN * s[-1].height]
        still_open = continued + waiting
    return stacks


def _continues(stack: Sequence[_Stretch], stretch: _Stretch) -> bool:
    last, first = stack[-1].pieces[0], stretch.pieces[0]
    height = last.y1 - last.y0
    x0, y0 = first.x0, first.y0
    return (
        stretch.has_values == stack[-1].has_values
        and abs(x0 - stack[0].first.x0) < 4 * height
        and last.y0 + height // 3 < y0 < last.y1 + BETWEEN * height
        and (abs(x0 - last.x0) < height or len(stack) == 1)
    )


def _is_prose(stack: Sequence[_Stretch]) -> bool:
    if len(stack) == 1 and sum(len(piece.text) for piece in stack[0].pieces) <= LONE_CHARS:
        return False
    texts = [text for stretch in stack for text in [stretch.text()] if label_and_value(text) is None]
    is_lone = any(len(text) > LONE_CHARS and text.count(" ") > 12 for text in texts[:2])
    if is_lone and not (stack[0].has_figures or stack[0].has_values):
        return True
    long = [text for text in texts if len(text) >= LONG_CHARS and text.count(" ") >= 3]
    if len(long) < 2 or 2 * len(long) < len(stack):
        return False
    if 2 * sum(stretch.has_figures or stretch.has_values for stretch in stack) > len(stack):
        return False  # labels with their figures
    if sum(len(word) for text in long for word in _LETTERS.findall(text)) < LETTERS * sum(map(len, long)):
        return False
    starts = sorted(stretch.first.x0 for stretch in stack)
    usual = starts[len(starts) // 2]
    if sum(abs(start - usual) < 15 for start in starts) < 0.6 * len(starts):
        return False
    left, right = starts[0], max(stretch.x1 for stretch in stack)
    filled = sum(stretch.x1 - left > FILLED * (right - left) for stretch in stack[:-1])
    return filled >= 0.6 * (len(stack) - 1)
