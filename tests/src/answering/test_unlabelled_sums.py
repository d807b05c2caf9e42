"""A last line of figures without a label is its table's total where every figure of it adds up."""

from __future__ import annotations

import pytest

from shared_utils.message import message
from shared_utils.retrieval.lookup import look_up
from shared_utils.retrieval.unlabelled_sums import is_unlabelled
from shared_utils.types import Answer, EngineKind, GenerationStats, Page, PageVerdict
from src.answering.direct import with_look_up
from tests.shared_utils.retrieval.test_lookup import table_of

NOTHING_QUOTED = Answer("?", True, (), (), "stop", GenerationStats(EngineKind.EXTRACTIVE, ""), "")
ROWS = [["", "Berths"], ["2018", "377"], ["2019", "337"], ["Thereafter", "1,998"]]


def page(last: str) -> Page:
    text = f"The expected rent of berths is as follows:\nBerths\n2018 377\n2019 337\nThereafter 1,998\n{last}\n"
    return Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(ROWS, text),))


def test_the_sum_is_told_and_called_so_in_words_of_our_own() -> None:
    one = page("$ 2,712")
    found = look_up("What is the total expected rent of berths?", [("d", one, 1.0)])
    assert found is not None
    assert [fact.value.text for fact in found.facts] == ["2,712"]
    assert is_unlabelled(found.facts[0].labels, [found.facts[0].value])
    told = with_look_up(NOTHING_QUOTED, found, {})
    assert told.sentences[0].text == "Total, Berths: 2,712"
    assert told.sentences[0].said == message("Total{values}", values=", Berths: 2,712")
    assert all(one.text[c.start : c.end] == c.quote for c in told.citations)


@pytest.mark.parametrize("last", ["$ 2,713", "2,712 18", "Interest 2,712"])
def test_a_line_that_does_not_add_up_alone_is_no_sum(last: str) -> None:
    found = look_up("What is the total expected rent of berths?", [("d", page(last), 1.0)])
    assert found is None or not is_unlabelled(found.facts[0].labels, [fact.value for fact in found.row.facts])
