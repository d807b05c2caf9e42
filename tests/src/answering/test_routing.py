from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.retrieval.question_kind import QuestionKind
from shared_utils.types import Document, Heading, OutlineEntry, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, index_document
from src.answering.routing import Route, route

TEXT = {
    1: ("Introduction", "The harbour board reports on its year. It was a busy one for the pilots."),
    2: ("Noise", "Night work is limited to 45 decibels. Two complaints were received in May."),
    3: ("Storm damage", "The outer gates were closed for 61 hours in January."),
}


def page(number: int, heading: str, text: str) -> Page:
    return Page(
        number,
        str(number + 100),
        f"{heading}\n{text}",
        PageVerdict.TEXT,
        headings=(Heading(0, len(heading), 2),),
    )


@pytest.fixture(scope="module")
def report() -> IndexedDocument:
    pages = tuple(page(number, *lines) for number, lines in TEXT.items())
    outline = tuple(OutlineEntry(heading, 1, number) for number, (heading, _) in TEXT.items())
    return index_document(Document("a" * 64, "report.pdf", "Report", pages, outline), Path("report.pdf"))


def asked(question: str, document: IndexedDocument) -> Route:
    return route(question, question, [document])


def pages_within(taken: Route, document: IndexedDocument) -> set[int]:
    assert taken.within is not None
    return {chunk.page for chunk in document.index.chunks if taken.within(chunk)}


def test_an_ordinary_question_is_a_look_up_everywhere_and_needs_no_note(report: IndexedDocument) -> None:
    question = "How long were the gates closed?"
    assert asked(question, report) == Route(QuestionKind.LOOK_UP, question)


def test_a_question_about_pages_is_searched_there_without_their_numbers(report: IndexedDocument) -> None:
    taken = asked("What do pages 2–3 say about complaints?", report)
    assert pages_within(taken, report) == {2, 3}
    assert str(taken.label) == "pages 2–3"
    assert str(taken.note) == "Searched in pages 2–3 only."
    assert "2" not in taken.searched


def test_pages_are_also_x_number_printed_on_them(report: IndexedDocument) -> None:
    assert pages_within(asked("Who complained on page 102?", report), report) == {2}


@pytest.mark.parametrize(
    "question", ["Which limits stand in section Noise?", "in the noise section, which limits apply at night?"]
)
def test_a_question_about_a_section_is_searched_there(report: IndexedDocument, question: str) -> None:
    taken = asked(question, report)
    assert pages_within(taken, report) == {2}
    assert str(taken.label) == "section “Noise”"
    assert taken.kind is not QuestionKind.SUMMARY


def test_a_section_that_is_not_there_is_told_and_everything_is_searched(report: IndexedDocument) -> None:
    taken = asked("Which limits stand in section Vibration?", report)
    assert taken.within is None
    assert str(taken.note) == "No section called “Vibration” was found; the whole document was searched."


def test_pages_that_are_not_there_are_told_and_everything_is_searched(report: IndexedDocument) -> None:
    taken = asked("Who is named on page 77?", report)
    assert taken.within is None
    assert str(taken.note) == "No words were found on page 77; the whole document was searched."


def test_words_that_may_be_no_section_at_all_are_not_complained_about(report: IndexedDocument) -> None:
    assert str(asked("What is in part A of the form?", report).note) == ""
    assert str(asked("Who works in the other section of the harbour?", report).note) == ""


@pytest.mark.parametrize(
    ("question", "label", "pages"),
    [
        ("Summarise section Noise", "summary of section “Noise”", {2}),
        ("What does it say about “Storm damage”?", "summary of section “Storm damage”", {3}),
        ("What is on page 2?", "summary of page 2", {2}),
    ],
)
def test_a_part_asked_about_as_such_is_summed_up(
    report: IndexedDocument, question: str, label: str, pages: set[int]
) -> None:
    taken = asked(question, report)
    assert taken.spreads
    assert str(taken.label) == label
    assert pages_within(taken, report) == pages


def test_a_document_is_summed_up_as_a_whole(report: IndexedDocument) -> None:
    taken = asked("What is this document about?", report)
    assert taken.spreads
    assert taken.within is None
    assert str(taken.label) == "summary of the whole document"
    assert taken.note


def test_a_document_is_also_summed_up_by_its_name(report: IndexedDocument) -> None:
    other = replace(report, document=replace(report.document, id="b" * 64, name="storms.pdf", title="On storms"))
    taken = route("Summarise the paper on storms", "Summarise the paper on storms", [report, other])
    assert taken.spreads
    assert str(taken.label) == "summary of storms.pdf"


def test_a_summary_of_one_topic_looks_where_the_topic_is(report: IndexedDocument) -> None:
    assert not asked("Give me an overview of the complaints", report).spreads


def test_a_follow_up_keeps_the_pages_of_the_question_before(report: IndexedDocument) -> None:
    taken = route("And when?", "Who complained on page 2? And when?", [report])
    assert pages_within(taken, report) == {2}


def test_a_comparison_of_documents_names_its_sides(report: IndexedDocument) -> None:
    other = replace(report, document=replace(report.document, id="b" * 64, name="storms.pdf", title="On storms"))
    question = "How does the damage differ between the report and the paper on storms?"
    taken = route(question, question, [report, other])
    assert taken.sides == ("a" * 64, "b" * 64)
    assert str(taken.label) == "comparison of report.pdf and storms.pdf"


def test_a_comparison_within_one_document_is_a_look_up(report: IndexedDocument) -> None:
    assert asked("Is January wetter than May?", report).sides == ()
