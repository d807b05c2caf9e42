"""The year or the row that holds the greatest or the least figure, in every language that is understood."""

from __future__ import annotations

import pytest

from shared_utils.calculation.extremes import extreme
from shared_utils.retrieval.table_rows import rows_of
from shared_utils.types import Page, PageVerdict
from tests.shared_utils.retrieval.test_lookup import table_of

YEARS = "Accounts of the port\n2021 2022 2023\nRevenue 410 520 505\nDredging 9.7 8.3 8.3\n"
PORTS = "Cargo by port\nPort Tonnes\nNorth 120\nSouth 340\nEast 90\nTotal 550\n"
BY_YEAR = "Losses\nYear Wrecks Wrecks rate Crew\n2019 31 2.5 400\n2020 28 2.6 390\n2021 35 2.4 300\n"
VOTERS = "Voter registration totals\nCounty North South Grand total\nAsh 9 4 13\nElm 5 9 14\nYew 2 3 5\nTotals 16 16 32"
PUMPS = "Pumps\nPump Weight (kg) Head (m)\nP1 17.4 18\nP2 12.5 22\nP3 15.0 9\n"
FITS = "Models of the counts\nPoisson Negative binomial Hurdle\nAIC 35.2 24.9 24.1\nBIC 36.0 24.2 24.6\n"
CARS = "Road tests\nmpg hp\nFiat 128 32.4 66\nHonda Civic 30.4 52\nMaserati Bora 15.0 335\n"
FLEETS = """Fleet
Type of ship 2022 2022 % 2023 2023 %
Freight
Bulk 40 40 38 38
Tank 12 12 13 13
Other
Tugs 48 48 49 49
All ships total 100 100 100 100
"""
FOOD = (
    "Contents\nContent Per 100 g Per serving\nSalts\nSodium 1400 790\nPotassium 400 229\nZinc 2 1\nFats\nLard 26 15\n"
)
TOOLS = "List of cutting and drilling tools\nName Uses Size\nSaw 9 44\nDrill 20 12\nAwl 15 3\n"
CAUSES = "Causes\nCause n %\nWind 77 33.9\nTide 31 13.7\nFog 23 10.1\n"
GRIDS = {
    CAUSES: ["Cause|n|%", "Wind|77|33.9", "Tide|31|13.7", "Fog|23|10.1"],
    FOOD: [
        "Content|Per 100 g|Per serving",
        "Salts||",
        "Sodium|1400|790",
        "Potassium|400|229",
        "Zinc|2|1",
        "Fats||",
        "Lard|26|15",
    ],
    TOOLS: ["Name|Uses|Size", "Saw|9|44", "Drill|20|12", "Awl|15|3"],
    FLEETS: [
        "Type of ship|2022|2022 %|2023|2023 %",
        "Freight||||",
        "Bulk|40|40|38|38",
        "Tank|12|12|13|13",
        "Other||||",
        "Tugs|48|48|49|49",
        "All ships total|100|100|100|100",
    ],
    CARS: ["|mpg|hp", "Fiat 128|32.4|66", "Honda Civic|30.4|52", "Maserati Bora|15.0|335"],
    BY_YEAR: ["Year|Wrecks|Wrecks rate|Crew", "2019|31|2.5|400", "2020|28|2.6|390", "2021|35|2.4|300"],
    VOTERS: ["County|North|South|Grand total", "Ash|9|4|13", "Elm|5|9|14", "Yew|2|3|5", "Totals|16|16|32"],
    PUMPS: ["Pump|Weight (kg)|Head (m)", "P1|17.4|18", "P2|12.5|22", "P3|15.0|9"],
    FITS: ["|Poisson|Negative binomial|Hurdle", "AIC|35.2|24.9|24.1", "BIC|36.0|24.2|24.6"],
    YEARS: ["|2021|2022|2023", "Revenue|410|520|505", "Dredging|9.7|8.3|8.3"],
    PORTS: ["Port|Tonnes", "North|120", "South|340", "East|90", "Total|550"],
}


def chosen(question: str, text: str) -> str | None:
    table = table_of([line.split("|") for line in GRIDS[text]], text)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table,))
    found = extreme(question, rows_of("d", page, 1.0))
    return found.found.facts[0].value.text if found is not None else None


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Which year had the highest revenue?", "520"),
        ("In which year was revenue lowest?", "410"),
        ("What year had the highest revenue between 2022 and 2023?", "520"),
        ("Which year had the highest dredging?", "9.7"),
        ("Which year had the lowest dredging?", None),  # two years share it
        ("Which year had the highest rainfall?", None),
        ("What was the revenue in 2022?", None),
    ],
)
def test_the_year_of_the_greatest_or_least_value(question: str, value: str | None) -> None:
    assert chosen(question, YEARS) == value


@pytest.mark.parametrize(
    "question",
    [
        "Welches Jahr hatte die höchste Revenue?",
        "En quelle année est revenue la plus élevée ?",
        "¿En qué año fue más alto el revenue?",
        "In quale anno era revenue più alto?",
        "Em que ano foi o revenue mais alto?",
        "In welk jaar was de revenue het hoogst?",
    ],
)
def test_in_other_languages(question: str) -> None:
    assert chosen(question, YEARS) == "520"


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Which port had the most tonnes?", "340"),  # and not the total
        ("Which port had the fewest tonnes?", "90"),
        ("Which port had the most passengers?", None),
        ("Which airport had the most tonnes?", None),
    ],
)
def test_the_row_of_the_greatest_or_least_value(question: str, value: str | None) -> None:
    assert chosen(question, PORTS) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("In which year were there the most wrecks?", BY_YEAR, "35"),  # and not the highest rate
        ("Which year had the highest wrecks rate?", BY_YEAR, "2.6"),
        ("Which year had the fewest crew?", BY_YEAR, "300"),
        ("Which county has the most registered voters?", VOTERS, "14"),  # of the total: no part of them is asked for
        ("Which county has the most voters in the north?", VOTERS, "9"),
        ("Which pump is the heaviest?", PUMPS, "17.4"),
        ("Which model has the smallest BIC?", FITS, "24.2"),
        ("Which car has the lowest mpg overall?", CARS, "15.0"),  # nothing stands over the labels
        ("Which car has the highest price?", CARS, None),
    ],
)
def test_years_down_the_page_and_columns_that_are_named_in_part(question: str, text: str, value: str | None) -> None:
    assert chosen(question, text) == value


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Which type of ship was the largest in 2023?", "49"),  # whatever lines part them, and no share of them
        ("Which type of ship was the smallest in 2022?", "12"),
        ("Which kind of dock was the largest in 2023?", None),
    ],
)
def test_rows_in_groups_are_of_one_kind_where_the_head_over_them_says_so(question: str, value: str | None) -> None:
    assert chosen(question, FLEETS) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("Which salt is there most of?", FOOD, "1400"),  # in both columns
        ("Which cutting and drilling tool is the largest?", TOOLS, "44"),  # by its size
        ("Which cutting and drilling tool is there most of?", TOOLS, None),  # the columns do not agree
        ("Which cause was the most frequent?", CAUSES, "77"),  # the count of it, not its share
    ],
)
def test_the_column_is_told_by_the_superlative_or_need_not_be(question: str, text: str, value: str | None) -> None:
    assert chosen(question, text) == value
