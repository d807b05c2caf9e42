"""From rows in reading order to a page's text, with every character traceable to the glyph it came from.

Glyph numbers index the characters as PDFium gave them (`raw`); `GlyphRun`s tie them to the text we compose.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from shared_utils.pdf.lines import SOFT_HYPHEN, Row, Segment, joint_of
from shared_utils.types import GlyphRun, Span

LINE_END_HYPHENS = "-\u2010\u00ad"

KeepHyphen = Callable[[str, str], bool]
"""Asked with the two parts of a word broken at a line end: does the hyphen belong to the word?"""


@dataclass(frozen=True, slots=True)
class Line:
    """`text[start:end]` of the composed page, and what is known about how it looks."""

    start: int
    end: int
    y0: int
    y1: int
    height: int  # 0 where the line is set sideways
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Composed:
    """A page's text with its lines, and the way back to the glyphs."""

    text: str
    runs: tuple[GlyphRun, ...]
    lines: tuple[Line, ...]
    hyphens: tuple[tuple[str, str], ...]  # the parts of every word that was broken at a line end
    kept: tuple[bool, ...] = ()  # whether the hyphen of each stayed


# ------------------------------------------------------------------------------------------------ characters

# A hard space within a number belongs to it: "12\u00a0345" is one number, two with a blank.
_HARD_SPACE = "[\u00a0\u2007\u2009\u202f]"
_SPECIAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u1680\u2000-\u2006\u2008\u200a\u200b\u205f\u2060\u3000"
    "\ufb00-\ufdff\ufe70-\ufeff\ufffe\uffff\ud800-\udfff]"
    rf"|(?<!\d){_HARD_SPACE}|{_HARD_SPACE}(?!\d\d\d(?!\d))"
)
_REMOVED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\uffff]")


def clean_character(character: str) -> str:
    """What a character reads as: ligatures and presentation forms taken apart, odd spaces plain, controls gone."""
    if _REMOVED.match(character):
        return ""
    if character == SOFT_HYPHEN:
        return "-"
    if character.isspace():
        return " "
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return unicodedata.normalize("NFKC", character)


def clean(text: str) -> str:
    """`clean_character` over a whole text, its line breaks kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_SPECIAL.sub(lambda match: clean_character(match[0]), line).rstrip() for line in lines)


# ------------------------------------------------------------------------------------------------ lines


class _Composer:
    """Collects text and remembers which glyphs it came from."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.parts: list[str] = []
        self.length = 0
        self.runs: list[GlyphRun] = []

    def write(self, text: str) -> None:
        """Text of ours, between the words: it is drawn nowhere."""
        self.parts.append(text)
        self.length += len(text)

    def write_glyphs(self, start: int, end: int) -> None:
        position = start
        for special in _SPECIAL.finditer(self.raw, start, end):
            self._write_plain(position, special.start())
            position = special.end()
            for character in clean_character(special[0]):
                # a ligature's letters all point at its one glyph
                self.runs.append(GlyphRun(self.length, special.start(), 1))
                self.write(character)
        self._write_plain(position, end)

    def _write_plain(self, start: int, end: int) -> None:
        if start < end:
            self.runs.append(GlyphRun(self.length, start, end - start))
            self.parts.append(self.raw[start:end])
            self.length += end - start


def _without(row: Row, taken: int) -> Row:
    """What is left of a row whose glyphs before `taken` already stand on the line before."""
    left = [segment for segment in row if segment.end > taken]
    return [replace(left[0], start=max(taken, left[0].start)), *left[1:]] if left else []


def _write_row(composer: _Composer, row: Row) -> None:
    """Write a row's segments, cells a few spaces apart."""
    previous: Segment | None = None
    for segment in row:
        if previous is not None:
            if previous.is_broken:  # a hyphen in the middle of a line is the word's own
                composer.write_glyphs(previous.end, previous.end + 1)
            elif joint := joint_of(composer.raw, previous, segment):
                composer.write(joint)
        composer.write_glyphs(segment.start, segment.end)
        previous = segment


_HEAD = re.compile(r"(?:[^\W\d_]+-)*[^\W\d_]+\Z")
_TAIL = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def _broken_word(raw: str, row: Row, following: Row | None) -> tuple[int, int, str, str] | None:
    """(glyph of the hyphen, end of the next row's first word, head, tail) where a word continues on the next row."""
    last = row[-1]
    if following is None:
        return None
    if last.is_broken:
        hyphen = last.end
    elif raw[last.end - 1] in LINE_END_HYPHENS:
        hyphen = last.end - 1
    else:
        return None
    target = following[0]
    head, tail = _HEAD.search(raw, last.start, hyphen), _TAIL.match(raw, target.start, target.end)
    if head is None or tail is None:
        return None
    end = target.start
    while end < target.end and not raw[end].isspace():
        end += 1
    return hyphen, end, head[0], tail[0]


def compose(raw: str, page_rows: Sequence[Row], keep_hyphen: KeepHyphen) -> Composed:
    """Write the rows down, one line each; a word broken at a line end moves whole to the line it began on."""
    composer = _Composer(raw)
    lines: list[Line] = []
    hyphens: list[tuple[str, str]] = []
    kept: list[bool] = []
    taken = -1
    for whole, following in zip_longest(page_rows, page_rows[1:]):
        row = _without(whole, taken) if taken >= 0 else whole
        taken = -1
        if not row:
            continue
        start = composer.length
        _write_row(composer, row)
        broken = _broken_word(raw, row, following)
        if broken is not None and following is not None:
            hyphen, taken, head, tail = broken
            hyphens.append((head, tail))
            kept.append(keep_hyphen(head, tail))
            _join(composer, row, hyphen, kept[-1])
            composer.write_glyphs(following[0].start, taken)
            while taken < following[0].end and raw[taken].isspace():
                taken += 1
        elif row[-1].is_broken:
            composer.write_glyphs(row[-1].end, row[-1].end + 1)
        y0, y1 = min(s.y0 for s in row), max(s.y1 for s in row)
        height = 0 if row[0].is_vertical else row[0].height
        lines.append(Line(start, composer.length, y0, y1, height, row[0].starts_bold and row[-1].ends_bold))
        composer.write("\n")
    text = "".join(composer.parts)[:-1]
    return Composed(text, tuple(composer.runs), tuple(lines), tuple(hyphens), tuple(kept))


def _join(composer: _Composer, row: Row, hyphen: int, keep: bool) -> None:
    """End a broken row with its hyphen or without it, whichever of the two it was drawn as."""
    is_written = hyphen < row[-1].end
    if keep and not is_written:
        composer.write_glyphs(hyphen, hyphen + 1)
    elif not keep and is_written and composer.raw[hyphen] != "\u00ad":
        run = composer.runs.pop()
        composer.length -= 1
        composer.parts[-1] = composer.parts[-1][:-1]
        if run.length > 1:
            composer.runs.append(replace(run, length=run.length - 1))


# ------------------------------------------------------------------------------------------------ the way back


def text_spans(runs: Sequence[GlyphRun], glyphs: Iterable[tuple[int, int]], text: str) -> tuple[Span, ...]:
    """Where the words made of these glyphs stand in the text, neighbours joined over the space between them."""
    by_glyph = sorted((run.glyph_start, run.length, run.text_start) for run in runs)
    starts = [glyph_start for glyph_start, _, _ in by_glyph]
    pieces: list[tuple[int, int]] = []
    for start, end in glyphs:
        index = max(0, bisect_right(starts, start) - 1)
        while index < len(by_glyph) and starts[index] < end:
            glyph_start, length, text_start = by_glyph[index]
            first, last = max(start, glyph_start), min(end, glyph_start + length)
            if first < last:
                pieces.append((text_start + first - glyph_start, text_start + last - glyph_start))
            index += 1
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pieces):
        if merged and not text[merged[-1][1] : first].strip():
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(Span(first, last) for first, last in merged)
