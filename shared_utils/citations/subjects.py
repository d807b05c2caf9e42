"""Whose it is: a sentence that says of one name what the page says of another, each in a sentence of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.substitutions import names_in
from shared_utils.citations.text_units import Word, covered
from shared_utils.citations.word_classes import classes
from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.types import Verdict

_ALL = 0.9  # weighted share of what the claim says of its subject
_LEAST = 2  # words of content that it says


def check_subjects(reading: Reading) -> Iterator[Finding]:
    page = [word for unit in reading.units for word in unit.words]
    ours = _subject(reading.words, page)
    keys = frozenset(key for word in ours for key in word.keys)
    rest = {key: value for key, value in wording(reading).items() if key not in keys}
    if not ours or len(rest) < _LEAST:
        return
    sentences = [unit for unit in reading.units if not unit.is_row]
    if not any(keys & _keys(_subject(unit.words, page)) for unit in sentences):
        return
    if any(covered(rest, unit.keys) >= _ALL and unit.keys & keys for unit in sentences):
        return
    for unit in sentences:
        theirs = _subject(unit.words, page)
        if theirs and covered(rest, unit.keys) >= _ALL and not unit.keys & keys:
            told = {"page": _text(unit.text, theirs), "answer": _text(reading.claim, ours)}
            yield Finding(
                Verdict.PARTLY, message("the page says it of “{page}”, not of “{answer}”", **told), is_open=True
            )
            return


def _subject(words: Sequence[Word], page: Sequence[Word]) -> list[Word]:
    """The name that a sentence begins with, before its verb."""
    names = set(names_in(words, page))
    run: list[Word] = []
    for i, word in enumerate(words):
        if i in names or (len(word.text) == 1 and word.text.isupper() and run):
            run.append(word)
        elif run and _is_verb(word):
            return run
        else:
            break
    return []


def _is_verb(word: Word) -> bool:
    kind = classes("verbs").get(fold(word.text))
    return kind is not None or (word.text.islower() and word.text.endswith("ed"))


def _keys(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(key for word in words for key in word.keys)


def _text(text: str, words: Sequence[Word]) -> str:
    return " ".join(text[words[0].start : words[-1].end].split())
