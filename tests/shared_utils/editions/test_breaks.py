"""Where lines, cells and words were broken is no change; what is said in them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared_utils.editions.breaks import is_shuffle
from shared_utils.editions.compare import compare
from shared_utils.editions.model import Change
from shared_utils.types import Document, Span
from tests.shared_utils.editions.made import LEASE, document, edition

HEADS = ["Shares", "Price"]
FEES = ["Fees of the harbour", "12", "13"]
WHOLE = ["Outstanding at January 28", "6,987,000", "$ 36.61"]


def changes(old: Document, new: Document) -> tuple[Change, ...]:
    return compare(old, new).changes


def of_rows(*rows: Sequence[str], heads: Sequence[str] = HEADS, name: str = "b.pdf") -> Document:
    return edition(heads, [*rows, FEES], name)


@pytest.mark.parametrize(
    "lines",
    [
        [["Outstandin", "6,987,00", "$ 36.61"], ["g at January 28", "0", ""]],  # words and numbers
        [["Outstandin", "6,987", "$ 36"], ["g at Janu-", ",00", ".61"], ["ary 28", "0", ""]],  # three lines
        [["Outstanding at", "", ""], ["January 28", "6,987,000", "$ 36.61"]],  # the label alone
        [["Outstand ing at January 28", "6,987,0 00", "$36.61"]],  # within the cells
    ],
)
def test_a_row_that_a_narrow_column_broke_is_the_same_row_either_way(lines: list[list[str]]) -> None:
    whole, broken = of_rows(WHOLE, name="a.pdf"), of_rows(*lines)
    assert changes(whole, broken) == ()
    assert changes(broken, whole) == ()


def test_heads_that_were_broken_otherwise_are_no_change_and_still_name_their_columns() -> None:
    row = ["Ships called", "4,118", "3,902"]
    old = of_rows(row, heads=["Number December 31", "Price December 31"], name="a.pdf")
    new = of_rows(row, heads=["Num ber Decemb er 31", "Pri ce Decem ber 31"])
    assert changes(old, new) == ()
    other = of_rows(["Ships called", "4,181", "3,902"], heads=["Num ber Decemb er 31", "Pri ce Decem ber 31"])
    (change,) = changes(old, other)
    assert [(f.before and f.before.text, f.after and f.after.text) for f in change.facts] == [("4,118", "4,181")]


def test_words_of_heads_that_went_to_another_line_are_no_change() -> None:
    old = edition(["", ""], [["", "Paid-in Capital", "Total Equity"], FEES], "a.pdf")
    new = edition(["Paid-in", "Total"], [["", "Capital", "Equity"], FEES], "b.pdf")
    assert changes(old, new) == ()


@pytest.mark.parametrize(
    "lines",
    [
        [["Outstandin", "6,897,00", "$ 36.61"], ["g at January 28", "0", ""]],  # digits exchanged
        [["Outstandin", "6,987,00", "($ 36.61)"], ["g at January 28", "0", ""]],  # a sign
        [["Outstandin", "698,700", "$ 36.61"], ["g at January 28", "0", ""]],  # a separator that moved
        [["Outstandin", "36.61", "$ 6,987,00"], ["g at January 28", "0", ""]],  # values exchanged
    ],
)
def test_what_differs_in_a_broken_row_is_told(lines: list[list[str]]) -> None:
    assert changes(of_rows(WHOLE, name="a.pdf"), of_rows(*lines)) != ()


def test_values_that_two_rows_exchanged_are_told() -> None:
    old = of_rows(["Rent", "40", "51"], ["Wages", "62", "73"], name="a.pdf")
    assert len(changes(old, of_rows(["Rent", "62", "51"], ["Wages", "40", "73"]))) == 2


def test_a_sentence_that_was_read_as_lines_of_a_table_is_no_change() -> None:
    sentence = "This amount is primarily comprised of the remeasurement of deferred tax liabilities."
    old = edition(HEADS, [[sentence, "", ""], FEES], "a.pdf")
    new = edition(
        HEADS, [["This amount is", "", ""], [sentence.removeprefix("This amount is "), "", ""], FEES], "b.pdf"
    )
    assert changes(old, new) == ()


def test_sentences_that_were_split_otherwise_are_one() -> None:
    broken = [sentence.replace("Tenant for five", "Ten- ant for five") for sentence in LEASE]
    broken[2:3] = ["The premises have an area of 1,240 square", "metres and hold 85 desks."]
    assert changes(document(LEASE), document(broken)) == ()


def test_the_end_of_a_broken_sentence_is_not_taken_for_the_same_words_elsewhere() -> None:
    end = "December 31, 2022 and 2021."
    one, other = (
        "Letters of credit amounted to $5,070 and $3,634 as of",
        "Advances to airlines were $3,586 and $3,290 at",
    )
    between = LEASE[1:4]
    old = document([f"{one} {end}", *between, other, end])
    new = document([one, end, *between, f"{other} {end}"])
    assert changes(old, new) == ()


def paged(*tables: Document) -> Document:
    """The tables directly one behind another, each on a page of its own, under the sentence of the first."""
    first, *others = (table.pages[0] for table in tables)
    lead = len(first.text.split("\n")[0]) + 1
    hidden = [replace(page, number=n, label=str(n), hidden=(Span(0, lead),)) for n, page in enumerate(others, start=2)]
    return replace(tables[0], pages=(first, *hidden))


def test_heads_that_the_next_page_repeats_are_no_change() -> None:
    rows = [["Rent", "40", "51"], ["Wages", "62", "73"], FEES]
    whole = edition(HEADS, rows, "a.pdf")
    broken = paged(edition(HEADS, rows[:1], "b.pdf"), edition(HEADS, rows[1:], "c.pdf"))
    assert changes(whole, broken) == ()
    assert changes(broken, whole) == ()
    renamed = paged(edition(HEADS, rows[:1], "b.pdf"), edition(["Shares", "Quantity"], rows[1:], "c.pdf"))
    assert changes(whole, renamed) != ()


def test_values_exchanged_between_the_columns_of_a_row_that_is_read_cell_by_cell_are_told() -> None:
    whole = of_rows(["Rent", "40", "51"], name="a.pdf")
    assert changes(whole, stacked(whole, ["Rent", "", ""], ["", "51", ""], ["", "", "40"])) != ()
    assert changes(whole, stacked(whole, ["Rent", "", ""], ["", "", "51"], ["", "40", ""])) == ()


def stacked(whole: Document, *lines: Sequence[str]) -> Document:
    """The first row of values set on several lines, every cell with one span a line."""
    (page,) = whole.pages
    (table,) = page.tables
    text = page.text
    spans: dict[int, list[Span]] = {}
    for line in lines:
        text += "\n"
        for column, words in enumerate(line):
            if words:
                spans.setdefault(column, []).append(Span(len(text), len(text) + len(words)))
                text += f"{words} "
    cells = [
        replace(cell, spans=tuple(spans[cell.column]), text=" ".join(text[s.start : s.end] for s in spans[cell.column]))
        if cell.row == 1
        else cell
        for cell in table.cells
    ]
    old = next(cell for cell in table.cells if cell.row == 1)
    hidden = (Span(old.spans[0].start, page.text.index("\n", old.spans[0].start)),)
    made = replace(page, text=text, tables=(replace(table, cells=tuple(cells)),), hidden=hidden)
    return replace(whole, id="stacked", pages=(made,))


def test_a_row_whose_cells_stand_on_two_lines_each_is_read_cell_by_cell() -> None:
    whole = of_rows(["Americas", "$ 3,341", "$ 3,880"], name="a.pdf")
    assert changes(whole, stacked(whole, ["Americ", "$", "$"], ["as", "3,341", "3,880"])) == ()
    assert changes(whole, stacked(whole, ["Americ", "$", "$"], ["as", "3,880", "3,341"])) != ()
    assert changes(whole, stacked(whole, ["Americ", "$", "$"], ["as", "3,431", "3,880"])) != ()


def test_a_row_is_read_off_its_lines_from_left_to_right_only() -> None:
    assert is_shuffle("a1b2", [["a", "b"], ["1", "2"]])
    assert not is_shuffle("a1b2", [["b", "a"], ["1", "2"]])
    assert not is_shuffle("a1b", [["a", "b"], ["1", "2"]])
    assert not is_shuffle("", [["a"]])


def test_a_search_that_grows_too_large_ends() -> None:
    lines = [["a"] * 8 for _ in range(12)]
    lines[-1][:2] = ["b", "c"]
    assert not is_shuffle("a" * 94 + "cb", lines)
