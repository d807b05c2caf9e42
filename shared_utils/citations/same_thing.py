"""One thing by another name: initials and what they stand for, "we" of the page and "the company" of the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from shared_utils.citations.text_units import Unit, Word, content_keys, words_of
from shared_utils.citations.word_classes import stand_ins
from shared_utils.text.folding import fold

_LEAST, _MOST = 2, 6  # letters of initials
_MOST_WORDS = 1500  # of the page; more is hostile


def spelled_otherwise(words: Sequence[Word], units: Sequence[Unit]) -> dict[str, frozenset[str]]:
    """For each key of a claim's initials, or of the words they stand for, the keys by which the page has them.

    "CEO" stands where the page has a Chief Executive Officer, "Federal Aviation Administration" where it has the FAA.
    """
    page = [word for unit in units for word in unit.words][:_MOST_WORDS]
    found = dict(_whole(words, page))
    found.update((key, whole) for key, whole in _short(words, page) if key not in found)
    return found


@lru_cache(maxsize=2_000)  # every sentence of an answer is held against the same units
def people_of(text: str) -> frozenset[str]:
    """The keys of what an answer may call those who speak, or are spoken to, in a sentence of the page.

    >>> "compani" in people_of("We sell shoes."), "compani" in people_of("They sell shoes.")
    (True, False)
    """
    spoken = {fold(word.text) for word in words_of(text)}
    names = (name for pronoun in spoken & stand_ins().keys() for name in stand_ins()[pronoun])
    return content_keys(words_of(" ".join(names)))


def stands_for_what_it_follows(word: Word, claim: str) -> bool:
    """Whether initials shorten the very words before them, and so name nothing else.

    >>> claim = "The first-in, first-out (FIFO) method is used."
    >>> [stands_for_what_it_follows(word, claim) for word in words_of(claim) if word.text == "FIFO"]
    [True]
    """
    if not _is_initials(word):
        return False
    before = re.findall(r"[^\W\d_]+", claim[: word.start])[-len(word.text) :]
    return fold("".join(text[0] for text in before)) == fold(word.text)


def _whole(words: Sequence[Word], page: Sequence[Word]) -> Iterator[tuple[str, frozenset[str]]]:
    """The claim's initials, which the page spells out."""
    ours = {fold(word.text): word.keys for word in words if _is_initials(word)}
    for letters, run in _runs(page, frozenset(ours)):
        yield from ((key, frozenset(run[-1].keys)) for key in ours[letters])


def _short(words: Sequence[Word], page: Sequence[Word]) -> Iterator[tuple[str, frozenset[str]]]:
    """What the claim spells out, where the page has its initials."""
    theirs = {fold(word.text): frozenset(word.keys) for word in page if _is_initials(word)}
    for letters, run in _runs(words, frozenset(theirs)):
        yield from ((key, theirs[letters]) for word in run for key in word.keys)


def _is_initials(word: Word) -> bool:
    return word.text.isalpha() and word.text.isupper() and _LEAST <= len(word.text) <= _MOST


def _runs(words: Sequence[Word], wanted: frozenset[str]) -> Iterator[tuple[str, list[Word]]]:
    """Words written large that follow each other, but for small ones, and whose first letters are wanted."""
    for start in range(len(words) if wanted else 0):
        run: list[Word] = []
        for word in words[start:]:
            if not word.text[0].isupper() or len(word.text) < _LEAST:
                if not run or word.content:
                    break
                continue
            run.append(word)
            letters = fold("".join(one.text[0] for one in run))
            if letters in wanted:
                yield letters, run
            if len(run) == _MOST:
                break
