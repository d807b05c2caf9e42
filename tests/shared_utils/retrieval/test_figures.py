"""Where a figure is asked for, rows of tables come first, and of the best table before those of others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.retrieval.evidence import select_evidence
from shared_utils.retrieval.figures import ROW_LEAD, TABLE_LEAD, with_leads
from shared_utils.retrieval.units import Rows, units_of
from shared_utils.types import Chunk, Evidence, Page, Passage
from tests.shared_utils.tables.drawn import read_one, rows, words

PROSE = (
    "The sales of pumps in the north were good in the year, and so were the sales of valves.",
    "Sales are counted when a pump has been paid for, and sales of pumps to dealers later.",
)
TABLE = (
    ("", "2022", "2021", "2020"),
    ("Pumps", "204", "190", "180"),
    ("Valves", "310", "288", "240"),
    ("Hoses", "514", "478", "420"),
)


def page_of(folder: Path) -> Page:
    prose = words(*((72, 720 - 14 * number, line) for number, line in enumerate(PROSE)))
    return read_one(folder, prose, words((72, 680, "Table 1: Sales of the works")), rows(*TABLE, y=650)).page


def asked(question: str, page: Page, budget: int) -> Evidence:
    start = page.text.index("Table 1")
    chunks = [
        Chunk("d:1:0", "d", 1, 0, start, page.text[:start]),
        Chunk("d:1:1", "d", 1, start, len(page.text), page.text[start:]),
    ]
    passages = [Passage(chunk, rank, 1.0 - 0.1 * rank) for rank, chunk in enumerate(chunks)]
    return select_evidence(question, passages, {("d", 1): page}, budget_tokens=budget)


def test_a_row_with_its_names_comes_before_sentences_where_a_figure_is_asked_for(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    shown = "\n".join(span.text for span in asked("How many pumps were sold in 2022?", page, 45).spans)
    assert "Pumps   204   190   180" in shown
    assert "2022" in shown
    assert "Sales of the works" in shown
    assert "paid for" not in shown


def test_any_other_question_is_answered_by_sentences_as_before(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    shown = "\n".join(span.text for span in asked("When do they count pumps as sold?", page, 45).spans)
    assert "Pumps   204" not in shown


def test_every_row_leads_and_those_of_the_best_table_lead_more(tmp_path: Path) -> None:
    page = read_one(
        tmp_path,
        words((72, 740, "The sales of pumps were good in the year.")),
        rows(*TABLE, y=700),
        words((72, 560, "Nothing of this holds for what was made in the second works of the company.")),
        rows(*TABLE[::-1], y=520),
    ).page
    assert len(page.tables) == 2
    pages = {("d", 1): page}
    passages = [Passage(Chunk("d:1:0", "d", 1, 0, len(page.text), page.text), 1, 1.0)]
    second = page.tables[1]
    units = [
        replace(unit, score=0.9 if unit.row is not None and unit.row.table is second else 0.8)
        for unit in units_of(passages, pages, Rows(pages))
    ]
    for before, after in zip(units, with_leads(units), strict=True):
        if before.row is None:
            assert after.score == before.score
        elif before.row.table is second:
            assert after.score == pytest.approx(before.score + ROW_LEAD + TABLE_LEAD)
        else:
            assert after.score == pytest.approx(before.score + ROW_LEAD)
