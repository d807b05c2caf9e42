from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.retrieval.lookup import SURE, LookUp, look_up, years_of
from shared_utils.types import Cell, Page, PageVerdict, RowKind, Span, Table

TEXT = """Statements of operations (in millions)
2016 2017
Net sales 135,987 177,866
Operating expenses:
Cost of sales 88,265 111,934
Net income 2,371 3,033
Net income per share 4.90 6.15
"""
ROWS = [line.split("|") for line in (
    "|2016|2017", "Net sales|135,987|177,866", "Operating expenses:||", "Cost of sales|88,265|111,934",
    "Net income|2,371|3,033", "Net income per share|4.90|6.15",
)]  # fmt: skip


def table_of(rows: list[list[str]], text: str) -> Table:
    """A table whose first row names its columns and whose first column its rows; a row without values is a group."""
    cells, at = [], 0
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            if words:
                at = text.index(words, at)
                cells.append(Cell(r, r, c, c, words, (Span(at, at + len(words)),), (0.0, 0.0, 1.0, 1.0)))
                at += len(words)
    kinds = [RowKind.HEAD, *(RowKind.DATA if any(row[1:]) else RowKind.GROUP for row in rows[1:])]
    groups = [max((g for g in range(r) if kinds[g] is RowKind.GROUP), default=None) for r in range(len(rows))]
    return Table(
        cells=tuple(cells),
        rows=len(rows),
        columns=len(rows[0]),
        rect=(0.0, 0.0, 1.0, 1.0),
        head_rows=1,
        stub_columns=1,
        parts=(0,),
        kinds=tuple(kinds),
        parents=tuple(() if group is None else (group,) for group in groups),
        caption=text.partition("\n")[0],
    )


PAGE = Page(1, "1", TEXT, PageVerdict.TEXT, tables=(table_of(ROWS, TEXT),))


def asked(question: str, *pages: Page) -> LookUp:
    found = look_up(question, [("d", page, 1.0) for page in pages or (PAGE,)])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("What was net income in 2017?", ["3,033"]),
        ("What was net income in 2016?", ["2,371"]),
        ("What was net income in FY16?", ["2,371"]),
        ("How much was net income per share in 2017?", ["6.15"]),
        ("How did net sales develop from 2016 to 2017?", ["135,987", "177,866"]),
        ("What is the cost of sales?", ["88,265", "111,934"]),
    ],
)
def test_the_row_and_the_year_that_are_asked_for_give_the_value(question: str, values: list[str]) -> None:
    found = asked(question)
    assert [fact.value.text for fact in found.facts] == values
    assert found.score >= SURE


def test_a_year_that_the_table_does_not_have_is_no_look_up() -> None:
    assert asked("What was net income in 2021?").score < SURE <= asked("What was net income in 2017?").score


def test_a_longer_name_is_no_answer_to_a_shorter_question_nor_the_reverse() -> None:
    assert asked("What was net income in 2017?").facts[0].labels[-1].text == "Net income"
    assert asked("Net income per share in 2017?").facts[0].labels[-1].text == "Net income per share"


def test_a_question_about_something_else_is_answered_by_no_row() -> None:
    assert look_up("Who founded the company?", [("d", PAGE, 1.0)]) is None
    assert look_up("What was net income?", [("d", replace(PAGE, tables=()), 1.0)]) is None
    assert look_up("What was net income?", []) is None
    assert look_up("Why did net income rise in 2017?", [("d", PAGE, 1.0)]) is None  # no value is a reason


def test_of_two_tables_alike_the_one_on_the_better_page_counts() -> None:
    other = replace(PAGE, number=2)
    found = look_up("What was net income in 2017?", [("d", PAGE, 0.4), ("d", other, 1.0)])
    assert found is not None
    assert found.page.number == 2


def test_a_group_tells_rows_of_one_name_apart() -> None:
    text = "Leases\n2017\nGross:\nUnited States 14\nFrance 3\nNet:\nUnited States 5\nFrance 1\n"
    rows = [["", "2017"], ["Gross:", ""], ["United States", "14"], ["France", "3"], ["Net:", ""],
            ["United States", "5"], ["France", "1"]]  # fmt: skip
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    assert asked("What are the net leases in the United States?", page).facts[0].value.text == "5"
    assert asked("What are the gross leases in the United States?", page).facts[0].value.text == "14"


def test_a_label_tells_its_value_and_how_many_there_are_is_no_amount_beside_it() -> None:
    text = "Equity\n2018 2019\nCommon stock:\nAuthorized shares — 5,000\nOutstanding shares — 491 and 498 5 6\n"
    rows = [["", "2018", "2019"], ["Common stock:", ""], ["Authorized shares — 5,000", "", ""],
            ["Outstanding shares — 491 and 498", "5", "6"]]  # fmt: skip
    table = table_of(rows, text)
    of_data = replace(table, kinds=(*table.kinds[:2], RowKind.DATA, RowKind.DATA), parents=((), (), (1,), (1,)))
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(of_data,))
    authorized = asked("How many shares of common stock are authorized?", page).facts[0]
    assert (authorized.value.text, authorized.labels[-1].text) == ("5,000", "Authorized shares")
    assert page.text[authorized.value.spans[0].start : authorized.value.spans[0].end] == "5,000"
    assert asked("How many shares of common stock are outstanding?", page).facts[0].value.text == "491 and 498"
    assert asked("What was common stock outstanding in 2019?", page).facts[0].value.text == "6"


def test_columns_of_words_are_told_by_their_names() -> None:
    text = "Officers\nName Age Position\nAndrew Jassy 52 Chief of web services\nBrian Olsavsky 56 Chief of finance\n"
    rows = [["Name", "Age", "Position"], ["Andrew Jassy", "52", "Chief of web services"],
            ["Brian Olsavsky", "56", "Chief of finance"]]  # fmt: skip
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    assert [f.value.text for f in asked("What is the age of Andrew Jassy?", page).facts] == ["52"]
    both = asked("What position does Brian Olsavsky hold, and what is his age?", page)
    assert [f.value.text for f in both.facts] == ["56", "Chief of finance"]


def test_a_number_with_a_comma_is_no_year() -> None:
    assert years_of("2,019 people in 2018, FY22 and 20191") == {"2018", "2022"}


def test_when_a_year_ends_is_no_name_of_a_column() -> None:
    added = "Additions to plant by region\nYear ended 2017\nCanada 13\n"
    held = "Plant by region\n2017\nCanada 20\n"
    pages = [
        Page(n, str(n), text, PageVerdict.TEXT, tables=(table_of([["", head], ["Canada", value]], text),))
        for n, (text, head, value) in enumerate([(added, "Year ended 2017", "13"), (held, "2017", "20")], start=1)
    ]
    assert asked("What was the plant in Canada at the end of 2017?", *pages).facts[0].value.text == "20"


def test_the_name_of_whom_the_document_is_about_tells_no_row() -> None:
    text = "Stores\n2017\nAcorn Trading 925\nGoodwill 83\nAnnual report of Acorn Trading\n"
    rows = [["", "2017"], ["Acorn Trading", "925"], ["Goodwill", "83"]]
    pages = [
        Page(n, str(n), text, PageVerdict.TEXT, tables=(table_of(rows if n == 1 else rows[:1] + rows[2:], text),))
        for n in range(1, 6)
    ]
    found = asked("What goodwill does Acorn Trading have?", *pages)
    assert found.facts[0].labels[-1].text == "Goodwill"


def test_the_row_of_the_company_itself_is_no_answer_to_what_it_has() -> None:
    text = "Stock performance\nJanuary 28, 2017\nAcorn Trading Co., Inc. 139\nOthers 83\n"
    rows = [["", "January 28, 2017"], ["Acorn Trading Co., Inc.", "139"], ["Others", "83"]]
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    question = "What goodwill does Acorn Trading have for the year ending January 28, 2017?"
    assert look_up(question, [("d", page, 1.0)]) is None


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How much was the valuation allowance applied to deferred tax assets in 2017?", "(54)"),
        ("What were deferred tax assets, net of valuation allowances, in 2017?", "57"),
        ("What were the income taxes in 2017?", "9"),
        ("What was income before income taxes in 2017?", "33"),
        ("What was the pre-tax income in 2017?", "33"),
    ],
)
def test_what_a_row_is_without_is_not_what_it_tells(question: str, value: str) -> None:
    text = "Taxes\n2017\nIncome before income taxes 33\nIncome taxes 9\nGross deferred tax assets 111\n"
    text += "Less valuation allowance (54)\nDeferred tax assets, net of valuation allowances 57\n"
    rows = [["", "2017"], ["Income before income taxes", "33"], ["Income taxes", "9"],
            ["Gross deferred tax assets", "111"], ["Less valuation allowance", "(54)"],
            ["Deferred tax assets, net of valuation allowances", "57"]]  # fmt: skip
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    assert [fact.value.text for fact in asked(question, page).facts] == [value]


def test_a_label_that_tells_the_amount_it_is_without_is_the_row_to_read() -> None:
    text = "Balance sheet\n2017\nReceivables, net of allowances of $52 900\nInventory 4\n"
    rows = [["", "2017"], ["Receivables, net of allowances of $52", "900"], ["Inventory", "4"]]
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    assert asked("What were the allowances for receivables in 2017?", page).score >= SURE


DUE = "Future amortization of licences is as follows:\n2018 $ 377\n2019 337\n2020 1,258\nThereafter (72)\n"
DUE_ROWS = [["2018", "377"], ["2019", "337"], ["2020", "1,258"], ["Thereafter", "(72)"]]


@pytest.mark.parametrize(
    ("below", "is_read"),
    [("$   1,900\n", True), ("1,901\n", False), ("Tax 1,900\n", False), ("1,900 14\n", False), ("\n", False)],
)
def test_a_sum_without_a_label_is_the_total_of_its_table_where_it_adds_up(below: str, is_read: bool) -> None:
    text = DUE + below + "The licences run for nine years.\n"
    table = replace(table_of(DUE_ROWS, text), head_rows=0, kinds=(RowKind.DATA,) * 4, caption="")
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table,))
    found = look_up("What is the total future amortization of licences?", [("d", page, 1.0)])
    told = [fact.value for fact in found.facts] if found else []
    assert ([cell.text for cell in told] == ["1,900"]) is is_read
    if is_read:
        assert found is not None
        assert found.score >= SURE
        (span,) = told[0].spans
        assert text[span.start : span.end] == "1,900"


def test_the_year_itself_comes_before_its_change_against_another() -> None:
    text = "Sales\n2022 2021 Change 2022-2021\nRevenue 17,606 15,785 12 %\n"
    rows = [["", "2022", "2021", "Change 2022-2021"], ["Revenue", "17,606", "15,785", "12 %"]]
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    assert [fact.value.text for fact in asked("What was revenue in 2022?", page).facts] == ["17,606"]


@pytest.mark.parametrize(("question", "value"), [("revenue", "46,298"), ("revenue of the segment", "3,504")])
def test_the_whole_comes_before_a_segment_that_is_not_asked_for(question: str, value: str) -> None:
    tables = (("International segment", "3,504"), ("Results of the group", "46,298"))
    pages = []
    for number, (title, revenue) in enumerate(tables, start=1):
        text = f"{title}\n2023\nRevenue {revenue}\n"
        table = table_of([["", "2023"], ["Revenue", revenue]], text)
        pages.append(Page(number, str(number), text, PageVerdict.TEXT, tables=(table,)))
    found = asked(f"What was {question} in 2023?", *pages)
    assert [fact.value.text for fact in found.facts] == [value]


def one_table(rows: list[list[str]], title: str = "Results", before: Table | None = None) -> Page:
    text = "\n".join([title, *(" ".join(row) for row in rows)])
    return Page(1, "1", text, PageVerdict.TEXT, tables=(replace(table_of(rows, text), before=before),))


def test_a_label_in_its_own_order_comes_before_another_of_the_same_words() -> None:
    page = one_table([["", "2018"], ["Other income/(expense), net", "560"], ["Net income", "19,965"]])
    found = asked("What was net income in 2018?", page)
    assert [fact.value.text for fact in found.facts] == ["19,965"]


@pytest.mark.parametrize(("label", "is_sure"), [("Commercial paper", False), ("Commercial paper, interest rate", True)])
def test_an_amount_is_no_answer_to_what_rate_it_bears(label: str, is_sure: bool) -> None:
    found = asked("What interest rate did the commercial paper bear in 2018?", one_table([["", "2018"], [label, "11"]]))
    assert (found.score >= SURE) is is_sure


def test_a_row_whose_group_may_stand_on_the_page_before_gives_way_to_one_without_groups() -> None:
    head = table_of([["", "2018"], ["Americas:", ""]], "2018 Americas:")
    parts = [["", ""], ["Net sales", "36"], ["Europe:", ""], ["Net sales", "20"]]
    text = "Segments\nNet sales 36\nEurope:\nNet sales 20"
    table = table_of(parts, text)
    rest = [replace(cell, row=cell.row - 1, row_end=cell.row_end - 1) for cell in table.cells]
    kinds, parents = table.kinds[1:], tuple(tuple(row - 1 for row in rows) for rows in table.parents[1:])
    rest_of = replace(table, cells=tuple(rest), rows=3, head_rows=0, kinds=kinds, parents=parents, before=head)
    segments = Page(1, "1", text, PageVerdict.TEXT, tables=(rest_of,))
    whole = replace(one_table([["", "2018"], ["Net sales", "84"]], "Segments"), number=2)
    found = asked("What were net sales in 2018?", segments, whole)
    assert [fact.value.text for fact in found.facts] == ["84"]


def test_a_code_is_named_by_the_next_column_and_remarks_do_not_tell_the_kind_of_a_value() -> None:
    rows = [
        ["Character", "Meaning", "Typical result", "Other info"],
        ["B", "Battery voltage", "27.87", "Varies with the charge that is left when it is read."],
        ["O", "Output voltage", "118.3", "Also see on battery voltage."],
        ["T", "Temperature", "36.0", "In degrees."],
    ]
    text = "\n".join(" ".join(row) for row in rows)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    found = asked("What is the typical result of the battery voltage command?", page)
    assert [fact.value.text for fact in found.facts] == ["27.87"]
    assert [cell.text for cell in found.facts[0].labels] == ["B", "Battery voltage"]


def test_a_column_that_says_the_same_of_each_row_names_none() -> None:
    rows = [
        ["Cable", "Power loss", "Low battery"],
        ["940-0020B", "Yes", "No"],
        ["940-0020C", "Yes", "Yes"],
        ["940-0023A", "Yes", "No"],
        ["940-0119A", "Yes", "Yes"],
    ]
    text = "\n".join(" ".join(row) for row in rows)
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    found = asked("Does the 940-0023A cable signal a low battery?", page)
    assert [cell.text for cell in found.facts[0].labels] == ["940-0023A"]
