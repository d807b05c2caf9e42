"""What is asked of something that the question describes: its name first, then what is told of that name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, Document, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, index_document
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS

TEXT = (
    "The first sugar mill of the valley, built in Orvik, opened in 1871. Later mills stood in Lunde and in Skarholt.",
    "The council of Orvik has 17 members, who meet in the old school. The council of Lunde has 9 members.",
    "Two captains were praised. Captain Berg and Captain Dahl towed the ferry home. The crew of Berg had 12 members.",
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
    return index_document(Document("c" * 64, "valley.pdf", "Valley", pages, ()), Path("valley.pdf"))


def ask(rag: Rag, question: str, document: IndexedDocument) -> Answer:
    events = rag.ask(question, [document], writers=tuple, ask_anyway=True, cancelled=never)
    return next(event.answer for event in events if isinstance(event, AnswerFinished))


@pytest.mark.parametrize(
    "question",
    [
        "For the town where the first sugar mill was built, how many members does the council have?",
        "How many members are there in the council of the town where the first sugar mill was built?",
    ],
)
def test_the_name_of_what_is_described_leads_to_what_is_told_of_it(
    question: str, rag: Rag, report: IndexedDocument
) -> None:
    first, second, *_ = ask(rag, question, report).sentences
    assert first.text == "The council of Orvik has 17 members, who meet in the old school."
    assert "built in Orvik" in second.text, "where the name is said stands with it"


def test_a_question_that_names_what_it_asks_about_is_left_as_it_is(rag: Rag, report: IndexedDocument) -> None:
    answer = ask(rag, "How many members does the council of Lunde have?", report)
    assert "9 members" in answer.sentences[0].text
