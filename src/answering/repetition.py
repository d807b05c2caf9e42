"""When a small model has begun to go round in circles, so that its turn can end there and not at its token limit."""

from __future__ import annotations

import re
from itertools import pairwise

from shared_utils.text.sentences import split_sentences

_LONGEST_LOOP = 60  # characters
_SHORT_LOOP = 12  # a loop of fewer characters has to be seen oftener: "no, no, no" is an answer
_TIMES, _SHORT_TIMES = 4, 8
_WORDS = 5  # shorter sentences and cells may well stand in an answer thrice
_MARKERS = re.compile(r"\[\d[\d,;\s–-]*\]")
_SENTENCE_ENDS = re.compile(r"[.!?。？！\n]\s*$")


def repeated_from(text: str) -> int | None:
    """Where what is written so far begins to go round: everything from there on was said before. None: it does not.

    It does where the end is one and the same piece several times over, where a sentence stands there for the third
    time, or where two sentences follow each other that did so before. Look again at every token.

    >>> text = "It fell by 3%. " + "really " * 9
    >>> text[: repeated_from(text)]
    'It fell by 3%. really'
    >>> repeated_from("no " * 20), repeated_from("No, no, no.")
    (0, None)
    """
    loop = _loop(text)
    if loop is not None:
        return loop
    return _sentence_again(text) if _SENTENCE_ENDS.search(text) else None


def _loop(text: str) -> int | None:
    for period in range(1, _LONGEST_LOOP + 1):
        times = _SHORT_TIMES if period < _SHORT_LOOP else _TIMES
        piece = text[-period:]
        if not any(character.isalpha() for character in piece) or not text.endswith(piece * times):
            continue
        start = len(text) - times * period
        while start > 0 and text[start - 1] == text[start - 1 + period]:
            start -= 1
        return start + period if start else 0
    return None


def _sentence_again(text: str) -> int | None:
    spans = split_sentences(text)
    said = [_bare(text[span.start : span.end]) for span in spans]
    if not said or len(said[-1].split()) < _WORDS:
        return None
    pairs = list(pairwise(said))
    if said.count(said[-1]) < 3 and (len(pairs) < 2 or pairs[-1] not in pairs[:-2]):
        return None
    first = len(said) - 1
    while first > 0 and said[first - 1] in said[: first - 1]:
        first -= 1
    return spans[first].start


def _bare(sentence: str) -> str:
    return " ".join(_MARKERS.sub("", sentence).casefold().split())
