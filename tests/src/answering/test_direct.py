"""A value that a question asks for, from a real PDF: drawn, read, asked without a language model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from shared_utils.storage.page_codec import decode_page, encode_page
from shared_utils.types import Answer, DirectKind, Verdict
from src.answering.ingestion import IndexedDocument
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from tests.conftest import source
from tests.fakes import never

ROWS = (
    ("Net sales", "135,987", "177,866"),
    ("Cost of sales", "88,265", "111,934"),
    ("Operating income", "4,186", "4,106"),
    ("Interest expense", "(484)", "(848)"),
    ("Net income", "2,371", "3,033"),
)
PROSE = "Net income is what is left of net sales when every cost has been paid, interest and taxes included."


@pytest.fixture(scope="module")
def statement(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> IndexedDocument:
    path = tmp_path_factory.mktemp("statement") / "statement.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(72, 760, "Statements of operations (in millions)")
    canvas.drawRightString(380, 740, "2016")
    canvas.drawRightString(460, 740, "2017")
    canvas.setFont("Helvetica", 10)
    for number, (label, *values) in enumerate(ROWS):
        y = 722 - 16 * number
        canvas.drawString(72, y, label)
        for x, value in zip((380, 460), values, strict=True):
            canvas.drawRightString(x, y, value)
    canvas.drawString(72, 600, PROSE)
    canvas.save()
    found: list[IndexedDocument] = []
    for _ in rag.ingest(source(path), found.append, cancelled=never):
        pass
    return found[-1]


def answer(rag: Rag, document: IndexedDocument, question: str) -> Answer:
    *_, last = rag.ask(question, [document], writers=tuple, cancelled=never)
    assert isinstance(last, AnswerFinished)
    return last.answer


def test_the_value_comes_first_in_one_line_cited_to_its_row_and_the_name_over_its_column(
    rag: Rag, statement: IndexedDocument
) -> None:
    told = answer(rag, statement, "What was net income in 2017?")
    first = told.sentences[0]
    assert first.text == "Net income, 2017: 3,033 (in millions)"
    assert first.verdict is Verdict.SUPPORTED
    quotes = [c.quote for c in told.citations if c.marker in first.citations]
    assert ["".join(quote.split()) for quote in quotes] == ["Netincome2,3713,033", "2017"]
    page = statement.document.pages[0]
    for citation in told.citations:
        assert page.text[citation.start : citation.end] == citation.quote
        assert citation.rects


def test_every_marker_has_its_citation_and_no_row_is_told_twice(rag: Rag, statement: IndexedDocument) -> None:
    told = answer(rag, statement, "What was net income in 2017?")
    markers = [citation.marker for citation in told.citations]
    assert markers == list(range(1, len(markers) + 1))
    assert {marker for sentence in told.sentences for marker in sentence.citations} == set(markers)
    assert sum("3,033" in sentence.text for sentence in told.sentences) == 1


def test_without_a_year_the_whole_row_is_told(rag: Rag, statement: IndexedDocument) -> None:
    told = answer(rag, statement, "What is the cost of sales?")
    assert told.sentences[0].text == "Cost of sales: 2016 88,265 · 2017 111,934 (in millions)"


def test_a_question_for_what_the_prose_says_is_answered_by_the_prose(rag: Rag, statement: IndexedDocument) -> None:
    told = answer(rag, statement, "What is left when interest and taxes have been paid?")
    assert PROSE in told.sentences[0].text


def test_what_is_kept_answers_as_what_was_read(rag: Rag, statement: IndexedDocument) -> None:
    """The store's own way of keeping a page, tables included."""

    pages = tuple(decode_page(encode_page(page)) for page in statement.document.pages)
    kept = replace(statement, document=replace(statement.document, pages=pages))
    assert answer(rag, kept, "Net income in 2016?").sentences == answer(rag, statement, "Net income in 2016?").sentences


HOLDERS = "There were 2,357 shareholders of record of our common stock as of January 24, 2018."


@pytest.fixture(scope="module")
def cover(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> IndexedDocument:
    """A table whose row has some of the words of a question that a sentence answers."""
    path = tmp_path_factory.mktemp("cover") / "cover.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(72, 760, "Shares")
    canvas.drawRightString(460, 760, "January 24, 2018")
    canvas.setFont("Helvetica", 10)
    for number, (label, value) in enumerate(
        (("Common stock issued", "507,000,000"), ("Common stock outstanding", "484,107,183"), ("Warrants", "12,000"))
    ):
        canvas.drawString(72, 742 - 16 * number, label)
        canvas.drawRightString(460, 742 - 16 * number, value)
    canvas.drawString(72, 640, HOLDERS)
    canvas.save()
    found: list[IndexedDocument] = []
    for _ in rag.ingest(source(path), found.append, cancelled=never):
        pass
    return found[-1]


def test_a_sentence_that_has_clearly_more_of_the_question_than_the_row_comes_first(
    rag: Rag, cover: IndexedDocument
) -> None:
    told = answer(rag, cover, "How many shareholders of record of common stock were there as of January 24, 2018?")
    assert HOLDERS in told.sentences[0].text


def test_the_row_comes_first_where_it_has_what_is_asked(rag: Rag, cover: IndexedDocument) -> None:
    told = answer(rag, cover, "How much common stock was outstanding as of January 24, 2018?")
    assert told.sentences[0].text == "Common stock outstanding, January 24, 2018: 484,107,183"


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("What were net sales and net income in 2017?", ["177,866", "3,033"]),
        ("How much were the interest expense and the cost of sales in 2016?", ["(484)", "88,265"]),
        ("What were net sales and net income?", ["135,987", "177,866", "2,371", "3,033"]),
    ],
)
def test_two_values_of_one_question_are_told_each_on_its_own_line_cited_to_its_row(
    rag: Rag, statement: IndexedDocument, question: str, values: list[str]
) -> None:
    told = answer(rag, statement, question)
    assert told.direct is not None
    assert [one.value for one in told.direct.operands] == values
    quotes = {citation.marker: citation.quote for citation in told.citations}
    for sentence, value in zip(told.sentences, values, strict=False):
        assert value in sentence.text
        assert any(value in quotes[marker] for marker in sentence.citations)


@pytest.mark.parametrize(
    "question", ["What was the sum of net sales and net income in 2017?", "What are sales and costs?"]
)
def test_what_is_made_of_two_values_or_names_no_row_whole_is_not_taken_for_two(
    rag: Rag, statement: IndexedDocument, question: str
) -> None:
    told = answer(rag, statement, question)
    assert told.direct is None or told.direct.kind is not DirectKind.COMPARISON
