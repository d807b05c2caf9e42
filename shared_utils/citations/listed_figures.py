"""Whether a figure that was looked up in a sentence is told of what was asked, where the sentence lists several.

"Ferries rose by 7 %, trams by 27 % and boats by 9 %." has three answers to how much something rose.
"""

from __future__ import annotations

import re

from shared_utils.citations.text_units import Unit, content_keys, words_of
from shared_utils.text.quantities import Quantity, quantities

_AND = re.compile(r"[,;:]|\b(?:and|or|und|oder|et|ou)\b", re.IGNORECASE)


def figure_of_another(claim: str, question: str, unit: Unit) -> bool:
    """Whether no place of the figure in the sentence is the one that the claim and its question lead to.

    A list is taken apart where its items are joined. The first of them may begin with words that go for all: another
    one is meant where an item has a word of what was asked that the figure's own has not; the first, where the figure's
    own has none.
    """
    wanted = [q for q in quantities(claim, unit.notation) if not q.is_year and not q.in_words and not q.ordinal]
    figures = [q for q in unit.numbers if not q.is_year and not q.in_words and not q.ordinal]
    if unit.is_row or len(wanted) != 1 or not any(q.same_digits(wanted[0]) for q in figures):
        return False
    asked = frozenset(key for key in content_keys(words_of(f"{claim} {question}")) if not key[0].isdigit())
    items = [(asked & keys, own) for keys, own in _items(unit, figures) if own]
    first = items[0][0]
    places = [keys for keys, own in items if any(q.same_digits(wanted[0]) for q in own)]
    rivals = [keys for keys, own in items if not any(q.same_digits(wanted[0]) or q.unit != wanted[0].unit for q in own)]
    if not places or not rivals:
        return False
    return all(
        any(theirs - keys and (theirs is not first or not keys - first) for theirs in rivals if theirs is not keys)
        for keys in places
    )


def _items(unit: Unit, figures: list[Quantity]) -> list[tuple[frozenset[str], list[Quantity]]]:
    """The words and the figures of each item; one without a figure goes with the next that has one."""
    found: list[tuple[frozenset[str], list[Quantity]]] = []
    ends = [match.start() for match in _AND.finditer(unit.text) if not _within(match.start(), figures)]
    start, keys = 0, frozenset[str]()
    for end in (*ends, len(unit.text)):
        own = [q for q in figures if start <= q.start < end]
        keys |= content_keys(words_of(unit.text[start:end]))
        if own:
            found.append((keys, own))
            keys = frozenset[str]()
        start = end
    return found


def _within(at: int, figures: list[Quantity]) -> bool:
    return any(q.start <= at < q.end for q in figures)
