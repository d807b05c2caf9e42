"""A page's words where they are drawn, for `shared_utils.tables`; and what is found there, told by the page's text.

Tables are found by glyph numbers, before the words' boxes are let go. The text they end up in is known only when the
whole document is: `retold` turns the one into the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from shared_utils.pdf.composition import text_spans
from shared_utils.tables.model import PlacedPage, Word
from shared_utils.types import Cell, GlyphRun, Page, Span, Table

if TYPE_CHECKING:
    from shared_utils.pdf.pages import RawPage


def placed_page(raw: RawPage) -> PlacedPage:
    """The visible words of a page that PDFium read and that run as the frame does, by glyph numbers."""
    hidden = {start for start, _ in (*raw.hidden, *raw.turned_words)}
    return PlacedPage(
        text=raw.text,
        words=tuple(word for word in raw.words if word[0] not in hidden) if hidden else raw.words,
        rules=raw.rules,
        drawings=raw.drawings,
        bold=raw.bold,
        width=raw.width,
        height=raw.height,
        turned=raw.turned,
    )


def placed_by_ocr(page: Page) -> PlacedPage:
    """The words of a page that OCR read, by its text; it knows no rules."""
    return PlacedPage(page.text, tuple(_tenths(page)), width=page.width, height=page.height)


def _tenths(page: Page) -> Iterable[Word]:
    for word in page.word_boxes:
        x0, y0, x1, y1 = (round(10 * edge) for edge in word.rect)
        yield word.start, word.end, x0, y0, x1, y1


def retold(tables: Iterable[Table], runs: Sequence[GlyphRun], text: str) -> tuple[Table, ...]:
    """Tables found by glyph numbers, their spans and words as they stand in the page's text."""
    tables = tuple(tables)
    if not tables:
        return ()
    place = _Place(runs, text)
    return tuple(
        replace(
            table,
            cells=tuple(place.cell(cell) for cell in table.cells),
            caption=place.words(spans := place.spans(table.caption_spans)),
            caption_spans=spans,
        )
        for table in tables
    )


class _Place:
    """Where glyphs stand in a text."""

    def __init__(self, runs: Sequence[GlyphRun], text: str) -> None:
        lengths = np.array([run.length for run in runs], dtype=np.int64)
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        glyphs = np.repeat(np.array([run.glyph_start for run in runs], dtype=np.int64), lengths) + within
        places = np.repeat(np.array([run.text_start for run in runs], dtype=np.int64), lengths) + within
        first, last = (np.full(glyphs.max(initial=-1) + 2, -1, dtype=np.int64) for _ in range(2))
        last[glyphs] = places
        first[glyphs[::-1]] = places[::-1]  # a ligature's letters share a glyph: the first of them begins a word
        self._first, self._last = first.tolist(), last.tolist()
        self._runs, self._text = runs, text

    def cell(self, cell: Cell) -> Cell:
        spans = self.spans(cell.spans)
        return replace(cell, spans=spans, text=self.words(spans))

    def words(self, spans: Sequence[Span]) -> str:
        return " ".join(" ".join(self._text[span.start : span.end].split()) for span in spans)

    def spans(self, glyphs: Sequence[Span]) -> tuple[Span, ...]:
        found: list[Span] = []
        for span in glyphs:
            for part in self._parts(span):
                between = self._text[found[-1].end : part.start] if found and found[-1].end <= part.start else "\n"
                if between == "-" or (not between.strip() and "\n" not in between):  # "content-", "based" on the next
                    found[-1] = Span(found[-1].start, part.end)
                else:
                    found.append(part)
        return tuple(found)

    def _parts(self, span: Span) -> Sequence[Span]:
        """Most often one; the words of a line may stand on several lines of the text."""
        end = min(span.end, len(self._first))
        start, last = (self._first[span.start], self._last[end - 1]) if span.start < end else (-1, -1)
        if 0 <= start <= last and "\n" not in self._text[start : last + 1]:
            return (Span(start, last + 1),)
        return text_spans(self._runs, [(span.start, span.end)], self._text)
