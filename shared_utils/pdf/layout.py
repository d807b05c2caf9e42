"""From a page's words with boxes to its rows in reading order.

All lengths are tenths of a point in the reading frame: x along the text, y downwards. Glyph numbers index the
characters as PDFium gave them (`raw`). Words that run in another direction than the page's have a frame of their own,
in which they are laid out before they take their place among the others.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from shared_utils.pdf.bidirectional import as_spoken
from shared_utils.pdf.columns import from_the_top, gutters, in_reading_order
from shared_utils.pdf.lines import (
    Gutter,
    Row,
    Segment,
    Word,
    goes_on,
    joint_of,
    right_to_left,
    rows,
    segments,
    turns_back,
    with_columns_of_numbers,
)
from shared_utils.pdf.spaced import joints_between_letters

SCATTERED_WORDS = 12  # a page with fewer is in order
SCATTERED = 0.6  # pieces that the lines make of the words, as a share of those that the file's order makes of them
SHUFFLED_ROWS, SHUFFLED_SHARE = 3, 0.35  # of a column's rows stand above the one before
LINE_CHARS, EAST_ASIAN_CHARS = 20, 6  # shorter rows are labels
DOWNWARDS = 3  # quarter turns, counter-clockwise
PARAGRAPH_GAP = 0.8  # × the height: lines closer than this are one paragraph's

_EAST_ASIAN = re.compile("[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3]")


def lay_out(
    raw: str, words: Sequence[Word], bold: frozenset[int], turned_words: Sequence[tuple[int, int]] = ()
) -> list[Row]:
    """The rows of a page in reading order. `turned_words` are (start, quarter turns counter-clockwise) of words that do
    not run as the reading frame does."""
    turns = dict(turned_words) | _set_vertically(raw, words)
    if not turns:
        return _in_frame(raw, words, bold)
    groups: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        groups[turns.get(word[0], 0)].append(word)
    most = max(groups, key=lambda turn: sum(word[1] - word[0] for word in groups[turn]))
    main = _turned_rows(raw, groups.pop(most), bold, most)
    for turn, group in sorted(groups.items()):
        main = _among(main, _turned_rows(raw, group, bold, turn), {word[0] for word in words} - {w[0] for w in group})
    return main


# ------------------------------------------------------------------------------------------------ one direction


def _in_frame(raw: str, words: Sequence[Word], bold: frozenset[int]) -> list[Row]:
    """Rows in reading order."""
    joints = joints_between_letters(raw, words)
    goes_back = right_to_left(raw)

    def in_rows(ordered: Sequence[Word]) -> tuple[list[Row], list[Gutter]]:
        found = gutters(ordered, from_right=goes_back)
        return from_the_top(rows(segments(raw, ordered, bold, found, joints), goes_back=goes_back)), found

    page_rows, found = in_rows(words)
    if _is_scattered(raw, words, sum(map(len, page_rows))) or _is_shuffled(raw, page_rows):
        page_rows, found = in_rows(_by_line(words))
    ordered = in_reading_order(raw, with_columns_of_numbers(raw, page_rows), found)
    return [as_spoken(raw, row) for row in ordered] if goes_back else ordered


def _is_shuffled(raw: str, page_rows: Sequence[Row]) -> bool:
    """Whether the file draws lines without regard to their order: many stand above the one before, in its column.
    Labels of a chart are as well left in the groups they were drawn in."""
    lines = [row for row in page_rows if _is_line(raw, row)]
    same_column = [
        following[0].y1 <= row[0].y0
        for row, following in pairwise(lines)
        if following[0].x0 < row[-1].x1 and row[0].x0 < following[-1].x1
    ]
    climbs = sum(same_column)
    return climbs >= SHUFFLED_ROWS and climbs > SHUFFLED_SHARE * len(same_column)


def _is_line(raw: str, row: Row) -> bool:
    chars = sum(segment.end - segment.start for segment in row)
    return chars >= LINE_CHARS or (chars >= EAST_ASIAN_CHARS and _EAST_ASIAN.match(raw, row[0].start) is not None)


def _by_line(words: Sequence[Word]) -> list[Word]:
    """Words by the lines they stand on, top down, each line left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word[3] + word[5]):
        if lines:
            last = lines[-1][-1]
            shared = min(word[5], last[5]) - max(word[3], last[3])
            if 2 * shared > min(word[5] - word[3], last[5] - last[3]):
                lines[-1].append(word)
                continue
        lines.append([word])
    return [word for line in lines for word in sorted(line, key=lambda word: word[2])]


def _is_scattered(raw: str, words: Sequence[Word], segments_found: int) -> bool:
    """Whether the file draws words without regard to their lines."""
    if len(words) < SCATTERED_WORDS or 2 * segments_found <= len(words):
        return False
    pieces = _pieces(raw, words)
    return 2 * pieces > len(words) and _pieces(raw, _by_line(words)) < SCATTERED * pieces


def _pieces(raw: str, words: Sequence[Word]) -> int:
    """How many runs of words that follow each other closely."""
    if right_to_left(raw):
        return 1 + sum(
            not goes_on(last, word, _lower(last, word)) or turns_back(raw, last, word, goes_back=True)
            for last, word in pairwise(words)
        )
    return 1 + sum(word[4] <= last[2] or not goes_on(last, word, _lower(last, word)) for last, word in pairwise(words))


def _lower(last: Word, word: Word) -> int:
    return max(1, min(last[5] - last[3], word[5] - word[3]))


# ------------------------------------------------------------------------------------------------ several directions


def _set_vertically(raw: str, words: Sequence[Word]) -> dict[int, int]:
    """Japanese and Chinese set in columns from the right: text that runs downwards, its letters upright."""
    if raw.isascii() or _EAST_ASIAN.search(raw) is None:
        return {}
    tall = [
        w for w in words if 2 * (w[5] - w[3]) > 3 * (w[4] - w[2]) and w[1] - w[0] > 1 and _EAST_ASIAN.match(raw, w[0])
    ]
    others = [w for w in words if w[1] - w[0] > 2 and w[4] - w[2] > w[5] - w[3] and _EAST_ASIAN.match(raw, w[0])]
    if sum(w[1] - w[0] for w in tall) <= sum(w[1] - w[0] for w in others):
        return {}
    columns = [(w[2], w[4]) for w in tall]
    short = (w for w in words if w[1] - w[0] <= 2 and any(x0 <= (w[2] + w[4]) / 2 <= x1 for x0, x1 in columns))
    return {word[0]: DOWNWARDS for word in (*tall, *short)}


def _turn_box(box: tuple[int, int, int, int], turns: int) -> tuple[int, int, int, int]:
    """A box of the reading frame in the frame of text that is turned by so many quarters from there."""
    x0, y0, x1, y1 = box
    if turns == 1:  # the text runs upwards
        return -y1, x0, -y0, x1
    if turns == 2:
        return -x1, -y1, -x0, -y0
    return (y0, -x1, y1, -x0) if turns == 3 else box


def _turned_rows(raw: str, words: Sequence[Word], bold: frozenset[int], turns: int) -> list[Row]:
    """Rows laid out in their own frame, told in the page's: joints are kept, as gaps along x are there no more."""
    if not turns:
        return _in_frame(raw, words, bold)
    own = [(word[0], word[1], *_turn_box(word[2:], turns)) for word in words]
    return [_told(raw, row, turns) for row in _in_frame(raw, own, bold)]


def _told(raw: str, row: Row, turns: int) -> Row:
    joints = [None, *(joint_of(raw, last, segment) for last, segment in pairwise(row))]
    return [_back(segment, turns, joint) for segment, joint in zip(row, joints, strict=True)]


def _back(segment: Segment, turns: int, joint: str | None) -> Segment:
    x0, y0, x1, y1 = _turn_box((segment.x0, segment.y0, segment.x1, segment.y1), 4 - turns)
    return replace(segment, x0=x0, y0=y0, x1=x1, y1=y1, is_vertical=turns % 2 == 1, joint=joint)


def _among(main: list[Row], others: Sequence[Row], starts: set[int]) -> list[Row]:
    """`main` with rows of another direction where the file draws them; none in the midst of a paragraph: behind all."""
    ordered = sorted(starts)
    blocks: dict[int, list[Row]] = defaultdict(list)
    for row in others:
        blocks[bisect_left(ordered, min(segment.start for segment in row))].append(row)
    behind: dict[int, list[Row]] = defaultdict(list)  # by the number of rows before them
    for place, block in sorted(blocks.items()):
        before = ordered[place - 1] if place else -1
        at = next((n for n, row in enumerate(main, 1) if any(s.start <= before < s.end for s in row)), 0)
        behind[len(main) if 0 < at < len(main) and _is_one_paragraph(main[at - 1], main[at]) else at] += block
    return [row for n, own in enumerate([None, *main]) for row in ([own] if own else []) + behind.get(n, [])]


def _is_one_paragraph(row: Row, following: Row) -> bool:
    gap = following[0].y0 - row[0].y1
    return abs(gap) < PARAGRAPH_GAP * row[0].height and row[0].x0 < following[-1].x1 and following[0].x0 < row[-1].x1
