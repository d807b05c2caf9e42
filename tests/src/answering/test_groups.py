"""Rows of a table as a list: what a sum is made of, what stands under a group, what a table is about."""

from __future__ import annotations

import pytest

from shared_utils.types import Cell, Page, PageVerdict, RowKind, Span, Table
from src.answering.groups import rows_asked

RECT = (0.0, 0.0, 1.0, 1.0)


def page(rows: list[tuple[RowKind, str, str]], parents: dict[int, tuple[int, ...]] | None = None) -> Page:
    text, cells = "", []
    for number, (_, label, value) in enumerate(rows):
        for column, words in enumerate((label, value)):
            if words:
                cells.append(
                    Cell(number, number, column, column, words, (Span(len(text), len(text) + len(words)),), RECT)
                )
                text += f"{words} "
    kinds = tuple(kind for kind, _, _ in rows)
    above = tuple((parents or {}).get(number, ()) for number in range(len(rows)))
    return Page(
        1, "1", text, PageVerdict.TEXT, tables=(Table(tuple(cells), len(rows), 2, RECT, 1, 1, (0,), kinds, above),)
    )


MONEY = page(
    [
        (RowKind.HEAD, "Cargo", "2025"),
        (RowKind.DATA, "Grain", "20"),
        (RowKind.DATA, "Timber", "12"),
        (RowKind.DATA, "Goods", "32"),
        (RowKind.DATA, "Wages", "9"),
    ]
)
BOARD = page(
    [
        (RowKind.HEAD, "Name", "Since"),
        (RowKind.GROUP, "Executive directors", ""),
        (RowKind.DATA, "Ada Brandt", "2019"),
        (RowKind.DATA, "Jon Vik", "2021"),
        (RowKind.GROUP, "Other directors", ""),
        (RowKind.DATA, "Mia Dahl", "2020"),
    ],
    {2: (1,), 3: (1,), 5: (4,)},
)


@pytest.mark.parametrize(
    ("question", "on", "labels"),
    [
        ("Which kinds of goods are there?", MONEY, ["Grain", "Timber"]),
        ("How many types of cargo does it name?", MONEY, ["Grain", "Timber", "Goods", "Wages"]),
        ("Which executive directors are named?", BOARD, ["Ada Brandt", "Jon Vik"]),
        ("Which sources of wages are there?", MONEY, []),  # nothing adds up to it
        ("What was executive directors?", BOARD, []),  # a value is asked for, as in "What was revenue?"
        ("What was cargo in 2025?", MONEY, []),
    ],
)
def test_rows_that_are_of_one_thing_are_a_list(question: str, on: Page, labels: list[str]) -> None:
    found, _ = rows_asked(question, [("d", 1)], {("d", 1): on})
    assert [page.text[span.start : span.end] for _, page, span in found] == labels
