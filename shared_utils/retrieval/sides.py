"""Evidence for a comparison of documents: each side is searched for by itself, or the louder one gets all the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from shared_utils.retrieval.bm25 import with_pairs
from shared_utils.text.edition_numbers import without_edition
from shared_utils.text.words import terms
from shared_utils.types import Evidence

_MOST_SIDES = 4  # with more, none has room for what makes it comparable


def compared_documents(question: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the documents a comparison is about: those it names, else all where there are few; () otherwise.

    `titles` maps ids to names. A document is named when no other shares more of the question's words with its name;
    where two share the same words, the question names what they have in common, not a side.

    >>> compared_documents("Amazon 2017 or Amazon 2019?", {"a": "AMAZON_2017", "b": "AMAZON_2019", "c": "ADOBE_2019"})
    ('a', 'b')
    >>> compared_documents("How do the GPL and the MPL differ?", {"a": "gpl3", "b": "mpl2", "c": "apache2"})
    ('a', 'b')
    """
    asked = list(with_pairs(terms(question)))
    shared = {}
    for document, title in titles.items():
        words = terms(f"{title} {without_edition(title)}")
        runs = "".join(words)
        shared[document] = {t for t in asked if (t in words if isinstance(t, str) else "".join(t) in runs)}
    everywhere = set.intersection(*shared.values()) if shared else set()
    named = [d for d, words in shared.items() if words > everywhere and not any(words < w for w in shared.values())]
    if len(titles) > _MOST_SIDES:  # among many, "from 2015 to 2016" is no choice of files with a year in their names
        named = [d for d in named if any(not "".join(t).isdigit() for t in shared[d])]
    told_apart = all(shared[one] != shared[other] for one, other in combinations(named, 2))
    sides = (named if told_apart else []) if named else list(titles)
    return tuple(sides) if 1 < len(sides) <= _MOST_SIDES else ()


def joined(sides: Sequence[Evidence], budget: int) -> Evidence:
    """The evidence of all sides, one after the other, numbered through."""
    spans = [span for side in sides for span in side.spans]
    numbered = tuple(replace(span, marker=marker) for marker, span in enumerate(spans, start=1))
    return Evidence(numbered, sum(side.tokens for side in sides), budget)
