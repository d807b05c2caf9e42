"""Who somebody is, what something is, who holds a post: the sentence that says so leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, Document, Page, PageVerdict
from src.answering.defined import asked_for
from src.answering.ingestion import IndexedDocument, index_document
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS

TEXT = (
    "Brandt Works\n"
    "Ada Brandt (born 1970) is a Norwegian engineer. She built the first lock. The works were founded by her father. "
    "Brandt Works CEO Ole Moen said: “We had a good year.”",
    "Officers of the works\n"
    "Mr. Lund previously served as chief financial officer of Albers Pumps. "
    "Mr. Lund, our chief engineer, reports to the board. "
    "Berit Aas, chief financial officer, joined in 2019.",
    "A sluice is a channel whose flow is ruled by a gate. The risk of silting is the greatest in spring. "
    "Self-locking pumps, where the shaft holds itself, are rare. EBITDA (calculated as profit before interest, tax and "
    "depreciation) was higher. The sluice was opened 12 times. LBK = Lower Basin Kept. "
    "We use the mean sea level, MSL, of the harbour. "
    "Gains are recognized in other harbour income/(loss) (“OHI”). OHI was lower. "
    "Capstans (spills) are upright drums that wind rope.\n"
    "Salvage value - this is the value for which a boat can be sold at the end.\n"
    "Book value - 500 crowns.",
    "Sources\nAda Brandt opens the lock. The Harbour Times. https://news.example/ada-brandt. Retrieved 4 May 2019.",
    *(f"In month {n} the yard mended {n + 3} boats and {n + 40} metres of quay, as it was planned." for n in range(8)),
)


@pytest.fixture(scope="module")
def works() -> IndexedDocument:
    pages = tuple(Page(number, str(number), text, PageVerdict.TEXT) for number, text in enumerate(TEXT, start=1))
    return index_document(Document("a" * 64, "brandt.pdf", "Brandt Works", pages, ()), Path("brandt.pdf"))


@pytest.fixture(scope="module")
def rag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rag]:
    made = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path_factory.mktemp("data")))
    yield made
    made.viewer.close()


def ask(rag: Rag, question: str, document: IndexedDocument) -> Answer:
    events = rag.ask(question, [document], writers=tuple, cancelled=never)
    return next(event.answer for event in events if isinstance(event, AnswerFinished))


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Who is Ada Brandt?", "Ada Brandt (born 1970) is a Norwegian engineer. She built the first lock."),
        ("Wer ist Ada Brandt?", "Ada Brandt (born 1970) is a Norwegian engineer."),
        ("What is a sluice?", "A sluice is a channel whose flow is ruled by a gate."),
        ("What are self-locking pumps?", "Self-locking pumps, where the shaft holds itself"),
        ("What does EBITDA mean?", "EBITDA (calculated as profit before interest"),
        ("What does LBK stand for?", "LBK = Lower Basin Kept."),
        ("What is MSL?", "We use the mean sea level, MSL"),
        ("What does OHI stand for?", "Gains are recognized in other harbour income/(loss)"),
        ("What are capstans?", "Capstans (spills) are upright drums"),
        ("What is the salvage value?", "Salvage value - this is the value for which"),
        ("Who is the CEO of Brandt Works?", "Brandt Works CEO Ole Moen said"),
        ("Wer ist der CEO der Brandt Works?", "Brandt Works CEO Ole Moen said"),
        ("Who is the chief engineer?", "Mr. Lund, our chief engineer"),
    ],
)
def test_the_sentence_that_says_so_leads_and_is_quoted_as_it_stands(
    question: str, begins: str, rag: Rag, works: IndexedDocument
) -> None:
    answer = ask(rag, question, works)
    first = answer.citations[0]
    page = works.document.pages[first.page - 1]
    assert answer.sentences[0].text.startswith(begins)
    assert page.text[first.start : first.end] == first.quote
    assert not any("https:" in sentence.text for sentence in answer.sentences)


def test_who_holds_a_post_now_is_told_and_not_who_held_it_elsewhere(rag: Rag, works: IndexedDocument) -> None:
    answer = ask(rag, "Who is the CFO?", works)
    assert answer.direct is not None
    assert (answer.direct.name, answer.direct.value) == ("CFO", "Berit Aas")
    assert answer.sentences[0].text.startswith("Berit Aas, chief financial officer")


def test_a_post_that_stands_nowhere_is_refused(rag: Rag, works: IndexedDocument) -> None:
    assert not ask(rag, "Who is the CTO of Brandt Works?", works).answerable


@pytest.mark.parametrize(
    "question",
    [
        "What is the revenue?",
        "What was the profit of 2022?",
        "Who wrote the report?",
        "What is on page 3?",
        "How old is it?",
    ],
)
def test_other_questions_ask_for_no_definition(question: str) -> None:
    assert asked_for(question) is None
