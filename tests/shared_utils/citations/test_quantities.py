"""Numbers and dates: what people write differently is equal, what they mean differently is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared_utils.citations.dates import dates
from shared_utils.citations.quantities import Match, compare, declared_scale, identifiers, quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,234.5", "1234.5"),
        ("1 234,5 kg", "1234.5 kg"),
        ("1.234,5", "1,234.5"),
        ("1\u202f234,5", "1234.5"),
        ("1'234.5", "1,234.5"),
        ("41.2 million", "41,200,000"),
        ("$4bn", "$4,000,000,000"),
        ("12,34,567", "1,234,567"),
        ("14.9 %", "14.9 percent"),
        ("14.9 per cent", "14.9%"),
        ("fifteen days", "15 days"),
        ("twenty-five", "25"),
        ("US$5", "5 dollars"),
        ("٤٢٫٥٪", "42.5%"),
        ("１２", "12"),
        ("12万", "120,000"),
        ("30-minute", "30 minutes"),
    ],
)
def test_spellings_of_one_number_are_equal(one: str, other: str) -> None:
    assert compare(quantities(one)[0], quantities(other)[0], None) is Match.EXACT
    assert compare(quantities(other)[0], quantities(one)[0], None) is Match.EXACT


@pytest.mark.parametrize(
    ("answer", "page", "match"),
    [
        ("18.6 %", "14.9 %", None),
        ("1,235", "1,234", None),
        ("$5", "€5", Match.UNIT),
        ("30 hours", "30 minutes", Match.UNIT),
        ("5 %", "5 percentage points", Match.UNIT),
        ("41.2 billion", "41.2 million", Match.SCALE),
        ("41 million", "41.2 million", Match.ROUNDED),
        ("about 41 million", "41.2 million", Match.EXACT),
        ("-5", "5", Match.SIGN),
        ("12", "12.4", Match.ROUNDED),
        ("4", "4.2", None),
        ("17,600", "17,606", Match.ROUNDED),
        ("42 million", "41.2 million", None),
        ("42 million", "41.5 million", Match.ROUNDED),
        ("5", "5 %", Match.EXACT),
        ("5 %", "5", Match.EXACT),
        ("5", "(5)", Match.SIGN),
        ("-5", "(5)", Match.EXACT),
    ],
)
def test_different_numbers_are_told_apart(answer: str, page: str, match: Match | None) -> None:
    assert compare(quantities(answer)[0], quantities(page)[0], None) is match


def test_a_cell_takes_its_scale_from_the_table() -> None:
    scale = declared_scale("Consolidated balance sheet (in millions, except per share data)")
    assert scale == Decimal(1_000_000)
    assert compare(quantities("$6,864 million")[0], quantities("6,864")[0], scale) is Match.EXACT
    assert compare(quantities("$6.9 billion")[0], quantities("6,864")[0], scale) is Match.ROUNDED


@pytest.mark.parametrize(
    ("text", "year"),
    [("1900", True), ("2099", True), ("1899", False), ("2100", False), ("2000 kg", False), ("2,023", False)],
)
def test_a_bare_number_of_two_centuries_is_a_year(text: str, year: bool) -> None:
    assert quantities(text)[0].is_year is year


def test_a_cell_that_names_its_own_scale_is_not_scaled_again() -> None:
    in_millions = Decimal(1_000_000)
    assert compare(quantities("$6 billion")[0], quantities("6 thousand")[0], in_millions) is Match.SCALE
    assert compare(quantities("$6 thousand")[0], quantities("6 thousand")[0], in_millions) is Match.EXACT
    assert declared_scale("Net sales by region") == 1


def test_the_cells_of_a_row_stay_apart() -> None:
    assert [q.value for q in quantities("Basic 471 473 474 476")] == [471, 473, 474, 476]


def test_bracketed_cells_are_negative() -> None:
    assert [q.negative for q in quantities("Tax $ (137) 208")] == [True, False]


def test_words_that_mix_letters_and_digits_are_no_numbers() -> None:
    assert identifiers("SpO2 in Q3 by 13a, 5kg, 2nd, FY2019") == {"spo2", "q3", "13a"}


@pytest.mark.parametrize(
    ("text", "month", "day", "years"),
    [
        ("December 31, 2019", 12, 31, (2019,)),
        ("31 December 2019", 12, 31, (2019,)),
        ("31. Dezember 2019", 12, 31, (2019,)),
        ("2019-12-31", 12, 31, (2019,)),
        ("le 1 février 2020", 2, 1, (2020,)),
        ("May 2016", 5, None, (2016,)),
        ("December 31,\n2017 2018 2019", 12, 31, (2017, 2018, 2019)),
        ("June 30 and", 6, 30, ()),
    ],
)
def test_dates_are_read_as_dates(text: str, month: int, day: int | None, years: tuple[int, ...]) -> None:
    (date,) = dates(text)
    assert (date.month, date.day, date.years) == (month, day, years)
    assert text[date.start : date.end]
