"""A sentence that a page's end cuts is quoted whole, with a citation on each page; what is read on ends before one."""

from __future__ import annotations

from shared_utils.generation.extractive import extractive_answer
from shared_utils.types import Answer, Evidence, EvidenceSpan, Heading, Page, PageVerdict

FIRST = (
    "The harbour has two locks. The north lock is opened by hand.\n"
    "The lease of the boathouse ends after eleven years, unless the\n"
)
SECOND = "council renews it in writing. Swans nest beside the boathouse.\n"
NAMES = {"d": "harbour.pdf"}


def answered(question: str, first: str = FIRST, second: str = SECOND) -> Answer:
    pages = {("d", 1): Page(1, "1", first, PageVerdict.TEXT), ("d", 2): Page(2, "2", second, PageVerdict.TEXT)}
    spans = tuple(
        EvidenceSpan(number, "d", number, 0, len(pages["d", number].text), pages["d", number].text, 1.0)
        for number in (1, 2)
    )
    return extractive_answer(question, Evidence(spans, 100, 600), pages, NAMES, max_sentences=1)


def test_a_sentence_that_goes_on_over_the_page_is_told_to_its_end_and_cited_on_both() -> None:
    answer = answered("When does the lease of the boathouse end?")
    whole = "The lease of the boathouse ends after eleven years, unless the council renews it in writing."
    assert answer.sentences[0].text == whole
    assert [(cited.page, cited.marker) for cited in answer.citations] == [(1, 1), (2, 2)]


def test_its_beginning_is_told_where_the_rest_of_it_answers() -> None:
    answer = answered("Who renews it in writing: which council?")
    assert answer.sentences[0].text.startswith("The lease of the boathouse ends after eleven years, unless the council")


def test_what_is_read_on_ends_before_a_sentence_that_the_page_cuts() -> None:
    assert answered("How is the north lock opened?").sentences[0].text.endswith("opened by hand.")


def test_a_page_that_begins_another_sentence_is_not_read() -> None:
    answer = answered("When does the lease of the boathouse end?", second="Swans nest beside the boathouse.\n")
    assert answer.sentences[0].text == "The lease of the boathouse ends after eleven years, unless the"


def test_a_line_that_is_set_like_a_heading_parts_no_sentence() -> None:
    lines = (
        "Law\n",
        "This lease is under the laws of the\n",
        "town of Nordhaven. The Convention on\n",
        "Sales of Boats is\n",
    )
    text = "".join(lines) + "not part of the law of this lease. Swans nest here.\n"
    headings = tuple(Heading(at := text.index(line), at + len(line) - 1, 1) for line in (lines[0], lines[1], lines[3]))
    page = Page(1, "1", text, PageVerdict.TEXT, headings=headings)
    found = Evidence((EvidenceSpan(1, "d", 1, 0, len(text), text, 1.0),), 100, 600)
    answer = extractive_answer("Which town's laws?", found, {("d", 1): page}, NAMES, max_sentences=1, around=60)
    assert answer.sentences[0].text == (
        "This lease is under the laws of the town of Nordhaven. The Convention on Sales of Boats is not part of the "
        "law of this lease."
    )
