"""Values side by side: documents, measures, and the greatest of a row, each cited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, DirectKind
from src.answering.ingestion import IndexedDocument, SourceFile
from src.events import AnswerFinished
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.shared_utils.pdf import pdfs

YEARS = ("", "2021", "2022", "2023")
NORTHPORT = (YEARS, ("Revenue", "410", "520", "505"), ("Dredging", "97", "83", "81"), ("Net income", "41", "52", "47"))
SOUTHGATE = (YEARS, ("Revenue", "310", "320", "333"), ("Dredging", "77", "73", "71"), ("Net income", "31", "22", "27"))


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    rag = build_rag(Settings(data_dir=tmp_path))
    latest: dict[str, IndexedDocument] = {}

    def keep(indexed: IndexedDocument) -> None:
        latest[indexed.document.name] = indexed

    for name, rows in (("Northport.pdf", NORTHPORT), ("Southgate.pdf", SOUTHGATE)):
        path = tmp_path / name
        path.write_bytes(pdfs.pdf(pdfs.together(pdfs.lines("Accounts of the port"), pdfs.cells(*rows))))
        for _ in rag.ingest(SourceFile(name[0].lower() * 64, name, path), keep, cancelled=never):
            pass

    def answered(question: str, *names: str) -> Answer:
        asked = [latest[name] for name in names or latest]
        events = rag.ask(question, asked, writers=tuple, ask_anyway=True, cancelled=never)
        return next(event.answer for event in events if isinstance(event, AnswerFinished))

    yield answered
    rag.viewer.close()


def test_a_value_of_each_document_that_is_compared(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare the revenue of Northport and Southgate in 2022")
    assert answer.direct is not None
    assert answer.direct.kind is DirectKind.COMPARISON
    assert [operand.value for operand in answer.direct.operands] == ["520", "320"]
    cited = {citation.marker: citation for citation in answer.citations}
    for operand, document in zip(answer.direct.operands, ("Northport.pdf", "Southgate.pdf"), strict=True):
        assert operand.name.startswith(document)
        assert {cited[marker].document for marker in operand.citations} == {document}
        assert any(operand.value in cited[marker].quote for marker in operand.citations)


def test_without_a_year_the_newest_is_compared(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare the revenue of Northport and Southgate")
    assert answer.direct is not None
    assert [operand.value for operand in answer.direct.operands] == ["505", "333"]


def test_what_one_of_them_does_not_tell_is_not_compared(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare the insurance premiums of Northport and Southgate in 2022")
    assert answer.direct is None or answer.direct.kind is not DirectKind.COMPARISON


def test_two_measures_of_one_document(ask: Callable[..., Answer]) -> None:
    answer = ask("Revenue vs. net income in 2023", "Northport.pdf")
    assert answer.direct is not None
    assert answer.direct.kind is DirectKind.COMPARISON
    assert [operand.value for operand in answer.direct.operands] == ["505", "47"]


def test_the_year_of_the_greatest_value_is_said_and_cited(ask: Callable[..., Answer]) -> None:
    answer = ask("Which year had the highest revenue?", "Northport.pdf")
    assert "2022: 520: the highest of 3 values" in answer.sentences[0].text
    assert answer.sentences[0].citations
    assert "520" in answer.citations[0].quote


def test_a_page_that_is_to_be_translated_is_shown_as_it_stands(ask: Callable[..., Answer]) -> None:
    answer = ask("translate page 1 into German", "Northport.pdf")
    assert any("Nothing is translated here" in str(note) for note in answer.notes)
    assert {citation.page for citation in answer.citations} == {1}
