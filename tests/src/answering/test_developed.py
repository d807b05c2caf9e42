"""A figure through the years: every table that holds it, scaled alike, restated years told, each point at its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from shared_utils.types import Answer, DirectKind
from src.answering.developed import asks_development
from src.answering.ingestion import IndexedDocument, SourceFile
from src.events import AnswerFinished
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs

Rows = Sequence[Sequence[str]]
YEARLY = ("old.pdf", "new.pdf")

OLDER: Rows = (
    ("", "2019", "2018", "2017"),
    ("Total revenue", "$ 1,250", "$ 1,180", "$ 1,100"),
    ("Dredging", "97", "83", "81"),
    ("Net income", "41", "52", "47"),
    ("Total assets", "2,310", "2,240", "2,190"),
)
NEWER: Rows = (  # in thousands; 2019 restated; no line “Dredging”
    ("", "2021", "2020", "2019"),
    ("Total revenue", "$ 1,402,500", "$ 1,330,250", "$ 1,262,000"),
    ("Pilotage", "12,100", "11,400", "10,900"),
    ("Net income", "58,200", "55,100", "41,000"),
    ("Total assets", "2,602,000", "2,501,000", "2,310,000"),
)
SEGMENT: Rows = (
    ("", "2019", "2018", "2017"),
    ("Total revenue", "$ 250", "$ 240", "$ 230"),
    ("Berths", "12", "12", "11"),
    ("Cranes", "4", "4", "3"),
)


QUARTERS: Rows = (
    ("", "Q2 2021", "Q1 2021", "Q4 2020"),
    ("Total revenue", "$ 361", "$ 340", "$ 320"),
    ("Pilotage", "13", "12", "11"),
)
INTERIM: Rows = (
    ("", "July 29, 2022", "January 29, 2022", "July 30, 2021"),
    ("Total assets", "9,900", "9,800", "9,700"),
    ("Inventories", "120", "110", "105"),
    ("Quay walls", "40", "41", "42"),
)
EARNINGS: Rows = (
    ("", "2019", "2018", "2017"),
    ("Net earnings", "41", "52", "47"),
    ("Income tax benefit of net income items", "3", "2", "1"),
)
PROSE = ("In 2018 the tonnage was 3,100 tonnes.", "The tonnage was 3,400 tonnes in 2019.")
MONTHS: Rows = (
    ("2022", "Cargo", "Ships"),
    ("January", "3,100", "290"),
    ("February", "2,900", "271"),
    ("March", "3,480", "312"),
)


def report(year: str, rows: Rows, scale: str, more: Rows = ()) -> bytes:
    head = pdfs.lines(
        "Annual report of the port", f"For the fiscal year ended December 31, {year}", f"Consolidated ({scale})"
    )
    first = pdfs.together(head, pdfs.cells(*rows))
    second = pdfs.together(pdfs.lines("The northern harbour alone (in millions)"), pdfs.cells(*more))
    return pdfs.pdf(first, second) if more else pdfs.pdf(first)


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    latest: dict[str, IndexedDocument] = {}

    def keep(indexed: IndexedDocument) -> None:
        latest[indexed.document.name] = indexed

    for name, data in (
        ("old.pdf", report("2019", OLDER, "in millions", SEGMENT)),
        ("new.pdf", report("2021", NEWER, "in thousands")),
        ("quarters.pdf", pdfs.pdf(pdfs.together(pdfs.lines("Quarterly report (in millions)"), pdfs.cells(*QUARTERS)))),
        ("interim.pdf", report("2022", INTERIM, "in millions")),
        ("earnings.pdf", report("2019", EARNINGS, "in millions")),
        (
            "prose.pdf",
            pdfs.pdf(pdfs.lines(*PROSE)),
        ),
        ("months.pdf", pdfs.pdf(pdfs.together(pdfs.lines("The port by month, 2022"), pdfs.cells(*MONTHS)))),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        for _ in rag.ingest(SourceFile(name[0] * 64, name, path), keep, cancelled=never):
            pass

    def answered(question: str, *names: str) -> Answer:
        asked = [latest[name] for name in names or YEARLY]
        events = rag.ask(question, asked, writers=tuple, ask_anyway=True, cancelled=never)
        return next(event.answer for event in events if isinstance(event, AnswerFinished))

    yield answered
    rag.viewer.close()


def points(answer: Answer) -> list[tuple[str, str]]:
    assert answer.direct is not None
    assert answer.direct.kind is DirectKind.SERIES
    return [(operand.period, operand.amount) for operand in answer.direct.operands]


def test_years_of_two_documents_are_scaled_alike_and_a_restated_one_keeps_both_values(
    ask: Callable[..., Answer],
) -> None:
    answer = ask("How did total revenue develop?")
    assert points(answer) == [
        ("2017", "1100000"),
        ("2018", "1180000"),
        ("2019", "1250000"),
        ("2019", "1262000"),
        ("2020", "1330250"),
        ("2021", "1402500"),
    ]
    (line,) = (sentence for sentence in answer.sentences if sentence.text.startswith("2019"))
    assert line.text == "2019: $1,262,000 thousand (+6.9 %), restated; told before as $1,250,000 thousand"
    cited = {citation.marker: citation for citation in answer.citations}
    assert {cited[marker].document for marker in line.citations} == {"old.pdf", "new.pdf"}


def test_every_point_is_cited_to_the_row_that_prints_it(ask: Callable[..., Answer]) -> None:
    answer = ask("How did total revenue develop?")
    assert answer.direct is not None
    cited = {citation.marker: citation for citation in answer.citations}
    for operand in answer.direct.operands:
        assert operand.value in cited[operand.citations[0]].quote


def test_the_whole_is_meant_and_not_a_part_of_the_same_name(ask: Callable[..., Answer]) -> None:
    assert points(ask("How did total revenue develop over the years?", "old.pdf")) == [
        ("2017", "1100"),
        ("2018", "1180"),
        ("2019", "1250"),
    ]


def test_growth_is_computed_from_one_year_to_the_next_and_over_all(ask: Callable[..., Answer]) -> None:
    answer = ask("How did total assets develop?")
    assert (
        answer.sentences[0].text
        == "Total assets went from 2,190,000 thousand in 2017 to 2,602,000 thousand in 2021 (+18.8 %)."
    )
    assert "2020: 2,501,000 thousand (+8.3 %)" in [sentence.text for sentence in answer.sentences]


def test_only_the_years_that_are_asked_for_are_told(ask: Callable[..., Answer]) -> None:
    assert [year for year, _ in points(ask("How did net income develop from 2018 to 2020?"))] == [
        "2018",
        "2019",
        "2020",
    ]


def test_a_row_that_one_document_does_not_hold_is_told_from_the_others_and_that_is_said(
    ask: Callable[..., Answer],
) -> None:
    answer = ask("How did dredging develop?")
    assert [year for year, _ in points(answer)] == ["2017", "2018", "2019"]
    assert "Dredging was not found by year in new.pdf." in [str(note) for note in answer.notes]


def test_what_no_table_tells_by_year_is_answered_as_before(ask: Callable[..., Answer]) -> None:
    answer = ask("How did the insurance premiums develop?")
    assert answer.direct is None or answer.direct.kind is not DirectKind.SERIES


@pytest.mark.parametrize(
    "question",
    [
        "How has net income evolved?",
        "Wie hat sich der Umsatz entwickelt?",
        "Comment le chiffre d'affaires a-t-il évolué ?",
        "¿Cómo evolucionaron los ingresos?",
        "Como evoluíram as receitas?",
        "Come si è evoluto il fatturato?",
        "Hoe heeft de omzet zich ontwikkeld?",
        "Revenue over the years",
    ],
)
def test_a_development_is_asked_for_in_seven_languages(question: str) -> None:
    assert asks_development(question)


@pytest.mark.parametrize(
    "question", ["What was revenue in 2020?", "Why did revenue change over time?", "Who evaluated it?"]
)
def test_other_questions_ask_for_none(question: str) -> None:
    assert not asks_development(question)


@pytest.mark.parametrize("question", ["How did total revenue develop by quarter?", "How did total revenue develop?"])
def test_quarters_are_points_of_their_own_where_they_are_asked_for_or_all_that_is_told(
    ask: Callable[..., Answer], question: str
) -> None:
    answer = ask(question, "quarters.pdf")
    assert points(answer) == [("2020-Q4", "320"), ("2021-Q1", "340"), ("2021-Q2", "361")]
    assert [sentence.text for sentence in answer.sentences[1:4]] == [
        "2020-Q4: $320 million",
        "2021-Q1: $340 million (+6.3 %)",
        "2021-Q2: $361 million (+6.2 %)",
    ]


def test_the_rows_of_a_table_may_be_the_months(ask: Callable[..., Answer]) -> None:
    answer = ask("How did cargo develop by month in 2022?", "months.pdf")
    assert points(answer) == [("2022-01", "3100"), ("2022-02", "2900"), ("2022-03", "3480")]
    cited = {citation.marker: citation for citation in answer.citations}
    assert answer.direct is not None
    for operand in answer.direct.operands:
        assert any(operand.value in cited[marker].quote for marker in operand.citations)


def test_a_year_is_not_made_of_its_quarters(ask: Callable[..., Answer]) -> None:
    answer = ask("How did total revenue develop by quarter?", "old.pdf")
    assert answer.direct is None or answer.direct.kind is not DirectKind.SERIES


def test_a_balance_within_a_year_is_not_that_of_the_year(ask: Callable[..., Answer]) -> None:
    answer = ask("How did total assets develop?", "new.pdf", "interim.pdf")
    assert [period for period, _ in points(answer)] == ["2019", "2020", "2021"]


def test_a_line_that_only_speaks_of_the_figure_is_not_it(ask: Callable[..., Answer]) -> None:
    answer = ask("How did net income develop?", "earnings.pdf")
    assert points(answer) == [("2017", "47"), ("2018", "52"), ("2019", "41")]


def test_where_no_table_tells_it_sentences_do_and_are_cited(ask: Callable[..., Answer]) -> None:
    answer = ask("How did the tonnage develop?", "prose.pdf")
    assert points(answer) == [("2018", "3100"), ("2019", "3400")]
    assert tuple(citation.quote for citation in answer.citations[:2]) == PROSE
    assert str(answer.sentences[1].reason) == "read in the sentence, word for word"
