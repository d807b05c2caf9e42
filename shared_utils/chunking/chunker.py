"""Chunks: verbatim slices of one page, cut where sentences end, under the heading they stand under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shared_utils.text.sentences import split_sentences
from shared_utils.text.tokens import estimate_tokens
from shared_utils.types import Chunk, Heading, Page, Span

DEFAULT_MAX_TOKENS = 128
_MAX_HEADING_CHARS = 120
_WORD = re.compile(r"\S{1,60}")  # scripts without spaces are cut anywhere


@dataclass(frozen=True, slots=True)
class _Unit:
    """The least that is never cut: a sentence, a table row, a heading."""

    start: int
    end: int
    tokens: int
    opens_section: bool


def chunk_pages(document_id: str, pages: Sequence[Page], max_tokens: int = DEFAULT_MAX_TOKENS) -> list[Chunk]:
    """The chunks of some pages in reading order, at most `max_tokens` (estimated) each.

    Running heads, page numbers and hidden words are left out. A chunk never crosses a page, a heading or anything left
    out, so that `page.text[start:end] == text`. Only a single sentence longer than the limit is cut inside, between
    words. Chunking page by page gives the same slices; only headings of earlier pages are then unknown.
    """
    return list(iter_chunks(document_id, pages, max_tokens))


def iter_chunks(document_id: str, pages: Iterable[Page], max_tokens: int = DEFAULT_MAX_TOKENS) -> Iterator[Chunk]:
    """The same, one by one: a page is not looked at before the first of its chunks is asked for."""
    carried: tuple[Heading, str] | None = None
    for page in pages:
        headings = [(heading, _heading_text(page, heading)) for heading in sorted(page.headings, key=_start)]
        for start, end in _slices(page, max_tokens):
            while headings and headings[0][0].start <= start:
                carried = headings.pop(0)
            yield Chunk(
                id=f"{document_id}:{page.number}:{start}",
                document_id=document_id,
                page=page.number,
                start=start,
                end=end,
                text=page.text[start:end],
                heading=carried[1] if carried else "",
            )
        if headings:
            carried = headings[-1]


def _slices(page: Page, max_tokens: int) -> Iterator[tuple[int, int]]:
    for visible in _visible(page):
        pending: list[_Unit] = []
        for unit in _units(page, visible, max_tokens):
            full = sum(earlier.tokens for earlier in pending) + unit.tokens > max_tokens
            # Headings that follow one another stay together with what they head.
            new_section = unit.opens_section and not all(earlier.opens_section for earlier in pending)
            if pending and (full or new_section):
                yield pending[0].start, pending[-1].end
                pending = []
            pending.append(unit)
        if pending:
            yield pending[0].start, pending[-1].end


def _visible(page: Page) -> list[Span]:
    """What is left of a page without its boilerplate and its hidden words."""
    return _gaps(Span(0, len(page.text)), [*page.boilerplate, *page.hidden])


def _units(page: Page, visible: Span, max_tokens: int) -> Iterator[_Unit]:
    shift = visible.start
    headings = {heading.start - shift for heading in page.headings}
    known = [Span(row.start - shift, row.end - shift) for row in page.table_rows if row.start not in headings]
    known += [Span(heading.start - shift, heading.end - shift) for heading in page.headings]
    text = page.text[visible.start : visible.end]
    inside = [span for span in known if span.start >= 0 and span.end <= len(text)]
    for span in split_sentences(text, inside):
        heading = span.start in headings
        yield from _fitting(page.text, shift + span.start, shift + span.end, heading, max_tokens)


def _fitting(text: str, start: int, end: int, heading: bool, max_tokens: int) -> Iterator[_Unit]:
    """A sentence as one unit, or cut between words where it is longer than a whole chunk."""
    tokens = estimate_tokens(text[start:end])
    if tokens <= max_tokens:
        yield _Unit(start, end, tokens, heading)
        return
    piece_start = piece_end = start
    for word in _WORD.finditer(text, start, end):
        if piece_end > piece_start and estimate_tokens(text[piece_start : word.end()]) > max_tokens:
            yield _Unit(piece_start, piece_end, estimate_tokens(text[piece_start:piece_end]), heading)
            piece_start = word.start()
        piece_end = word.end()
    yield _Unit(piece_start, piece_end, estimate_tokens(text[piece_start:piece_end]), heading)


def _gaps(whole: Span, holes: Iterable[Span]) -> list[Span]:
    """`whole` without the holes, which may overlap and stand in any order."""
    gaps = []
    position = whole.start
    for hole in sorted(holes, key=_start):
        if hole.start > position:
            gaps.append(Span(position, min(hole.start, whole.end)))
        position = max(position, hole.end)
    if position < whole.end:
        gaps.append(Span(position, whole.end))
    return gaps


def _heading_text(page: Page, heading: Heading) -> str:
    return " ".join(page.text[heading.start : heading.end].split())[:_MAX_HEADING_CHARS]


def _start(span: Span | Heading) -> int:
    return span.start
