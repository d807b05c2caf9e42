"""What changed between two editions, asked in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared_utils.types import Answer, Document
from src.answering import edition_changes
from src.answering.edition_changes import about_changes, asks_for_changes
from src.answering.ingestion import IndexedDocument, index_document
from tests.shared_utils.editions.made import LEASE, document, with_sentence
from tests.shared_utils.editions.test_compare import OTHER

NEW = with_sentence("$24,500", "$26,500", with_sentence("must not store", "may store", LEASE))
EARLY = document(LEASE, "lease 2019.pdf")
LATE = document((*NEW, "Keys are handed over at noon."), "lease 2021.pdf")
BIRDS = document(OTHER, "birds.pdf")


def indexed(documents: Sequence[Document]) -> list[IndexedDocument]:
    return [index_document(one, Path(one.name)) for one in documents]


def asked(question: str, *documents: Document) -> Answer | None:
    return about_changes(question, indexed(documents or (EARLY, LATE)))


def lines(answer: Answer | None) -> list[str]:
    assert answer is not None
    return [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize(
    "question",
    [
        "What changed between the 2019 and the 2021 lease?",
        "What changed?",
        "What is new in the later edition?",
        "Which obligations changed between the two versions?",
        "What are the differences between the two documents?",
        "How does the 2021 edition differ from the 2019 edition?",
        "Was hat sich zwischen den beiden Fassungen geändert?",
        "Was ist in der neuen Fassung neu?",
        "Qu'est-ce qui a changé entre les deux éditions ?",
    ],
)
def test_questions_for_what_changed_are_answered_from_the_comparison(question: str) -> None:
    answer = asked(question)
    assert answer is not None
    assert answer.answerable
    assert "lease 2019.pdf" in answer.sentences[0].text


@pytest.mark.parametrize(
    "question",
    [
        "How much is the rent?",
        "What changed between 2014 and 2016 in the rent?",
        "What is the new rent?",
        "Who may change the locks?",
        "How does a change of the rent work?",
    ],
)
def test_other_questions_are_left_to_the_search(question: str) -> None:
    assert asked(question) is None


def test_every_change_is_cited_on_both_sides_with_its_exact_words() -> None:
    answer = asked("What changed between the two leases?")
    assert answer is not None
    pages = {(d.id, page.number): page.text for d in (EARLY, LATE) for page in d.pages}
    assert all(pages[c.document_id, c.page][c.start : c.end] == c.quote for c in answer.citations)
    reworded = next(s for s in answer.sentences if "$26,500" in s.text)
    cited = [answer.citations[marker - 1] for marker in reworded.citations]
    assert [c.document for c in cited] == ["lease 2019.pdf", "lease 2021.pdf"]
    assert "$24,500" in cited[0].quote
    assert "$26,500" in cited[1].quote


def test_a_topic_leaves_the_changes_that_speak_of_it() -> None:
    told = lines(asked("What changed between the 2019 and the 2021 lease about the rent?"))
    assert told[0].endswith("of what speaks of “rent”: 1 passage was reworded, 0 were added and 0 were removed.")
    assert told[1].startswith("$24,500 → $26,500, in: “The rent is $26,500")
    assert len(told) == 2
    assert lines(asked("What changed between the two leases about parking?")) == [
        "Nothing that speaks of “parking” differs from lease 2019.pdf to lease 2021.pdf."
    ]


def test_a_kind_of_fact_that_is_asked_for_leaves_the_changes_that_hold_it() -> None:
    told = lines(asked("Which obligations changed between the two versions?"))
    assert [text.split(",")[0] for text in told[1:]] == ["must not → may"]


def test_the_earlier_edition_is_that_of_the_lower_year_whatever_the_order() -> None:
    told = lines(asked("What changed between the two versions?", LATE, EARLY))
    assert told[0].startswith("From lease 2019.pdf to lease 2021.pdf")


def test_documents_that_are_no_editions_are_searched_as_ever() -> None:
    assert asked("What changed between the two documents?", EARLY, BIRDS) is None
    assert asked("What changed?", EARLY) is None


def test_documents_that_cannot_be_editions_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edition_changes, "compared", lambda *_: pytest.fail("seconds for two reports"))
    assert asked("What changed between the two documents?", EARLY, BIRDS) is None


def test_among_several_documents_the_only_two_editions_are_meant() -> None:
    told = lines(asked("What changed between the two editions?", BIRDS, LATE, EARLY))
    assert told[0].startswith("From lease 2019.pdf to lease 2021.pdf")


def test_the_words_alone_tell_that_a_change_is_asked_for() -> None:
    assert asks_for_changes("List the differences between the drafts")
    assert not asks_for_changes("What is the difference in price?")


def test_the_changes_stand_as_data_each_side_with_its_citation() -> None:
    answer = asked("Which amounts and obligations changed between the two editions?")
    assert answer is not None
    assert answer.direct is not None
    told = [(one.row, one.column, one.name, one.value) for one in answer.direct.operands]
    assert ("2", "before", "number", "$24,500") in told
    assert ("2", "after", "number", "$26,500") in told
    assert ("1", "before", "obligation", "must not") in told
    cited = {citation.marker: citation for citation in answer.citations}
    for one in answer.direct.operands:
        place = cited[one.citations[0]]
        assert place.document == {"before": "lease 2019.pdf", "after": "lease 2021.pdf"}[one.column]
        assert one.value in place.quote
