"""Questions about several documents: each is heard, and where they do not agree both are named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared_utils.types import Document, Page, PageVerdict
from src.answering.ingestion import IndexedDocument, index_document
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from tests.conftest import DrawPdf, source
from tests.fakes import never


def harbour(letter: str, name: str, sentences: Sequence[str]) -> IndexedDocument:
    page = Page(1, "1", "\n".join(sentences), PageVerdict.TEXT)
    return index_document(Document(letter * 64, f"{name}.pdf", name, (page,)), Path(f"{name}.pdf"))


def test_a_comparison_of_two_documents_shows_the_quieter_one_as_well(rag: Rag) -> None:
    loud = harbour(
        "a", "Nordhavn", [f"Wages and pensions at Nordhavn rose by {n} percent in week {n}." for n in range(40)]
    )
    quiet = harbour("b", "Sudhavn", ["In spring, wages were discussed at length.", "The crane was painted."])
    found = rag.search("How do wages and pensions differ between Nordhavn and Sudhavn?", [loud, quiet], budget=300)
    assert {span.document_id[0] for span in found.evidence.spans} == {"a", "b"}
    assert [span.marker for span in found.evidence.spans] == list(range(1, len(found.evidence.spans) + 1))
    assert found.evidence.tokens <= 300


@pytest.mark.parametrize("question", ["What is the DPO?", "How does the DPO differ between Nordhavn and Sudhavn?"])
def test_what_reports_print_of_a_ratio_is_found_and_shown_by_its_name(rag: Rag, question: str) -> None:
    painted = [f"Crane {n} of the harbour was painted in week {n} of the year." for n in range(200)]
    payable = "Accounts payable were 14 million at the end of the year."
    ports = [
        harbour(letter, name, [*painted[:150], payable, *painted[150:]])
        for letter, name in (("a", "Nordhavn"), ("b", "Sudhavn"))
    ]
    asked = ports if "differ" in question else ports[:1]
    shown = rag.search(question, asked, budget=60 * len(asked)).evidence.spans
    assert {span.document_id for span in shown if payable in span.text} == {port.document.id for port in asked}


def test_documents_that_do_not_agree_are_named_with_both_places(rag: Rag, draw_pdf: DrawPdf) -> None:
    documents = []
    for name, months in (("handbook.pdf", 12), ("contract.pdf", 24)):
        text = f"The warranty period for pumps is {months} months from delivery."
        versions: list[IndexedDocument] = []
        for _ in rag.ingest(source(draw_pdf(name, [[text]])), versions.append, cancelled=never):
            pass
        documents.append(versions[-1])
    question = "How long is the warranty period for pumps?"
    *_, last = rag.ask(question, documents, writers=list, cancelled=never)
    assert isinstance(last, AnswerFinished)
    (note,) = (note for note in last.answer.notes if "do not agree" in str(note))
    assert all(words in str(note) for words in ("handbook.pdf", "12 months", "contract.pdf", "24 months"))
