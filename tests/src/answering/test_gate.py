from __future__ import annotations

from shared_utils.calculation.result import NotComputed
from shared_utils.retrieval.index import build_index
from shared_utils.retrieval.question_kind import QuestionKind
from shared_utils.types import Chunk, Passage
from src.answering.gate import is_answered
from src.answering.routing import Route

TEXT = "The working capital of the harbour is told in the annex; dredging took place in spring and in autumn."
CHUNK = Chunk("d:1:0", "d", 1, 0, len(TEXT), TEXT)
INDEXES = [build_index("d", [CHUNK])]
PASSAGES = [Passage(CHUNK, 1, 1.0)]


def answered(question: str, figure: NotComputed | None = None, *, is_beyond: bool = False) -> bool:
    taken = Route(QuestionKind.LOOK_UP, question, is_beyond=is_beyond)
    return is_answered(taken, PASSAGES, INDEXES, None, figure)


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
    assert not is_answered(taken, PASSAGES, [*INDEXES, build_index("e", [other])], None, None)
