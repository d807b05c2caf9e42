"""What sets a line of an answer apart: the bullet or number of a list's item, the sign of a heading."""

from __future__ import annotations

import re

_MARK = re.compile(r"\s*(?:(?P<bullet>[-*•–])|(?P<number>\d{1,2})[.)]|(?P<heading>#{1,6}))\s+")


def item_of(line: str) -> tuple[str, int]:
    """The mark a line begins with, as `Sentence.item` keeps it, and the index at which its words begin.

    >>> [item_of(line) for line in ("* red", "3) blue", "## Colours", "green")]
    [('-', 2), ('3.', 3), ('#', 3), ('', 0)]
    """
    begun = _MARK.match(line)
    if begun is None:
        return "", 0
    return f"{begun['number']}." if begun["number"] else "#" if begun["heading"] else "-", begun.end()
