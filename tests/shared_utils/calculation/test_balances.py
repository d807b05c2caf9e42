"""The change of a balance over a year is that of its opening and its closing row."""

from __future__ import annotations

import pytest

from shared_utils.calculation.calculate import Calculation, NotComputed, calculate
from shared_utils.calculation.formulary import formulary_of
from shared_utils.types import Page, PageVerdict
from tests.shared_utils.retrieval.test_lookup import table_of

BERTHS = """Berths in the year ended March 31, 2012
Number of berths|Rent of a berth
Leased berths at beginning of year|407|9.84
Opened|640|17.88
Closed|(176)|8.62
Leased berths at end of year|871|15.76
Empty berths at end of year|31|2.10"""
LAND = """Land by quay
North quay|South quay|Consolidated
Land - January 1, 2018|11,165|1,108|12,273
Bought|1,026|162|1,188
Land - December 31, 2018|12,191|1,270|13,461
Bought|73|30|103
Land - December 31, 2019|12,264|1,300|13,564"""


def page(text: str) -> Page:
    _, columns, *rows = text.splitlines()
    plain = text.replace("|", " ")
    cells = [line.split("|") for line in (f"|{columns}", *rows)]
    return Page(1, "1", plain, PageVerdict.TEXT, tables=(table_of(cells, plain),))


def asked(question: str, text: str) -> Calculation | NotComputed | None:
    one = page(text)
    return calculate(question, [("d", one, 1.0)], [("d", one)], formulary_of({}))


@pytest.mark.parametrize(
    ("question", "text", "formula"),
    [
        ("What is the net change in the number of leased berths during fiscal year 2012?", BERTHS, "871 − 407"),
        (
            "How did rent of leased berths change between the beginning and the end of the year?",
            BERTHS,
            "15.76 − 9.84",
        ),
        (
            "In 2019, what was the difference between land of the north quay at the beginning and the end of the year?",
            LAND,
            "12,264 − 12,191",
        ),
        ("What was the net change in land during 2018?", LAND, "13,461 − 12,273"),
    ],
)
def test_a_balance_changes_from_its_opening_row_to_its_closing_row(question: str, text: str, formula: str) -> None:
    found = asked(question, text)
    assert isinstance(found, Calculation)
    assert found.formula == formula


def test_a_balance_without_an_opening_row_has_no_change() -> None:
    assert asked("What is the net change in empty berths during fiscal year 2012?", BERTHS) is None
