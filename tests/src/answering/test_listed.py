"""Lists that no page prints as one: headings about what is asked, a column of tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_utils.types import Answer, DirectKind, Document, Heading, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, SourceFile, index_document
from src.answering.listed import asked_items
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs

PROSE = "The company faces risks. Storms may close the harbour, and ships may stay away for weeks."
HEADS = ("Risks of weather and tide", "Risks related to our tenants", "Risk of fire in the sheds")


@pytest.fixture(scope="module")
def rag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rag]:
    made = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path_factory.mktemp("data")))
    yield made
    made.viewer.close()


def report() -> IndexedDocument:
    texts = [f"{head}\n{PROSE}" for head in HEADS] + ["The quay was painted. The crane was sold.", "No more was done."]
    pages = tuple(
        Page(n, str(n), text, PageVerdict.TEXT, headings=(Heading(0, text.find("\n"), 2),) if "\n" in text else ())
        for n, text in enumerate(texts, start=1)
    )
    return index_document(Document("r" * 64, "report.pdf", "Report", pages, ()), Path("report.pdf"))


def ask(rag: Rag, question: str, document: IndexedDocument) -> Answer:
    events = rag.ask(question, [document], writers=tuple, ask_anyway=True, cancelled=never)
    return next(event.answer for event in events if isinstance(event, AnswerFinished))


@pytest.mark.parametrize("question", ["Which risks does the report name?", "Welche Risiken nennt der Bericht?"])
def test_the_headings_that_speak_of_it_are_the_items(question: str, rag: Rag) -> None:
    one = report()
    answer = ask(rag, question, one)
    assert answer.direct is not None
    assert answer.direct.kind is DirectKind.LIST
    assert [operand.value for operand in answer.direct.operands] == list(HEADS)
    assert answer.sentences[0].text == "3 headings speak of it, on p. 1–3:"
    cited = {citation.marker: citation for citation in answer.citations}
    for sentence in answer.sentences[1:4]:
        place = cited[sentence.citations[0]]
        assert one.document.pages[place.page - 1].text[place.start : place.end] == sentence.text


def test_what_stands_under_a_head_of_that_name_is_listed(rag: Rag, tmp_path: Path) -> None:
    rows = (
        ("Play", "Role", "Seats"),
        ("Storm", "Selma", "1,211"),
        ("Wind", "Roxy", "2,312"),
        ("Rain", "Violet", "914"),
    )
    path = tmp_path / "actress.pdf"
    path.write_bytes(pdfs.pdf(pdfs.together(pdfs.lines("Roles of the actress"), pdfs.cells(*rows))))
    latest: list[IndexedDocument] = []
    for _ in rag.read(SourceFile("a" * 64, path.name, path), latest.append, cancelled=never):
        pass
    answer = ask(rag, "List the roles", latest[-1])
    assert answer.direct is not None
    assert [operand.value for operand in answer.direct.operands] == ["Selma", "Roxy", "Violet"]


@pytest.mark.parametrize("question", ["Which year was best?", "What was revenue in 2022?", "Who chairs the board?"])
def test_one_thing_is_no_list(question: str) -> None:
    assert asked_items(question) == frozenset()


def test_a_singular_is_no_list() -> None:
    assert asked_items("What position does Ada Brandt hold?") == frozenset()
    assert asked_items("List the roles of Ada Brandt") == frozenset({"role"})


def test_the_headings_that_a_sentence_announces_are_the_items(rag: Rag) -> None:
    heads = ("Is the crane safe?", "Is the quay sound?", "Is the crew rested?", "Who signs?")
    text = "Every spring we ask the following three questions of each site.\n" + "".join(
        f"{head}\nIt was looked at for a day.\n" for head in heads
    )
    headings = tuple(Heading(text.index(head), text.index(head) + len(head), 2) for head in heads)
    page = Page(1, "1", text, PageVerdict.TEXT, headings=headings)
    document = index_document(Document("q" * 64, "sites.pdf", "Sites", (page,), ()), Path("sites.pdf"))
    answer = ask(rag, "List the questions that are asked of each site.", document)
    assert answer.direct is not None
    assert [operand.value for operand in answer.direct.operands] == list(heads[:3])


def test_what_follows_a_verb_is_no_list(rag: Rag) -> None:
    assert asked_items("What drives the costs of the harbour?") == frozenset()
    assert asked_items("Which costs are there?") == {"cost"}
