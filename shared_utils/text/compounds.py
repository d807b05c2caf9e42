"""Compounds of German and Dutch taken apart over words that are known: "Mietkaution" holds "Kaution".

After Koehn and Knight, "Empirical methods for compound splitting" (2003): a split is one into known words, joined by
one of the letters that join them; of several the one with the fewest parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

COMPOUNDING = frozenset(("german", "dutch"))
_JOINTS = ("", "s", "es", "n", "en", "er", "e")
_SHORTEST = 4  # letters of a part
_MOST_PARTS = 4


def parts(word: str, is_known: Callable[[str], bool], most: int = _MOST_PARTS) -> tuple[str, ...]:
    """The known words that a folded word is made of, in order; () where it is not made of any two.

    >>> parts("kundigungsfrist", {"kundigung", "frist"}.__contains__)
    ('kundigung', 'frist')
    >>> parts("frist", {"frist"}.__contains__)
    ()
    """
    best: tuple[str, ...] = ()
    for end in range(_SHORTEST, len(word) - _SHORTEST + 1):
        if not is_known(word[:end]):
            continue
        for joint in _JOINTS:
            rest = word[end + len(joint) :]
            if len(rest) < _SHORTEST or not word.startswith(joint, end):
                continue
            others = (rest,) if is_known(rest) else parts(rest, is_known, most - 1) if most > 2 else ()
            if others and (not best or len(others) + 1 < len(best)):
                best = (word[:end], *others)
    return best


def holding(word: str, vocabulary: Iterable[str]) -> tuple[str, ...]:
    """The words of a vocabulary that end with a word, or begin with it, shortest first.

    >>> holding("kaution", ["mietkaution", "kautionskonto", "auktion"])
    ('mietkaution', 'kautionskonto')
    """
    if len(word) <= _SHORTEST:
        return ()
    longest = len(word) + 1
    found = (w for w in vocabulary if len(w) > longest and (w.endswith(word) or w.startswith(word)))
    return tuple(sorted(found, key=len))
