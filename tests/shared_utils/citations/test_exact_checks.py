"""Numbers of a claim beside numbers of the page: spelling, rounding and unit do not matter, all else does."""

from __future__ import annotations

import pytest

from shared_utils.citations.signs import says_minus
from shared_utils.citations.verification import verify
from shared_utils.text.numerals import DecimalSign, Notation
from shared_utils.text.quantities import quantities
from shared_utils.types import Verdict

_INCOME = "2017 2018\nNet income 10,073 11,588"
_SALES = "(in millions)\n2017 2018\nNet sales 5,000 6,864"


def verdict(claim: str, page: str) -> Verdict:
    return verify(claim, [page]).verdict


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("The lock is a gate, specifically one that is opened by a master and some helpers.", Verdict.SUPPORTED),
        ("The lock is a gate opened by one master and some helpers.", Verdict.SUPPORTED),
        ("The lock is a gate opened by two masters and some helpers.", Verdict.NOT_FOUND),
    ],
)
def test_one_of_which_the_page_counts_none_is_no_number_that_it_lacks(claim: str, told: Verdict) -> None:
    assert verdict(claim, "The lock is a gate opened by a master and some helpers.") is told


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        (
            "The new bridge cost 2,450,000 crowns.",
            "The new bridge cost 2,450,000, of which the state paid half, crowns.",
        ),
        ("The bridge carries 120,000 cars a day.", "The bridge carries 1,20,000 cars a day."),
        ("Der Umsatz der Firma war 1,234.5 Kronen.", "Der Umsatz der Firma war 1.234,5 Kronen."),
        ("The firm paid 5 crore rupees.", "The firm paid Rs. 5,00,00,000."),
        ("The firm earned about 17.6 billion euros.", "The firm earned 17,606 million euros."),
        ("The firm earned more than 17 billion euros.", "The firm earned 17,606 million euros."),
        ("The share rose by more than 10 %.", "The share rose by 14 %."),
        ("The firm earned nearly 18 billion euros.", "The firm earned 17,606 million euros."),
        ("The firm earned rund 17,6 Mrd. Euro.", "The firm earned 17,606 million euros."),
        ("The tower is 3.1 miles away from the port.", "The tower is 5 km away from the port."),
        ("The oven is heated to 212 °F before use.", "The oven is heated to 100 °C before use."),
        ("The oven is heated to 100 degrees Celsius before use.", "The oven is heated to 100 °C before use."),
        ("The margin rose 50 basis points in the year.", "The margin rose 0.5 percentage points in the year."),
        ("The deadline is 24 hours.", "The deadline is 1 day."),
        ("The price is 5 pounds a day.", "The price is £5 a day."),
        ("The contract was signed on 15 March 2023.", "The contract was signed on 15.03.2023."),
        ("Der Vertrag wurde am 15. März 2023 unterschrieben.", "Der Vertrag wurde am 15.03.2023 unterschrieben."),
        ("The contract was signed on 3 April 2023.", "The contract was signed on 3/4/2023."),
        ("The contract was signed on March 4, 2023.", "The contract was signed on 3/4/2023."),
        ("The bridge is four years old.", "The bridge is 4 years old."),
        ("It is the 4th bridge over the river.", "It is the fourth bridge over the river."),
        ("Die Frist beträgt zwölf Wochen.", "Die Frist beträgt 12 Wochen."),
        ("Sales rose in the third quarter to 41 million.", "Sales rose in Q3 to 41 million."),
        ("Sales were 41 million in FY23.", "Sales were 41 million in 2022/23."),
        ("COVID-19 closed the port for two weeks.", "COVID-19 closed the port for 2 weeks."),
        ("The crew wears a COVID 19 mask.", "The crew wears a COVID-19 mask."),
        ("The then-16-year-old crew won.", "The then 16-year-old crew won."),
        ("Peel each one and weigh 2 pounds of potatoes.", "Weigh 2 pounds of potatoes and peel them one by one."),
        ("There were 9 deaths on the road in 2023.", "There were 9⁴ deaths on the road in 2023."),
        ("Net sales were 6.864 billion in 2018.", _SALES),
    ],
)
def test_a_true_figure_is_supported_however_it_is_written(claim: str, page: str) -> None:
    assert verdict(claim, page) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The firm earned more than 18 billion euros.", "The firm earned 17,606 million euros."),
        ("The firm earned 17.8 billion euros.", "The firm earned 17,606 million euros."),
        ("The firm earned 17.6 million euros.", "The firm earned 17,606 million euros."),
        ("The revenue was 1.234 crowns.", "The revenue of the firm was 1,234 crowns in the year."),
        ("The tower is 5 miles away from the port.", "The tower is 5 km away from the port."),
        ("The margin rose 5 percent in the year.", "The margin rose 5 percentage points in the year."),
        ("The contract was signed on 16 March 2023.", "The contract was signed on 15.03.2023."),
        ("The contract was signed on 3 May 2023.", "The contract was signed on 3/4/2023."),
        ("Sales were 41 million in FY22.", "Sales were 41 million in FY23."),
        ("Sales rose in the second quarter to 41 million.", "Sales rose in Q3 to 41 million."),
        ("The price is $5 a day.", "The price is £5 a day."),
        ("Data is read less than 82 times a year.", "Data is read less than 12 times a year."),
        ("Die Frist beträgt elf Wochen.", "Die Frist beträgt 12 Wochen."),
        ("Net sales were 6,864 billion in 2018.", _SALES),
    ],
)
def test_another_digit_year_unit_or_scale_is_contradicted(claim: str, page: str) -> None:
    assert verdict(claim, page) is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("claim", "page", "told"),
    [
        ("The firm earned 17.6 billion euros.", "The firm earned 17,606 million euros.", "rounds it to"),
        ("The firm has 17,600 workers.", "The firm has 17,606 workers.", "rounds it to"),
        ("The share rose by more than 10 %.", "The share rose by 40 %.", "only compares it with 10 %"),
    ],
)
def test_what_is_rounded_without_a_word_is_partly_supported_and_says_so(claim: str, page: str, told: str) -> None:
    found = verify(claim, [page])
    assert found.verdict is Verdict.PARTLY
    assert told in str(found.reason)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The net loss was 724.", "Net income (724)"),
        ("The net loss in 2023 was 724.", "2022 2023\nNet income (loss) 310 (724)"),
        ("Ergebnis: Verlust 724", "Ergebnis (724)"),
        ("Costs decreased by 5 %.", "Change in costs -5 %"),
        ("The result before tax was -5,506.", "The result before tax was (5,506)."),
        ("The result changed by -5 %.", "The result changed by a fall of 5 %."),
    ],
)
def test_words_may_stand_for_the_minus(claim: str, page: str) -> None:
    assert verdict(claim, page) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The result was 5,506.", "2022 2023\nResult before tax (3,200) (5,506)"),
        ("The result was 5,506.", "The result was (5,506)."),
        ("The result was 5,506.", "Result before tax (5,506)"),
        ("The temperature fell to 8 °C at night.", "The temperature fell to −8 °C at night."),
        ("The result was -5,506.", "The result was 5,506."),
    ],
)
def test_a_lost_minus_is_never_supported(claim: str, page: str) -> None:
    assert verdict(claim, page) is not Verdict.SUPPORTED


def test_only_words_near_a_number_stand_for_its_minus() -> None:
    text = "The loss was 5, and the result was 724, which fell to 300, down 12 %."
    assert [says_minus(text, q) for q in quantities(text)] == [True, False, False, True]


def test_a_number_in_another_sentence_does_not_support_a_claim() -> None:
    found = verify("The album was released in 2014.", ["The album was released by Bad Boy. He toured in 2014."])
    assert found.verdict is Verdict.PARTLY
    assert "not beside what the answer says of it" in str(found.reason)
    assert (
        verdict("The album sold 5 million times.", "The album sold well. He has 5 million friends.") is Verdict.PARTLY
    )
    assert verdict("Sales rose 14.9 % in 2014.", "Report 2014\nSales rose 14.9 %.") is Verdict.SUPPORTED
    assert verdict("Sales rose 14.9 % in 2014.", "In 2014 the firm grew. Sales rose 14.9 %.") is Verdict.SUPPORTED


@pytest.mark.parametrize(
    "claim",
    [
        "Net income was 10,073 in 2017 and 11,588 in 2018.",
        "Net income: 2017: 10,073; 2018: 11,588.",
        "In 2018, 11,588 was net income, against 10,073 in 2017.",
        "Net income went from 10,073 in 2017 to 11,588 in 2018.",
        "Net income in 2017 and 2018 was 10,073 and 11,588, respectively.",
        "Net income for both 2018 and for 2017 is here, with 10,073 first.",
    ],
)
def test_two_cells_of_one_row_in_one_sentence_are_never_contradicted(claim: str) -> None:
    assert verdict(claim, _INCOME) is not Verdict.CONTRADICTED


@pytest.mark.parametrize(
    "claim",
    [
        "Net income was 11,588 in 2017 and 10,073 in 2018.",
        "Net income: 2017: 11,588.",
        "Net income in 2017 and 2018 was 11,588 and 10,073, respectively.",
        "Net income was 11,588 in 2017.",
    ],
)
def test_cells_that_change_places_are_contradicted(claim: str) -> None:
    assert verdict(claim, _INCOME) is Verdict.CONTRADICTED


def test_the_number_of_a_passage_is_of_the_task_and_no_fact() -> None:
    found = verify("Sales rose 5 % in the year (passage 3).", ["Sales rose 5 % in the year, by 12 ships."])
    assert found.verdict is not Verdict.CONTRADICTED
    assert "12" not in str(found.reason)


def test_a_number_that_may_be_read_in_two_ways_is_never_contradicted() -> None:
    for page in ("Revenue 1,234 crowns", "Revenue 1.234 crowns"):
        for claim in ("Revenue: 1,234 crowns", "Revenue: 1.234 crowns", "Revenue: 1234 crowns"):
            assert verdict(claim, page) is Verdict.SUPPORTED


def test_the_document_tells_how_the_evidence_writes_its_numbers() -> None:
    claim, page = "The revenue was 1234 crowns.", "Revenue 1.234 crowns in the year."
    comma, point = Notation(DecimalSign.COMMA), Notation(DecimalSign.POINT, "english")
    assert verify(claim, [page], notations=[comma]).verdict is Verdict.SUPPORTED
    assert verify(claim, [page], notations=[point]).verdict is Verdict.CONTRADICTED


def test_a_year_of_the_page_that_the_answer_names_as_well_contradicts_no_other_year_of_it() -> None:
    page = "The Shipping Act of 1934 binds every harbour of the district."
    two = verify("The Shipping Act of 1934 binds every harbour of the district in 2017.", [page])
    assert two.verdict in (Verdict.NOT_FOUND, Verdict.PARTLY)
    assert "2017" in str(two.reason)
    assert "1934" not in str(two.reason)
    one = verify("The Shipping Act of 1935 binds every harbour of the district.", [page])
    assert one.verdict is Verdict.CONTRADICTED
