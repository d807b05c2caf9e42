from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from shared_utils.calculation.calculate import Calculation, NotComputed, calculate
from shared_utils.calculation.formulary import formulary_of
from shared_utils.calculation.operands import operand
from shared_utils.retrieval.lookup import look_up
from shared_utils.retrieval.table_rows import rows_of
from shared_utils.types import Page, PageVerdict
from src.answering.formulary import formulary
from tests.shared_utils.retrieval.test_lookup import table_of

TEXT = """Balance and income of the harbour
2022 2023
Harbour dues 640 720
Quay rents 160 180
Total income 800 900
Dredging 83 97
Wages (179) (188)
Net result 41 (12)
Current assets 300 360
Current liabilities 200 150
"""
ROWS = [line.split("|") for line in (
    "|2022|2023", "Harbour dues|640|720", "Quay rents|160|180", "Total income|800|900", "Dredging|83|97",
    "Wages|(179)|(188)", "Net result|41|(12)", "Current assets|300|360", "Current liabilities|200|150",
)]  # fmt: skip
PAGE = Page(1, "1", TEXT, PageVerdict.TEXT, tables=(table_of(ROWS, TEXT),))
FORMULARY = formulary_of(
    {
        "items": {"wages": ["wages"], "income": ["total income"], "current assets": ["current assets"]},
        "synonyms": {"revenue": "income"},
        "amounts": {"paid": ["wages"]},
        "ratios": {
            "wage share": {"formula": "wages / income", "as": "percent"},
            "current ratio": {"formula": "current assets / current liabilities", "as": "number"},
            "tonnage ratio": {"formula": "tonnage / income", "as": "number"},
        },
    }
)


def asked(question: str) -> Calculation | NotComputed | None:
    return calculate(question, [("d", PAGE, 1.0)], [("d", PAGE)], FORMULARY)


@pytest.mark.parametrize(
    ("question", "formula", "result"),
    [
        ("By how much did harbour dues increase from 2022 to 2023?", "720 − 640", "80"),
        ("What was the percentage change in harbour dues between 2022 and 2023?", "(720 − 640) / 640", "12.5 %"),
        ("What percentage of total income were quay rents in 2023?", "180 / 900", "20 %"),
        ("What percentage of total income were quay rents in 2022?", "160 / 800", "20 %"),
        ("What percentage of total income were harbour dues in 2023? Round to one decimal.", "720 / 900", "80.0 %"),
        ("What percentage of total income was dredging in 2023?", "97 / 900", "11 % (10.78 %)"),
        ("What was the return on an investment in dredging from 2022 to 2023?", "(97 − 83) / 83", "16.9 %"),
        ("By what percentage did harbour dues fall from 2022 to 2023?", "(720 − 640) / 640", "12.5 %"),
        ("What is the net change in wages in 2023?", "−188 − −179", "−9"),
        ("What was the sum of dredging for 2022 and 2023?", "83 + 97", "180"),
        ("How much were harbour dues, quay rents and dredging together in 2023?", "720 + 180 + 97", "997"),
        ("How many times as high were harbour dues as quay rents in 2023?", "720 / 180", "4.00"),
        ("What is the ratio of harbour dues to quay rents in 2023?", "720 / 180", "4.00"),
        ("What was the ratio of the amount of harbour dues to that of quay rents in 2023?", "720 / 180", "4.00"),
        ("What was the average of dredging from 2022 to 2023?", "(83 + 97) / 2", "90"),
        ("What is the difference between harbour dues and quay rents in 2023?", "720 − 180", "540"),
        ("What were harbour dues in 2022, and what was their difference with quay rents?", "640 − 160", "480"),
        ("What was the wage share in 2023? Round to two decimals.", "188 / 900", "20.89 %"),
        ("What was the current ratio in 2022?", "300 / 200", "1.50"),
        ("How did the net result change from 2022 to 2023?", "−12 − 41", "−53"),
        (
            "What is the staff ratio in 2023? Staff ratio is defined as: 2023 wages / (average income between 2022 and "
            "2023). Round your answer to three decimal places.",
            "188 / ((900 + 800) / 2)",
            "0.221",
        ),
    ],
)  # fmt: skip
def test_a_figure_is_worked_out_from_cells_that_are_shown(question: str, formula: str, result: str) -> None:
    found = asked(question)
    assert isinstance(found, Calculation)
    assert (found.formula, found.result) == (formula, result)


def test_an_operand_that_stands_nowhere_is_named_and_nothing_is_guessed() -> None:
    found = asked("What was the tonnage ratio in 2023?")
    assert isinstance(found, NotComputed)
    assert found.missing == ("tonnage 2023",)


def test_a_year_that_is_not_told_gives_no_figure() -> None:
    assert isinstance(asked("What was the current ratio in 2019?"), NotComputed)
    assert asked("By how much did harbour dues increase from 2018 to 2019?") is None


def test_what_asks_for_no_figure_is_not_computed() -> None:
    for question in ("What was dredging in 2023?", "Did wages change in 2023?", "Who signed the accounts?"):
        assert asked(question) is None


def test_the_newest_year_is_meant_where_none_is_told() -> None:
    found = asked("What is the current ratio?")
    assert isinstance(found, Calculation)
    assert (found.period, found.value) == ("2023", Decimal("2.40"))


def test_a_figure_that_is_compared_brings_the_year_before() -> None:
    found = asked("How does the current ratio of 2023 compare to 2022?")
    assert isinstance(found, Calculation)
    assert found.earlier is not None
    assert (found.result, found.earlier.result) == ("2.40", "1.50")


def test_a_formulary_that_names_nothing_known_is_refused() -> None:
    with pytest.raises(ValueError, match="no item"):
        formulary_of({"items": {}, "synonyms": {"sales": "revenue"}})
    with pytest.raises(ValueError, match="formula"):
        formulary_of({"ratios": {"odd": {"formula": "a / / b"}}})


def test_a_difference_of_which_one_side_is_told_is_not_taken_for_a_change_over_years() -> None:
    assert asked("What was the difference with harbour dues?") is None
    assert isinstance(asked("What was the difference in harbour dues?"), Calculation)


def test_interest_is_found_beside_what_it_is_owed_on() -> None:
    text = (
        "Costs of the harbour\n2023\nInterest and other expense, net 26\nInterest expense on borrowings and fees 90\n"
    )
    rows = [["", "2023"], ["Interest and other expense, net", "26"], ["Interest expense on borrowings and fees", "90"]]
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    found = calculate(
        "What was the interest cover in 2023? Interest cover is defined as 450 / interest expense.",
        [("d", page, 1.0)],
        [("d", page)],
        formulary_of({"items": {"interest expense": ["interest expense", "interest expense, net"]}}),
    )
    assert isinstance(found, Calculation)
    assert found.formula == "450 / 90"


LOSSES = """Losses at sea
Year Wrecks Crew
2020 28 390
2021 35 300
2022 21 240
Total 84 930
"""
LOST = [line.split("|") for line in ("Year|Wrecks|Crew", "2020|28|390", "2021|35|300", "2022|21|240", "Total|84|930")]


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("By how much did wrecks rise from 2020 to 2021?", "35 − 28"),
        ("What was the average of wrecks in 2021 and 2022?", "(35 + 21) / 2"),
        ("How many more crew than wrecks were there in all?", "930 − 84"),
    ],
)
def test_years_down_the_page_and_two_columns_of_a_total(question: str, formula: str) -> None:
    page = Page(1, "1", LOSSES, PageVerdict.TEXT, tables=(table_of(LOST, LOSSES),))
    result = calculate(question, [("d", page, 1.0)], [("d", page)], FORMULARY)
    assert isinstance(result, Calculation)
    assert result.formula == formula


MEASURES = [line.split("|") for line in (
    "|Length|Draught", "Ada|12|3", "Berta|24|4", "Clara|18|2",
)]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("How many times as much length has Berta as Ada?", "24 / 12"),
        ("How many times as much sail has Berta as Ada?", None),
        ("How much length have Ada, Berta and Clara together?", "12 + 24 + 18"),
        ("How much sail have Ada, Berta and Clara together?", None),
    ],
)
def test_a_figure_of_a_column_that_nothing_names_is_not_guessed(question: str, formula: str | None) -> None:
    text = "Boats\n" + "\n".join(" ".join(row) for row in MEASURES)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(MEASURES, text),))
    found = calculate(question, [("d", page, 1.0)], [("d", page)], FORMULARY)
    assert (found.formula if isinstance(found, Calculation) else None) == formula


@pytest.mark.parametrize(("values", "result"), [(("320", "840"), "38.1 %"), (("38.1 %", "840"), None)])
def test_a_share_is_worked_out_where_the_row_of_its_name_has_amounts(
    values: tuple[str, str], result: str | None
) -> None:
    formulary = formulary_of(
        {
            "items": {"gross profit": ["gross margin"], "revenue": ["net sales"]},
            "ratios": {"gross margin": {"formula": "gross profit / revenue", "as": "percent"}},
        }
    )
    text = f"Income\n2023\nGross margin {values[0]}\nNet sales {values[1]}\n"
    table = table_of([["", "2023"], ["Gross margin", values[0]], ["Net sales", values[1]]], text)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table,))
    found = calculate("What was the gross margin percentage in 2023?", [("d", page, 1.0)], [("d", page)], formulary)
    assert (found.result if isinstance(found, Calculation) else found) == result


LOANS = [line.split("|") for line in (
    "|2022|2023|2023 %", "Loans on ships|||", "Tugs|120|140|70.0", "Ferries|40 (1)|60|30.0", "Loans on quays|||",
    "Stone|7|8|80.0", "Timber|3|2|20.0", "Total loans on quays|10|10|100.0",
)]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("What did all loans on ships add up to in 2023?", "140 + 60"),
        ("How much were the loans on ships in total in 2022?", "120 + 40"),  # the mark of a note is no figure
        ("What did the loans on quays add up to in 2023?", None),  # the table says it itself
        ("How much was the largest of the loans on ships in 2023?", None),
        ("What were total wages paid to crews with loans on ships in 2023?", None),
    ],
)
def test_rows_under_a_line_are_added_where_the_table_prints_no_sum(question: str, formula: str | None) -> None:
    text = "Loans\n" + "\n".join(" ".join(row) for row in LOANS)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(LOANS, text),))
    found = calculate(question, [("d", page, 1.0)], [("d", page)], FORMULARY)
    assert (found.formula if isinstance(found, Calculation) else None) == formula


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("54.3% (0.3%)", "54.3"),
        ("57.4 ± 0.3", "57.4"),
        ("10,000 (1)", "10000"),
        ("1,250*", "1250"),
        ("(179)", "-179"),
        ("(179) (2)", "-179"),
        ("41 179", None),
    ],
)
def test_a_spread_a_share_or_the_mark_of_a_note_beside_a_figure_is_no_second_one(
    printed: str, value: str | None
) -> None:
    text = f"Runs\n2023\nNorth {printed}\n"
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of([["", "2023"], ["North", printed]], text),))
    (row,) = rows_of("d", page, 1.0)
    found = operand(row, row.facts[0])
    assert (found.value if found else None) == (Decimal(value) if value else None)


SCHOOLS = [line.split("|") for line in (
    "Year|All forms|Early forms|Late forms", "Counted|||", "2020|90|60|30", "2021|94|62|32", "2022|99|66|33",
    "Expected|||", "2023|101|66|35",
)]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("How many more pupils will town schools have in 2023 than in 2020?", "101 − 90"),  # the sum of the others
        ("How many more pupils of early forms will there be in 2023 than in 2021?", "66 − 62"),
        ("How many more teachers will harbours have in 2023 than in 2020?", None),
    ],
)
def test_years_under_lines_are_one_row_of_years_and_what_all_add_up_to_is_meant(
    question: str, formula: str | None
) -> None:
    text = "Pupils of town schools by forms\n" + "\n".join(" ".join(row) for row in SCHOOLS)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(SCHOOLS, text),))
    found = calculate(question, [("d", page, 1.0)], [("d", page)], FORMULARY)
    assert (found.formula if isinstance(found, Calculation) else None) == formula


def test_a_part_is_not_greater_than_its_whole() -> None:
    assert asked("What percentage of dredging were harbour dues in 2023?") is None
    ratio = asked("What were harbour dues as a percentage of dredging in 2023?")
    assert isinstance(ratio, Calculation)
    assert ratio.formula == "720 / 97"


FOOD = [line.split("|") for line in (
    "Content|Unit|Per 100 g|Per serving", "Salts|||", "Sodium|mg|1400|790", "Potassium|mg|400|229", "Fat|g|26|15",
)]  # fmt: skip
PARTS = [line.split("|") for line in ("Part|Size|Load", "Beam long|466|12", "Beam|98|40", "Rail|50|9")]


@pytest.mark.parametrize(
    ("question", "rows", "formula"),
    [
        ("What is the ratio of sodium to potassium per 100 g?", FOOD, "1,400 / 400"),
        ("How much are sodium and potassium together per serving?", FOOD, "790 + 229"),
        ("How much are sodium and fat together per serving?", FOOD, None),  # mg and g
        ("How much bigger is the beam long than the rail?", PARTS, "466 − 50"),
        ("How much older is the beam long than the rail?", PARTS, None),
    ],
)
def test_the_column_is_told_by_what_stands_behind_or_by_a_comparative(
    question: str, rows: list[list[str]], formula: str | None
) -> None:
    text = "What is in it\n" + "\n".join(" ".join(row) for row in rows)
    table = replace(table_of(rows, text), stub_columns=2 if rows is FOOD else 1)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table,))
    found = calculate(question, [("d", page, 1.0)], [("d", page)], formulary())
    assert (found.formula if isinstance(found, Calculation) else None) == formula


CASES = [line.split("|") for line in (
    "Town|At home (%)|Abroad (%)|Total (n)", "Ashby|86.2|13.8|3,300", "Elmton|3.0|97.0|1,100", "Yewley|50.0|50.0|400",
    "County total|60.0|40.0|4,800",
)]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("How many more cases did Ashby have than Elmton?", "3,300 − 1,100"),
        ("What share of the county total did Elmton report?", "1,100 / 4,800"),
        ("How many cases did Elmton and Yewley have together?", "1,100 + 400"),
        ("What is the ratio of cases in Ashby to those in Elmton?", "3,300 / 1,100"),
    ],
)
def test_what_counts_is_meant_and_no_share_beside_it(question: str, formula: str) -> None:
    text = "Cases of 2021\n" + "\n".join(" ".join(row) for row in CASES)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(CASES, text),))
    found = calculate(question, [("d", page, 1.0)], [("d", page)], formulary())
    assert isinstance(found, Calculation)
    assert found.formula == formula


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("How many cases did Elmton have?", ["1,100"]),
        ("What percentage of cases in Elmton were from abroad?", ["97.0"]),
    ],
)
def test_how_many_is_no_share(question: str, values: list[str]) -> None:
    text = "Cases of 2021\n" + "\n".join(" ".join(row) for row in CASES)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(CASES, text),))
    found = look_up(question, [("d", page, 1.0)])
    assert found is not None
    assert [fact.value.text for fact in found.facts] == values


ITEMS = [line.split("|") for line in (
    "Kind of item|Number of items|Percent of items|Min|Max", "Buoys|74|55|2|90", "Lights|61|45|3|41",
    "Total|135|100|2|90",
)]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("How many more items were buoys than lights?", "74 − 61"),
        ("What is the difference between the maximum and the minimum of lights?", "41 − 3"),
    ],
)
def test_a_share_is_told_by_the_word_over_it_and_the_most_by_its_abbreviation(question: str, formula: str) -> None:
    text = "Items\n" + "\n".join(" ".join(row) for row in ITEMS)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(ITEMS, text),))
    found = calculate(question, [("d", page, 1.0)], [("d", page)], formulary())
    assert isinstance(found, Calculation)
    assert found.formula == formula


ERRORS = [line.split("|") for line in (
    "Forecast|Years ahead 1|Years ahead 4|Years ahead 10", "4-year bonds|1.8|5.4|14.8", "2-year bonds|2.2|4.8|10.1",
)]  # fmt: skip


def test_a_number_over_a_column_tells_it_and_what_stands_over_all_columns_tells_none() -> None:
    text = "Errors\n" + "\n".join(" ".join(row) for row in ERRORS)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(ERRORS, text),))
    found = look_up("What is the error of 2-year bonds at 10 years ahead?", [("d", page, 1.0)])
    assert found is not None
    assert [fact.value.text for fact in found.facts] == ["10.1"]
    question = "How much higher is the error for 4-year bonds than for 2-year bonds at 10 years ahead?"
    result = calculate(question, [("d", page, 1.0)], [("d", page)], formulary())
    assert isinstance(result, Calculation)
    assert result.formula == "14.8 − 10.1"
