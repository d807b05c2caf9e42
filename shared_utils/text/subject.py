"""The names in a question that say what the documents are about: they tell no sentence and no row from another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Set
from functools import lru_cache

from shared_utils.text.words import terms

OF_THE_SUBJECT = 0.2  # what such a word counts
_FEW_PAGES = 4
_MOST_PAGES = 0.75  # of the pages found: a name on so many is the documents' subject
_PROPER = re.compile(r"(?<!^)(?<![¿¡])(?<![.?!:] )\b[A-Z][\w&.’']*(?:['’]s)?")


def names_in(question: str) -> frozenset[str]:
    """The terms that are written with a capital though no sentence begins there."""
    return frozenset(term for match in _PROPER.finditer(question) for term in terms(match.group()))


def on_most(names: Set[str], pages: Collection[str]) -> frozenset[str]:
    """The names that stand on nearly all of these pages' texts; none where there are too few to tell."""
    if not names or len(pages) < _FEW_PAGES:
        return frozenset()
    held = Counter(name for text in pages for name in names & _terms_of(text))
    return frozenset(name for name, count in held.items() if count >= _MOST_PAGES * len(pages))


@lru_cache(maxsize=64)
def _terms_of(text: str) -> frozenset[str]:
    return frozenset(terms(text))
