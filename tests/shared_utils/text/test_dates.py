"""Dates: one day in every form that reports print, and both days where a document does not tell the order."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.text.dates import dates, quarters, spelled_out
from shared_utils.text.numerals import Notation, notation_of
from shared_utils.text.words import terms

_MONTHS = {
    "english": "January February March April May June July August September October November December",
    "german": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "french": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "dutch": "januari februari maart april mei juni juli augustus september oktober november december",
}
_FORMS = {
    "english": ["{month} {day}, {year}", "{day} {month} {year}", "{day}th of {month} {year}"],
    "german": ["{day}. {month} {year}"],
    "french": ["{day} {month} {year}"],
    "spanish": ["{day} de {month} de {year}"],
    "portuguese": ["{day} de {month} de {year}"],
    "italian": ["{day} {month} {year}"],
    "dutch": ["{day} {month} {year}"],
}
_NUMERIC = ["%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%d. %m. %Y"]


@given(
    date=st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)),
    written=st.sampled_from([(language, form) for language, forms in _FORMS.items() for form in forms]),
)
def test_a_day_is_the_same_in_every_language(date: datetime.date, written: tuple[str, str]) -> None:
    language, form = written
    month = _MONTHS[language].split()[date.month - 1]
    (found,) = dates(f"({form.format(day=date.day, month=month, year=date.year)})")
    assert (found.month, found.day, found.years) == (date.month, date.day, (date.year,))


@given(date=st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)), form=st.sampled_from(_NUMERIC))
def test_a_day_in_digits_is_the_day_in_words(date: datetime.date, form: str) -> None:
    (found,) = dates(f"am {date.strftime(form)}, um 10 Uhr")
    assert (found.month, found.day, found.years) == (date.month, date.day, (date.year,))
    in_words = f"{date.day} {_MONTHS['english'].split()[date.month - 1]} {date.year}"
    assert terms(date.strftime(form)) == terms(in_words)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er mai 2024", (5, 1)),
        ("15-Mar-2023", (3, 15)),
        ("Sept. 5, 2019", (9, 5)),
        ("15.03.23", (3, 15)),
        ("3/14/23", (3, 14)),
        ("14/3/2023", (3, 14)),
    ],
)
def test_shorter_forms_are_dates_too(text: str, day: tuple[int, int]) -> None:
    (found,) = dates(text)
    assert (found.month, found.day) == day


@pytest.mark.parametrize(
    "text",
    ["10.4.2", "1.234.567", "3/4", "12.50 / 13.20", "99.99.2023", "May I ask", "12.05", "10.1.1.1", "31/31/2020"],
)
def test_other_digits_are_no_dates(text: str) -> None:
    assert dates(text) == ()


def test_the_document_tells_whether_the_day_comes_first() -> None:
    (either,) = dates("3/4/2023")
    assert set(either.days) == {(3, 4), (4, 3)}
    british, american = notation_of("on 25/4/2023"), notation_of("on 4/25/2023")
    assert dates("3/4/2023", british)[0].days == ((4, 3),)
    assert dates("3/4/2023", american)[0].days == ((3, 4),)
    assert dates("Am 3/4/2023 wird die Frist auf 5 gesetzt und ist um")[0].days == ((4, 3),)
    assert dates("3/4/2023", Notation())[0].swapped == (4, 3)


def test_what_is_asked_in_words_meets_a_page_in_digits() -> None:
    page = set(terms("03.09.2023 Reparatur der Kreissäge 12.450,00"))
    assert {"2023", "septemb"} <= set(terms("Was wurde im September 2023 repariert?")) & page
    assert set(terms("3 septembre 2023")) <= page
    assert spelled_out("no date 12.5 here") == "no date 12.5 here"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Q3 and 4Q", ["3", "4"]),
        ("the third quarter", ["3"]),
        ("im 3. Quartal, drittes Quartal", ["3", "3"]),
        ("le troisième trimestre, T2", ["3", "2"]),
        ("el primer trimestre", ["1"]),
        ("first of all", []),
    ],
)
def test_a_quarter_is_the_same_in_every_spelling(text: str, numbers: list[str]) -> None:
    assert [quarter.number for quarter in quarters(text)] == numbers
