"""Neighbouring passages of two editions that hold the same characters, wherever lines, cells and words were broken.

A narrow column sets a row on several lines and breaks its words and numbers: "Outstandin | 6,987,00" over "g | 0" is
"Outstanding | 6,987,000". Such lines are one row where the row can be read off them piece by piece, every line from its
left to its right: the row is a shuffle of its lines (Ginsburg and Spanier 1965), which a memoised search decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from heapq import nsmallest
from random import Random

from shared_utils.editions.passages import Passage
from shared_utils.text.folding import fold

_MOST_BROKEN = 14  # passages of one window
_MOST_BETWEEN = 3  # passages that stand between those of one window and have a counterpart of their own
_MOST_TRIED = 8  # windows with the same characters, the nearest of them
_MOST_STATES = 20_000  # of the search; beyond it two windows are taken to differ
_SOFT = re.compile(r"[\u00ad\ufffe]|(?<=[^\W\d_])[-‐‑]")

Window = tuple[int, ...]


def broken_otherwise(
    before: Sequence[Passage], after: Sequence[Passage], rest_old: Sequence[int], rest_new: Sequence[int]
) -> Iterator[tuple[Window, Window]]:
    """Windows of passages, by their places in the two lists, that hold the same characters; no passage in two.

    Of the places given, `rest_old` and `rest_new`, ascending, only those with a window on the other side come back;
    passages that say the same word for word are no such windows. White space and hyphens after letters are no
    characters.
    """
    old = {i: _pieces(before[i].text) for i in rest_old}
    new = {j: _pieces(after[j].text) for j in rest_new}
    holders: dict[int, list[Window]] = defaultdict(list)
    for window, total in _windows(rest_new, new):
        holders[total].append(window)
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for window, total in sorted(_windows(rest_old, old), key=lambda one: len(one[0])):
        if not taken_old.isdisjoint(window):
            continue
        nearest = nsmallest(_MOST_TRIED, holders.get(total, ()), key=partial(_order, window))
        for other in nearest:
            is_as_it_was = [before[i].keys for i in window] == [after[j].keys for j in other]
            if not is_as_it_was and taken_new.isdisjoint(other) and _are_one(before, after, window, other, old, new):
                taken_old.update(window)
                taken_new.update(other)
                yield window, other
                break


def is_shuffle(whole: str, lines: Sequence[Sequence[str]]) -> bool:
    """Whether `whole` is the pieces of all lines, each line's in its order.

    >>> is_shuffle("Outstanding6,987,000", [["Outstandin", "6,987,00"], ["g", "0"]])
    True
    >>> is_shuffle("Outstanding6,897,000", [["Outstandin", "6,987,00"], ["g", "0"]])
    False
    """
    if len(whole) != sum(len(piece) for line in lines for piece in line):
        return False
    stack = [((0,) * len(lines), 0)]
    seen = {stack[0][0]}
    while stack and len(seen) <= _MOST_STATES:
        places, at = stack.pop()
        if at == len(whole):
            return True
        for n in reversed(range(len(lines))):  # the first line is tried first
            if places[n] < len(lines[n]) and whole.startswith(piece := lines[n][places[n]], at):
                further = (*places[:n], places[n] + 1, *places[n + 1 :])
                if further not in seen:
                    seen.add(further)
                    stack.append((further, at + len(piece)))
    return False


def _are_one(
    before: Sequence[Passage],
    after: Sequence[Passage],
    window: Window,
    other: Window,
    old: Mapping[int, Sequence[str]],
    new: Mapping[int, Sequence[str]],
) -> bool:
    """Whether the side with fewer passages, read on, is the other's lines.

    Several rows of values are no one row: read line by line, "A 1" over "B 2" would be "A 2" over "B 1".
    """
    sides = (
        ([before[i] for i in window], [old[i] for i in window]),
        ([after[j] for j in other], [new[j] for j in other]),
    )
    (few, whole), (many, lines) = sorted(sides, key=lambda side: len(side[0]))
    row = _row(few[0]) if len(few) == 1 else ""
    if row and len(many) == 1 and row == _row(many[0]):
        return True
    read_on = "".join(piece for line in whole for piece in line)
    if read_on == "".join(piece for line in lines for piece in line):
        return True
    if len(few) > 1 and any(passage.values for passage in few):
        return False
    if len(few) > 1 and all(passage.is_row and not passage.values for passage in many):
        return sorted(piece for line in whole for piece in line) == sorted(piece for line in lines for piece in line)
    if not any(passage.is_row for passage in many):
        return False
    by_cells = [_by_cells(passage) or line for passage, line in zip(many, lines, strict=True)]
    return any(is_shuffle(one, some) for one in {read_on, row} for some in (lines, by_cells))


def _order(window: Window, other: Window) -> tuple[int, int]:
    """The narrowest first, of those the one that stands nearest."""
    return len(other), abs(other[0] - window[0])


def _row(passage: Passage) -> str:
    """A row cell by cell, without white space."""
    return "".join(_by_cells(passage))


def _by_cells(passage: Passage) -> list[str]:
    return [piece for cell in passage.cells for piece in _pieces(cell)]


def _pieces(text: str) -> list[str]:
    return _SOFT.sub("", fold(text)).split()


def _windows(rest: Sequence[int], pieces: Mapping[int, Sequence[str]]) -> Iterator[tuple[Window, int]]:
    """Neighbouring places, and a number that windows of the same characters share, whatever their order."""
    totals = [sum(map(_number, "".join(pieces[place]))) for place in rest]
    for first in range(len(rest)):
        total = 0
        for last in range(first, min(len(rest), first + _MOST_BROKEN)):
            if rest[last] - rest[first] > last - first + _MOST_BETWEEN:
                break
            total += totals[last]
            if total:
                yield tuple(rest[first : last + 1]), total


@lru_cache(maxsize=10_000)
def _number(char: str) -> int:
    return Random(ord(char)).getrandbits(64)  # noqa: S311 - a number for a sum, no secret
