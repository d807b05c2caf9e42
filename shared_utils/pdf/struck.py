"""Which words are struck out: a line is drawn through their middle, or an annotation says so. Part of
`pdfium_worker.py`, in its process.

Boxes are (left, bottom, right, top) in page space.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]

PATH_OBJECT = 2
STRIKE_PT, FLAT = 6.0, 3.0  # a strike is at most so thick, and so many times longer than thick
THICK = 0.25  # of a word's height: thicker lines are stripes behind the words of small print
ASKEW = 0.1  # radians: words farther from the page's direction are no line's
SHORT_PT = 3.0  # pieces that are no longer are no rules, but strikes may be put together from them
WHITE = 245
LINE_SEGMENTS = 2  # where a line begins, and where it ends
# Where in a word a strike runs, from the bottom: of the box as high as the font, of the box around the letters' ink.
# Underlines run below .15 of either, rules between rows above 1 or below 0.
OF_FONT, OF_INK = (0.26, 0.7), (0.2, 0.88)
OFF_MIDDLE = max(0.5 - OF_FONT[0], OF_FONT[1] - 0.5)
JOINED_PT = 4.0  # pieces of one strike are no farther apart, along it
LEVEL_PT = 0.6
OVERHANG = 1.2  # of a word's height: how far a strike reaches beyond the words it strikes
COVERED_SHARE = 0.8  # of a longer line must run through words: an axis, a leader and a frame's side do not
WHOLE, NONE = 0.85, 0.15  # of a part's width, from which it is struck whole, up to which not at all
PART = re.compile(r"\d+(?:[.,:/'’-]?\d+)*|[^\W\d_]+|[^\w\s]+|_+")
OVERLAID = re.compile("(?:[^\\s\u0335\u0336][\u0335\u0336])+")  # letters with a stroke of their own

Box = tuple[float, float, float, float]
Word = tuple[int, int, Box]
Glyphs = tuple[int, int]


def struck(
    text_page: ctypes.c_void_p,
    text: str,
    words: Sequence[Word],
    objects: Sequence[tuple[int, int, Box]],
    strikes: Sequence[Box],
    turns: int,
) -> list[Glyphs]:
    """The glyphs of struck-out words, and of struck-out parts of words, as half-open ranges in order.

    `objects` are the page's (type, handle, box) but for words, in the order in which they are painted; `strikes` boxes
    of lines and of what annotations strike out; `turns` how often the text is turned counter-clockwise. A number of
    which a part is struck is struck as a whole: what is left of it says nothing.
    """
    found = [match.span() for match in OVERLAID.finditer(text)] if "\u0336" in text or "\u0335" in text else []
    lines = _joined(_levelled(box, turns) for box in [*strikes, *_pieces(objects)])
    if lines and words:
        turned = [(start, end, _levelled(box, turns)) for start, end, box in words] if turns else words
        level = sorted(turned, key=_middle)
        middles = [_middle(word) for word in level]
        reach = OFF_MIDDLE * max(box[3] - box[1] for _, _, box in level)
        for line in lines:
            height = (line[1] + line[3]) / 2
            near = level[bisect_left(middles, height - reach) : bisect_right(middles, height + reach)]
            hit = _through(near, line)
            if hit and _shows(objects, line, turns):
                for word in hit:
                    found += _parts(text_page, text, word, line, turns)
    return _merged(found)


def _pieces(objects: Sequence[tuple[int, int, Box]]) -> Iterator[Box]:
    """Thin paths that are too short or too thick for rules."""
    for kind, _, box in objects:
        long, thick = sorted((box[2] - box[0], box[3] - box[1]), reverse=True)
        if (
            kind == PATH_OBJECT
            and thick <= STRIKE_PT
            and long >= FLAT * thick
            and (long <= SHORT_PT or thick > SHORT_PT)
        ):
            yield box


def _shows(objects: Sequence[tuple[int, int, Box]], line: Box, turns: int) -> bool:
    """Whether a line is there to be seen: not white, and nothing filled is painted over it afterwards."""
    x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    is_covered = False
    for kind, handle, box in reversed(objects):
        left, bottom, right, top = _levelled(box, turns)
        if kind != PATH_OBJECT or not (left <= x <= right and bottom - LEVEL_PT <= y <= top + LEVEL_PT):
            continue
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
        is_line = pdfium.FPDFPath_CountSegments(handle) == LINE_SEGMENTS
        if top - bottom <= STRIKE_PT or (is_line and abs(bottom + top - 2 * y) <= 2 * LEVEL_PT):
            is_stripe = top - bottom > STRIKE_PT  # the middle of a thick stroke, behind words
            return not (is_stripe or is_covered or _is_white(handle, is_stroked=bool(stroke.value)))
        is_covered = is_covered or (fill.value != 0 and left <= line[0] and line[2] <= right)
    return True  # it is no path of the page's own, and what it lies behind is not known


def _is_white(handle: int, *, is_stroked: bool) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    tell = pdfium.FPDFPageObj_GetStrokeColor if is_stroked else pdfium.FPDFPageObj_GetFillColor
    known = tell(handle, red, green, blue, alpha)
    return bool(known) and (min(red.value, green.value, blue.value) > WHITE or alpha.value == 0)


def _middle(word: Word) -> float:
    return (word[2][1] + word[2][3]) / 2


def _levelled(box: Box, turns: int) -> Box:
    """The box where the text runs from left to right."""
    left, bottom, right, top = box
    return (box, (bottom, -right, top, -left), (-right, -top, -left, -bottom), (-top, left, -bottom, right))[turns]


def _joined(strikes: Iterable[Box]) -> list[Box]:
    """Strikes along the text, those put together that continue each other."""
    flat = [box for box in strikes if box[2] - box[0] >= box[3] - box[1]]
    made: list[Box] = []
    for box in sorted(flat, key=lambda box: (round((box[1] + box[3]) / 2), box[0])):
        last = made[-1] if made else None
        if last and abs(box[1] + box[3] - last[1] - last[3]) <= 2 * LEVEL_PT and box[0] - last[2] <= JOINED_PT:
            made[-1] = (last[0], min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            made.append(box)
    return made


def _through(words: Sequence[Word], line: Box) -> list[Word]:
    """The words that a line runs through the middle of, if it is there for them."""
    hit = [(start, end, box) for start, end, box in words if _is_crossed(box, line)]
    if not hit:
        return []
    tall = max(box[3] - box[1] for _, _, box in hit)
    first, last = min(box[0] for _, _, box in hit), max(box[2] for _, _, box in hit)
    reaches_no_farther = first - line[0] <= OVERHANG * tall and line[2] - last <= OVERHANG * tall
    covered = sum(min(box[2], line[2]) - max(box[0], line[0]) for _, _, box in hit)
    return hit if reaches_no_farther or covered >= COVERED_SHARE * (line[2] - line[0]) else []


def _is_crossed(word: Box, line: Box) -> bool:
    is_thin = line[3] - line[1] <= THICK * (word[3] - word[1])
    return is_thin and word[0] < line[2] and line[0] < word[2] and _within((line[1] + line[3]) / 2, word, OF_FONT)


def _within(height: float, box: Box, zone: tuple[float, float]) -> bool:
    return zone[0] <= (height - box[1]) / max(0.1, box[3] - box[1]) <= zone[1]


def _parts(text_page: ctypes.c_void_p, text: str, word: Word, line: Box, turns: int) -> Iterator[Glyphs]:
    """What of a word is struck: of its parts (numbers, letters, signs) those that the line covers; letters one by one
    where it covers some of them."""
    start, end, _ = word
    askew = pdfium.FPDFText_GetCharAngle(text_page, start) + turns * math.pi / 2
    if abs(math.remainder(askew, 2 * math.pi)) > ASKEW:
        return
    inks = {i: _levelled(box, turns) for i in range(start, end) if (box := _ink(text_page, i)) is not None}
    height = (line[1] + line[3]) / 2
    found: list[Glyphs] = []
    signs: list[Glyphs] = []
    is_lettered = False
    for part in PART.finditer(text, start, end):
        letters = [i for i in range(*part.span()) if i in inks]
        says = part[0][0].isalnum()
        is_lettered = is_lettered or says
        width = sum(inks[i][2] - inks[i][0] for i in letters)
        covered = sum(max(0.0, min(inks[i][2], line[2]) - max(inks[i][0], line[0])) for i in letters)
        if not letters or covered <= NONE * width:
            continue
        if not says:
            signs.append(part.span())
        elif not _is_through([inks[i] for i in letters], height):
            continue
        elif covered >= WHOLE * width or part[0][0].isdigit():
            found.append(part.span())
        else:
            found += [(i, i + 1) for i in letters if line[0] <= (inks[i][0] + inks[i][2]) / 2 <= line[2]]
    yield from found
    if found or not is_lettered:  # signs go with the letters beside them, wherever their ink is
        yield from signs


def _is_through(inks: Sequence[Box], height: float) -> bool:
    """Whether a line at this height runs through letters or figures."""
    return _within(height, (0, min(ink[1] for ink in inks), 0, max(ink[3] for ink in inks)), OF_INK)


def _ink(text_page: ctypes.c_void_p, index: int) -> Box | None:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top) or right.value <= left.value:
        return None
    return left.value, bottom.value, right.value, top.value


def _merged(found: Iterable[Glyphs]) -> list[Glyphs]:
    merged: list[Glyphs] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def declare_fast_prototypes() -> None:
    """Handles as plain integers, as in `pdfium_worker.py`."""
    function = pdfium.FPDFPageObj_GetStrokeColor
    function.argtypes = [ctypes.c_void_p, *function.argtypes[1:]]
