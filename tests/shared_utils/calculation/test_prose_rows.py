"""Figures that a sentence lists for years are computed with as cells are, and cited to the sentence."""

from __future__ import annotations

import pytest

from shared_utils.calculation.calculate import Calculation, calculate
from shared_utils.calculation.formulary import formulary_of
from shared_utils.calculation.prose_rows import prose_rows
from shared_utils.types import Page, PageVerdict

RENT = "Rent for the two quays was $1.6 million, $2.7 million and $2.2 million in fiscal 2012, 2011 and 2010."


def page(text: str) -> Page:
    return Page(1, "1", text, PageVerdict.TEXT)


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("By how much did rent for the quays change from 2011 to 2012?", "1.6 − 2.7"),
        ("What was the total rent for the quays from 2010 to 2012?", "2.2 + 2.7 + 1.6"),
    ],
)
def test_figures_that_a_sentence_lists_for_years_are_computed_with(question: str, formula: str) -> None:
    one = page(f"The harbour is deep. {RENT} It is paid in spring.")
    found = calculate(question, [("d", one, 1.0)], [("d", one)], formulary_of({}))
    assert isinstance(found, Calculation)
    assert found.formula == formula
    for operand in found.operands:
        (span,) = operand.fact.value.spans
        assert one.text[span.start : span.end] == operand.fact.value.text


@pytest.mark.parametrize(
    "text",
    [
        "Rent was $1.6 million and $2.7 million in 2012, 2011 and 2010.",  # fewer figures than years
        "Rent was $1.6 million in 2012, up from $2.7 million for the northern quay in 2011.",  # not listed in one piece
        "Rent was $1.6 million and 12 % in 2012 and 2011.",  # not of one unit
        "In 2012 and 2011 the harbour was deep.",
    ],
)
def test_what_is_not_listed_for_each_year_is_no_row(text: str) -> None:
    assert not list(prose_rows("d", page(text), 1.0))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Rent of quays was $1.6 million in 2012, $2.7 million in 2011 and $2.2 million in 2010.",
            "Rent of quays",
        ),
        (
            "As of December 2012, December 2011 and December 2010, rent of quays was $1.6 million, $2.7 million and "
            "$2.2 million, respectively.",
            "rent of quays",
        ),
        (
            "Rent of quays charged during the years ended March 31, 2012, 2011 and 2010 was $1.6 million, $2.7 million "
            "and $2.2 million.",
            "Rent of quays charged",
        ),
        (  # the second line alone reads as a row of a table
            "Rent of quays was $1.6 million for\n2012, $2.7 million for 2011 and $2.2 million for 2010.",
            "Rent of quays",
        ),
    ],
)
def test_every_figure_goes_with_its_year_under_a_name_without_the_verb(text: str, name: str) -> None:
    (row,) = prose_rows("d", page(f"The harbour is deep. {text}"), 1.0)
    told = {year: fact.value.text for fact, (year,) in zip(row.facts, row.years, strict=True)}
    assert told == {"2012": "$1.6 million", "2011": "$2.7 million", "2010": "$2.2 million"}
    assert {label.text for fact in row.facts for label in fact.labels} == {name}
