from __future__ import annotations

from decimal import Decimal

import pytest

from shared_utils.calculation.formula import Item, items_of, parsed, value_of, written


def figures(**values: str) -> dict[str, Decimal]:
    return {name.replace("_", " "): Decimal(value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b * c", "14"),
        ("(a + b) * c", "20"),
        ("a - b - c", "-5"),
        ("c / (a - 1 + b)", "1"),
        ("1,000 * a", "2000"),
        ("c × b ÷ a", "6"),
    ],
)
def test_a_formula_is_worked_out_by_the_rules_of_arithmetic(text: str, value: str) -> None:
    known = figures(a="2", b="3", c="4")
    assert value_of(parsed(text), lambda one: known[one.name]) == Decimal(value)


def test_functions_ask_for_the_year_before() -> None:
    assert list(items_of(parsed("average(inventory) / before(cost of sales)"))) == [
        Item("inventory"),
        Item("inventory", 1),
        Item("cost of sales", 1),
    ]


def test_a_division_by_nothing_has_no_value() -> None:
    assert value_of(parsed("a / (b - b)"), lambda _: Decimal(2)) is None
    assert value_of(parsed("(b - b) / (b - b)"), lambda _: Decimal(2)) is None


@pytest.mark.parametrize("text", ["", "a +", "(a", "a )", "* a", "a / / b", "(" * 60 + "a" + ")" * 60])
def test_what_is_no_formula_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"formula|bracket"):
        parsed(text)


@pytest.mark.parametrize("text", ["(a − b) / b", "a / (b × c)", "a − (b + c)", "a − b + c"])
def test_a_formula_is_written_with_the_brackets_that_it_needs(text: str) -> None:
    assert written(parsed(text), lambda one: one.name) == text
