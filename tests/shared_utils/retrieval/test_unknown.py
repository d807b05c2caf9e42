from __future__ import annotations

import pytest

from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.unknown import absent_names, absent_thing, names_stand, unknown_names
from shared_utils.types import Chunk

TEXT = (
    "The Pelagos P7 watch measures heart rate (HRM) and blood oxygen. Harbour Systems GmbH is certified by the "
    "Department of Fisheries. Net present value is told in the annex. The Wi-Fi module supports WPA3."
)
INDEXES: list[DocumentIndex] = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(TEXT), TEXT)])]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Does the watch support ECG?", ("ECG",)),
        ("How heavy is the P9X?", ("P9X",)),
        ("Who heads the Department of Forestry?", ("Department of Forestry",)),
        ("Does the P7 support WPA3?", ()),
        ("What is the NPV?", ()),  # its words stand there
        ("Does the watch suport HRM?", ()),
        ("What does the Department of Fisheries certify?", ()),
        ("What was revenue in FY2023? Answer in USD millions.", ()),
        ("WHAT DOES THE WATCH COST?", ()),  # nothing is a name where all is in capitals
    ],
)
def test_a_name_that_stands_nowhere_is_told(question: str, names: tuple[str, ...]) -> None:
    assert unknown_names(question, INDEXES) == names


def test_names_of_several_words_must_stand_in_one_piece() -> None:
    assert names_stand("What does Harbour Systems make?", INDEXES)
    assert not names_stand("What does Pelagos Systems make?", INDEXES)
    assert not names_stand("What did Netflix earn?", INDEXES)


def test_a_name_with_a_figure_in_it_stands_as_a_whole() -> None:
    text = "Wear the watch for the SpO2 measurement."
    indexes = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(text), text)])]
    assert not absent_names("What interrupts the measurement of SpO2?", indexes)
    assert absent_names("What interrupts the measurement of HbA1?", indexes)


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("What are the steps to add a workout mode on the watch?", True),
        ("How do I replace the Wi-Fi module?", False),
        ("How can I replace the Wi-Fi modlue?", False),  # misspelled
        ("What steps are necessary to set the WPA3 module?", False),
        ("How do I charge it?", False),
        ("How can I change the strap?", False),  # one word may be called otherwise there
        ("What is a workout mode?", False),
    ],
)
def test_the_steps_to_something_that_stands_nowhere(question: str, absent: bool) -> None:
    assert absent_thing(question, INDEXES) is absent


def test_other_words_for_a_thing_have_to_stand_together() -> None:
    question = "How do I change the blood module?"  # both stand there, of different things
    more = [*INDEXES, build_index("e", [Chunk("e:1:0", "e", 1, 0, 24, "The blood oxygen sensor.")])]
    assert absent_thing(question, more[1:], together=True)
    assert not absent_thing("How do I change the oxygen sensor?", more, together=True)
