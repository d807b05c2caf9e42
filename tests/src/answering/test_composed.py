"""What something is made of, and which several things there are: the sentence that says them leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, Document, Page, PageVerdict
from src.answering.composed import asked_whole
from src.answering.ingestion import IndexedDocument, index_document
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS

TEXT = (
    "Cost of dredging rose by 4 % in 2024. Higher cost of dredging came from the price of fuel. Other costs were "
    "reviewed. Cost of dredging primarily consists of fuel, crews, hire of barges and fees for dumping.",
    "To keep the data safe, the port office encrypts its records before they are stored. The encryption methods "
    "include AES, RSA and a sealed box. The office reviews its methods every year.",
    *(f"In month {n} the yard mended {n + 3} boats and {n + 40} metres of quay, as it was planned." for n in range(8)),
)


@pytest.fixture(scope="module")
def rag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rag]:
    made = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path_factory.mktemp("data")))
    yield made
    made.viewer.close()


@pytest.fixture(scope="module")
def report() -> IndexedDocument:
    pages = tuple(Page(n, str(n), text, PageVerdict.TEXT) for n, text in enumerate(TEXT, start=1))
    return index_document(Document("c" * 64, "port.pdf", "Port", pages, ()), Path("port.pdf"))


def ask(rag: Rag, question: str, document: IndexedDocument) -> Answer:
    events = rag.ask(question, [document], writers=tuple, ask_anyway=True, cancelled=never)
    return next(event.answer for event in events if isinstance(event, AnswerFinished))


@pytest.mark.parametrize(
    "question",
    [
        "What are the main components of the cost of dredging for the port?",
        "What does the cost of dredging consist of?",
        "What is included in cost of dredging?",
    ],
)
def test_the_sentence_that_says_the_parts_leads(question: str, rag: Rag, report: IndexedDocument) -> None:
    answer = ask(rag, question, report)
    assert answer.sentences[0].text.startswith("Cost of dredging primarily consists of fuel, crews")
    cited = {c.marker: c for c in answer.citations}[answer.sentences[0].citations[0]]
    assert report.document.pages[0].text[cited.start : cited.end] == answer.sentences[0].text


def test_the_sentence_that_names_the_several_things_leads(rag: Rag, report: IndexedDocument) -> None:
    answer = ask(rag, "Which methods does the port office use to encrypt records?", report)
    assert answer.sentences[0].text.startswith("The encryption methods include AES, RSA")


@pytest.mark.parametrize(
    "question", ["What are the costs of the dredging?", "What did the dredging cost?", "Which year was best?"]
)
def test_other_questions_ask_for_no_parts(question: str) -> None:
    assert asked_whole(question) == ""
