"""Numbered figures, tables and days that a question names and the documents do not have."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.labels import absent_dates, absent_labels
from shared_utils.types import Chunk

TEXTS = (
    "Figure 1: The lock. Figures 2 and 3 show its gates, Figs. 4–6 its pumps. Table 3.1 lists the crew by rank.",
    "Revised May 2016. The lock closes on December 31,\n2018 2019. It may reopen in spring 2018. A level 2 alarm rang.",
)


def indexes(*texts: str) -> list[DocumentIndex]:
    return [build_index("d", [Chunk(f"d:{n}:0", "d", n, 0, len(text), text) for n, text in enumerate(texts, start=1)])]


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What does Figure 9 show?", ("figure 9",)),
        ("Was zeigt Abbildung 9?", ("abbildung 9",)),
        ("What do Figure 3 and fig. 5 show?", ()),
        ("What does Figure 2b show?", ()),  # its parts are told in the picture
        ("What does Table 3 list?", ()),
        ("What does Table 3-1 list?", ()),
        ("Which crew does Table 4 list?", ("table 4",)),
        ("What rings at level-2?", ()),
        ("What rings at level-5?", ("level-5",)),
        ("Which figures are there?", ()),
    ],
)
def test_a_number_that_no_figure_or_table_has_is_told(question: str, missing: tuple[str, ...]) -> None:
    assert absent_labels(question, indexes(*TEXTS)) == missing


def test_where_nothing_is_numbered_whoever_asks_has_counted() -> None:
    assert absent_labels("What does Figure 2 show?", indexes("The lock was built in 1912.")) == ()


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Who wrote the revision of May 2018?", ("May 2018",)),
        ("Who wrote the revision of May 2016?", ()),
        ("What was closed on December 31, 2019?", ()),  # a head of two years
        ("What was closed on 31 December 2017?", ("31 December 2017",)),
        ("Was wurde am 31.12.2019 geschlossen?", ()),
        ("What was closed in 2017?", ()),  # years alone are told elsewhere
    ],
)
def test_a_month_that_never_stands_near_its_year_is_told(question: str, missing: tuple[str, ...]) -> None:
    assert absent_dates(question, indexes(*TEXTS)) == missing
