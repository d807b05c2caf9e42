"""How many entries of a table that is named have a year or a word in quotation marks: they are counted, each cited.

"How many of the papers in Table 1 and Table 2 are from 2021?" is stated nowhere, and no passage has the words of it. So
the tables are found by their numbers, in the one document that has them all. A cell that holds several entries counts
as many: "Ash (Berg, 2021) Elm (Dahl, 2021)". "How many button functions are there during a workout?" is answered by the
rows of the table that is called so, where they are words: in a table of figures what is counted stands in its cells.
What the next page goes on with under the same names is of the same table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.message import literal, message
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import years_of
from shared_utils.structure.lines import lines_of
from shared_utils.text.folding import fold
from shared_utils.text.words import terms
from shared_utils.types import (
    Answer,
    Cell,
    Direct,
    DirectKind,
    DirectOperand,
    Page,
    Passage,
    RowKind,
    Sentence,
    Span,
    Table,
    Verdict,
)
from src.answering.direct import Pages, led_by
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
_LEAST = 2  # words that tell a table by its title, and rows that are counted
_DIFFERENT = "distinct different various separate unique"
_OF_COUNTING = frozenset(terms(f"{_DIFFERENT} how many total overall number there list table exist"))


@dataclass(frozen=True, slots=True)
class CountedRows:
    """How many entries of these tables of a document have a value, and the cells that do."""

    document_id: str
    tables: tuple[str, ...]  # their numbers, or the title of the only one
    value: str  # "" where every row counts
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


def counted_by_title(question: str, thing: str, passages: Sequence[Passage], pages: Pages) -> CountedRows | None:
    """The rows of the one table found whose caption has every word of the question; None where none or several have,
    or its rows are figures. `thing` is what the question counts: where only different ones are asked for and a column
    is called so, its different values."""
    asked = (set(question_words(question)) | set(terms(thing))) - _OF_COUNTING
    found = []
    for key in dict.fromkeys((p.chunk.document_id, p.chunk.page) for p in passages) if len(asked) >= _LEAST else ():
        for table in pages[key].tables:
            if asked <= set(terms(table.caption)) and not _has_figures(table):
                cells = _counted_cells(_with_next_pages(key, table, pages), set(terms(thing)))
                title = " ".join(table.caption.split()).rstrip(" :")
                found.append(CountedRows(key[0], (title,), "", len(cells), tuple(cells)))
    return found[0] if len(found) == 1 and found[0].count >= _LEAST else None


def _with_next_pages(key: tuple[str, int], table: Table, pages: Pages) -> list[tuple[Page, Table]]:
    """A table with its page, and what the pages after it go on with: a table without a name of its own that is the
    first thing there, under the same names or under none, where the one before was the last."""
    document_id, number = key
    whole = [(pages[key], table)]
    while (following := pages.get((document_id, number + len(whole)))) is not None and following.tables:
        (page, last), part = whole[-1], following.tables[0]
        names = _names_over(part)
        is_same = part.before == last if not names else names == _names_over(table)
        lines, next_lines = lines_of(page), lines_of(following)
        if part.caption or not is_same or lines[-1].start > _ends(last) or next_lines[0].end < _starts(part):
            break
        whole.append((following, part))
    return whole


def _names_over(table: Table) -> tuple[str, ...]:
    return tuple(fold(c.text) for c in table.cells if table.kinds[c.row] is RowKind.HEAD)


def _starts(table: Table) -> int:
    return min(span.start for cell in table.cells for span in cell.spans)


def _ends(table: Table) -> int:
    return max(span.end for cell in table.cells for span in cell.spans)


def _counted_cells(whole: Sequence[tuple[Page, Table]], thing: set[str]) -> list[tuple[Page, Cell]]:
    """A cell for each row of a table, or for each different value of the column that is called like the thing."""
    only = set(terms(_DIFFERENT)) & thing
    first = whole[0][1]
    heads = {c.column: set(terms(c.text)) for c in first.cells if first.kinds[c.row] is RowKind.HEAD}
    column = next((n for n, head in heads.items() if head and head <= thing), 0) if only else 0
    cells = [
        (page, c)
        for page, table in whole
        for c in table.cells
        if table.kinds[c.row] is RowKind.DATA and c.row == c.row_end and c.column == column and c.spans
    ]
    if not only:
        return cells
    different: dict[str, tuple[Page, Cell]] = {}
    for page, cell in cells:
        different.setdefault(fold(" ".join(cell.text.split())).strip(" .;"), (page, cell))
    return list(different.values())


def _has_figures(table: Table) -> bool:
    values = [c.text for c in table.cells if c.column and table.kinds[c.row] is RowKind.DATA]
    return 2 * sum(bool(_NUMBER.match(value.strip(" $€£%(+-–"))) for value in values) > len(values)


def with_counted_rows(answer: Answer, found: CountedRows, names: Mapping[str, str]) -> Answer:
    """The answer, led by how many there are and the cells that were counted, each cited."""
    spans = [(found.document_id, page, Span(c.spans[0].start, c.spans[-1].end)) for page, c in found.cells]
    cited = citations_of(spans, names)
    tables = ", ".join(found.tables)
    if found.value:
        said = message("{n} with “{value}” in table {tables}:", n=found.count, value=found.value, tables=tables)
    else:
        said = message("{n} in “{title}”:", n=found.count, title=tables)
    reason = message("counted in the cited rows")
    first = [Sentence(str(said), tuple(c.marker for c in cited), Verdict.SUPPORTED, reason, said=said)]
    for (_, cell), citation in list(zip(found.cells, cited, strict=True))[:_MOST]:
        words = " ".join(cell.text.split())
        first.append(Sentence(words, (citation.marker,), Verdict.SUPPORTED, reason, item="-", said=literal(words)))
    operands = tuple(DirectOperand(s.text, found.value, "", s.citations) for s in first[1:])
    direct = Direct(DirectKind.VALUE, found.value or tables, str(found.count), "", operands)
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
