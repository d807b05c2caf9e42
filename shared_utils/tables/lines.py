"""From words to lines, and within a line to pieces: words with no wide gap and no rule between them.

A piece is what a table's cell shows of itself on one line. Tenths of a point throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter, sub

from shared_utils.tables.model import Box, PlacedPage, Word
from shared_utils.tables.texts import is_figure
from shared_utils.types import Span

SAME_LINE = 0.45  # of the height: the middles of words on one line lie nearer; a raised note mark's lies .3 away
PIECE_GAP = 0.62  # of the height: wider than a word space, narrower than what sets columns apart
FIGURE_GAP = 0.35  # between two numbers
BLANKS = 1.6  # of a typewriter's blanks: one is between words, two are between columns
_NUMBER = re.compile(r"[$€£¥(+−–-]*\d[\d.,]*[)%]*|[—–-]")
_LEADER = re.compile(r"[.·_…]{3,}$|^[.·_…]+$")
DASHES = ("-", "–", "—")
_LONE_SIGN = re.compile(r"[($€£¥(]+|[A-Z]{0,2}\$")
_TRAILING_SIGN = re.compile(r"[%)]+")
_HAS_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Words of one line, drawn in this box."""

    x0: int
    y0: int
    x1: int
    y1: int
    text: str
    is_bold: bool
    words: tuple[Word, ...]

    is_figure: bool  # a number, a share, an amount or a dash for none

    @property
    def first_width(self) -> int:
        """How much room its first word takes."""
        return self.words[0][4] - self.words[0][2]

    @property
    def middle(self) -> int:
        return (self.x0 + self.x1) // 2


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Pieces whose middles lie level, left to right. Never empty."""

    pieces: tuple[Piece, ...]
    y0: int
    y1: int

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def text(self) -> str:
        return " ".join([piece.text for piece in self.pieces])

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def levels(words: Iterable[Word]) -> list[list[Word]]:
    """Words by the line they stand on, top down, each line left to right."""
    found: list[list[Word]] = []
    together: list[Word] = []
    total = tallest = 0
    for word in sorted(words, key=_doubled_middle):
        middle, height = word[3] + word[5], word[5] - word[3]
        if together:
            high, low = (tallest, height) if tallest > height else (height, tallest)
            if high > 2 * low:
                high = 2 * low
            if middle - total / len(together) > 2 * SAME_LINE * high:
                found.append(together)
                together, total, tallest = [], 0, 0
        together.append(word)
        total += middle
        if height > tallest:
            tallest = height
    if together:
        found.append(together)
    for line in found:
        line.sort(key=_left)
    return found


_left = itemgetter(2)


def _doubled_middle(word: Word) -> int:
    return word[3] + word[5]


def upright_words(words: Sequence[Word]) -> list[Word]:
    """The words that do not stand sideways; a short one is known by those it stands in line with."""
    sideways = {
        number
        for number, (start, end, x0, y0, x1, y1) in enumerate(words)
        if y1 - y0 > x1 - x0 and end - start > 2 and y1 - y0 > 1.4 * (x1 - x0)
    }
    if sideways:
        for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
            for number in order:
                before = number - order.step
                if before in sideways and _is_below(words[before], words[number]):
                    sideways.add(number)
        words = [word for number, word in enumerate(words) if number not in sideways]
    return [word for word in words if word[5] > word[3]]


def _is_below(word: Word, other: Word) -> bool:
    """Whether two words stand one right above the other, as those of a line set sideways do."""
    width = word[4] - word[2]
    gap = max(word[3], other[3]) - min(word[5], other[5])
    return abs(word[2] - other[2]) < width / 4 and abs(word[4] - other[4]) < width / 4 and -width / 2 < gap < width


def text_lines(page: PlacedPage, verticals: Sequence[Box] = ()) -> list[Line]:
    """The lines of a page; `verticals` are rules that no piece crosses."""
    words = upright_words(page.words)
    blank = _blank_of_typewriter(words)
    return [line for level in levels(words) if (line := _line(page, level, verticals, blank))]


def _blank_of_typewriter(words: Sequence[Word]) -> float:
    """How wide a blank is where all letters are as wide as each other; 0 where they are not."""
    sample = [word for word in words[:: max(1, len(words) // 40)] if word[1] - word[0] > 3]
    widths = [(x1 - x0) / (end - start) / (y1 - y0) for start, end, x0, y0, x1, y1 in sample if y1 > y0]
    if len(widths) < 8:
        return 0.0
    usual = sorted(widths)[len(widths) // 2]
    alike = sum(abs(width - usual) < 0.05 * usual for width in widths)
    return usual if alike > 0.8 * len(widths) else 0.0


def _line(page: PlacedPage, level: list[Word], verticals: Sequence[Box], blank: float) -> Line | None:
    text = page.text
    _, _, _, tops, _, bottoms = zip(*level, strict=True)
    y0, y1 = min(tops), max(bottoms)
    heights = sorted(map(sub, bottoms, tops))
    height = heights[len(heights) // 2]
    barriers = [(v[0] + v[2]) // 2 for v in verticals if 2 * v[1] <= y0 + y1 <= 2 * v[3]] if verticals else []
    narrow, wide = max(FIGURE_GAP, BLANKS * blank) * height, max(PIECE_GAP, BLANKS * blank) * height
    pieces: list[Piece] = []
    together: list[Word] = []
    for word in level:
        if text[word[1] - 1] in ".·_…":
            kept, leads_on = _without_leader(text, word)
        elif together and not barriers and word[2] - together[-1][4] <= narrow:
            together.append(word)
            continue
        else:
            kept, leads_on = word, False
        if together and (kept is None or not _goes_on(text, together, kept, (narrow, wide), barriers)):
            pieces.append(piece_of(page, together))
            together = []
        if kept is not None:
            together.append(kept)
        if together and leads_on:
            pieces.append(piece_of(page, together))
            together = []
    if together:
        pieces.append(piece_of(page, together))
    return Line(tuple(pieces), y0, y1) if pieces else None


def _without_leader(text: str, word: Word) -> tuple[Word | None, bool]:
    """The word without the dots that lead to the next column, and whether there were any."""
    start, end, x0, y0, x1, y1 = word
    written = text[start:end]
    leader = _LEADER.search(written)
    if leader is None:
        return word, False
    kept = leader.start()
    if not kept:
        return None, True
    width = (x1 - x0) * 2 * kept // (2 * kept + end - start - kept)  # a dot is half as wide as a letter
    return (start, start + kept, x0, y0, x0 + width, y1), True


def _goes_on(text: str, together: list[Word], word: Word, gaps: tuple[float, float], barriers: Sequence[int]) -> bool:
    """Whether a word belongs to those before it: no rule between, and little white; `gaps` are how little between two
    numbers and else."""
    last = together[-1]
    if barriers and any(last[4] <= x + 8 and x - 8 <= word[2] and last[2] < x < word[4] for x in barriers):
        return False
    gap = word[2] - last[4]
    narrow, wide = gaps
    if gap <= wide:
        is_range = len(together) > 1 and text[last[0] : last[1]] in DASHES and text[together[-2][1] - 1].isdigit()
        are_two = _NUMBER.fullmatch(text, last[0], last[1]) and _NUMBER.fullmatch(text, word[0], word[1])
        return gap <= narrow or is_range or not are_two
    height = word[5] - word[3]
    if len(together) == 1 and gap < 8 * height and _LONE_SIGN.fullmatch(text, last[0], last[1]):
        return _HAS_DIGIT.search(text, word[0], word[1]) is not None  # "$      17,606"
    return (
        gap < 1.5 * height
        and text[last[1] - 1].isdigit()
        and _TRAILING_SIGN.fullmatch(text, word[0], word[1]) is not None
    )


def piece_of(page: PlacedPage, words: Sequence[Word]) -> Piece:
    text = page.text
    if len(words) == 1:
        start, end, x0, y0, x1, y1 = words[0]
        written = text[start:end]
        return Piece(x0, y0, x1, y1, written, start in page.bold, (words[0],), is_figure(written))
    written = " ".join([text[word[0] : word[1]] for word in words])
    _, _, _, tops, rights, bottoms = zip(*words, strict=True)
    first = words[0]
    return Piece(
        first[2], min(tops), max(rights), max(bottoms), written, first[0] in page.bold, tuple(words), is_figure(written)
    )


def holds(box: Box, other: Box) -> bool:
    """Whether the middle of another box lies in a box."""
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def outside(lines: Iterable[Line], boxes: Sequence[Box]) -> list[Line]:
    """The lines without the pieces that any of the boxes holds."""
    if not boxes:
        return list(lines)
    kept = []
    for line in lines:
        pieces = tuple(p for p in line.pieces if not any(holds(box, (p.x0, p.y0, p.x1, p.y1)) for box in boxes))
        if pieces:
            kept.append(Line(pieces, line.y0, line.y1))
    return kept


def spans_of(text: str, pieces: Iterable[Piece]) -> tuple[Span, ...]:
    """The slices of the page's text that pieces are, top down: words that follow each other there are one slice."""
    found: list[Span] = []
    for piece in pieces:
        is_first = True
        for start, end, *_ in piece.words:
            goes_on = found and found[-1].end <= start and (start == found[-1].end or not is_first)
            between = text[found[-1].end : start] if goes_on else ""
            if goes_on and not between.strip() and "\n" not in between:
                found[-1] = Span(found[-1].start, end)
            else:
                found.append(Span(start, end))
            is_first = False
    return tuple(found)
