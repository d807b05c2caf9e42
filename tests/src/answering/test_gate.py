from __future__ import annotations

import operator
from functools import partial

from shared_utils.calculation.result import NotComputed
from shared_utils.retrieval.index import build_index
from shared_utils.retrieval.question_kind import QuestionKind
from shared_utils.types import Chunk, Evidence, EvidenceSpan, Passage
from src.answering.gate import is_answered
from src.answering.routing import Route

TEXT = "The working capital of the harbour is told in the annex; dredging took place in spring and in autumn."
CHUNK = Chunk("d:1:0", "d", 1, 0, len(TEXT), TEXT)
INDEXES = [build_index("d", [CHUNK])]
PASSAGES = [Passage(CHUNK, 1, 1.0)]
EVIDENCE = Evidence((EvidenceSpan(1, "d", 1, 0, len(TEXT), TEXT, 1.0),), 20, 400)


def answered(question: str, figure: NotComputed | None = None, *, is_beyond: bool = False) -> bool:
    taken = Route(QuestionKind.LOOK_UP, question, is_beyond=is_beyond)
    return is_answered(taken, PASSAGES, INDEXES, None, figure, EVIDENCE)


def test_what_the_documents_speak_of_is_answered() -> None:
    assert answered("When did the dredging of the harbour take place?")


def test_pages_after_the_last_and_codes_that_stand_nowhere_are_not() -> None:
    assert not answered("When did the dredging of the harbour take place?", is_beyond=True)
    assert not answered("When did the dredging of the harbour by QZX take place?")


def test_a_ratio_of_a_year_for_which_nothing_is_told_is_not() -> None:
    untold = NotComputed("working capital", "a - b", ("a 2031", "b 2031"), is_untold=True)
    assert not answered("What is the working capital of the harbour in 2031?", untold)


def test_a_question_all_whose_names_stand_nowhere_is_not() -> None:
    assert answered("Did the dredging of the harbour by Harbor take place in spring?")  # a slip is no other name
    assert not answered("When did the dredging of the harbour by Ostermann take place?")
    assert not answered("When did the dredging of the harbour in Westhaven take place?")


def test_what_another_document_has_does_not_answer_for_those_that_come_first() -> None:
    other = Chunk("e:1:0", "e", 1, 0, 36, "Ostermann sells QZX lamps in Sweden.")
    taken = Route(QuestionKind.LOOK_UP, "When did the dredging of the harbour by QZX take place?")
    assert not is_answered(taken, PASSAGES, [*INDEXES, build_index("e", [other])], None, None, EVIDENCE)


def test_evidence_without_the_kind_of_value_that_is_asked_for_answers_nothing() -> None:
    assert not answered("What colour does the dredging of the harbour have in spring?")
    assert not answered("What is the telephone number of the working capital of the harbour?")


def test_a_day_that_no_page_has_is_not_answered() -> None:
    assert not answered("Did the dredging of the harbour take place in spring, on 4 May 2021?")


def test_of_a_question_about_a_page_the_words_of_that_page_count() -> None:
    other = Chunk("d:2:0", "d", 2, 0, 40, "Nothing but the index of names is here.")
    indexes = [build_index("d", [CHUNK, other])]
    question = "When did the dredging of the harbour take place?"
    for chunk, is_told in ((CHUNK, True), (other, False)):
        taken = Route(QuestionKind.LOOK_UP, question, partial(operator.eq, chunk))
        assert is_answered(taken, PASSAGES, indexes, None, None, EVIDENCE) is is_told


def test_a_german_question_is_not_refused_for_the_capitals_of_its_nouns() -> None:
    text = "Grundpreis 12 Monate 11,90 Euro. Summe 142,80 Euro."
    chunk = Chunk("d:1:0", "d", 1, 0, len(text), text)
    evidence = Evidence((EvidenceSpan(1, "d", 1, 0, len(text), text, 1.0),), 20, 400)
    asked = Route(QuestionKind.LOOK_UP, "Wie hoch ist der Grundpreis?")  # which the cell has in another form
    indexes = [build_index("d", [chunk])]
    assert is_answered(asked, [Passage(chunk, 1, 1.0)], indexes, None, None, evidence)
    price = Route(QuestionKind.LOOK_UP, "How much does the dredging of the harbour cost?")
    assert not is_answered(price, PASSAGES, INDEXES, None, None, EVIDENCE)


def test_what_was_done_has_to_be_told_unless_a_table_has_the_figure() -> None:
    filler = [
        Chunk(f"d:{n}:0", "d", n, 0, 52, "The harbour and the quay were spoken of in the year.") for n in range(2, 9)
    ]
    indexes = [build_index("d", [CHUNK, *filler])]
    taken = Route(QuestionKind.LOOK_UP, "How much working capital of the harbour has been stolen?")

    def kin(word: str, *_: float) -> tuple[str, ...]:
        return ("stole",) if word == "stolen" else ()

    def told(*, by_table: bool) -> bool:
        return is_answered(taken, PASSAGES, indexes, None, None, EVIDENCE, kin, lambda _: by_table)

    assert told(by_table=True)
    assert not told(by_table=False)
