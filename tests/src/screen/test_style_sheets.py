"""What a rule of the styles costs at every change of the page (ADR 0166)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).resolve().parents[3] / "src" / "screen").glob("*.css"))
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LEAF = re.compile(r"([^{};]+)\{[^{}]*\}")  # a rule that holds no other
_COMMA = re.compile(r",(?![^()]*\))")  # not one in brackets
_BY_A_PART = re.compile(r"\[class\*=")
_ANYTHING = re.compile(r"[\s>+~]\*$")
_INNERMOST = re.compile(r"\([^()]*\)")
_WITH_AND_BELOW = re.compile(r":has(?![\w-])[^\s>+~]*(?:\s*[>+~]\s*|\s+)[^.\s]")


def selectors(sheet: Path) -> Iterator[str]:
    for rule in _LEAF.finditer(_COMMENT.sub("", sheet.read_text(encoding="utf-8"))):
        yield from (one.strip() for one in _COMMA.split(rule[1]))


def test_the_sheets_are_read() -> None:
    assert sum(1 for sheet in SHEETS for _ in selectors(sheet)) > 300


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_asks_the_whole_page_at_every_change(sheet: Path) -> None:
    """`[class*=…] … *`: a class of whatever element changes, all below it is asked. `a:has(…) [b]`: whatever comes or
    goes, all of the page is, unless what stands after it is a class of its own."""
    costly = [
        one
        for one in selectors(sheet)
        if (_BY_A_PART.search(one) and _ANYTHING.search(one)) or _WITH_AND_BELOW.search(bare(one))
    ]
    assert costly == []


def bare(selector: str) -> str:
    """Without what stands in brackets.

    >>> bare("a:has(> b:not(c)) [d]")
    'a:has [d]'
    """
    while (inner := _INNERMOST.sub("", selector)) != selector:
        selector = inner
    return selector
