from __future__ import annotations

from shared_utils.calculation.formula import items_of
from src.answering.formulary import formulary


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
