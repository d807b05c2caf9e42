"""Values side by side: documents, measures, and the greatest of a row, each cited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, DirectKind
from src.answering.compared_values import is_comparison
from src.answering.ingestion import IndexedDocument, SourceFile
from src.api.as_json import answer_markdown
from src.events import AnswerFinished
from src.presentation.blocks import BlockKind, blocks
from src.presentation.plain_text import answer_with_markers
from src.presentation.rich_text import rich_answer
from src.screen.markdown import answer_markdown as page_markdown
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs

YEARS = ("", "2021", "2022", "2023")
NORTHPORT = (YEARS, ("Revenue", "410", "520", "505"), ("Dredging", "97", "83", "81"), ("Net income", "41", "52", "47"))
SOUTHGATE = (YEARS, ("Revenue", "310", "320", "333"), ("Dredging", "77", "73", "71"), ("Net income", "31", "22", "27"))


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    latest: dict[str, IndexedDocument] = {}

    def keep(indexed: IndexedDocument) -> None:
        latest[indexed.document.name] = indexed

    for name, rows in (("Northport.pdf", NORTHPORT), ("Southgate.pdf", SOUTHGATE)):
        path = tmp_path / name
        path.write_bytes(pdfs.pdf(pdfs.together(pdfs.lines("Accounts of the port"), pdfs.cells(*rows))))
        for _ in rag.ingest(SourceFile(name[0].lower() * 64, name, path), keep, cancelled=never):
            pass

    def answered(question: str, *names: str, anyway: bool = True) -> Answer:
        asked = [latest[name] for name in names or latest]
        events = rag.ask(question, asked, writers=tuple, ask_anyway=anyway, cancelled=never)
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


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Compare revenue in 2021 and 2022", ["410", "520"]),
        ("Compare total revenue 2021 and 2022", ["410", "520"]),
        ("Revenue 2021 vs 2023", ["410", "505"]),
        ("How did net income in 2022 compare to 2023?", ["52", "47"]),
        ("Vergleiche Revenue 2021 und 2023", ["410", "505"]),
    ],
)
def test_the_years_of_one_measure(question: str, values: list[str], ask: Callable[..., Answer]) -> None:
    direct = ask(question, "Northport.pdf").direct
    assert direct is not None
    assert direct.kind is DirectKind.COMPARISON
    assert [operand.value for operand in direct.operands] == values
    assert [operand.row for operand in direct.operands] == [operand.name[-4:] for operand in direct.operands]


def test_documents_and_years_are_rows_and_columns_each_cell_cited(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare the net income of Northport and Southgate in 2021 and 2023")
    assert answer.direct is not None
    told = [(one.row, one.column, one.value) for one in answer.direct.operands]
    assert told == [
        ("Northport.pdf", "2021", "41"),
        ("Northport.pdf", "2023", "47"),
        ("Southgate.pdf", "2021", "31"),
        ("Southgate.pdf", "2023", "27"),
    ]
    quoted = {citation.marker: citation.quote for citation in answer.citations}
    assert all(any(one.value in quoted[m] for m in one.citations) for one in answer.direct.operands)
    [table] = [block for block in blocks(answer) if block.kind is BlockKind.TABLE]
    assert [[piece.text for piece in row] for row in table.rows] == [
        ["", "2021", "2023"],
        ["Northport.pdf", "41", "47"],
        ["Southgate.pdf", "31", "27"],
    ]
    assert all(piece.markers for row in table.rows[1:] for piece in row[1:])


def test_measures_and_years(ask: Callable[..., Answer]) -> None:
    direct = ask("Compare net income and dredging in 2021 and 2022", "Northport.pdf").direct
    assert direct is not None
    assert [(one.row, one.column, one.value) for one in direct.operands] == [
        ("Net income", "2021", "41"),
        ("Net income", "2022", "52"),
        ("Dredging", "2021", "97"),
        ("Dredging", "2022", "83"),
    ]


def test_a_table_is_drawn_in_every_form(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare revenue in 2021 and 2022", "Northport.pdf")
    for drawn in (answer_markdown(answer), page_markdown(answer)):
        lines = drawn.split("\n\n")[0].splitlines()
        assert len(lines) == 4
        assert lines[1] == "| --- | ---: |"
        assert "410" in lines[2]
        assert "1" in lines[2].split("410")[1]
    assert "<td>410" in rich_answer(answer)
    assert "Revenue, 2021: 410 [1]" in answer_with_markers(answer).splitlines()[0]


def test_a_comparison_whose_cells_are_found_is_not_refused(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare revenue 2021 and 2022", "Northport.pdf", anyway=False)
    assert answer.answerable
    other = ask("Compare the revenue of Northport and Eastwick Marina", "Northport.pdf", anyway=False)
    assert other.direct is None or other.direct.kind is not DirectKind.COMPARISON


def test_a_question_without_a_comparison_is_none() -> None:
    assert not is_comparison("What was revenue in 2021 and 2022?")


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


def test_the_greatest_of_what_is_named_is_said_by_its_name(ask: Callable[..., Answer]) -> None:
    answer = ask("Of revenue, dredging and net income, which was the lowest in 2022?", "Northport.pdf")
    assert answer.sentences[0].text == "Net income, the lowest of the 3 asked about: Net income, 2022: 52"
    assert answer.sentences[0].citations


def test_a_page_that_is_to_be_translated_is_shown_as_it_stands(ask: Callable[..., Answer]) -> None:
    answer = ask("translate page 1 into German", "Northport.pdf")
    assert any("Nothing is translated here" in str(note) for note in answer.notes)
    assert {citation.page for citation in answer.citations} == {1}


def test_a_value_that_is_missing_is_named_and_the_other_shown(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare revenue in 2022 and 2025", "Northport.pdf")
    assert answer.direct is not None
    assert [operand.value for operand in answer.direct.operands] == ["520"]
    assert any("2025" in str(note) for note in answer.notes)


def test_a_measure_of_which_the_glossary_knows_a_word_is_not_the_whole(ask: Callable[..., Answer]) -> None:
    answer = ask("Compare net income and lobster sales in 2022", "Northport.pdf")
    assert answer.direct is not None
    assert [operand.value for operand in answer.direct.operands] == ["52"]
    assert any("lobster sales" in str(note) for note in answer.notes)
