"""A section that is called by what a question wants listed answers it by its paragraphs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.message import message
from shared_utils.types import QUOTED, Answer, Document, Heading, Page, PageVerdict, Passage, Sentence, Verdict
from src.answering.headed_lists import paragraphs_under, with_headed_list
from src.answering.ingestion import index_document, pages_of

NOTES = """1. Moorings
Moorings are let by the month and paid in advance by whoever takes them, in the office or by post to it.
2. Takeovers
Northern Ferries Ltd.
In 2021 the group bought all shares of Northern Ferries Ltd., which runs two lines to the islands. The price was paid
in cash, and the lines go on under their own name.
Salt Quay
In 2022 it bought the quay from the town. No debts came with it.
3. Repairs
Repairs of the piers cost more than in the year before, for the wood had to be brought from farther away than before.
"""
HEADS = ("1. Moorings", "2. Takeovers", "3. Repairs")
QUESTION = "What are the takeovers that the group has made?"
ID = "a" * 64


def told(question: str, *, under: str = "2. Takeovers", heads: tuple[str, ...] = HEADS) -> list[str]:
    headings = tuple(Heading(start := NOTES.index(head), start + len(head), 2) for head in heads)
    page = Page(1, "1", NOTES, PageVerdict.TEXT, headings=headings)
    one = index_document(Document(ID, "notes.pdf", "Notes", (page,), ()), Path("notes.pdf"))
    chunk = replace(one.index.chunks[0], heading=under)
    passages = [Passage(replace(chunk, id=str(n)), n, 1.0) for n in (1, 2, 3)]
    found = paragraphs_under(question, passages, pages_of([one]))
    return [" ".join(page.text[span.start : span.end].split()) for _, page, span in found]


def test_each_paragraph_of_the_section_that_is_called_so_is_told_with_the_line_over_it() -> None:
    assert told(QUESTION) == [
        "Northern Ferries Ltd. In 2021 the group bought all shares of Northern Ferries Ltd., which runs two lines to "
        "the islands.",
        "Salt Quay In 2022 it bought the quay from the town.",
    ]


def test_a_numbered_section_goes_on_over_headings_without_a_number() -> None:
    assert len(told(QUESTION, heads=(*HEADS, "Northern Ferries Ltd.\n", "Salt Quay"))) == 2


@pytest.mark.parametrize(
    ("question", "under"),
    [
        ("What are the repairs that were made?", "2. Takeovers"),  # called otherwise
        ("What are the repairs that were made?", "3. Repairs"),  # one paragraph is no list
        (QUESTION, "4. Sales"),  # no heading of the page
    ],
)
def test_no_other_section_tells_a_list(question: str, under: str) -> None:
    assert told(question, under=under) == []


def test_a_list_that_is_there_already_is_kept_and_only_lists_are_told_so() -> None:
    item = Sentence("Northern Ferries", (), Verdict.SUPPORTED, message("quoted"), item="-")
    answer = Answer(QUESTION, True, (item,), (), "stop", QUOTED, "")
    assert with_headed_list(QUESTION, answer, [], {}, {}) is None
    assert with_headed_list("Why was the quay bought?", replace(answer, sentences=()), [], {}, {}) is None
