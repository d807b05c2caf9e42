"""The glossary of financial reports: names of ratios bring the line items that reports print."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.question import question_terms
from src.answering.line_items import line_items


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("What is the DPO?", ("account", "payabl")),
        ("Does the effective tax rate fall?", ("provis", "incom")),
        ("free cash flow of 2020", ("oper", "activ")),
        ("PP&E", ("properti", "plant")),
    ],
)
def test_a_ratio_stands_for_its_line_items(question: str, item: tuple[str, str]) -> None:
    assert question_terms(question, line_items())[item] > 0


def test_a_plain_word_stands_for_itself_only() -> None:
    assert set(question_terms("giraffes", line_items())) == {"giraff"}


def test_every_entry_has_a_name_and_items_of_words() -> None:
    assert all(name and items and all(items) for name, items in line_items().items())
