"""What a question looks for: its terms and their weights, without what only tells how to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from shared_utils.retrieval.bm25 import Term, with_pairs
from shared_utils.text.words import terms

GLOSSARY_WEIGHT = 1.0

# "Round your answer to two decimal places.", "Answer in USD millions", "Directly answer 'yes' or 'no'": these words
# are rare in documents, so BM25 would take them for the heart of the question.
_ANSWER_FORMAT = re.compile(
    r"\b(?:please\s+)?(?:directly\s+|only\s+)?(?:answer|respond|reply|round|give|write|express|return|enumerate)\b"
    r"[^.?!]{0,60}?\b(?:decimals?|percent\w*|percents?|units?|usd|integer|yes|no|list|millions?|billions?|thousands?|"
    r"number|format|string|float|words?|sentences?)\b[^.?!]*[.?!]?",
    re.IGNORECASE,
)
# Words about asking and answering, not about the matter.
_ABOUT_ASKING = frozenset(
    terms(
        "answer question following calculate compute according document please tell mention mentioned base based "
        "basing information provided outlined utilizing judgments shown clearly respond describe"
    )
)

Glossary = Mapping[tuple[str, ...], Sequence[Sequence[str]]]
"""Names of things that documents do not print -> what they print in their place, both as terms."""

NO_GLOSSARY: Glossary = {}


def glossary_of(entries: Mapping[str, Sequence[str]]) -> Glossary:
    """A glossary from its words: `{"dpo": ["accounts payable", "cost of sales"]}`."""
    return {tuple(terms(name)): [terms(item) for item in items] for name, items in entries.items()}


def without_answer_format(question: str) -> str:
    """The question without what tells how the answer is to look; the question, should nothing else be left."""
    return without if (without := _ANSWER_FORMAT.sub(" ", question)).strip() else question


def question_words(question: str) -> list[str]:
    """The words that say what is looked for, in order; all of them, should nothing else be left.

    >>> question_words("What is the profit margin? Round your answer to two decimal places.")
    ['profit', 'margin']
    """
    words = terms(_ANSWER_FORMAT.sub(" ", question)) or terms(question)
    return [word for word in words if word not in _ABOUT_ASKING] or words


def question_terms(
    question: str, glossary: Glossary = NO_GLOSSARY, glossary_weight: float = GLOSSARY_WEIGHT
) -> dict[Term, float]:
    """Words and pairs with their weights: one for each time asked, `glossary_weight` for what the glossary adds.

    >>> weights = question_terms("capex", glossary_of({"capex": ["capital expenditures"]}))
    >>> weights["capex"], weights["capit", "expenditur"]
    (1.0, 1.0)
    """
    weights: dict[Term, float] = {}
    words = question_words(question)
    for term in with_pairs(words):
        weights[term] = weights.get(term, 0.0) + 1.0
    for term in _printed(words, glossary):
        weights.setdefault(term, glossary_weight)
    return weights


def _printed(words: Sequence[str], glossary: Glossary) -> Iterator[Term]:
    """What documents print of the names among `words`."""
    for name, items in glossary.items():
        if any(tuple(words[i : i + len(name)]) == name for i in range(len(words) - len(name) + 1)):
            for item in items:
                yield from with_pairs(item)
