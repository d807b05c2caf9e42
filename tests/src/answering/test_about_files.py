"""Questions about the files are answered from what was read and counted, whoever asks in which language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from shared_utils.types import Answer, DirectKind, Document, Page, PageVerdict, Verdict
from src.answering.about_files import about_files
from src.answering.ingestion import IndexedDocument, SourceFile, index_document
from src.events import AnswerFinished, ExtractiveAnswer
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs

PROSE = (
    "The quay walls of the harbour were measured in spring, and the harbour master",
    "wrote down what was found. The walls have sunk by two centimetres in ten years.",
    "The report was read by the council, which decided to repair the eastern wall.",
)


def paper(canvas: Canvas) -> None:
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(72, 740, "How Quay Walls Sink")
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 710, "Ada Lindqvist, Bo Ek and Cleo van der Meer")
    canvas.drawString(72, 694, "University of Lund")
    for number, line in enumerate(PROSE):
        canvas.drawString(72, 650 - 14 * number, line)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[IndexedDocument]:
    folder = tmp_path_factory.mktemp("files")
    files = {
        "walls.pdf": pdfs.pdf(paper, pdfs.lines(*PROSE), pdfs.lines(*PROSE)),
        "Harbour budget 2025.pdf": pdfs.pdf(pdfs.lines("Budget", *PROSE)),
    }
    rag = build_rag(Settings(models_dir=MODELS, data_dir=folder))
    found: list[IndexedDocument] = []
    for number, (name, data) in enumerate(files.items()):
        (folder / name).write_bytes(data)
        versions: list[IndexedDocument] = []
        for _ in rag.read(SourceFile(str(number) * 64, name, folder / name), versions.append, cancelled=never):
            pass
        found.append(versions[-1])
    rag.viewer.close()
    return found


def told(answer: Answer | None) -> list[str]:
    assert answer is not None
    return [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize(
    "question",
    [
        "How many pages does the paper on quay walls have?",
        "Wie viele Seiten hat walls.pdf?",
        "Combien de pages a walls.pdf ?",
        "¿Cuántas páginas tiene walls.pdf?",
        "Quante pagine ha walls.pdf?",
        "Quantas páginas tem walls.pdf?",
        "Hoeveel pagina's heeft walls.pdf?",
    ],
)
def test_pages_are_counted_in_seven_languages(documents: list[IndexedDocument], question: str) -> None:
    answer = about_files(question, documents)
    assert told(answer) == ["walls.pdf has 3 pages."]
    assert answer is not None
    assert answer.direct is not None
    assert (answer.direct.kind, answer.direct.value, answer.direct.unit) == (DirectKind.FILE, "3", "pages")


def test_every_file_is_told_where_none_is_named(documents: list[IndexedDocument]) -> None:
    assert told(about_files("How many pages?", documents)) == [
        "walls.pdf has 3 pages.",
        "Harbour budget 2025.pdf has 1 page.",
    ]
    assert told(about_files("How many documents do I have?", documents)) == [
        "There are 2 documents.",
        "walls.pdf: 3 pages",
        "Harbour budget 2025.pdf: 1 page",
    ]


def test_title_and_authors_are_quoted_from_the_first_page(documents: list[IndexedDocument]) -> None:
    authors = about_files("Who wrote the paper on quay walls?", documents)
    assert told(authors) == ["Ada Lindqvist, Bo Ek and Cleo van der Meer"]
    assert authors is not None
    (citation,) = authors.citations
    page = documents[0].document.pages[0]
    assert page.text[citation.start : citation.end] == "Ada Lindqvist, Bo Ek and Cleo van der Meer"
    assert authors.sentences[0].verdict is Verdict.SUPPORTED
    assert told(about_files("What is the title of walls.pdf?", documents)) == ["The title is “How Quay Walls Sink”."]


def test_what_is_still_being_read_is_told(documents: list[IndexedDocument]) -> None:
    reading = [documents[0], replace(documents[1], complete=False)]
    assert told(about_files("Which documents are still being read?", reading))[0] == "1 document is still being read."
    assert told(about_files("Are all documents read?", documents)) == ["Every document has been read."]
    assert told(about_files("How many pages does the harbour budget have?", reading)) == [
        "Harbour budget 2025.pdf is still being read: 1 page so far."
    ]


@pytest.mark.parametrize(
    "question",
    [
        "How many pages are about the council?",
        "How many documents were signed in 2019?",
        "What is the title of the harbour master?",
        "Who wrote down what was found?",
        "Who is the author of the letter to shareholders?",
        "Wie gross ist die Mauer?",
        "In which language is the contract with the shipyard written?",
    ],
)
def test_a_question_about_anything_else_is_searched(documents: list[IndexedDocument], question: str) -> None:
    assert about_files(question, documents) is None


def test_one_author_is_believed_with_where_they_work_and_headings_are_no_names(tmp_path: Path) -> None:
    def manual(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 740, "Pump Manual")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 710, "Getting Started")
        for number, line in enumerate(PROSE):
            canvas.drawString(72, 650 - 14 * number, line)

    path = tmp_path / "pump.pdf"
    path.write_bytes(pdfs.pdf(manual))
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    versions: list[IndexedDocument] = []
    for _ in rag.read(SourceFile("a" * 64, path.name, path), versions.append, cancelled=never):
        pass
    rag.viewer.close()
    assert about_files("Who wrote this?", versions[-1:]) is None


def test_no_model_is_asked_and_the_answer_is_located(documents: list[IndexedDocument], tmp_path: Path) -> None:
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))

    def nobody() -> tuple[()]:
        raise AssertionError("no model has anything to write here")

    events = list(rag.ask("Who wrote walls.pdf?", documents, writers=nobody, cancelled=never))
    rag.viewer.close()
    quick = next(event.answer for event in events if isinstance(event, ExtractiveAnswer))
    assert isinstance(events[-1], AnswerFinished)
    assert events[-1].answer == quick
    assert quick.citations[0].rects


@pytest.mark.parametrize(
    ("question", "line", "value"),
    [
        ("When was the lock manual published?", "Date 2020-09-07", "2020-09-07"),
        ("Wann wurde dieses Dokument veröffentlicht?", "Date 2020-09-07", "2020-09-07"),
        ("What is the publication date of the lock manual?", "Date 2020-09-07", "2020-09-07"),
    ],
)
def test_the_date_that_the_first_page_gives(question: str, line: str, value: str) -> None:
    page = Page(1, "1", "Lock manual\nIssue 01\nDate 2020-09-07\nBrandt Works", PageVerdict.TEXT)
    manual = index_document(Document("d" * 64, "lock_manual.pdf", "Lock manual", (page,), ()), Path("lock_manual.pdf"))
    answer = about_files(question, [manual])
    assert told(answer) == [line]
    assert answer is not None
    assert answer.direct is not None
    assert (answer.direct.name, answer.direct.value) == ("date", value)
    assert page.text[answer.citations[0].start : answer.citations[0].end] == line


def test_when_something_happened_is_no_question_about_the_file() -> None:
    page = Page(1, "1", "Lock manual\nDate 2020-09-07", PageVerdict.TEXT)
    manual = index_document(Document("d" * 64, "lock_manual.pdf", "Lock manual", (page,), ()), Path("lock_manual.pdf"))
    assert about_files("When was the gate of the harbour opened?", [manual]) is None
    assert about_files("When was the storm warning issued?", [manual]) is None
