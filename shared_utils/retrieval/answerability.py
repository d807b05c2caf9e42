"""Whether the documents speak to a question at all, told from retrieval alone and before any model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.retrieval.index import DocumentIndex
from shared_utils.text.words import terms
from shared_utils.types import Passage


@dataclass(frozen=True, slots=True)
class Answerability:
    answerable: bool
    score: float  # 0 … 1, higher: more surely answerable
    missing_terms: tuple[str, ...]  # words of the question, as asked, that stand nowhere in the documents


def judge(question: str, passages: Sequence[Passage], indexes: Sequence[DocumentIndex]) -> Answerability:
    """Judge from the passages found and the documents they were searched in."""
    asked = list(dict.fromkeys(terms(question)))
    missing = tuple(term for term in asked if not any(index.chunk_words.document_frequency(term) for index in indexes))
    score = 1 - len(missing) / len(asked) if asked and passages else 0.0
    return Answerability(score >= 0.5, score, missing)
