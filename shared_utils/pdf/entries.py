"""What is filled into forms and written in annotations, as lines of a page's text, under names for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared_utils.pdf.lines import Word

if TYPE_CHECKING:
    from shared_utils.pdf.pages import Box, RawPage

NEAR, FAR = 300, 1800  # tenths of a point: how far a label stands from its box, and one that ends in a colon
BESIDE_TICK = 200  # how far words begin behind a tick box
WORD_GAP = 1.5  # × line height
ABOVE = 1.8  # × line height: how high a label stands over its box
LONG_VALUE = 8  # characters, from which a value that stands in the page's text is drawn there
LABEL_AT_MOST = 120  # characters
_NO_NAME = re.compile(r"/?(?:choice|option|value|button|radio|item|on|yes|true|x)?[ _-]?\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An annotation's words: see `annotated.py`. A technical name begins with NUL there, and is told apart here."""

    index: int
    kind: str
    name: str
    value: str
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Labels:
    """The words printed to the left of an annotation (else above it), and to its right."""

    left: str
    right: str


def labels(raw: RawPage) -> dict[int, Labels]:
    """For each annotation of a page that may hold words, by its number, what is printed beside it."""
    boxes = [box for _, box in raw.annotations]
    return {index: _labels(raw.text, raw.words, box, boxes) for index, box in raw.annotations}


def _labels(text: str, words: Sequence[Word], box: Box, others: Sequence[Box]) -> Labels:
    x0, y0, x1, y1 = box
    row = sorted((word for word in words if _is_level(word, y0, y1)), key=lambda word: word[2])
    walls = [other for other in others if other != box and min(y1, other[3]) > max(y0, other[1])]
    left_wall = max((other[2] for other in walls if other[2] <= x0), default=-(10**9))
    right_wall = min((other[0] for other in walls if other[0] >= x1), default=10**9)
    before = [word for word in row if left_wall <= word[2] and word[4] <= x0 + (y1 - y0) // 2]
    behind = [word for word in row if x1 - (y1 - y0) // 2 <= word[2] and word[4] <= right_wall]
    run = _together(text, before[::-1], lambda near, far: near[2] - far[4])[::-1]
    left = _said(text, run)
    if run and x0 - run[-1][4] > (FAR if left.endswith(":") else NEAR):
        left = ""
    if not left:
        over = [word for word in words if y0 - ABOVE * (word[5] - word[3]) <= word[3] and word[5] <= y0 + 30]
        left = _said(text, [word for word in over if x0 - 30 <= word[2] <= x1])
    right = _together(text, behind, lambda near, far: far[2] - near[4])
    return Labels(left, _said(text, right) if right and right[0][2] - x1 <= BESIDE_TICK else "")


def _is_level(word: Word, y0: int, y1: int) -> bool:
    return y0 <= (word[3] + word[5]) / 2 <= y1 or word[3] <= (y0 + y1) / 2 <= word[5]


def _together(text: str, words: Sequence[Word], gap: Callable[[Word, Word], int]) -> list[Word]:
    """The first words that stand close to each other."""
    run: list[Word] = []
    for word in words:
        if run and (gap(run[-1], word) > WORD_GAP * (word[5] - word[3]) or text[word[0] : word[1]].endswith(":") > 0):
            break
        run.append(word)
    return run


def _said(text: str, words: Iterable[Word]) -> str:
    said = " ".join(text[word[0] : word[1]] for word in words)
    return said if any(map(str.isalnum, said)) else ""


def lines(entries: Sequence[Entry], beside: Mapping[int, Labels], text: str) -> Iterator[str]:
    """The lines to add to a page's text, for what does not stand there as words already.

    Empty tick boxes are told where something else is filled in, under a name for people: an empty form says nothing.
    """
    drawn = "".join(text.split())
    is_filled = any(entry.value for entry in entries if entry.kind in ("field", "box", "group"))
    for entry in sorted(entries, key=lambda entry: entry.index):
        near = beside.get(entry.index, Labels("", ""))
        name = _name(entry, near)
        value = " ".join(entry.value.split())
        if entry.kind in ("box", "group"):
            if value or (is_filled and name and (entry.is_readable or name != entry.name)):
                yield f"{name}: {_choice(entry, near)}" if name else _choice(entry, near)
        elif not _is_drawn(name, value, drawn):
            yield f"{name}: {value}" if name else value


def _name(entry: Entry, near: Labels) -> str:
    """What people call it: the form's name for them, else what is printed beside it, else the form's own name."""
    match entry.kind:
        case "note" | "stamp":
            kind = entry.kind.capitalize()
            return f"{kind} by {entry.name}" if entry.name and entry.kind == "note" else kind
        case "text box":
            return _label(near.left) if near.left.endswith(":") else "Text box"
        case "box" if not entry.is_readable:
            return _label(near.right or near.left) or entry.name
        case "field" | "group" if not entry.is_readable and near.left.endswith(":"):
            return _label(near.left)
    return entry.name


def _label(words: str) -> str:
    return words.rstrip(" :.…_")[:LABEL_AT_MOST]


def _choice(entry: Entry, near: Labels) -> str:
    """What a tick says: yes or no, or which of several; that by its printed words where its name means nothing."""
    if entry.kind == "box":
        return "No" if not entry.value else "Yes" if _NO_NAME.fullmatch(entry.value) else entry.value
    if not entry.value:
        return "none chosen"
    is_meaningless = _NO_NAME.fullmatch(entry.value) is not None
    return _label(near.right or near.left) or entry.value if is_meaningless else entry.value


def _is_drawn(name: str, value: str, drawn: str) -> bool:
    """Whether a value stands among the page's words: a short one only behind its name."""
    wanted = "".join(value.split())
    return wanted in drawn if len(wanted) >= LONG_VALUE else "".join(f"{name}{wanted}".split()) in drawn
