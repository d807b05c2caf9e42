"""Blocks of labels with their values beside them, without rules: infoboxes, forms, the head of a letter.

Two columns of words are told from running text by their labels: few words, each at the same place, with values that
begin at one place, too. Labels that are bold, that end in colons, or that stand far from short values make a block;
nothing else does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared_utils.tables.draft import Draft, around, cell
from shared_utils.tables.lines import Line, Piece, piece_of
from shared_utils.tables.model import Box, PlacedPage

ROWS = 3  # at least
FAR = 1.9  # × the height: white between two lines of a block
ALIGNED = 0.35  # of the height that beginnings may differ
WIDE = 1.4  # × the height: white that sets a label apart by itself
LABEL_WORDS, USUAL_WORDS = 6, 3.5  # of a label at most, and of all on average
LINES_A_VALUE = 3.0  # on average
MOSTLY = 0.7  # of the rows
APART = 0.2  # × the height: white between a label and its value
SHORT = 24  # characters of what stands in a column of a table and not in one of text
ANCHORS = 12  # pairs of places looked at on a page


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A label and its value's lines; a label without a value stands over nothing."""

    label: tuple[Piece, ...]
    value: tuple[Piece, ...]


def labelled_blocks(page: PlacedPage, lines: Sequence[Line]) -> list[Draft]:
    """The blocks among these lines, top down; what stands beside them in other columns does not matter."""
    found: list[Draft] = []
    for label_x, value_x in _anchors(lines):
        for rows in _stacks(page, lines, label_x, value_x):
            if _is_block(page, lines, rows):
                draft = _draft(rows)
                found += [draft] if not any(_meet(draft.box, other.box) for other in found) else []
    return sorted(found, key=lambda draft: draft.box[1])


def _anchors(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Where labels and their values begin, for every two places that enough lines share, the commonest first."""
    counts: Counter[tuple[int, int]] = Counter()
    for line in lines:
        for label, value in pairwise(line.pieces):
            if len(label.text.split()) <= LABEL_WORDS and not label.is_figure:
                counts[round(label.x0, -1), round(value.x0, -1)] += 1
    merged: Counter[tuple[int, int]] = Counter()
    for (label_x, value_x), count in counts.most_common():
        near = next((a for a in merged if abs(a[0] - label_x) <= 10 and abs(a[1] - value_x) <= 10), None)
        merged[near or (label_x, value_x)] += count
    return [anchor for anchor, count in merged.most_common(ANCHORS) if count >= ROWS]


def _stacks(page: PlacedPage, lines: Sequence[Line], label_x: int, value_x: int) -> Iterator[list[_Row]]:
    """Runs of rows whose labels begin at one place and whose values begin at another."""
    rows: list[_Row] = []
    bottom = 0
    for line in lines:
        split = _split(page, line, label_x, value_x)
        if split is None:  # nothing of it stands there
            continue
        label, value = split
        piece = label or value
        height = piece.y1 - piece.y0 if piece else line.height
        is_far = bool(rows) and piece is not None and piece.y0 - bottom > FAR * height
        if piece is None or is_far or (label is None and not rows):
            yield rows
            rows = []
        if piece is None or (label is None and not rows):
            continue
        if label is not None and value is not None:
            rows.append(_Row((label,), (value,)))
        elif value is not None:
            rows[-1] = _Row(rows[-1].label, (*rows[-1].value, value))
        elif rows and label is not None and label.text[:1].islower():
            rows[-1] = _Row((*rows[-1].label, label), rows[-1].value)
        else:
            yield rows
            rows = []
            continue
        bottom = piece.y1
    yield rows


def _split(page: PlacedPage, line: Line, label_x: int, value_x: int) -> tuple[Piece | None, Piece | None] | None:
    """What of a line stands at the two places: (label, value), either may be missing; (None, None) where something else
    stands between them, None where nothing does."""
    slack = ALIGNED * line.height
    before = [p for p in line.pieces if label_x - slack <= p.x0 < value_x - slack]
    behind = [p for p in line.pieces if abs(p.x0 - value_x) <= slack]
    if not before:
        return (None, behind[0]) if behind else None
    label = before[0]
    if len(before) > 1 or abs(label.x0 - label_x) > slack:
        return None, None
    if behind or label.x1 <= value_x - slack:
        return label, behind[0] if behind else None
    at = next((n for n, word in enumerate(label.words) if n and abs(word[2] - value_x) <= slack), None)
    if at is None or label.words[at][2] - label.words[at - 1][4] < APART * line.height:
        return None, None
    return piece_of(page, label.words[:at]), piece_of(page, label.words[at:])


def _meet(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _is_block(page: PlacedPage, lines: Sequence[Line], rows: Sequence[_Row]) -> bool:
    if len(rows) < ROWS:
        return False
    labels = [" ".join(piece.text for piece in row.label) for row in rows]
    counts = [len(label.split()) for label in labels]
    if max(counts) > LABEL_WORDS or sum(counts) > USUAL_WORDS * len(rows) or not all(map(_is_label, labels)):
        return False
    if sum(row.value[0].is_figure and row.value[0].text.isdecimal() for row in rows) >= MOSTLY * len(rows):
        return False  # a table of contents, or figures without a name
    if max(Counter(labels).values()) > max(1, len(rows) // 3):
        return False
    if sum(len(row.value) for row in rows) > LINES_A_VALUE * len(rows):
        return False
    beside = _beside(lines, rows)
    if 2 * sum(any(len(piece.text) < SHORT for piece in pieces) for pieces in beside) > len(rows):
        return False  # the rows go on in further columns
    has_colons = _most(label.rstrip().endswith((":", "：")) for label in labels)
    return _most(_are_bold(page, rows)) or has_colons or (_far(rows) and not any(beside))


def _is_label(text: str) -> bool:
    return any(map(str.isalpha, text)) and not text.rstrip().endswith((".", ",", ";")) and len(text) < 60


def _beside(lines: Sequence[Line], rows: Sequence[_Row]) -> list[list[Piece]]:
    """What else stands on the line of each label."""
    labels = {row.label[0].words[0] for row in rows}
    own = labels | {word for row in rows for piece in (*row.label, *row.value) for word in piece.words}
    levels = [line for line in lines if any(piece.words[0] in labels for piece in line.pieces)]
    return [[piece for piece in line.pieces if piece.words[0] not in own] for line in levels]


def _are_bold(page: PlacedPage, rows: Sequence[_Row]) -> Iterator[bool]:
    """Whether each label begins bold and its value does not end so."""
    return (row.label[0].words[0][0] in page.bold and row.value[0].words[-1][0] not in page.bold for row in rows)


def _most(signs: Iterable[bool]) -> bool:
    known = list(signs)
    return sum(known) >= MOSTLY * len(known)


def _far(rows: Sequence[_Row]) -> bool:
    """Whether labels stand well apart from values that are short, most of them of one line."""
    edge = max(piece.x1 for row in rows for piece in row.label)
    left = min(row.value[0].x0 for row in rows)
    height = rows[0].label[0].y1 - rows[0].label[0].y0
    short = sum(len(row.value) == 1 and len(row.value[0].text) < 48 for row in rows)
    runs_on = any(row.value[-1].text.endswith((",", "-")) for row in rows)
    return not runs_on and left - edge > WIDE * height and len(rows) > ROWS and short >= MOSTLY * len(rows)


def _draft(rows: Sequence[_Row]) -> Draft:
    cells = []
    for number, row in enumerate(rows):
        cells += [cell(number, number, 0, 0, row.label), cell(number, number, 1, 1, row.value)]
    box = around([piece for row in rows for piece in (*row.label, *row.value)])
    return Draft(tuple(cells), box, is_labelled=True)
