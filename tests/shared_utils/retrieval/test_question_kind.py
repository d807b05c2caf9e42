"""Kinds of questions and the parts of a document they name."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.question_kind import AskedPart, QuestionKind, asked_part, question_kind
from shared_utils.types import Chunk


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What was the revenue in 2020?", QuestionKind.LOOK_UP),
        ("When did the committee meet?", QuestionKind.LOOK_UP),
        ("How do I reset the watch?", QuestionKind.LOOK_UP),
        ("Hi there!", QuestionKind.SMALL_TALK),
        ("Thanks, very much", QuestionKind.SMALL_TALK),
        ("Summarize the findings of this paper", QuestionKind.SUMMARY),
        ("What is this document about?", QuestionKind.SUMMARY),
        ("What are the key takeaways?", QuestionKind.SUMMARY),
        ("How did costs change from 2019 to 2020, compared with sales?", QuestionKind.COMPARISON),
        ("Is the gross margin of Adobe higher than that of Amazon?", QuestionKind.COMPARISON),
        ("List all the directors.", QuestionKind.LIST),
        ("Which segments are reported?", QuestionKind.LIST),
        ("", QuestionKind.LOOK_UP),
    ],
)
def test_kinds(question: str, kind: QuestionKind) -> None:
    assert question_kind(question) is kind


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("What do pages 10–20 say?", AskedPart(pages=((10, 20),))),
        ("Compare page 3 and page 7", AskedPart(pages=((3, 3), (7, 7)))),
        ("pages 20 to 10", AskedPart(pages=((10, 20),))),
        ("How many lines are on the first page?", AskedPart(pages=((1, 1),))),
        ("Who signs within the first two pages?", AskedPart(pages=((1, 2),))),
        ("Which risks stand in section Risk Factors?", AskedPart(section="Risk Factors")),
        ("What is claimed in section 3.1?", AskedPart(section="3.1")),
        ("What was the revenue on page one's chart in 2019?", AskedPart()),
        ("How many pages does the report have?", AskedPart()),
    ],
)
def test_parts(question: str, part: AskedPart) -> None:
    assert asked_part(question) == part


def test_a_part_holds_its_pages_and_the_section_it_names() -> None:
    chunk = Chunk("d:12:0", "d", 12, 0, 4, "text", heading="Item 1A. RISK FACTORS")

    assert asked_part("pages 10-20, in section Risk Factors").holds(chunk)
    assert not asked_part("pages 13-20").holds(chunk)
    assert not asked_part("in section Properties").holds(chunk)
    assert not asked_part("What was the revenue?")
