"""How many entries of a table that is named have a year or a word in quotation marks: they are counted, each cited.

"How many of the papers in Table 1 and Table 2 are from 2021?" is stated nowhere, and no passage has the words of it. So
the tables are found by their numbers, in the one document that has them all. A cell that holds several entries counts
as many: "Ash (Berg, 2021) Elm (Dahl, 2021)".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.message import literal, message
from shared_utils.retrieval.table_rows import years_of
from shared_utils.types import (
    Answer,
    Cell,
    Direct,
    DirectKind,
    DirectOperand,
    Page,
    RowKind,
    Sentence,
    Span,
    Table,
    Verdict,
)
from src.answering.direct import led_by
from src.answering.ingestion import IndexedDocument
from src.answering.places import citations_of

_ASKS = re.compile(r"\b(?:how many|wie viele|combien d)", re.IGNORECASE)
_TABLES = re.compile(
    r"\b(?:tables?|tabellen?|tableaux?)\s+(\d+(?:[.-]\d+)*)((?:\s*(?:,|and|und|et|or|&)\s*\d+(?:[.-]\d+)*(?![\w%]))*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.-]\d+)*")
_IN_MARKS = re.compile(r"[“\"„«]\s*([^”\"“»]{1,40}?)\s*[”\"“»]")
_MOST = 12  # entries that are told one by one


@dataclass(frozen=True, slots=True)
class CountedRows:
    """How many entries of these tables of a document have a value, and the cells that do."""

    document_id: str
    tables: tuple[str, ...]
    value: str
    count: int
    cells: tuple[tuple[Page, Cell], ...]


def counted_rows(question: str, documents: Sequence[IndexedDocument]) -> CountedRows | None:
    """What is counted of the tables that a question names; None where it names none, or asks for no one value, or no
    document or several have all of them, or none of their entries has it."""
    numbers = _numbers(question)
    without = _TABLES.sub(" ", question)
    values = [match[1] for match in _IN_MARKS.finditer(without)] or sorted(years_of(without))
    if not _ASKS.search(question) or not numbers or len(values) != 1:
        return None
    held = [(one.document.id, found) for one in documents if (found := _tables(one.document.pages, numbers))]
    if len(held) != 1:
        return None
    (document_id, tables), value = held[0], values[0]
    says = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
    count, cells = 0, []
    for page, table in tables:
        for row in range(table.head_rows, len(table.kinds)):
            if table.kinds[row] is RowKind.HEAD:
                continue
            of_row = [(len(says.findall(cell.text)), cell) for cell in table.cells if cell.row == row and cell.spans]
            most, cell = max(of_row, key=lambda each: each[0], default=(0, None))
            if most and cell is not None:
                count += most
                cells.append((page, cell))
    return CountedRows(document_id, numbers, value, count, tuple(cells)) if count else None


def with_counted_rows(answer: Answer, found: CountedRows, names: Mapping[str, str]) -> Answer:
    """The answer, led by how many there are and the cells that were counted, each cited."""
    spans = [(found.document_id, page, Span(c.spans[0].start, c.spans[-1].end)) for page, c in found.cells]
    cited = citations_of(spans, names)
    tables = ", ".join(found.tables)
    said = message("{n} with “{value}” in table {tables}:", n=found.count, value=found.value, tables=tables)
    reason = message("counted in the cited rows")
    first = [Sentence(str(said), tuple(c.marker for c in cited), Verdict.SUPPORTED, reason, said=said)]
    for (_, cell), citation in list(zip(found.cells, cited, strict=True))[:_MOST]:
        words = " ".join(cell.text.split())
        first.append(Sentence(words, (citation.marker,), Verdict.SUPPORTED, reason, item="-", said=literal(words)))
    operands = tuple(DirectOperand(s.text, found.value, "", s.citations) for s in first[1:])
    direct = Direct(DirectKind.VALUE, found.value, str(found.count), "", operands)
    return led_by(answer, first, cited, direct, cited)


def _numbers(question: str) -> tuple[str, ...]:
    """The numbers of the tables that a question names.

    >>> _numbers("How many papers in Table 1 and Table 2 are from 2021?"), _numbers("Of Tables 3, 4 and 5, how many?")
    (('1', '2'), ('3', '4', '5'))
    """
    found = (number for match in _TABLES.finditer(question) for number in _NUMBER.findall(match[0]))
    return tuple(dict.fromkeys(found))


def _tables(pages: Sequence[Page], numbers: Sequence[str]) -> list[tuple[Page, Table]]:
    """The tables of these numbers; [] where one of them is missing."""
    found = []
    for number in numbers:
        called = re.compile(rf"\s*(?:table|tabelle|tableau)\s+{re.escape(number)}(?![\d.]*\d)", re.IGNORECASE)
        of_number = [(page, table) for page in pages for table in page.tables if called.match(table.caption)]
        if not of_number:
            return []
        found += of_number
    return found
