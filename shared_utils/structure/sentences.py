"""A stretch of a page as sentences and table rows: what a search, a prompt or an answer takes or leaves as one.

A row is all of its lines, and knows its table. Heads, labels of groups and captions are nothing by themselves where the
page's tables are known as data: their rows bring them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.structure.rows import TableRow, lines_of_table, rows_of
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Page, RowKind, Span

LONGEST_ROW = 600  # characters; a longer one is taken sentence by sentence


@dataclass(frozen=True, slots=True)
class Sentence:
    """`page.text[start:end]`: a sentence, a heading, an item, or a row of a table."""

    start: int
    end: int
    row: TableRow | None = None


@dataclass(frozen=True, slots=True)
class PageRows:
    """A page's table rows that are taken whole, top down, and what stands over them: heads, groups, captions."""

    rows: tuple[TableRow, ...]
    names: tuple[Span, ...]
    lines: tuple[tuple[Span, str], ...] = ()  # rows of any kind that are one stretch, each as one line


def page_rows(page: Page) -> PageRows:
    """The rows of a page that are one stretch of bearable length, and what names them."""
    rows = sorted((row for row in rows_of(page) if _is_whole(row)), key=lambda row: row.start)
    tables = {id(row.table): row.table for row in rows}.values()
    names = [
        span
        for table in tables
        for cell in table.cells
        if table.kinds[cell.row] in (RowKind.HEAD, RowKind.GROUP)
        for span in cell.spans
    ]
    names += [span for table in tables for span in table.caption_spans]
    lines = sorted((line for table in tables for line in lines_of_table(page, table)), key=lambda line: line[0].start)
    return PageRows(tuple(rows), tuple(names), tuple(lines))


def _is_whole(row: TableRow) -> bool:
    return len(row.parts) == 1 and row.end - row.start <= LONGEST_ROW


def sentences_between(page: Page, start: int, end: int, known: PageRows) -> list[Sentence]:
    """The sentences of `page.text[start:end]` in reading order, and the whole rows that it holds a part of."""
    rows = [row for row in known.rows if row.start < end and start < row.end]
    found = [Sentence(row.start, row.end, row) for row in rows]
    position = start
    for row in rows:
        found += _prose(page, position, min(row.start, end), known)
        position = max(position, row.end)
    found += _prose(page, position, end, known)
    return sorted(found, key=lambda one: one.start)


def in_lines(page: Page, start: int, end: int, known: PageRows) -> str:
    """`page.text[start:end]` with every row of a table that it holds on a line of its own."""
    parts: list[str] = []
    position = start
    for span, line in known.lines:
        if position <= span.start and span.end <= end:
            parts += [page.text[position : span.start].strip("\n"), line]
            position = span.end
    parts.append(page.text[position:end].strip("\n"))
    return "\n".join(part for part in parts if part.strip())


def _prose(page: Page, start: int, end: int, known: PageRows) -> list[Sentence]:
    if start >= end:
        return []
    alone = [*page.table_rows, *(Span(heading.start, heading.end) for heading in page.headings)]
    inside = [Span(s.start - start, s.end - start) for s in alone if start <= s.start and s.end <= end]
    spans = (Span(start + s.start, start + s.end) for s in split_sentences(page.text[start:end], inside))
    return [Sentence(span.start, span.end) for span in spans if not _only_names(page.text, span, known.names)]


def _only_names(text: str, span: Span, names: Sequence[Span]) -> bool:
    """Whether a sentence is nothing but names over rows."""
    inside = sorted((n for n in names if n.start < span.end and span.start < n.end), key=lambda n: n.start)
    position = span.start
    for name in inside:
        if text[position : name.start].strip():
            return False
        position = max(position, name.end)
    return bool(inside) and not text[position : span.end].strip()
