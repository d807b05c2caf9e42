"""Questions to go on with are natural, new, and ones that the documents answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared_utils.types import Citation, Document, Heading, OutlineEntry, Page, PageVerdict, Span
from src.answering.ingestion import IndexedDocument, SourceFile
from src.answering.suggestions import Topic, heading_topic, next_topics, opening_topics, question
from src.i18n import ENGLISH, GERMAN
from src.library.sample import sample_pdf
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never


def page(number: int, text: str, headings: tuple[str, ...] = (), rows: tuple[str, ...] = ()) -> Page:
    def span(words: str) -> Span:
        start = text.index(words)
        return Span(start, start + len(words))

    return Page(
        number=number,
        label=str(number),
        text=text,
        verdict=PageVerdict.TEXT,
        headings=tuple(Heading(span(h).start, span(h).end, 1) for h in headings),
        table_rows=tuple(map(span, rows)),
    )


ROWS = ("Cargo 2023 2024 2025", "Timber 981 902 774", "Offshore wind parts 486 655 912", "Total 1,467 1,557 1,686")
TRAFFIC = page(
    1,
    "1. Traffic\nLess timber came by sea. The heavy-lift vessel Aurora Fjord called twice.\n" + "\n".join(ROWS),
    ("1. Traffic",),
    ROWS,
)
SAFETY = page(2, "2. Safety at the quays\nThe tide gates closed 23 times.", ("2. Safety at the quays",))
REPORT = Document("d" * 64, "report.pdf", "Report", (TRAFFIC, SAFETY))


def cited(quote: str, on: Page = TRAFFIC) -> Citation:
    start = on.text.index(quote)
    return Citation(1, REPORT.id, REPORT.name, on.number, on.label, quote, start, start + len(quote))


def after(*asked: str, quote: str = "Less timber came by sea.") -> list[Topic]:
    return list(next_topics(asked, [cited(quote)], [REPORT]))


def test_a_row_of_years_becomes_a_question_about_its_development() -> None:
    assert Topic("timber", "2023", "2025") in after("What came by sea?")
    assert question(Topic("timber", "2023", "2025"), ENGLISH) == "How did timber develop from 2023 to 2025?"


def test_a_label_that_the_text_never_writes_small_is_quoted() -> None:
    assert Topic("“Offshore wind parts”", "2023", "2025") in after("What came by sea?")


def test_what_was_asked_is_not_suggested_again() -> None:
    assert all("timber" not in topic.words for topic in after("Why did timber fall?"))


def test_sums_and_headers_are_no_topics() -> None:
    assert not [topic for topic in after("?") if re.search("total|cargo", topic.words, re.IGNORECASE)]


def test_a_name_within_the_cited_words_is_one() -> None:
    assert Topic("Aurora Fjord") in after("What came by sea?")


def test_the_next_section_is_one() -> None:
    assert Topic("“Safety at the quays”") in after("What came by sea?")


def test_the_documents_own_title_is_none() -> None:
    assert all("Traffic" not in topic.words for topic in after("What came by sea?"))


def test_kinds_take_turns() -> None:
    kinds = [(bool(topic.first), topic.words) for topic in after("What came by sea?")[:3]]
    assert [is_row for is_row, _ in kinds] == [True, False, False]


def test_a_citation_of_a_document_that_is_gone_suggests_nothing() -> None:
    assert list(next_topics((), [cited("Less timber")], [])) == []


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("3.2.1 Water losses", "Water losses"),
        ("CHAPTER IV. THE STORM", "The storm"),
        ("Kapitel 3: Verluste", "Verluste"),
        ("Inhaltsverzeichnis", ""),
        ("A heading that goes on and on until it is a sentence of the running text itself", ""),
        ("12", ""),
    ],
)
def test_headings_lose_their_numbers_and_empty_ones_are_left_out(heading: str, topic: str) -> None:
    assert heading_topic(heading) == topic


def test_a_conversation_opens_with_the_outline_where_there_is_one() -> None:
    outline = tuple(OutlineEntry(title, 1, 1) for title in ("Report", "Water losses", "Contents", "Repairs"))
    document = Document("e" * 64, "r.pdf", "Report", (page(1, "Report"),), outline)
    assert [topic.words for topic in opening_topics(document)] == ["“Water losses”", "“Repairs”"]


def test_questions_come_in_the_persons_language() -> None:
    assert question(Topic("Holz", "2023", "2025"), GERMAN) == "Wie hat sich Holz von 2023 bis 2025 entwickelt?"


# ------------------------------------------------------------------------------------------------ the real thing


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> IndexedDocument:
    folder = tmp_path_factory.mktemp("sample")
    name, data = sample_pdf()
    path = folder / "sample.pdf"
    path.write_bytes(data)
    versions: list[IndexedDocument] = []
    rag = build_rag(Settings(data_dir=folder))
    try:
        for _ in rag.ingest(SourceFile("a" * 64, name, Path(path)), versions.append, cancelled=never):
            pass
    finally:
        rag.viewer.close()
    return versions[-1]


def test_what_the_sample_report_suggests_it_can_answer(sample: IndexedDocument, tmp_path: Path) -> None:
    rag = build_rag(Settings(data_dir=tmp_path))
    found = rag.search("How did cargo develop in 2025?", [sample])
    citations = [
        Citation(span.marker, span.document_id, "", span.page, "", span.text, span.start, span.end)
        for span in found.evidence.spans[:3]
    ]
    topics = [*opening_topics(sample.document), *next_topics(["How did cargo develop?"], citations, [sample.document])]
    questions = [question(topic, ENGLISH) for topic in topics]
    assert len(questions) > 9
    assert [text for text in questions if not rag.search(text, [sample]).answerable] == []
    rag.viewer.close()
