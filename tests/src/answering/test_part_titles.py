"""What a numbered part of a document is called, read off its headings."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.types import Document, Heading, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, index_document
from src.answering.outright import told_outright
from src.answering.part_titles import about_a_part

CONTENTS = "Contents\nChapter 2 The harbour ........ 7\n"
LESSONS = (
    "Unit 4 Key Assignments:\nQuiz on Units 3 & 4\nUNIT 4: Tides and currents\nUnit 4 describes how.\n"
    "Chapter 2 The harbour\n"
)
PAPER = (
    "Earlier work is weighed.\n3.1 Clustering of passages\nWe build on it.\nTable 2: Costs of dredging. Each\nyear.\n"
)
LAW = "§ 5 Kündigung\nAnhang B\nGebühren der Fähre\n"


def course() -> IndexedDocument:
    pages = [
        Page(n, str(n), text, PageVerdict.TEXT) for n, text in enumerate((CONTENTS, LESSONS, PAPER), start=1)
    ]  # fmt: skip
    start = LAW.index("Anhang B")
    pages.append(Page(4, "4", LAW, PageVerdict.TEXT, headings=(Heading(start, start + len("Anhang B"), 1),)))
    return index_document(Document("c" * 64, "course.pdf", "Course", tuple(pages), ()), Path("course.pdf"))


@pytest.mark.parametrize(
    ("question", "title", "page"),
    [
        ("What's the topic of unit 4?", "UNIT 4: Tides and currents", 2),
        ("What is the title of chapter 2?", "Chapter 2 The harbour", 2),
        ("What is section 3.1 called?", "3.1 Clustering of passages", 3),
        ("What is Table 2 about?", "Table 2: Costs of dredging.", 3),
        ("Worum geht es in § 5?", "§ 5 Kündigung", 4),
        ("Wie heißt Anhang B?", "Anhang B Gebühren der Fähre", 4),
    ],
)
def test_a_numbered_part_is_told_by_its_heading(question: str, title: str, page: int) -> None:
    told = told_outright(question, [course()])
    assert told is not None
    answer, _ = told
    assert [(s.text, c.page) for s, c in zip(answer.sentences, answer.citations, strict=True)] == [(title, page)]


@pytest.mark.parametrize(
    "question",
    ["What is the topic of unit 9?", "What does unit 4 say about tides?", "What is the topic of the course?"],
)
def test_no_part_is_told_where_another_thing_is_asked_or_none_is_there(question: str) -> None:
    assert about_a_part(question, [course()]) is None
