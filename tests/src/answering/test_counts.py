"""How many there are: the sentence that states it, of the whole before a part, and no other number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, DirectKind, Document, Heading, Page, PageVerdict
from src.answering.counts import asks_count
from src.answering.ingestion import IndexedDocument, index_document
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.retrieval.test_lookup import table_of

TEXT = (
    "The group makes lamps. See Item 8 and Note 10, Segment Information, for more. Our employees are our strength, and "
    "employees may join the savings plan after 3 months.",
    "In 2022 we hired 240 new employees in the north. At the end of 2022 we employed 4,318 people in 14 countries. "
    "Some 61 of our employees work part-time.",
    "We manage the business in three reportable segments: homes, streets and ships. One reportable segment was sold.",
    "The workshop has 12 looms. Each loom is checked twice a year by 2 of the fitters.",
)


@pytest.fixture(scope="module")
def group() -> IndexedDocument:
    pages = tuple(Page(number, str(number), text, PageVerdict.TEXT) for number, text in enumerate(TEXT, start=1))
    return index_document(Document("a" * 64, "lamps.pdf", "Lamps", pages, ()), Path("lamps.pdf"))


@pytest.fixture(scope="module")
def rag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rag]:
    made = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path_factory.mktemp("data")))
    yield made
    made.viewer.close()


def ask(rag: Rag, question: str, document: IndexedDocument) -> Answer:
    events = rag.ask(question, [document], writers=tuple, ask_anyway=True, cancelled=never)
    return next(event.answer for event in events if isinstance(event, AnswerFinished))


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        ("How many employees does the group have?", "4,318", "we employed 4,318 people"),
        ("How many people does the group employ?", "4,318", "we employed 4,318 people"),
        ("How many countries is the group in?", "14", "in 14 countries"),
        ("How many reportable segments are there?", "three", "three reportable segments"),
        ("How many looms are there?", "12", "The workshop has 12 looms."),
    ],
)
def test_the_sentence_that_states_the_number_comes_first(
    question: str, value: str, words: str, rag: Rag, group: IndexedDocument
) -> None:
    answer = ask(rag, question, group)
    assert answer.direct is not None
    assert (answer.direct.kind, answer.direct.value) == (DirectKind.VALUE, value)
    assert words in answer.sentences[0].text
    cited = {citation.marker: citation for citation in answer.citations}[answer.sentences[0].citations[0]]
    assert group.document.pages[cited.page - 1].text[cited.start : cited.end] == cited.quote
    assert words in cited.quote


def test_what_stands_right_before_a_passage_tells_of_what_its_numbers_are(rag: Rag) -> None:
    told = "Harbour 1.1 Buzz (June 1996): the first one with a name, after a figure of a film that all had seen then."
    filler = "It was built by hand and tried by many. "
    more = f"{filler * 7}{told} {filler * 3}This release contained 474 packages."
    text = (more, "Harbour 3.1 Sarge (June 2005): this release contained around 15,400 packages.")
    pages = tuple(Page(n, str(n), words, PageVerdict.TEXT) for n, words in enumerate(text, start=1))
    history = index_document(Document("c" * 64, "harbour.pdf", "Harbour", pages, ()), Path("harbour.pdf"))
    answer = ask(rag, "How many packages did release 1.1 contain?", history)
    assert answer.direct is not None
    assert answer.direct.value == "474"


def test_no_number_of_something_else_is_taken(rag: Rag, group: IndexedDocument) -> None:
    answer = ask(rag, "How many savings plans are there?", group)
    assert answer.direct is None or answer.direct.kind is not DirectKind.VALUE


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("How many ships called at the port?", "ships called"),
        ("Wie viele Mitarbeiter hat die Gruppe?", "mitarbeiter"),
        ("Combien d'employés y a-t-il ?", "employes"),
        ("How many times was it launched?", ""),
        ("How much did it cost?", ""),
    ],
)
def test_what_is_counted(question: str, thing: str) -> None:
    assert asks_count(question) == thing


def test_things_that_bear_numbers_are_counted_by_them(rag: Rag) -> None:
    weeks = "\n".join(f"Quiz #{n}: what was read in week {n}. Bring a pencil." for n in range(1, 5))
    page = Page(1, "1", f"Plan of the course on weaving.\n{weeks}", PageVerdict.TEXT)
    course = index_document(Document("d" * 64, "course.pdf", "Course", (page,), ()), Path("course.pdf"))
    first, second, *_ = ask(rag, "How many quizzes are there in the whole course?", course).sentences
    assert first.text == "4, numbered from 1 to 4"
    assert second.text == "Quiz #4"


RULES = (
    "1. When there are 5 members or fewer, the committee may appoint others.\n"
    "2. The committee consists of up to 8 members, and should have at least 4 members.",
    "Committee of the club\n1. The chair opens the meeting of the committee.\n2. The chair closes the meeting.",
)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many members may the committee have at most?", "8"),
        ("How many members does the committee have at least?", "4"),
        ("How many members does the committee have?", "8"),
    ],
)
def test_a_limit_is_told_by_a_limit_and_a_case_states_no_number(question: str, value: str, rag: Rag) -> None:
    pages = tuple(Page(n, str(n), words, PageVerdict.TEXT) for n, words in enumerate(RULES, start=1))
    club = index_document(Document("e" * 64, "club.pdf", "Club", pages, ()), Path("club.pdf"))
    answer = ask(rag, question, club)
    assert answer.direct is not None
    assert answer.direct.value == value


def test_a_list_leads_a_count_only_where_it_tells_of_what_else_is_asked(rag: Rag) -> None:
    text = "Members\n1. Members are people who pay a fee.\n2. Members are called by post.\n\nA motion needs a sponsor."
    page = Page(1, "1", text, PageVerdict.TEXT, headings=(Heading(0, 7, 1),))
    club = index_document(Document("f" * 64, "club.pdf", "Club", (page,), ()), Path("club.pdf"))
    asked = ask(rag, "How many members are there?", club).direct
    assert asked is not None
    assert asked.kind is DirectKind.LIST
    assert ask(rag, "How many members must sponsor a motion?", club).direct is None


def test_a_row_that_has_the_names_and_the_year_goes_before_a_number_that_is_stated_of_others(rag: Rag) -> None:
    rows = ["Town|2021|2022", "Ashby|123|290", "Elmton|269|397", "Yewley|36|40"]
    text = "Samples of water by town\n" + "\n".join(row.replace("|", " ") for row in rows)
    text += "\nOnly one of the four water samples towns took was bad."
    table = table_of([row.split("|") for row in rows], text)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table,))
    towns = index_document(Document("b" * 64, "towns.pdf", "Towns", (page,), ()), Path("towns.pdf"))
    answer = ask(rag, "How many water samples did Elmton take in 2022?", towns)
    assert answer.direct is not None
    assert answer.direct.value == "397"


def test_the_largest_of_some_is_told_before_a_list_of_them(rag: Rag) -> None:
    rows = ["Loan type|2021|2022", "Ships|40|38", "Other loans||", "Loans to towns|18|11", "Loans to farms|49|42"]
    rows += ["All other loans|6|8", "Total|113|99"]
    text = "Loans of the bank\n" + "\n".join(row.replace("|", " ") for row in rows)
    table = table_of([row.split("|") for row in rows], text)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table,))
    bank = index_document(Document("c" * 64, "bank.pdf", "Bank", (page,), ()), Path("bank.pdf"))
    answer = ask(rag, "Which type of loan was the largest in 2022?", bank)
    assert "Loans to farms, 2022: 42: the highest of" in answer.sentences[0].text
