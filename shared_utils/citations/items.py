"""What sets a line of an answer apart: the bullet or number of a list's item, the sign of a heading."""

from __future__ import annotations

import re

_GOES_ON = re.compile(r"(?<=[.!?:;])\s+(?=(\d{1,2})[.)]\s+\S)")
_MARK = re.compile(r"\s*(?:(?P<bullet>[-*•–])|(?P<number>\d{1,2})[.)]|(?P<heading>#{1,6}))\s+")


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends; a numbered list that goes on within a line has a line for each item.

    >>> lines_of("1. Open it. 2. Press it 3. times.\\nIt has 2. It")
    ['1. Open it. ', '2. Press it 3. times.\\n', 'It has 2. It']
    """
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        begun, start = _MARK.match(line), 0
        number = int(begun["number"]) if begun and begun["number"] else -1
        for mark in _GOES_ON.finditer(line) if number >= 0 else ():
            if int(mark[1]) == number + 1:
                found.append(line[start : mark.end()])
                start, number = mark.end(), number + 1
        found.append(line[start:])
    return found


def item_of(line: str) -> tuple[str, int]:
    """The mark a line begins with, as `Sentence.item` keeps it, and the index at which its words begin.

    >>> [item_of(line) for line in ("* red", "3) blue", "## Colours", "green")]
    [('-', 2), ('3.', 3), ('#', 3), ('', 0)]
    """
    begun = _MARK.match(line)
    if begun is None:
        return "", 0
    return f"{begun['number']}." if begun["number"] else "#" if begun["heading"] else "-", begun.end()
