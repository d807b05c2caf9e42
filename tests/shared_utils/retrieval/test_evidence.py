"""Evidence is verbatim, within budget, numbered in reading order, and says nothing twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from shared_utils.retrieval.evidence import select_evidence
from shared_utils.types import Chunk, Evidence, Page, PageVerdict, Passage, Span, Vectors

_PAGE = (
    "The committee met in Vienna. It agreed on a budget of 4.2 million euros for the bridge. "
    "Members asked for a report on noise. The report is due in March. Lunch was served at noon."
)
_OTHER = "The bridge was painted green. Its budget of 3.1 million euros was exceeded by a third."
_TABLE = (
    "(in millions)\n2019   2018   2017\nRevenue   4,281   4,012   3,900\nCost of sales   2,100   2,050   1,990\n"
    "Gross margin   2,181   1,962   1,910\nBridge tolls   55   44   33"
)


def select(
    question: str, texts: Sequence[str], budget: int, documents: Sequence[str] = (), **marks: tuple[Span, ...]
) -> tuple[Evidence, dict[tuple[str, int], Page]]:
    """Every text is a page and a chunk; the first is the best passage."""
    names = documents or ["d"] * len(texts)
    pages = {
        (name, n): Page(n, str(n), text, PageVerdict.TEXT, **marks)  # type: ignore[arg-type]
        for n, (name, text) in enumerate(zip(names, texts, strict=True), start=1)
    }
    passages = [
        Passage(Chunk(f"{name}:{n}", name, n, 0, len(page.text), page.text), rank, 1 - 0.05 * rank)
        for rank, ((name, n), page) in enumerate(pages.items(), start=1)
    ]
    return select_evidence(question, passages, pages, budget_tokens=budget), pages


@pytest.mark.parametrize("budget", [0, 10, 30, 60, 200])
def test_evidence_is_verbatim_and_within_the_budget(budget: int) -> None:
    evidence, pages = select("What is the budget of the bridge?", [_PAGE, _OTHER, _TABLE], budget)

    assert evidence.tokens <= evidence.budget == budget
    assert all(pages[s.document_id, s.page].text[s.start : s.end] == s.text for s in evidence.spans)


def test_the_sentence_that_answers_is_taken_first() -> None:
    evidence, _ = select("What is the budget of the bridge?", [_PAGE], 30)
    assert "4.2 million" in evidence.spans[0].text
    assert "Lunch" not in evidence.spans[0].text


def test_spans_are_numbered_in_reading_order_and_do_not_overlap() -> None:
    evidence, _ = select("budget report bridge", [_PAGE, _OTHER, _TABLE], 120)
    places = [(span.page, span.start) for span in evidence.spans]

    assert [span.marker for span in evidence.spans] == list(range(1, len(evidence.spans) + 1))
    assert places == sorted(places)
    assert all(
        before.page != after.page or before.end <= after.start
        for before, after in zip(evidence.spans, evidence.spans[1:], strict=False)
    )


def test_neighbouring_sentences_become_one_span() -> None:
    evidence, _ = select("budget report committee noise March", [_PAGE], 200)
    assert len(evidence.spans) == 1
    assert evidence.spans[0].text == _PAGE


def test_a_row_brings_the_heads_of_its_columns() -> None:
    evidence, _ = select("What were the bridge tolls?", [_TABLE], 45)
    shown = "\n".join(span.text for span in evidence.spans)

    assert "Bridge tolls   55   44   33" in shown
    assert "2019   2018   2017" in shown
    assert "Cost of sales" not in shown


def test_heads_of_columns_that_nobody_can_see_are_not_told() -> None:
    evidence, _ = select("What were the bridge tolls?", [_TABLE[:0] + _TABLE], 45, hidden=(Span(0, 32),))
    shown = "\n".join(span.text for span in evidence.spans if "tolls" in span.text)
    assert "2019" not in shown


def test_what_two_pages_say_in_the_same_words_is_taken_once() -> None:
    evidence, _ = select("What is the budget of the bridge?", [_PAGE, _PAGE], 400)
    assert sum(span.text.count("4.2 million") for span in evidence.spans) == 1


def test_rows_that_differ_in_a_number_are_not_the_same() -> None:
    first = "Total budget of the bridge in the second year of the plan   4,281   4,012"
    evidence, _ = select("total budget of the bridge", [first, first.replace("4,281", "4,282")], 400)
    assert len(evidence.spans) == 2


def test_documents_that_compete_share_the_budget() -> None:
    long = " ".join(f"The budget of bridge {n} is {n} million." for n in range(40))
    evidence, _ = select("budget of the bridge", [long, _OTHER], 200, documents=["a", "b"])
    assert {span.document_id for span in evidence.spans} == {"a", "b"}


def test_a_question_in_other_words_is_answered_by_meaning() -> None:
    class Meaning:
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            near = ["kosten" in text.lower() or "4.2" in text for text in texts]
            return np.array([[1, 0] if one else [0, 1] for one in near], dtype=np.float32)

        def embed_query(self, text: str) -> Vectors:
            return self.embed_passages([text])

    page = Page(1, "1", _PAGE, PageVerdict.TEXT)
    passages = [Passage(Chunk("d:1", "d", 1, 0, len(_PAGE), _PAGE), 1, 1.0)]
    evidence = select_evidence("Kosten?", passages, {("d", 1): page}, budget_tokens=32, embedder=Meaning())
    assert "4.2 million" in evidence.spans[0].text


def test_no_passages_are_no_evidence() -> None:
    assert select_evidence("anything", [], {}, budget_tokens=100) == Evidence((), 0, 100)
