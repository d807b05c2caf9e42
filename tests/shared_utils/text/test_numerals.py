"""Numbers in digits: one value in every national form, and the decimal sign as the document tells it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.text.numerals import (
    DecimalSign,
    Notation,
    indexed_numerals,
    notation_of,
    notation_of_document,
    plain_digits,
    readings,
)
from shared_utils.text.quantities import quantities

# (between groups, before decimals): English, German, Swiss, French with a narrow or a hard space, Arabic, full width
FORMS = [
    (",", "."),
    (".", ","),
    ("'", "."),
    ("’", "."),
    ("\u202f", ","),
    ("\u00a0", ","),
    ("\u2009", "."),
    ("٬", "٫"),
    ("，", "．"),
]


def grouped(digits: str, separator: str) -> str:
    head = len(digits) % 3 or 3
    return separator.join([digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))])


def lakhs(digits: str) -> str:
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail])


@given(
    whole=st.integers(1_000, 10**12),
    decimals=st.text("0123456789", min_size=1, max_size=2),
    form=st.sampled_from(FORMS),
    frame=st.sampled_from(["{}", "It cost {}, of which", "sono stati {}.", "({})", "a {} b", "{}; {}"]),
)
def test_a_number_is_the_same_in_every_national_form(
    whole: int, decimals: str, form: tuple[str, str], frame: str
) -> None:
    written = grouped(str(whole), form[0]) + form[1] + decimals
    found = quantities(frame.format(written, written))
    assert {q.value for q in found} == {Decimal(f"{whole}.{decimals}")}


@given(whole=st.integers(10**6, 10**12), separator=st.sampled_from([",", ".", "'", "’", "\u00a0", "\u202f"]))
def test_whole_numbers_of_several_groups_leave_no_doubt(whole: int, separator: str) -> None:
    (found,) = quantities(f"sono stati {grouped(str(whole), separator)}.")
    assert found.value == whole
    assert found.other is None


@given(whole=st.integers(100_000, 10**11))
def test_lakhs_and_crores_are_groups_of_two(whole: int) -> None:
    assert [q.value for q in quantities(f"Rs. {lakhs(str(whole))} only")] == [whole]


@given(st.text(max_size=80))
def test_plain_digits_keep_every_offset(text: str) -> None:
    assert len(plain_digits(text)) == len(text)


@given(st.text("0123456789.,'\u00a0 -–()%$€kmMio\n/", max_size=40))
def test_every_number_stands_where_it_says_and_none_overlap(text: str) -> None:
    found = quantities(text)
    assert all(text[q.start : q.end] == q.text for q in found)
    spans = sorted({(q.start, q.end) for q in found})
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("numeral", "sign", "values"),
    [
        ("1,234", None, ["1234", "1.234"]),
        ("1.234", None, ["1.234", "1234"]),
        ("1.234", DecimalSign.COMMA, ["1234"]),
        ("1.234", DecimalSign.POINT, ["1.234"]),
        ("1,234", DecimalSign.COMMA, ["1.234"]),
        ("0.234", DecimalSign.COMMA, ["0.234"]),
        ("1,234,567", DecimalSign.COMMA, ["1234567"]),
        ("1.234,5", DecimalSign.POINT, ["1234.5"]),
        ("12,5", DecimalSign.POINT, ["12.5"]),
    ],
)
def test_only_one_separator_before_three_digits_is_in_doubt(
    numeral: str, sign: DecimalSign | None, values: list[str]
) -> None:
    assert readings(numeral, sign) == tuple(map(Decimal, values))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("The margin was 12.5 % of 1,234.", DecimalSign.POINT),
        ("Die Marge betrug 12,5 % von 1.234.", DecimalSign.COMMA),
        ("12,5 % 1.234", DecimalSign.COMMA),
        ("3.2 Umsatz\nDie Erlöse lagen bei 1.234,50 Euro und 7,5 %, siehe 3.4 und 4.1.", DecimalSign.COMMA),
        ("See pages 1,2 and 3,4 of the report for the 1,234.50 paid.", DecimalSign.POINT),
        ("1'234.50 CHF und 17'000 CHF aus der Schweiz", DecimalSign.POINT),
        ("Der Umsatz ist mit 1.234 in der Liste.", DecimalSign.COMMA),
        ("The sum is 1.234 in the list.", DecimalSign.POINT),
        ("1,234 5,678", None),
        ("", None),
    ],
)
def test_the_document_tells_its_decimal_sign(text: str, sign: DecimalSign | None) -> None:
    assert notation_of(text).decimal is sign


def test_one_clear_page_tells_for_the_whole_document() -> None:
    pages = ["Umsatz 1.234 5.678", "Marge 12,5 % 13,4 %"]
    assert notation_of(pages[0]).decimal is None
    notation = notation_of_document(pages)
    assert [q.value for q in quantities(pages[0], notation)] == [1234, 5678]


def test_both_spellings_of_a_number_in_doubt_meet_in_the_index_and_a_year_is_no_number() -> None:
    assert indexed_numerals("1.234") == indexed_numerals("1,234") == indexed_numerals("1\u202f234") == "1234"
    assert indexed_numerals("2,019 ships in 2019") == "2,019 ships in 2019"
    assert indexed_numerals("12,50") == indexed_numerals("12.5") == "12.5"
    assert indexed_numerals("version 3.2.1") == "version 3.2.1"


def test_a_raised_digit_is_no_digit() -> None:
    assert [q.value for q in quantities("9⁴ deaths, 45,201²")] == [9, 45_201]
    assert [f"{q.value:f} {q.unit}" for q in quantities("3 m², 2 × 10⁶ t")] == ["3 m²", "2000000 t"]


def test_a_given_notation_outweighs_the_sentence() -> None:
    german = Notation(DecimalSign.COMMA, "german")
    assert quantities("The sum is 1.234", german)[0].value == 1234
