"""A figure is held against the column of its cell, told by the table where the page's was read as one."""

from __future__ import annotations

import pytest

from shared_utils.citations.attribution import CitedText, cite
from shared_utils.table import Cell, RowKind, Span, Table
from shared_utils.types import Evidence, EvidenceSpan, Page, PageVerdict, Verdict

TEXT = "Harbour dues in thousand crowns\n2022 2021\nPilotage 17,606 15,785\nTowage 2,310 2,004"
ROW = "Pilotage 17,606 15,785"


def page_with_a_table() -> Page:
    rows = [["", "2022", "2021"], ["Pilotage", "17,606", "15,785"], ["Towage", "2,310", "2,004"]]
    cells = [
        Cell(r, r, c, c, word, (Span(TEXT.index(word), TEXT.index(word) + len(word)),), (0.0, 0.0, 1.0, 1.0))
        for r, words in enumerate(rows)
        for c, word in enumerate(words)
        if word
    ]
    kinds = (RowKind.HEAD, RowKind.DATA, RowKind.DATA)
    table = Table(tuple(cells), 3, 3, (0.0, 0.0, 1.0, 1.0), 1, 1, (0,), kinds, ((), (), ()))
    return Page(1, "1", TEXT, PageVerdict.TEXT, tables=(table,))


def cited(sentence: str, page: Page) -> CitedText:
    start = TEXT.index(ROW)
    row = EvidenceSpan(1, "dues", 1, start, start + len(ROW), ROW, 1.0)
    return cite(f"{sentence} [1]", "What was pilotage?", Evidence((row,), 20, 100), {("dues", 1): page}, {})


@pytest.mark.parametrize("sentence", ["Pilotage was 17,606 in 2022.", "Pilotage: 15,785 in 2021 and 17,606 in 2022."])
def test_the_heads_of_a_row_may_stand_outside_the_cited_words(sentence: str) -> None:
    assert cited(sentence, page_with_a_table()).sentences[0].verdict is Verdict.SUPPORTED


def test_without_a_table_the_column_of_a_row_alone_cannot_be_told() -> None:
    bare = Page(1, "1", TEXT, PageVerdict.TEXT)
    assert cited("Pilotage was 17,606 in 2022.", bare).sentences[0].verdict is Verdict.PARTLY


def test_another_column_is_told_with_the_cell_of_the_right_one() -> None:
    found = cited("Pilotage was 15,785 in 2022.", page_with_a_table()).sentences[0]
    assert found.verdict is Verdict.CONTRADICTED
    assert str(found.reason) == "the page has 15,785 under 2021, the answer says 2022; for 2022 it has 17,606"
