"""A question that names a document is confined to it, or is told that there is no such document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, Document, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, index_document
from src.answering.named_documents import Named, named_documents, without_names, without_owner
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS

FIRMS = re.findall(
    r"\w+",
    "Adler Arnold Bauer Brandt Decker Eberle Falk Fichte Gerber Graf Hagen Heller Immel Jung Kaiser Keller Lorenz "
    "Maurer Nagel Otto Peters Quandt Richter Sauer Thoma Ulmer Vogt Winter Ziegler Zorn",
)


def document(name: str, *pages: str, title: str = "") -> IndexedDocument:
    made = tuple(Page(number, str(number), text, PageVerdict.TEXT) for number, text in enumerate(pages, start=1))
    return index_document(Document(name.encode().hex().ljust(64, "0")[:64], name, title, made, ()), Path(name))


def contract(number: int, firm: str, name: str) -> IndexedDocument:
    return document(
        name,
        f"Service contract\nContract no. {number:03}\nbetween the harbour trust and {firm} Services GmbH.",
        f"The notice period is {number + 1} weeks. Cleaning is done on {number % 5 + 1} days a week.",
    )


CONTRACTS = [contract(number, firm, f"scan_{number * 7:04}.pdf") for number, firm in enumerate(FIRMS, start=1)]


@pytest.fixture(scope="module")
def rag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rag]:
    made = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path_factory.mktemp("data")))
    yield made
    made.viewer.close()


def ask(rag: Rag, question: str, documents: list[IndexedDocument]) -> Answer:
    events = rag.ask(question, documents, writers=tuple, cancelled=never)
    return next(event.answer for event in events if isinstance(event, AnswerFinished))


def names(question: str, documents: list[IndexedDocument]) -> list[str]:
    named = named_documents(question, documents)
    return [one.document.name for one in documents if named and one.document.id in named.ids]


@pytest.mark.parametrize("number", [1, 12, 30])
def test_one_of_thirty_contracts_by_its_number(number: int, rag: Rag) -> None:
    answer = ask(rag, f"According to contract {number}, what is the notice period?", CONTRACTS)
    assert f"{number + 1} weeks" in answer.sentences[0].text
    assert {citation.document for citation in answer.citations} == {f"scan_{number * 7:04}.pdf"}


@pytest.mark.parametrize("firm", ["Adler", "Keller", "Zorn"])
def test_one_of_thirty_contracts_by_the_firm_on_its_first_page(firm: str, rag: Rag) -> None:
    number = FIRMS.index(firm) + 1
    answer = ask(rag, f"What is the notice period in the contract with {firm} Services GmbH?", CONTRACTS)
    assert f"{number + 1} weeks" in answer.sentences[0].text
    assert {citation.document for citation in answer.citations} == {f"scan_{number * 7:04}.pdf"}
    assert not [note for note in answer.notes if "do not agree" in str(note)]


def test_a_contract_that_is_not_there_is_answered_from_no_other(rag: Rag) -> None:
    answer = ask(rag, "What is the notice period in contract 47?", CONTRACTS)
    assert not answer.answerable
    assert "There is no “contract 47” among these documents." in str(answer.sentences[0].said)


def test_a_file_that_is_named_and_one_that_is_not_there(rag: Rag) -> None:
    assert names("What does scan_0021.pdf say about cleaning?", CONTRACTS) == ["scan_0021.pdf"]
    assert names("In scan 0021, how often is cleaned?", CONTRACTS) == ["scan_0021.pdf"]
    assert "no document called “lease.pdf”" in str(ask(rag, "What does lease.pdf say?", CONTRACTS).sentences[0].said)


REPORTS = [
    document("Northport_2019.pdf", "Annual report. Northport lists 410 berths. Southgate has fewer."),
    document("Northport_2020.pdf", "Annual report. Northport lists 520 berths."),
    document("Southgate_2019.pdf", "Annual report. Southgate lists 330 berths."),
    document("BlueBay_manual.pdf", "Press the red button. Keep the valve shut."),
]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("In the 2019 report of Northport, how many berths are listed?", ["Northport_2019.pdf"]),
        ("How many berths does the 2019 annual report list?", ["Northport_2019.pdf", "Southgate_2019.pdf"]),
        ("How many berths does Northport list?", ["Northport_2019.pdf", "Northport_2020.pdf"]),
        ("Which button does Blue Bay name?", ["BlueBay_manual.pdf"]),
        ("How many berths were listed in 2019?", []),
        ("Which button is pressed?", []),
    ],
)
def test_reports_by_year_and_name(question: str, expected: list[str]) -> None:
    assert names(question, REPORTS) == expected


def test_a_report_of_a_year_that_is_not_there_is_told_and_the_others_are_searched(rag: Rag) -> None:
    answer = ask(rag, "How many berths does the 2015 report of Northport list?", REPORTS)
    assert "There is no document of 2015 here; what is there was searched." in map(str, answer.notes)


def test_a_name_that_other_documents_speak_of_as_much_confines_to_none() -> None:
    documents = [
        document("smith.pdf", "Smith wrote this."),
        document("minutes.pdf", "Smith opened the meeting.", "Smith left."),
    ]
    assert named_documents("What did Smith say?", documents) is None


def test_what_only_says_where_to_look_is_not_searched_for() -> None:
    named = named_documents("According to contract 12, what is the notice period?", CONTRACTS)
    assert named == Named(frozenset({CONTRACTS[11].document.id}), "what is the notice period?")


OWNED = [
    document("BESTPORT_2023.pdf", "Best Port Inc.\nAnnual report", "Revenue in 2023 was 46 million."),
    document("Adler_2022.pdf", "Adler Ltd.\nAnnual report", "Revenue in 2022 was 17 million."),
]


@pytest.mark.parametrize(
    ("question", "matter"),
    [
        ("What was Best Port's revenue in 2023?", "What was revenue in 2023?"),
        ("What was the revenue of Best Port in 2023?", "What was the revenue in 2023?"),
        ("How much did Best Port earn in 2023?", "How much did earn in 2023?"),
        ("Who runs the yards of Best Port?", "Who runs the yards ?"),
        ("How many Best Port stores are there?", "How many Best Port stores are there?"),  # it tells which stores
        ("What was Adler's revenue?", "What was Adler's revenue?"),  # of somebody else
        ("What was Best Quay's revenue?", "What was Best Quay's revenue?"),
    ],
)
def test_whose_figure_is_asked_for_is_not_searched_in_its_own_report(question: str, matter: str) -> None:
    assert without_owner(question, OWNED[:1]) == matter


def test_both_sides_of_a_comparison_are_searched_for_what_is_compared() -> None:
    assert without_names("Compare net income of Adler and Best Port", OWNED) == "Compare net income of and"
    assert without_names("Adler", OWNED) == "Adler"  # something has to be searched


def test_a_figure_of_a_company_is_looked_up_in_its_report(rag: Rag) -> None:
    answer = ask(rag, "What was Best Port's revenue in 2023?", OWNED)
    assert "46 million" in answer.sentences[0].text
