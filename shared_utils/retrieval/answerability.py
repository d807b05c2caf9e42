"""Whether the documents speak to a question at all, told from retrieval alone and before any model is asked.

A logistic regression on four signs. Fitted and checked by `python -m benchmarks.answerability`, which leaves out one
fifth of the documents at a time, fits on the others, and prints the coefficients and the error rates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.bm25 import Postings, Term
from shared_utils.retrieval.dense import nearest_of_each
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.within import Within, rows_within
from shared_utils.text.languages import may_name
from shared_utils.text.quantities import quantities
from shared_utils.text.words import other_forms, terms
from shared_utils.types import Embedder, Passage, Vectors

# intercept, page_coverage, missing_names, missing_year, cosine. The threshold is the score below which 4 % of the
# answerable questions fell when their document was left out of the fit.
WITH_VECTORS = (-3.013, 4.227, -2.527, -5.959, 9.098)
WITH_VECTORS_THRESHOLD = 0.298
WORDS_ONLY = (-1.238, 7.001, -2.598, -4.906)
WORDS_ONLY_THRESHOLD = 0.308

# In a document of four pages a word that all of them hold says nothing, and one that none holds nearly everything:
# "how did cargo develop" would be foreign to a report on cargo for its verb. Short documents are counted as this long.
_LEAST_PAGES = 30

# Among many chunks some come close to any question by chance. What questions to other documents reach, on average,
# grows about so much with each tenfold of chunks (0.14 at 30, 0.25 at 100, 0.33 at 1,200 for the cosine).
_CHANCE_COVERAGE = 0.09
_CHANCE_COSINE = 0.10

Units = NDArray[np.int32]

_OF_MEASURE = frozenset(terms("price prices cost costs amount value figure number level"))
_TITLE = 0.5  # of a question's words that begin with a capital in "What Is Cash Flow to Total Debt"
# Capitalised though no sentence begins there, with the capitalised words that follow.
_NAMES = re.compile(r"(?<!^)(?<![¿¡])(?<![.?!:] )\b[A-Z][a-z]+[\w'’-]*(?: [A-Z][a-z]+[\w'’-]*)*")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a question and some documents. `cosine` is None where there are no vectors to ask."""

    page_coverage: float  # the greatest share of the question's idf that one page holds, less what chance gives
    missing_names: float  # share of the question's proper names that stand nowhere
    missing_year: float  # 1 if it asks about a year that stands nowhere
    cosine: float | None  # of the nearest chunk, less what chance gives

    def values(self) -> tuple[float, ...]:
        found = (self.page_coverage, self.missing_names, self.missing_year)
        return found if self.cosine is None else (*found, self.cosine)


@dataclass(frozen=True, slots=True)
class Answerability:
    answerable: bool
    score: float  # 0 … 1, higher: more surely answerable


def judge(
    question: str,
    passages: Sequence[Passage],
    indexes: Sequence[DocumentIndex],
    embedder: Embedder | None = None,
    within: Within | None = None,
) -> Answerability:
    """Judge a question by the documents it was searched in. Without an embedder words alone decide, less surely.

    Where the search was confined to the chunks that `within` accepts, only the words of their pages count.
    """
    if not passages:
        return Answerability(False, 0.0)
    has_vectors = embedder is not None and all(index.dense for index in indexes if index.chunks)
    query = embedder.embed_query(question) if embedder is not None and has_vectors else None
    found = signs(question, indexes, query, within)
    coefficients = WORDS_ONLY if found.cosine is None else WITH_VECTORS
    threshold = WORDS_ONLY_THRESHOLD if found.cosine is None else WITH_VECTORS_THRESHOLD
    score = logistic(coefficients, found.values())
    return Answerability(score >= threshold, score)


def logistic(coefficients: Sequence[float], values: Sequence[float]) -> float:
    """1 / (1 + e^-(b0 + Σ b·x)).

    >>> logistic((0.0, 2.0), (0.0,))
    0.5
    """
    intercept, *slopes = coefficients
    return 1 / (1 + math.exp(-(intercept + sum(b * x for b, x in zip(slopes, values, strict=True)))))


def signs(
    question: str, indexes: Sequence[DocumentIndex], query: Vectors | None, within: Within | None = None
) -> Signs:
    """Look for a question in some documents. `query` is its vector, (1, d), where all of them have vectors."""
    searched = [index for index in indexes if index.chunks]
    stands = _standing_in(searched, question)
    words = _telling(list(dict.fromkeys(question_words(question))), stands)
    # Nouns of German have capitals: names are not told from them.
    names = [name for run in _names_in(question) for name in _named(terms(run), stands)] if may_name(question) else []
    years = {str(q.value) for q in quantities(question) if q.is_year}  # 2,009 ships are no year
    dense = [index.dense for index in searched if index.dense is not None]
    best = nearest_of_each(dense, query, 1) if query is not None else []
    cosines = [float(scores[0]) for _, scores in best if len(scores)]
    magnitude = math.log10(max(1, sum(len(index.chunks) for index in searched)))
    allowed = [_pages_within(index, within) for index in searched] if within else None
    coverage = _best_page_coverage(_in_all_forms(words, question), [index.page_words for index in searched], allowed)
    return Signs(
        page_coverage=coverage - _CHANCE_COVERAGE * magnitude,
        missing_names=sum(not stand for stand in names) / max(1, len(names)),
        missing_year=float(not all(stands(year) for year in years)),
        cosine=max(cosines) - _CHANCE_COSINE * magnitude if cosines else None,
    )


def _telling(words: Sequence[str], stands: Callable[[Term], bool]) -> Sequence[str]:
    """The words without those that only say that a figure is asked for, where the documents do not have them: a list
    of prices need not say "price"."""
    told = [word for word in words if word not in _OF_MEASURE or stands(word)]
    return told or words


def _pages_within(index: DocumentIndex, within: Within) -> Units:
    """The pages, by their place in the index, that hold a chunk of the part."""
    return np.unique(index.page_of[rows_within(index, within)])


def _in_all_forms(words: Sequence[str], question: str) -> list[list[str]]:
    """Each word with what it is where its language is not told."""
    return [[word, *_others_of(word, question)] for word in words]


def _others_of(term: Term, question: str) -> list[str]:
    return [form for form, here in other_forms(question).items() if here == term]


def _best_page_coverage(
    words: Sequence[Sequence[str]], documents: Sequence[Postings], allowed: Sequence[Units] | None = None
) -> float:
    """Of the pages `allowed` in each document, or of all. A word is held in any of its forms."""
    pages = max(_LEAST_PAGES, sum(len(postings.lengths) for postings in documents))
    held = [[_units_holding(forms, postings) for postings in documents] for forms in words]
    # Never negative, and largest for words found nowhere: they are what makes a question foreign.
    found = [sum(map(len, of_each)) for of_each in held]
    idf = [math.log(1 + (pages - n + 0.5) / (n + 0.5)) for n in found]
    total = sum(idf)
    best = 0.0
    for place, postings in enumerate(documents):
        covered = np.zeros(len(postings.lengths))
        for weight, of_each in zip(idf, held, strict=True):
            covered[of_each[place]] += weight
        best = max(best, float((covered if allowed is None else covered[allowed[place]]).max(initial=0)))
    return best / total if total else 0.0


def _units_holding(forms: Sequence[str], postings: Postings) -> NDArray[np.integer]:
    units = [postings.units[postings.held(form)] for form in forms]
    return units[0] if len(units) == 1 else np.unique(np.concatenate(units))


def _named(words: Sequence[str], stands: Callable[[Term], bool]) -> list[bool]:
    """Whether each word of a name stands in the documents. Where all do and no two of them side by side, none does: a
    report that has "best" and "buy" need not name Best Buy."""
    each = [stands(word) for word in words]
    pairs = list(pairwise(words))
    return [False] * len(each) if pairs and all(each) and not any(map(stands, pairs)) else each


def _names_in(question: str) -> list[str]:
    """The proper names, of several words where they are; word by word in a question that is written like a title."""
    runs = _NAMES.findall(question)
    written = re.findall(r"[^\W\d_]{2,}", question)
    is_title = sum(word[0].isupper() for word in written) > _TITLE * len(written)
    return [word for run in runs for word in run.split()] if is_title else runs


def _standing_in(indexes: Sequence[DocumentIndex], question: str) -> Callable[[Term], bool]:
    """Whether a term of the question stands in the documents, in any of its forms."""

    def stands(term: Term) -> bool:
        forms = [term, *_others_of(term, question)]
        return any(index.chunk_words.document_frequency(form) for index in indexes for form in forms)

    return stands
