"""What a question looks for: its terms and their weights, without what only tells how to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from shared_utils.retrieval.bm25 import Term, with_pairs
from shared_utils.text.folding import fold, plain_words
from shared_utils.text.languages import FUNCTION_WORDS
from shared_utils.text.words import stem, terms

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

# What asks where function words are kept short for the index: it stands in no answer. Folded, by language.
ASKING = {
    language: frozenset(fold(words).split())
    for language, words in {
        "german": "warum wieso weshalb wofür wozu womit wodurch woran worin worauf wen wem wessen welchen welchem "
        "wohin woher hoch viel viele lange oft lautet lauten heißt heißen steht gibt gab man er hatte hatten hast habe "
        "waren kann können konnte darf dürfen muss müssen soll sollen braucht bedeutet macht liegt beträgt betrug",
        "french": "combien pourquoi quoi est-ce ce cela lequel laquelle fait sert signifie peut doit faut été était "
        "étaient avait y il elle cette cet doivent peuvent fut sont",
        "spanish": "qué cuál cuáles cuánto cuánta cuántos cuántas cuándo quién quiénes dónde cómo sirve hace significa "
        "hay puede debe tiene fueron era son",
        "italian": "cosa cos perché dove chi quanto quanta quanti quante serve fa significa vuol dire può deve c'è era "
        "erano fu uno cos'è dov'è qual qual'è",
        "portuguese": "o quanto quanta quantos quantas onde porque porquê serve faz significa pode deve tem há era",
        "dutch": "hoeveel waarom waarvoor waarmee kan kunnen moet moeten mag betekent doet heeft hebben had ben dient",
    }.items()
}

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
    dropped = _ABOUT_ASKING | _asking_in(question)
    return [word for word in words if word not in dropped] or words


def _asking_in(question: str) -> frozenset[str]:
    """The terms of the words that ask in the language of a question, which they tell as function words do."""
    words = [word for whole in plain_words(question) for word in (whole, *whole.split("-"))]
    counts = {
        language: sum(word in asking or word in FUNCTION_WORDS[language] for word in set(words))
        for language, asking in ASKING.items()
    }
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    of_english = sum(word in FUNCTION_WORDS["english"] for word in set(words))
    if counts[best] <= max(counts[second], of_english):
        return frozenset()
    small = {
        part
        for word in words
        if word in ASKING[best] | FUNCTION_WORDS[best]
        for part in (word, *re.split("['-]", word))
    }
    return frozenset(term for word in small for term in (*terms(word), stem(best, word)))


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
