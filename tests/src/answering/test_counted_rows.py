"""Entries of a numbered table are counted by what they hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.table import Cell, RowKind, Table
from shared_utils.types import Document, Page, PageVerdict, Passage, Span
from src.answering.counted_rows import counted_by_title, counted_rows
from src.answering.ingestion import IndexedDocument, index_document

ROWS = (
    ("Method", "Form"),
    ("Ash (Berg, 2020)", "text"),
    ("Elm (Dahl, 2021) Oak (Lie, 2021)", "text"),
    ("Fir", "2 021"),
)


def report(caption: str) -> IndexedDocument:
    text, cells = "", list[Cell]()
    for row, words in enumerate(ROWS):
        for column, said in enumerate(words):
            span = Span(len(text), len(text) + len(said))
            cells.append(Cell(row, row, column, column, said, (span,), (0.0, 0.0, 1.0, 1.0)))
            text += said + "\n"
    kinds = (RowKind.HEAD, RowKind.DATA, RowKind.DATA, RowKind.DATA)
    table = Table(tuple(cells), 4, 2, (0.0, 0.0, 1.0, 1.0), 1, 1, (0,), kinds, ((),) * 4, caption)
    page = replace(Page(1, "1", text, PageVerdict.TEXT), tables=(table,))
    return index_document(Document("a" * 64, "trees.pdf", "Trees", (page,), ()), Path("trees.pdf"))


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("For all papers in Table 1, how many were proposed in 2021?", 2),
        ("How many of the methods of table 1 have “text”?", 2),
        ("How many methods in Table 2 are from 2021?", 0),
        ("How many methods are from 2021?", 0),
        ("How many methods in Table 1 are there?", 0),
    ],
)
def test_entries_of_a_numbered_table_are_counted(question: str, count: int) -> None:
    found = counted_rows(question, [report("Table 1: Methods")])
    assert (found.count if found else 0) == count


def test_a_table_that_two_documents_have_is_of_neither() -> None:
    twice = [report("Table 1: Methods"), report("Table 1. Trees")]
    assert counted_rows("How many papers in Table 1 are from 2021?", twice) is None


@pytest.mark.parametrize(
    ("question", "thing", "count"),
    [
        ("How many methods of growing trees are there?", "methods", 3),
        ("How many different forms do the methods of growing trees have?", "different forms of methods", 0),
        ("How many methods of felling trees are there?", "methods", 0),  # the caption speaks of growing
        ("How many methods are there?", "methods", 0),  # one word tells no table
    ],
)
def test_the_rows_of_the_table_that_is_called_so_are_counted(question: str, thing: str, count: int) -> None:
    one = report("Methods of growing trees")
    passages = [Passage(chunk, 1, 1.0) for chunk in one.index.chunks]
    found = counted_by_title(question, thing, passages, {("a" * 64, 1): one.document.pages[0]})
    assert (found.count if found else 0) == count
    assert found is None or (found.tables, found.value) == (("Methods of growing trees",), "")


def test_only_different_values_of_the_column_that_is_called_so_are_counted() -> None:
    one = report("Growing trees by form")
    passages = [Passage(chunk, 1, 1.0) for chunk in one.index.chunks]
    pages = {("a" * 64, 1): one.document.pages[0]}
    found = counted_by_title("How many different forms of growing trees are there?", "different forms", passages, pages)
    assert found is not None
    assert [cell.text for _, cell in found.cells] == ["text", "2 021"]


def test_rows_on_the_next_page_under_the_same_names_are_counted_too() -> None:
    first, second = report("Methods of growing trees").document.pages[0], report("").document.pages[0]
    second = replace(second, number=2, label="2")
    one = index_document(Document("a" * 64, "trees.pdf", "Trees", (first, second), ()), Path("trees.pdf"))
    passages = [Passage(chunk, 1, 1.0) for chunk in one.index.chunks if chunk.page == 1]
    pages = {("a" * 64, page.number): page for page in one.document.pages}
    found = counted_by_title("How many methods of growing trees are there?", "methods", passages, pages)
    assert found is not None
    assert [page.number for page, _ in found.cells] == [1, 1, 1, 2, 2, 2]
    between = replace(second, text=f"Felling\n{second.text}", tables=(moved(second.tables[0], len("Felling\n")),))
    pages["a" * 64, 2] = between  # something else comes first there: a table of its own
    found = counted_by_title("How many methods of growing trees are there?", "methods", passages, pages)
    assert found is not None
    assert found.count == 3


def moved(table: Table, by: int) -> Table:
    spans = ([Span(span.start + by, span.end + by) for span in cell.spans] for cell in table.cells)
    return replace(
        table, cells=tuple(replace(c, spans=tuple(each)) for c, each in zip(table.cells, spans, strict=True))
    )
