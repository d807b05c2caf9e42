"""Lines with Hebrew or Arabic in the order in which they are drawn, from the left. Used in the child alone.

After the Unicode Bidirectional Algorithm (UAX 9), without its explicit marks; numbers are runs of their own. Arabic
letters are not joined. Whoever reads the page puts its words in the order in which they are spoken again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import groupby

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def has_right_to_left(text: str) -> bool:
    """Whether a letter in it is read from the right."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def reads_from_right(text: str) -> bool:
    """Whether its first letter is read from the right."""
    return next((found for c in text if (found := _direction(c)) is not None), False)


def drawn(line: str) -> str:
    """One line, in the order in which its characters stand from left to right.

    >>> drawn("\u05d0\u05d1 (12) ab") == "ab (12) \u05d1\u05d0", drawn("ab \u05d0\u05d1.") == "ab \u05d1\u05d0."
    (True, True)
    """
    from_right = reads_from_right(line)
    directions = [_direction(c) for c in line]
    for start, end in _gaps(directions):
        before = _beside(line[start - 1], from_right) if start else from_right
        after = _beside(line[end], from_right) if end < len(line) else from_right
        directions[start:end] = [before if before == after else from_right] * (end - start)
    runs = [
        (bool(is_right), "".join(c for _, c in group))
        for is_right, group in groupby(zip(directions, line, strict=True), key=lambda pair: pair[0])
    ]
    shown = [text[::-1].translate(_MIRRORED) if is_right else text for is_right, text in runs]
    return "".join(shown[::-1] if from_right else shown)


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines of at most `width` where words allow it, before they are turned round."""
    lines: list[str] = []
    for line in text.split("\n"):
        current = ""
        for word in line.split():
            longer = f"{current} {word}".strip()
            if current and measure(longer) > width:
                lines.append(current)
                current = word
            else:
                current = longer
        lines.append(current)
    return lines


def _direction(character: str) -> bool | None:
    """True from the right, False from the left, None for what goes with its neighbours."""
    kind = unicodedata.bidirectional(character)
    return True if kind in ("R", "AL") else False if kind in ("L", "EN", "AN") else None


def _beside(character: str, from_right: bool) -> bool | None:
    """What it is for what stands beside it: in a line from the right, a number counts as read from there (N1)."""
    is_number = unicodedata.bidirectional(character) in ("EN", "AN")
    return True if is_number and from_right else _direction(character)


def _gaps(directions: list[bool | None]) -> list[tuple[int, int]]:
    gaps: list[tuple[int, int]] = []
    for at, direction in enumerate(directions):
        if direction is None and gaps and gaps[-1][1] == at:
            gaps[-1] = (gaps[-1][0], at + 1)
        elif direction is None:
            gaps.append((at, at + 1))
    return gaps
