"""Contacts, purposes and sections: answers that are told by their form, not by the words of the question."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.message import message
from shared_utils.structure.title_page import byline, title
from shared_utils.types import (
    QUOTED,
    Answer,
    Chunk,
    Citation,
    Document,
    Evidence,
    EvidenceSpan,
    Heading,
    Page,
    PageVerdict,
    Passage,
    Sentence,
    Verdict,
)
from src.answering.about_files import about_files
from src.answering.contacts import contacts_of
from src.answering.defined import asked_for, told_of
from src.answering.file_dates import date_of
from src.answering.ingestion import IndexedDocument, index_document, pages_of
from src.answering.parts import of_each_side
from src.answering.purposes import told_purpose
from src.answering.sections import section_of

FORM = (
    "Harbour dues\n"
    "This\nform is used to notify the port office of a landing. A form that is late costs a fee.\n"
    "For help call us toll-free at 1-800-827-1000 (mornings) or write to dues@port.example.org.\n"
    "Pilots: tel. +47 67 54 93 30\n"
)
GUIDE = (
    "5.8 Adopting a buoy\nAsk the port office for the list. You may take any buoy on it.\n"
    "5.9 Giving up a buoy\nTell the other keepers. Then take your name off the buoy.\n"
)


def page_of(number: int, text: str, *heads: str) -> Page:
    headings = tuple(Heading(start := text.index(head), start + len(head), 2) for head in heads)
    return Page(number, str(number), text, PageVerdict.TEXT, headings=headings)


@pytest.fixture(scope="module")
def manual() -> IndexedDocument:
    pages = (page_of(1, FORM, "Harbour dues"), page_of(2, GUIDE, "5.8 Adopting a buoy", "5.9 Giving up a buoy"))
    return index_document(Document("d" * 64, "manual.pdf", "Manual", pages, ()), Path("manual.pdf"))


def found(manual: IndexedDocument) -> list[Passage]:
    return [
        Passage(Chunk(f"{page.number}", manual.document.id, page.number, 0, len(page.text), page.text), 1, 1.0)
        for page in manual.document.pages
    ]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("What is the toll-free number?", ["1-800-827-1000", "+47 67 54 93 30"]),
        ("What is the phone number of the pilots?", ["+47 67 54 93 30"]),
        ("Wie lautet die Mailadresse?", ["dues@port.example.org"]),
        ("What is the fax number?", []),
        ("What is the phone number of the museum?", []),
        ("How many phone numbers are there?", []),
    ],
)
def test_how_somebody_is_reached(manual: IndexedDocument, question: str, values: list[str]) -> None:
    assert [contact.value for contact in contacts_of(question, found(manual), [manual])] == values


def test_whose_number_it_is_need_not_stand_beside_it(manual: IndexedDocument) -> None:
    told = contacts_of("Wie lautet ihre Telefonnummer?", [], [manual])
    assert told
    assert [one.value for one in told] == [
        one.value for one in contacts_of("Wie lautet die Telefonnummer?", [], [manual])
    ]


@pytest.mark.parametrize("question", ["What is this form for?", "What is the purpose of the form?"])
def test_what_something_is_for(manual: IndexedDocument, question: str) -> None:
    told = told_purpose(question, found(manual), [manual], pages_of([manual]))
    assert told is not None
    assert told.page.text[told.start : told.end] == "This\nform is used to notify the port office of a landing."
    assert told_purpose("What is the port office for?", found(manual), [manual], pages_of([manual])) is None


CONTRACT = (
    "1. Definitions\n"
    '1.1. "Buoy" shall mean any floating mark that the Keeper has laid out, with its chain. '
    '1.2. "Keeper" has the meaning that the harbour act gives to it.\n'
)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What is a Buoy?", "any floating mark that the Keeper has laid out"),
        ("What does 'Keeper' mean?", "that the harbour act gives to it"),
        ("Who is the Keeper?", "that the harbour act gives to it"),
    ],
)
def test_what_a_contract_defines(question: str, says: str) -> None:
    page = page_of(1, CONTRACT, "1. Definitions")
    contract = index_document(Document("e" * 64, "contract.pdf", "Contract", (page,), ()), Path("contract.pdf"))
    asked = asked_for(question)
    assert asked is not None
    told = told_of(asked, found(contract), [contract], pages_of([contract]), {})
    assert [says in one.page.text[one.start : one.end] for one in told] == [True]


def test_what_stands_under_the_heading_that_a_question_names(manual: IndexedDocument) -> None:
    section = section_of("How can I adopt a buoy?", found(manual), pages_of([manual]))
    assert section is not None
    first, last = section.sentences[0].start, section.sentences[-1].end
    assert GUIDE[first:last].strip() == "Ask the port office for the list. You may take any buoy on it."
    assert section_of("How can I paint a buoy?", found(manual), pages_of([manual])) is None


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (
            "Weak Tides\n"
            "Ada Berg * 1 Bo Dahl 1 Cy Elv 1 Dag Foss Lie * 1 Eva Grimstad Haugen 1 Finn Aas 1 Gro Holm Nilsen 1\n"
            "Abstract\nTides are weak.",
            "Ada Berg * 1 Bo Dahl 1 Cy Elv 1 Dag Foss Lie * 1 Eva Grimstad Haugen 1 Finn Aas 1 Gro Holm Nilsen 1",
        ),
        (
            "Weak Tides\nAda Berg1 (), Bo Dahl2, and Benjamin Charles\nGermain3\n1 Institute of Tides\nAbstract. Weak.",
            "Ada Berg1 (), Bo Dahl2, and Benjamin Charles\nGermain3",
        ),
        (
            "Weak Tides\nAda Berg\nCollege of Tides\nada@tides.example\nBo Dahl\nTides and Co\nAbstract\nWeak.",
            "Ada Berg\nCollege of Tides\nada@tides.example\nBo Dahl",
        ),
        ("Weak Tides\nGeneral Dues\nOther Dues\n" + "A row of figures\n" * 12, None),
        ("Weak Tides\nAda Berg, Bo Dahl\nJan 2015\n1 Introduction\n" + "Tides rise.\n" * 12, "Ada Berg, Bo Dahl"),
    ],
)
def test_who_wrote_it(lines: str, names: str | None) -> None:
    page = page_of(1, lines, "Weak Tides")
    span = byline(page)
    assert (page.text[span.start : span.end] if span else None) == names


def test_a_title_that_is_drawn_last_is_the_highest_heading() -> None:
    text = "Year of pay\n2022 17 2021 15\nReport on Pay\n"
    page = Page(1, "1", text, PageVerdict.TEXT, headings=(Heading(0, 11, 5), Heading(28, 41, 4)))
    span = title(page)
    assert span is not None
    assert text[span.start : span.end] == "Report on Pay"


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        ("Harbour Licence\nVersion 2.0, January 2004\nTerms of use", "January 2004"),
        ("Harbour Licence\nJune 2004 quarter:\nTerms of use", None),
        ("Ada Berg\nBorn\nAda Maria Berg\n6 September 1989\nEngineer", None),
    ],
)
def test_a_date_that_stands_alone_at_the_top_is_the_document_s(lines: str, date: str | None) -> None:
    found_ = date_of(Document("f" * 64, "a.pdf", "a", (page_of(1, lines),), ()))
    assert (found_[2] if found_ else None) == date


@pytest.mark.parametrize("question", ["How many pages does the GPL have?", "How many pages has the gpl3.pdf?"])
def test_a_file_is_called_without_the_number_of_its_edition(question: str) -> None:
    documents = [
        index_document(Document(letter * 64, name, name, (page_of(1, "Terms of use\n"),), ()), Path(name))
        for letter, name in (("1", "gpl3.pdf"), ("2", "mpl2.pdf"))
    ]
    told = about_files(question, documents)
    assert told is not None
    assert [sentence.text for sentence in told.sentences] == ["gpl3.pdf has 1 page."]


def test_each_document_that_is_compared_is_quoted() -> None:
    spans = tuple(
        EvidenceSpan(marker, document, 1, 0, 10, text, 1.0)
        for marker, (document, text) in enumerate((("a", "Dues are 12."), ("a", "Dues rise."), ("b", "Dues are 9.")), 1)
    )
    asked: list[list[str]] = []

    def quote(own: Evidence) -> Answer:
        asked.append([span.document_id for span in own.spans])
        said = Sentence(own.spans[0].text, (1,), Verdict.SUPPORTED, message("quoted word for word"))
        cited = Citation(1, own.spans[0].document_id, "", 1, "1", own.spans[0].text, 0, 10)
        return Answer("", True, (said,), (cited,), "stop", QUOTED, said.text)

    told = of_each_side("Compare dues", Evidence(spans, 9, 90), ("a", "b", "c"), quote, {"a": "A", "b": "B", "c": "C"})
    assert asked == [["a", "a"], ["b"]]
    assert [(s.text, s.citations) for s in told.sentences] == [("Dues are 12.", (1,)), ("Dues are 9.", (2,))]
    assert [str(note) for note in told.notes] == ["The documents do not seem to say: “C”"]
