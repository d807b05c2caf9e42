"""What stands around a number: its sign, its unit and scale word, and what the words before it make of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared_utils.text.measures import declared_scale
from shared_utils.text.number_words import number_words
from shared_utils.text.quantities import identifiers, quantities
from shared_utils.text.units import converted


def read(text: str) -> list[str]:
    """Every number as -value unit."""
    return [f"{'-' if q.negative else ''}{q.value.normalize():f} {q.unit}".strip() for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Net loss (724)", ["-724"]),
        ("Tax $ (137) 208 $ 5", ["-137 $", "208", "5 $"]),
        ("−724", ["-724"]),
        ("-724", ["-724"]),
        ("–724", ["-724"]),
        ("－724", ["-724"]),
        ("▲724", ["-724"]),
        ("△724", ["-724"]),
        ("$-5 and -$5", ["-5 $", "-5 $"]),
        ("(5.2)%", ["-5.2 %"]),
        ("Saldo 1.234,56-", ["-1234.56"]),
        ("+5 %", ["5 %"]),
        ("a net loss of (724) in all", ["-724"]),
        ("within sixty (60) days of it", ["60", "60"]),
        ("a small part (10 %) of the crew left", ["10 %"]),
        ("Operating result (4,694)", ["-4694"]),
        ("10–12 km", ["10", "12 km"]),
        ("10-12", ["10", "12"]),
        ("10 – 12", ["10", "12"]),
        ("between 10 and 12", ["10", "12"]),
    ],
)
def test_signs_and_brackets_are_read_as_accountants_mean_them(text: str, numbers: list[str]) -> None:
    assert read(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("5,5 Mio. Euro", ["5500000 €"]),
        ("5,3 Mrd. USD", ["5300000000 $"]),
        ("Mrd. EUR 5,3", ["5300000000 €"]),
        ("TEUR 5.506,2", ["5506200 €"]),
        ("12 millions d'euros", ["12000000 €"]),
        ("3 miliardi di euro", ["3000000000 €"]),
        ("2,5 mln zł", ["2500000 zł"]),
        ("3 miljoen euro", ["3000000 €"]),
        ("$4bn", ["4000000000 $"]),
        ("5 m €", ["5000000 €"]),
        ("5 m", ["5 m"]),
        ("5 crore rupees", ["50000000 ₹"]),
        ("3 lakh", ["300000"]),
        ("4.694 Tsd. Euro und 12,5 %", ["4694000 €", "12.5 %"]),
        ("12万 and 41.2亿元", ["120000", "4120000000 ¥"]),
        ("2 percentage points", ["2 percentage points"]),
        ("2 %-points and 3 Prozentpunkte", ["2 percentage points", "3 percentage points"]),
        ("2 points de pourcentage", ["2 percentage points"]),
        ("50 basis points, 40 bps", ["50 basis points", "40 basis points"]),
        ("5 per cent, 5 pour cent, 5 por ciento", ["5 %", "5 %", "5 %"]),
        ("20 degrees Fahrenheit, 20 Grad Celsius, 20 °C", ["20 °F", "20 °C", "20 °C"]),
        ("318 000 kroner", ["318000 kr"]),
        ("rose by 5 in 2023", ["5", "2023"]),
        ("5 an hour", ["5"]),
        ("The 1990s", ["1990"]),
        ("US$5, CHF 5, Rs. 5, 5 US dollars", ["5 $", "5 CHF", "5 ₹", "5 $"]),
        ("1 March 2,000 kg", ["2000 kg"]),
        ("at 8pm, 10x", ["8", "10"]),
    ],
)
def test_scale_words_and_units_are_read_in_the_languages_of_europe(text: str, numbers: list[str]) -> None:
    assert read(text) == numbers


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("FY22", [2022]),
        ("FY 2022", [2022]),
        ("2022/23", [2022, 2023]),
        ("2018-19", [2018, 2019]),
        ("2018–2019", [2018, 2019]),
        ("in mid-2019", [2019]),
        ("on 15.03.2023", [2023]),
        ("March 5, 2021", [2021]),
        ("2,019 ships", []),
        ("2000 kg", []),
        ("2018-12", [2018]),
    ],
)
def test_years_stand_alone_in_dates_and_in_the_names_of_fiscal_years(text: str, years: list[int]) -> None:
    assert [q.value for q in quantities(text) if q.is_year] == years


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("about 5", "about"),
        ("about $5", "about"),
        ("~5", "about"),
        ("rund 5", "about"),
        ("ca. 5", "about"),
        ("more than 5", "above"),
        ("mehr als 5", "above"),
        ("no more than 5", "most"),
        ("at least 5", "least"),
        ("mindestens 5", "least"),
        ("nearly 5", "below"),
        ("moins de 5", "below"),
        ("up to 5", "most"),
        ("exactly 5", ""),
    ],
)
def test_the_words_before_a_number_tell_what_it_bounds(text: str, bound: str) -> None:
    (found,) = quantities(text)
    assert found.bound == bound
    assert (found.bound_start < found.start) is (bound != "" and "~" not in text)


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("twenty-five", "english", [25]),
        ("two hundred and six", "english", [206]),
        ("nine hundred ninety-nine", "english", [999]),
        ("two, six and three", "english", [2, 6, 3]),
        ("a two-year lease", "english", [2]),
        ("zwölf, fünfundzwanzig, zweihundertdreißig", "german", [12, 25, 230]),
        ("vingt et une, dix-sept, quatre-vingt-dix-sept, soixante-quinze", "french", [20, 17, 97, 75]),
        ("treinta y cinco, veintidós, dieciséis", "spanish", [35, 22, 16]),
        ("trinta e cinco, dezesseis", "portuguese", [35, 16]),
        ("ventuno, trentacinque, duecentodieci", "italian", [21, 35, 210]),
        ("vijfentwintig, achttien", "dutch", [25, 18]),
        ("zwölf, fünfzehn", None, [12, 15]),
        ("the fourth and the twelfth", "english", [4, 12]),
    ],
)
def test_numbers_in_words_are_read_in_their_language(text: str, language: str | None, values: list[int]) -> None:
    assert [word.value for word in number_words(text, language)] == values


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Peel each one.", []),
        ("one of the ships", []),
        ("The first and the second", []),
        ("It has one bridge.", ["1"]),
        ("one million ships", ["1000000"]),
        ("They once came", []),
    ],
)
def test_a_word_that_only_points_at_something_is_no_number(text: str, numbers: list[str]) -> None:
    assert read(text) == numbers


def test_what_is_longer_than_any_number_is_none() -> None:
    assert read("9" * 100_000) == []
    assert [q.mantissa for q in quantities("9" * 30)] == [10**30 - 1]


def test_codes_are_told_from_numbers() -> None:
    text = "COVID-19, B-52, SpO2, v3.2.1, 10.4.2, 13a-14, 401k; 5kg, EUR5, 4th, FY22, mid-2019, 5-10, 15.03.2023"
    assert identifiers(text) == {"covid-19", "b-52", "spo2", "v3.2.1", "10.4.2", "13a-14", "401k"}
    assert read("COVID-19, B-52, SpO2, v3.2.1, 13a-14") == []


@pytest.mark.parametrize(
    ("line", "power"),
    [
        ("(in millions, except per share data)", 6),
        ("in thousands of crowns", 3),
        ("Angaben in Tausend Euro", 3),
        ("in Mio. €", 6),
        ("(Mrd. EUR)", 9),
        ("TEUR", 3),
        ("en milliers d'euros", 3),
        ("$ million", 6),
        ("$'000", 3),
        ("in ₹ crore", 7),
        ("in over 3 million homes", 0),
        ("It cost 5,5 Mio. € in all", 0),
        ("Net sales by region", 0),
    ],
)
def test_a_table_declares_its_scale_in_many_ways(line: str, power: int) -> None:
    assert declared_scale(line) == Decimal(10) ** power


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "same"),
    [
        ("5", "km", "m", "5000"),
        ("1", "mi", "km", "1.609344"),
        ("100", "°C", "°F", "212"),
        ("32", "°F", "°C", "0"),
        ("90", "minutes", "hours", "1.5"),
        ("1", "ha", "m²", "10000"),
        ("1", "percentage points", "basis points", "100"),
        ("5", "€", "$", None),
        ("5", "km", "kg", None),
        ("5", "%", "percentage points", None),
    ],
)
def test_units_of_one_dimension_convert_and_currencies_never(
    value: str, unit: str, wanted: str, same: str | None
) -> None:
    found = converted(Decimal(value), unit, wanted)
    assert found == (None if same is None else Decimal(same))
