"""Words that a narrow column has cut are whole in cells, and only those that are words elsewhere."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.tables.broken_words import with_whole_words
from shared_utils.types import Cell, Page, PageVerdict, RowKind, Span, Table


def page_of(prose: str, *lines: str) -> Page:
    """A page of prose with a table of one field, which has these lines."""
    text, spans = prose + "\n", []
    for line in lines:
        spans.append(Span(len(text), len(text) + len(line)))
        text += line + "\n"
    cell = Cell(0, 0, 0, 0, " ".join(lines), tuple(spans), (0.0, 0.0, 9.0, 9.0))
    table = Table((cell,), 1, 1, cell.rect, 0, 0, (0,), (RowKind.DATA,), ((),))
    return Page(1, "1", text, PageVerdict.TEXT, tables=(table,))


def read(*pages: Page) -> list[str]:
    return [cell.text for page in with_whole_words(pages) for table in page.tables for cell in table.cells]


def test_a_cut_word_is_whole_where_the_document_has_it() -> None:
    assert read(page_of("Ask your administrator.", "Tenant Administ", "rator")) == ["Tenant Administrator"]


def test_another_page_may_have_it() -> None:
    pages = page_of("Nothing.", "Bucket inventorie", "s"), page_of("Inventories are lists.", "Name")
    assert read(*pages) == ["Bucket inventories", "Name"]


def test_two_words_stay_two() -> None:
    prose = "The notebook is on the desk. Take note of the book."
    assert read(page_of(prose, "Take a note", "book a room")) == ["Take a note book a room"]


def test_what_the_document_does_not_say_stays_cut() -> None:
    assert read(page_of("Nothing.", "Tenant Administ", "rator")) == ["Tenant Administ rator"]


def test_a_capital_begins_a_word() -> None:
    assert read(page_of("McDonald is here.", "Mc", "Donald")) == ["Mc Donald"]


def test_the_page_stays_as_it_is_written() -> None:
    page = page_of("Ask your administrator.", "Tenant Administ", "rator")
    assert [replace(found, tables=page.tables) for found in with_whole_words([page])] == [page]
