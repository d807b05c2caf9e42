"""Words that a narrow column has cut without a hyphen ("Administ|rator"), put together again in the cells of tables.

Two pieces at the end of one line and the beginning of the next are one word where the document has that word elsewhere
and does not have both pieces as words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from shared_utils.types import Cell, Page, Table

_LAST = re.compile(r"[^\W\d_]+$")
_FIRST = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")


def with_whole_words(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages of a document, the cut words in their tables' cells whole; the pages' text stays as it is written."""
    broken = {pair for page in pages for table in page.tables for cell in table.cells for pair in _pairs(page, cell)}
    if not broken:
        return tuple(pages)
    words = {word for page in pages for word in _words_of(page)}
    whole = {(a, b) for a, b in broken if a + b in words and not (a in words and b in words)}
    return tuple(_mended(page, whole) for page in pages) if whole else tuple(pages)


def _mended(page: Page, whole: set[tuple[str, str]]) -> Page:
    tables = tuple(_table(page, table, whole) for table in page.tables)
    return replace(page, tables=tables) if tables != page.tables else page


def _table(page: Page, table: Table, whole: set[tuple[str, str]]) -> Table:
    cells = tuple(_cell(page, cell, whole) for cell in table.cells)
    before = _table(page, table.before, whole) if table.before is not None else None
    return replace(table, cells=cells, before=before) if cells != table.cells or before != table.before else table


def _cell(page: Page, cell: Cell, whole: set[tuple[str, str]]) -> Cell:
    if whole.isdisjoint(_pairs(page, cell)):
        return cell
    text = ""
    for line in _lines(page, cell):
        runs_on = text and _pair(text, line) in whole
        text += line if not text or runs_on else f" {line}"
    return replace(cell, text=text)


def _pairs(page: Page, cell: Cell) -> Iterator[tuple[str, str]]:
    lines = list(_lines(page, cell)) if len(cell.spans) > 1 else []
    for line, following in pairwise(lines):
        if (pair := _pair(line, following)) is not None:
            yield pair


def _pair(line: str, following: str) -> tuple[str, str] | None:
    """The piece at the end of a line and the one that the next begins with, in lower case."""
    last, first = _LAST.search(line), _FIRST.match(following)
    if last is None or first is None or not following[0].islower():
        return None
    return last[0].lower(), first[0].lower()


def _lines(page: Page, cell: Cell) -> Iterator[str]:
    for span in cell.spans:
        yield " ".join(page.text[span.start : span.end].split())


def _words_of(page: Page) -> Iterator[str]:
    """The words of a page but those at the edges of a cell's lines, which may be pieces."""
    edges = set()
    for table in page.tables:
        for cell in table.cells:
            for span, following in pairwise(cell.spans):
                edges |= {span.end, following.start}
    for match in _WORD.finditer(page.text):
        if match.start() not in edges and match.end() not in edges:
            yield match[0].lower()
