"""A question that asks two things: both are answered and cited, or the missing part is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.types import Answer, Document, Evidence, EvidenceSpan, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, index_document
from src.answering.parts import parted, read_together
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import FakeGenerator, never, writer_here
from tests.prepared_models import MODELS

TEXT = (
    "The board met in May. Ole Moen, chairman, opened the meeting.",
    "The notice period is three months. The works employ 412 people in two yards.",
    *(f"In week {n} the yard mended {n + 3} boats and {n + 40} metres of rope, as planned." for n in range(8)),
)


@pytest.fixture(scope="module")
def rag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rag]:
    made = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path_factory.mktemp("data")))
    yield made
    made.viewer.close()


@pytest.fixture(scope="module")
def minutes() -> IndexedDocument:
    pages = tuple(Page(number, str(number), text, PageVerdict.TEXT) for number, text in enumerate(TEXT, start=1))
    return index_document(Document("m" * 64, "minutes.pdf", "Minutes", pages, ()), Path("minutes.pdf"))


def ask(rag: Rag, question: str, document: IndexedDocument) -> Answer:
    events = rag.ask(question, [document], writers=tuple, cancelled=never)
    return next(event.answer for event in events if isinstance(event, AnswerFinished))


def test_both_parts_are_answered_and_each_is_cited(rag: Rag, minutes: IndexedDocument) -> None:
    answer = ask(rag, "How long is the notice period, and who is the chairman?", minutes)
    said = {sentence.text: sentence.citations for sentence in answer.sentences}
    quoted = {citation.marker: citation for citation in answer.citations}
    period = next(text for text in said if "three months" in text)
    chair = next(text for text in said if "Ole Moen" in text)
    assert list(said).index(period) < list(said).index(chair)
    assert [quoted[marker].page for marker in said[period]] == [2]
    assert [quoted[marker].page for marker in said[chair]] == [1]


def test_a_model_reads_what_was_found_for_each_part(rag: Rag) -> None:
    texts = [TEXT[1] + " The notice period of the works is told in the notice.", *TEXT[2:], TEXT[0]]
    pages = tuple(Page(n, str(n), text, PageVerdict.TEXT) for n, text in enumerate(texts, start=1))
    document = index_document(Document("l" * 64, "works.pdf", "Works", pages, ()), Path("works.pdf"))
    model, small = FakeGenerator(("Three", " months", ".")), replace(rag, evidence_tokens=50)
    asked = "How long is the notice period of the works, and who is the chairman?"
    list(small.ask(asked, [document], writers=lambda: [writer_here(model)], cancelled=never))
    read = model.prompts[0].messages[-1].content
    assert "notice period" in read
    assert "Ole Moen" in read


def test_what_parts_were_found_is_read_in_turn_and_nothing_twice() -> None:
    def span(page: int, start: int, end: int, score: float) -> EvidenceSpan:
        return EvidenceSpan(1, "d", page, start, end, "word " * ((end - start) // 5), score)

    first, second = span(9, 0, 40, 1.0), span(2, 0, 40, 0.4)
    whole = Evidence((span(9, 0, 100, 2.0), span(9, 200, 300, 1.9)), 60, 60)
    read = read_together([Evidence((first,), 20, 30), Evidence((second,), 20, 30)], whole)
    assert [(one.marker, one.page, one.start, one.end) for one in read.spans] == [(1, 2, 0, 40), (2, 9, 0, 100)]
    assert read.tokens <= 60


def test_a_part_that_is_not_answered_is_named(rag: Rag, minutes: IndexedDocument) -> None:
    answer = ask(rag, "Who is the chairman and what is the capital of France?", minutes)
    assert answer.sentences[0].text.startswith("Ole Moen, chairman")
    assert any("capital of France" in str(note) for note in answer.notes)


@pytest.mark.parametrize(
    "question",
    [
        "What did wages and dredging cost?",
        "When and where was it signed?",
        "Compare wages and what tolls brought",
        "What does the report say about whales and who?",
        "How much interest, net of tax, was there in 2008?",
        "What is the name of the company, which was founded in 1990?",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert parted(question) == (question,)


def test_questions_of_other_languages_are_parted_too() -> None:
    assert parted("Wie hoch waren die Löhne und wer leitet den Vorstand?") == (
        "Wie hoch waren die Löhne?",
        "wer leitet den Vorstand?",
    )
    assert len(parted("Combien d'employés y a-t-il et qui est le directeur ?")) == 2


def test_parts_that_one_place_answers_are_not_told_twice(rag: Rag, minutes: IndexedDocument) -> None:
    answer = ask(rag, "How long is the notice period and what is the notice period?", minutes)
    texts = [sentence.text for sentence in answer.sentences]
    assert len(texts) == len(set(texts))
    assert sum("three months" in text for text in texts) == 1
