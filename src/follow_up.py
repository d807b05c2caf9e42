"""What a follow-up question is about, without asking a model: the words it leaves out are taken from the one before.

"What was revenue in 2020?" then "And in 2021?" is searched as "What was revenue? And in 2021?": what the new question
names again (a year, a quarter) replaces what the earlier one named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

from shared_utils.text.words import terms

# Openings that continue something, in the languages people ask in most.
_OPENINGS = re.compile(
    r"\s*(?:and|but|or|also|what about|how about|what else|why|how so|same|then|"
    r"und|aber|oder|was ist mit|wie steht es|warum|wieso|"
    r"et|mais|qu['’]en est|pourquoi|y|pero|qué hay de|por qué|e|ma|perché|en|maar|waarom)\b",
    re.IGNORECASE,
)
# Words that stand for something said before.
_POINTERS = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|the same|"
    r"the (?:former|latter|first|second|other)(?: one)?|"
    r"er|sie|ihn|ihm|ihr|ihre[mnrs]?|dies\w*|davon|dazu|damit|dafür|"
    r"il|elle|ils|elles|leur|leurs|cela|ça|ello|ellos|ellas|eso|esa|ese)\b",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\b(?:(?:in|for|of|during|im|en)\s+)?(?:FY\s*)?(?:19|20)\d{2}\b|\bQ[1-4]\b", re.IGNORECASE)
_FEW_TERMS = 2  # with no more words of its own than this, a question about a time leans on the one before
_MANY_TERMS = 4  # with more than this, "it" points at something in the question itself
_BARE = re.compile(r"\s*(?:why|how|when|where|who|which|how (?:much|many))\s*\??\s*$", re.IGNORECASE)


def is_follow_up(question: str) -> bool:
    """Whether a question leans on the one before.

    >>> is_follow_up("And in 2021?"), is_follow_up("What about its risks?"), is_follow_up("Who chairs the board?")
    (True, True, False)
    """
    if _OPENINGS.match(question) or _BARE.match(question):
        return True
    own = terms(_TIMES.sub(" ", question))
    if len(own) <= _FEW_TERMS and _TIMES.search(question):
        return True
    return not own or (len(own) <= _MANY_TERMS and bool(_POINTERS.search(question)) and not _names_something(question))


def _names_something(question: str) -> bool:
    """A capitalised word inside the question: it says itself what it is about."""
    return any(word[:1].isupper() and len(word) > 1 for word in question.split()[1:])


def standalone(question: str, earlier: Sequence[str]) -> str:
    """The text to search for: the question, led by what it leaves out. `earlier` questions stand oldest first.

    >>> standalone("And in 2021?", ["What was the revenue in 2020?"])
    'What was the revenue ? And in 2021?'
    >>> standalone("Who chairs the board?", ["What was the revenue in 2020?"])
    'Who chairs the board?'
    """
    return reduce(_continued, [*earlier, question])


def _continued(topic: str, question: str) -> str:
    if not is_follow_up(question):
        return question
    if _TIMES.search(question):
        topic = " ".join(_TIMES.sub(" ", topic).split())
    return f"{topic} {question}"
