"""How a question is worded: the form it wants is not searched for, slips of the finger are read otherwise."""

from __future__ import annotations

import pytest

from shared_utils.embeddings.packaged_model import common_words
from shared_utils.retrieval.index import build_index
from shared_utils.types import Chunk
from src.answering.wording import in_their_spelling, without_form

TEXT = "The revenue of the harbour rose; dredging cost 9.7 million crowns. Ship loads were coarse gravel."
INDEXES = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(TEXT), TEXT)])]


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("In one word, who chairs the board?", "who chairs the board?"),
        ("What are the risks? Answer as a list.", "What are the risks?"),
        ("Compare wages and dredging in a table", "Compare wages and dredging"),
        ("Briefly, what is a gate?", "what is a gate?"),
        ("Was ist die Kaution? In einem Satz.", "Was ist die Kaution?"),
        ("Quel est le loyer ? En un mot.", "Quel est le loyer?"),
        ("Summarise this in three sentences", "Summarise this"),
    ],
)
def test_the_form_of_the_answer_is_not_searched_for(question: str, rest: str) -> None:
    assert without_form(question) == rest


@pytest.mark.parametrize(
    "question",
    ["What stands in the table of contents?", "Who is on the list of suppliers?", "What is a word?", "In one word."],
)
def test_words_that_are_asked_about_stay(question: str) -> None:
    assert without_form(question) == question


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("What was the revnue?", "What was the revenue?"),
        ("what did dreging cost?", "what did dredging cost?"),
        ("where is the harbuor?", "where is the harbour?"),
    ],
)
def test_a_slip_of_the_finger_is_read_as_the_documents_word_and_said(question: str, read: str) -> None:
    spelled = in_their_spelling(question, INDEXES, common_words)
    assert spelled.text == read
    assert str(spelled.note).startswith("Read ")


@pytest.mark.parametrize(
    "question",
    [
        "How long is the course?",  # a word that is spelled right is not "coarse"
        "How high are the loans?",  # nor these "loads"
        "What was the income of Harbuor?",  # a name
        "Wie hoch waren die Revenux?",
    ],
)
def test_right_words_names_and_other_languages_stay(question: str) -> None:
    assert in_their_spelling(question, INDEXES, common_words).text == question


def test_without_known_words_nothing_is_read_otherwise() -> None:
    assert in_their_spelling("What was the revnue?", INDEXES, frozenset).text == "What was the revnue?"


def test_a_measure_is_asked_by_the_name_that_the_documents_have() -> None:
    text = "Height 1.67 m. Weight 61 kg. The channel is 9 metres deep; the depth is kept."
    indexes = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(text), text)])]
    assert in_their_spelling("How tall is she?", indexes, frozenset).text == "what height is she?"
    assert in_their_spelling("How deep is the channel?", indexes, frozenset).text == "How deep is the channel?"
    assert in_their_spelling("How fast is it?", indexes, frozenset).text == "How fast is it?"
