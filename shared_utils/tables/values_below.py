"""Labels side by side with their values below them, without rules: the dates and numbers at the head of an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shared_utils.tables.draft import Draft, around, cell
from shared_utils.tables.lines import Line, Piece

ALIGNED = 0.35  # of the height that a value may begin beside its label
NEAR = 1.5  # × the height: white between labels and their values
LABEL_WORDS = 6
COLONS = (":", "：")


def values_below(lines: Sequence[Line]) -> list[Draft]:
    """The labels of each line of which every piece ends in a colon, with the value that begins below each; none where
    a value below stands under no label."""
    found = []
    for line, below in pairwise(lines):
        if len(line.pieces) < 2 or below.y0 - line.y1 > NEAR * line.height or not all(map(_is_label, line.pieces)):
            continue
        under = {id(label): _under(label, below) for label in line.pieces}
        pairs = [(label, value) for label in line.pieces if (value := under[id(label)]) is not None]
        if len(pairs) < 2 or len(pairs) < len(below.pieces) or any(_ends_in_colon(value) for _, value in pairs):
            continue
        cells = [
            cell(row, row, column, column, [piece])
            for row, pair in enumerate(pairs)
            for column, piece in enumerate(pair)
        ]
        found.append(Draft(tuple(cells), around([piece for pair in pairs for piece in pair]), is_labelled=True))
    return found


def _under(label: Piece, below: Line) -> Piece | None:
    slack = ALIGNED * (label.y1 - label.y0)
    return next((piece for piece in below.pieces if abs(piece.x0 - label.x0) <= slack), None)


def _is_label(piece: Piece) -> bool:
    return _ends_in_colon(piece) and len(piece.words) <= LABEL_WORDS and any(map(str.isalpha, piece.text))


def _ends_in_colon(piece: Piece) -> bool:
    return piece.text.rstrip().endswith(COLONS)
