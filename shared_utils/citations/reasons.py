"""What the cited words lack of a claim, in words for a person: what matters first, and never a function word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared_utils.citations.features import missing_names
from shared_utils.citations.reading import SAYS_LITTLE, Finding, Reading, is_measured
from shared_utils.citations.text_units import Word, content_keys, covered, words_of
from shared_utils.message import Message, message
from shared_utils.types import Verdict

_CLAUSE = re.compile(r",\s+(?:and|but|while|whereas)\s+|;\s+")
_CLAUSE_WORDS = 2  # content words; a shorter clause is a list item
_CLAUSE_HELD = 0.4
_MOST_NAMED = 3


def not_said(reading: Reading) -> Message | None:
    """Which of its words stand nowhere near: a name first, then the most telling; None where all stand somewhere."""
    missing, names = missing_words(reading), missing_names(reading)
    return lacking(reading, missing, names) if missing or names else None


def lacking(reading: Reading, missing: Sequence[Word], names: Sequence[Word]) -> Message:
    """That a name of the claim is missing, or else the most telling of the words that are."""
    if names:
        return message("the cited words do not name “{what}”", what=names[0].text)
    missing = sorted(missing, key=lambda word: -_weight(reading, word))
    missing = [word for word in missing if SAYS_LITTLE.isdisjoint(word.keys)] or missing
    words = ", ".join(dict.fromkeys(f"“{word.text}”" for word in missing[:_MOST_NAMED]))
    return message("the cited words do not speak of {what}", what=words)


def missing_words(reading: Reading) -> list[Word]:
    """The words of content that the sentences which speak of the claim do not hold, those compared as numbers last."""
    missing = [word for word in reading.words if word.content and not set(word.keys) & reading.keys]
    return [word for word in missing if not is_measured(word, reading)] or missing


def not_together(reading: Reading, words: Sequence[Word] | None = None) -> Message:
    """All of its words are there, gathered from several places; `words` are those of which it is said."""
    telling = sorted(
        (word for word in words or reading.words if word.content), key=lambda word: -_weight(reading, word)
    )
    named = sorted(dict.fromkeys(telling[:2]), key=lambda word: word.start)
    if len(named) < 2:
        return message("the cited words hold some of its words, but do not say it")
    one, other = (word.text for word in named)
    return message("the cited words do not say “{one}” and “{other}” of each other", one=one, other=other)


def unsaid_half(reading: Reading) -> Iterator[Finding]:
    """A sentence of which one half is on the page and the other is not."""
    clauses = halves(reading.claim)
    for clause in clauses if len(clauses) > 1 else ():
        weight = {key: reading.weight[key] for key in content_keys(words_of(clause)) if key in reading.weight}
        if covered(weight, reading.keys) < _CLAUSE_HELD and not any(
            _holds(unit.keys, weight) for unit in reading.units
        ):
            said = message("the cited words do not say “{what}”", what=clause.strip())
            yield Finding(Verdict.PARTLY, said, is_open=True)


def _holds(keys: frozenset[str], weight: dict[str, float]) -> bool:
    """Whether one sentence has enough of a clause, though it has little of the rest."""
    return covered(weight, keys) >= _CLAUSE_HELD


def halves(claim: str) -> list[str]:
    """The clauses of a claim that say something by themselves."""
    return [clause for clause in _CLAUSE.split(claim) if len(content_keys(words_of(clause))) >= _CLAUSE_WORDS]


def _weight(reading: Reading, word: Word) -> float:
    return max((reading.weight.get(key, 0.0) for key in word.keys), default=0.0)
