"""Formulas of items in words: "365 * average(inventory) / cost of revenue", parsed by recursive descent, never run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation

_SIGNS = {"×": "*", "÷": "/", "−": "-", "–": "-"}
_TOKEN = re.compile(r"\s*(?:(?P<number>\d[\d,]*(?:\.\d+)?)(?![^\W\d_]|\d)|(?P<sign>[-+*/()])|(?P<word>[^\s+*/()]+))")
_FUNCTIONS = ("average", "before", "change")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """A figure by its name, `years_before` the year that is asked for."""

    name: str
    years_before: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str  # one of + - * /
    left: Formula
    right: Formula


Formula = Number | Item | Operation


def parsed(text: str) -> Formula:
    """A formula from its words. Raises ValueError where it is none.

    >>> parsed("current assets / current liabilities")
    Operation(sign='/', left=Item(name='current assets', years_before=0), \
right=Item(name='current liabilities', years_before=0))
    """
    reader = _Reader(list(_tokens(text)))
    formula = reader.sum(0)
    if reader.peek() is not None:
        raise ValueError(f"this is no formula: {text!r}")
    return formula


def items_of(formula: Formula) -> Iterator[Item]:
    """The items of a formula, from left to right, each once for each time it stands there."""
    match formula:
        case Item():
            yield formula
        case Operation(_, left, right):
            yield from items_of(left)
            yield from items_of(right)
        case Number():
            pass


def value_of(formula: Formula, figure: Callable[[Item], Decimal]) -> Decimal | None:
    """What a formula comes to; None where something is divided by nothing."""
    try:
        return _value(formula, figure)
    except (DivisionByZero, InvalidOperation):
        return None


def written(formula: Formula, figure: Callable[[Item], str]) -> str:
    """A formula with its figures, as people write one: "(17,606 − 15,785) / 15,785"."""
    match formula:
        case Number(value):
            return f"{value:,}"
        case Item():
            return figure(formula)
        case Operation(sign, left, right):
            before, after = (written(side, figure) for side in (left, right))
            if sign in "*/":
                before = f"({before})" if isinstance(left, Operation) and left.sign in "+-" else before
                after = f"({after})" if isinstance(right, Operation) else after
            elif sign == "-" and isinstance(right, Operation) and right.sign in "+-":
                after = f"({after})"
            return f"{before} {_PRINTED[sign]} {after}"


_PRINTED = {"+": "+", "-": "−", "*": "×", "/": "/"}


def _value(formula: Formula, figure: Callable[[Item], Decimal]) -> Decimal:
    match formula:
        case Number(value):
            return value
        case Item():
            return figure(formula)
        case Operation(sign, left, right):
            one, other = _value(left, figure), _value(right, figure)
            if sign == "+":
                return one + other
            if sign == "-":
                return one - other
            return one * other if sign == "*" else one / other


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"this is no formula: {text!r}")
        yield match.lastgroup or "", match[match.lastgroup or 0]
        at = match.end()


class _Reader:
    """The tokens of one formula, and how far they were read."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *signs: str) -> str:
        token = self.peek()
        if token is not None and token[0] == "sign" and token[1] in signs:
            self._at += 1
            return token[1]
        return ""

    def sum(self, depth: int) -> Formula:
        left = self._product(depth)
        while sign := self._take("+", "-"):
            left = Operation(sign, left, self._product(depth))
        return left

    def _product(self, depth: int) -> Formula:
        left = self._factor(depth)
        while sign := self._take("*", "/"):
            left = Operation(sign, left, self._factor(depth))
        return left

    def _factor(self, depth: int) -> Formula:
        if depth > _DEEPEST:
            raise ValueError("a formula within too many brackets")
        if self._take("("):
            return self._closed(depth)
        token = self.peek()
        if token is None or token[0] == "sign":
            raise ValueError("a formula without an end")
        if token[0] == "number":
            self._at += 1
            return Number(Decimal(token[1].replace(",", "")))
        words = []
        while (token := self.peek()) is not None and token[0] != "sign":
            words.append(token[1])
            self._at += 1
        name = " ".join(words)
        if name.lower() in _FUNCTIONS and self._take("("):
            return _applied(name.lower(), self._closed(depth))
        return Item(name)

    def _closed(self, depth: int) -> Formula:
        inner = self.sum(depth + 1)
        if not self._take(")"):
            raise ValueError("a bracket without its other half")
        return inner


def _applied(function: str, inner: Formula) -> Formula:
    before = _earlier(inner)
    if function == "before":
        return before
    if function == "change":
        return Operation("-", inner, before)
    return Operation("/", Operation("+", inner, before), Number(Decimal(2)))


def _earlier(formula: Formula) -> Formula:
    match formula:
        case Item(name, years_before):
            return Item(name, years_before + 1)
        case Operation(sign, left, right):
            return Operation(sign, _earlier(left), _earlier(right))
        case Number():
            return formula
