"""What documents are about: each says so itself."""

from __future__ import annotations

from pathlib import Path

from shared_utils.types import Document, Evidence, EvidenceSpan, Heading, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, index_document, pages_of
from src.answering.overview import about, overview
from src.answering.wording import in_their_spelling

MOORING = (
    "Mooring in ice\nWinter came early. However, this is not new. This report describes how ships are moored in ice, "
    "and what it costs.",
    "The ropes were changed in March. All moorings held.",
)
WATCH = ("HONOR ROPE WATCH\nAll statements in this document are provided as is, without warranties of any kind.",)


def indexed(name: str, text: tuple[str, ...], headings: tuple[Heading, ...] = ()) -> IndexedDocument:
    pages = tuple(
        Page(n, str(n), page, PageVerdict.TEXT, headings=headings if n == 1 else ())
        for n, page in enumerate(text, start=1)
    )
    return index_document(Document(name[0] * 64, name, "", pages, ()), Path(name))


def evidence(one: IndexedDocument) -> Evidence:
    page = one.document.pages[-1]
    text = page.text.split(". ")[0] + "."
    return Evidence((EvidenceSpan(1, one.document.id, page.number, 0, len(text), text, 1.0),), 10, 100)


def test_a_document_says_itself_what_it_is_about_and_leads_its_summary() -> None:
    one = indexed("mooring.pdf", MOORING)
    found = about(one)
    assert found is not None
    page, span = found
    assert page.text[span.start : span.end].startswith("This report describes how ships are moored in ice")
    answer = overview("What is this about?", evidence(one), None, [one], pages_of([one]))
    assert answer.sentences[0].text.startswith("This report describes")
    assert answer.sentences[1].text == "The ropes were changed in March."


def test_several_documents_have_a_line_each_by_title_where_no_sentence_says() -> None:
    documents = [
        indexed("mooring.pdf", MOORING),
        indexed("honor_watch.pdf", WATCH, (Heading(0, 16, 1),)),
    ]
    answer = overview("What is this about?", evidence(documents[0]), None, documents, pages_of(documents))
    assert [sentence.text[:40] for sentence in answer.sentences] == [
        "mooring.pdf: This report describes how s",
        "honor_watch.pdf: HONOR ROPE WATCH",
    ]
    assert [citation.document for citation in answer.citations] == ["mooring.pdf", "honor_watch.pdf"]


def test_a_part_of_a_document_is_quoted_alone() -> None:
    one = indexed("mooring.pdf", MOORING)
    answer = overview("Page 2?", evidence(one), lambda chunk: chunk.page == 2, [one], pages_of([one]))
    assert [sentence.text for sentence in answer.sentences] == ["The ropes were changed in March."]


def test_a_word_that_asks_is_no_slip_of_the_finger() -> None:
    one = indexed("m.pdf", ("A summative review of ropes.",))
    assert in_their_spelling("Summarise page 3", [one.index], lambda: {"summative"}).text == "Summarise page 3"
