"""Questions to go on with are natural, new, and ones that the documents answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.message import NOTHING
from shared_utils.storage.kept_pages import KeptPages, PageMemory, page_arrays
from shared_utils.types import (
    Answer,
    Cell,
    Citation,
    Document,
    EngineKind,
    GenerationStats,
    Heading,
    OutlineEntry,
    Page,
    PageVerdict,
    RowKind,
    Sentence,
    Span,
    Table,
    Verdict,
)
from src.answering.ingestion import IndexedDocument, SourceFile
from src.answering.suggestions import Topic, heading_topic, is_answered, next_topics, opening_topics, question
from src.events import ExtractiveAnswer
from src.i18n import ENGLISH, GERMAN
from src.library.sample import sample_pdf
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS


def page(number: int, text: str, headings: tuple[str, ...] = (), rows: tuple[str, ...] = ()) -> Page:
    """`rows` are lines of `text`: a label of any length, then a word a column; the first names the columns."""

    def span(words: str) -> Span:
        start = text.index(words)
        return Span(start, start + len(words))

    return Page(
        number=number,
        label=str(number),
        text=text,
        verdict=PageVerdict.TEXT,
        headings=tuple(Heading(span(h).start, span(h).end, 1) for h in headings),
        tables=(table(text, rows),) if rows else (),
    )


def table(text: str, rows: tuple[str, ...]) -> Table:
    columns = len(re.findall(r"\d{4}", rows[0])) + 1
    cells = []
    for number, row in enumerate(rows):
        label, *figures = row.rsplit(maxsplit=columns - 1)
        start = text.index(row)
        for column, words in enumerate((label, *figures)):
            at = text.index(words, start)
            cells.append(Cell(number, number, column, column, words, (Span(at, at + len(words)),), (0, 0, 0, 0)))
            start = at + len(words)
    kinds = (RowKind.HEAD, *[RowKind.DATA] * (len(rows) - 1))
    return Table(tuple(cells), len(rows), columns, (0, 0, 0, 0), 1, 1, (0,), kinds, ((),) * len(rows))


ROWS = ("Cargo 2023 2024 2025", "Timber 981 902 774", "Offshore wind parts 486 655 912", "Total 1,467 1,557 1,686")
TRAFFIC = page(
    1,
    "1. Traffic\nLess timber came by sea. The heavy-lift vessel Aurora Fjord called twice.\n" + "\n".join(ROWS),
    ("1. Traffic",),
    ROWS,
)
SAFETY = page(
    2,
    "2. Safety at the quays\nThe tide gates closed 23 times. Safety comes first at all quays of the port.",
    ("2. Safety at the quays",),
)
REPORT = Document("d" * 64, "report.pdf", "Report", (TRAFFIC, SAFETY))


def cited(quote: str, on: Page = TRAFFIC) -> Citation:
    start = on.text.index(quote)
    return Citation(1, REPORT.id, REPORT.name, on.number, on.label, quote, start, start + len(quote))


def after(*asked: str, quote: str = "Less timber came by sea.") -> list[Topic]:
    return list(next_topics(asked, [cited(quote)], [REPORT]))


def asked_of(topics: Iterable[Topic]) -> list[str]:
    return [question(topic, ENGLISH) for topic in topics]


def test_a_row_of_years_becomes_a_question_about_its_development() -> None:
    assert "How did timber develop from 2023 to 2025?" in asked_of(after("What came by sea?"))


def test_a_label_that_the_text_never_writes_small_is_quoted() -> None:
    assert "How did “Offshore wind parts” develop from 2023 to 2025?" in asked_of(after("What came by sea?"))


def test_a_name_keeps_its_capitals() -> None:
    rows = ("Revenue 2023 2024", "Digital Media 12 13")
    text = "Media of the digital age.\nDigital Media grew. Digital Media is ours.\n" + "\n".join(rows)
    document = Document("f" * 64, "r.pdf", "Report", (page(1, text, rows=rows),))
    assert asked_of(opening_topics(document)) == ["How did Digital Media develop from 2023 to 2024?"]


def test_where_there_are_several_documents_the_question_names_its_own() -> None:
    row, section = (next(t for t in after("?") if bool(t.first) is is_row) for is_row in (True, False))
    assert question(row, ENGLISH, "“Port”").startswith("In “Port”, how did")
    assert question(section, ENGLISH, "“Port”").startswith("What does “Port” say about")


def test_what_was_asked_is_not_suggested_again() -> None:
    assert all("timber" not in topic.words for topic in after("Why did timber fall?"))


def test_a_document_whose_pages_are_kept_on_the_disk_has_the_same_topics() -> None:
    kept = replace(REPORT, pages=KeptPages(page_arrays(REPORT.pages), PageMemory()))
    assert list(next_topics((), [cited("Less timber came by sea.")], [kept])) == after()


def test_sums_and_headers_are_no_topics() -> None:
    assert not [topic for topic in after("?") if re.search("total|cargo", topic.words, re.IGNORECASE)]


def test_a_name_within_the_cited_words_is_one() -> None:
    assert "Aurora Fjord" in [topic.words for topic in after("What came by sea?")]


def test_the_next_section_is_one() -> None:
    assert "“Safety at the quays”" in [topic.words for topic in after("What came by sea?")]


def test_a_heading_whose_words_stand_nowhere_else_is_a_scrap() -> None:
    cut_off = page(1, "Port\nDigital experienc\nThe digital experience of a port.", ("Port", "Digital experienc"))
    assert list(opening_topics(Document("f" * 64, "r.pdf", "Report", (cut_off,)))) == []


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
        ("§ 3 Kaution", "Kaution"),
        ("Kapitel 3: Verluste", "Verluste"),
        ("Inhaltsverzeichnis", ""),
        ("A heading that goes on and on until it is a sentence of the running text itself", ""),
        ("12", ""),
        ("What gets corrected?", ""),
        ("Terms of the", ""),
        ("Retrieved from www.example.org", ""),
        ("(Lu", ""),
    ],
)
def test_headings_lose_their_numbers_and_empty_ones_are_left_out(heading: str, topic: str) -> None:
    assert heading_topic(heading) == topic


def test_a_conversation_opens_with_the_outline_where_there_is_one() -> None:
    outline = tuple(OutlineEntry(title, 1, 1) for title in ("Report", "Water losses", "Contents", "Repairs"))
    text = "Report\nOur water losses fell, and losses of water are dear. Repairs took weeks, all repairs a year."
    document = Document("e" * 64, "r.pdf", "Report", (page(1, text),), outline)
    assert [topic.words for topic in opening_topics(document)] == ["water losses", "repairs"]


def test_the_clauses_of_a_short_contract_are_asked_about_though_they_are_set_like_its_text() -> None:
    clauses = ("1. Rent", "2. Deposit")
    text = "Lease\n1. Rent\nThe rent is 900 pounds.\n2. Deposit\nThe deposit is 1,800 pounds.\n"
    own = page(1, text, ("Lease", *clauses))
    headings = tuple(replace(one, level=5 if one.start else 1) for one in own.headings)
    document = Document("e" * 64, "lease.pdf", "Lease", (replace(own, headings=headings),))
    assert [topic.words for topic in opening_topics(document)] == ["rent", "deposit"]
    long = replace(document, pages=(document.pages[0], *(page(n, "Rent.") for n in range(2, 9))))
    assert [topic.words for topic in opening_topics(long)] == []


def test_questions_come_in_the_persons_language() -> None:
    assert question(Topic("Holz", "d", "2023", "2025"), GERMAN) == "Wie hat sich Holz von 2023 bis 2025 entwickelt?"


# ------------------------------------------------------------------------------------------------ the real thing


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> IndexedDocument:
    folder = tmp_path_factory.mktemp("sample")
    name, data = sample_pdf()
    path = folder / "sample.pdf"
    path.write_bytes(data)
    versions: list[IndexedDocument] = []
    rag = build_rag(Settings(models_dir=MODELS, data_dir=folder))
    try:
        for _ in rag.ingest(SourceFile("a" * 64, name, Path(path)), versions.append, cancelled=never):
            pass
    finally:
        rag.viewer.close()
    return versions[-1]


def answer(rag: Rag, text: str, document: IndexedDocument) -> Answer | None:
    events = rag.ask(text, [document], writers=tuple, cancelled=never)
    return next((event.answer for event in events if isinstance(event, ExtractiveAnswer)), None)


def test_of_what_the_sample_report_suggests_most_is_answered_by_itself(sample: IndexedDocument, tmp_path: Path) -> None:
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    found = rag.search("How did cargo develop in 2025?", [sample])
    citations = [
        Citation(span.marker, span.document_id, "", span.page, "", span.text, span.start, span.end)
        for span in found.evidence.spans[:3]
    ]
    topics = [*opening_topics(sample.document), *next_topics(["How did cargo develop?"], citations, [sample.document])]
    answers = [answer(rag, question(topic, ENGLISH), sample) for topic in topics]
    good = [topic for topic, given in zip(topics, answers, strict=True) if given and is_answered(topic, given)]
    assert len(topics) > 9
    assert len(good) > len(topics) / 2
    rag.viewer.close()


NO_STATS = GenerationStats(EngineKind.EXTRACTIVE, "")


def given(text: str, on: Page, quote: str) -> Answer:
    sentence = Sentence(text, (1,), Verdict.SUPPORTED, NOTHING)
    return Answer("?", True, (sentence,), (cited(quote, on),), "stop", NO_STATS, text)


def test_what_is_answered_from_elsewhere_is_not_answered() -> None:
    section = next(topic for topic in after("?") if "Safety" in topic.words)
    here, there = "The tide gates closed 23 times.", "The heavy-lift vessel Aurora Fjord called twice."
    assert is_answered(section, given(here, SAFETY, here))
    assert not is_answered(section, given(there, TRAFFIC, there))


def test_a_heading_is_no_answer() -> None:
    section = next(topic for topic in after("?") if "Safety" in topic.words)
    assert not is_answered(section, given("2. Safety at the quays", SAFETY, "2. Safety at the quays"))


def test_another_row_is_no_answer() -> None:
    timber = next(topic for topic in after("?") if topic.words == "timber")
    assert is_answered(timber, given("Timber: 2023 981 · 2025 774", TRAFFIC, ROWS[1]))
    assert not is_answered(timber, given("Offshore wind parts: 2023 486", TRAFFIC, ROWS[2]))
