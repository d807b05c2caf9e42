from __future__ import annotations

from shared_utils.calculation.formula import items_of
from shared_utils.retrieval.lookup import look_up
from shared_utils.types import Page, PageVerdict
from src.answering.formulary import formulary
from tests.shared_utils.retrieval.test_lookup import table_of


def test_every_item_of_every_formula_is_one_that_the_file_tells_the_labels_of() -> None:
    known = formulary()
    for ratio in known.ratios:
        for formula in ratio.formulas:
            for one in items_of(formula):
                assert known.printed(one.name) != (one.name,) or (one.name,) in known.items.values(), one.name


def test_ratios_are_found_by_their_other_names_the_longest_first() -> None:
    known = formulary()
    named = known.ratio_in(["what", "net", "profit", "margin"])
    assert named is not None
    assert named.name == "net margin"


def test_an_average_is_read_under_what_the_head_of_its_column_calls_it() -> None:
    text = "Purity of the finds\nMetal Arithmetic Mean Median\nGold 22.1 21.0\nSilver 14.5 15.2\n"
    rows = [["Metal", "Arithmetic Mean", "Median"], ["Gold", "22.1", "21.0"], ["Silver", "14.5", "15.2"]]
    page = Page(1, "1", text, PageVerdict.TEXT, tables=(table_of(rows, text),))
    found = look_up("What is the average purity of gold?", [("d", page, 1.0)], glossary=formulary().glossary)
    assert found is not None
    assert [fact.value.text for fact in found.facts] == ["22.1"]
