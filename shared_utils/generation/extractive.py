"""An answer made of the documents' own sentences: what is shown at once, and all there is without a language model."""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.text.sentences import split_sentences
from shared_utils.text.words import terms
from shared_utils.types import (
    Answer,
    Citation,
    Embedder,
    Evidence,
    EvidenceSpan,
    GenerationStats,
    Page,
    Sentence,
    Verdict,
)

Pages = Mapping[tuple[str, int], Page]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence or table row: `page.text[start:end]` of `span`'s page."""

    span: EvidenceSpan
    start: int
    end: int
    text: str
    terms: frozenset[str]
    score: float


def extractive_answer(
    question: str,
    evidence: Evidence,
    pages: Pages,
    names: Mapping[str, str],
    *,
    max_sentences: int = 4,
    embedder: Embedder | None = None,  # noqa: ARG001
) -> Answer:
    """The best sentences of the evidence, word for word, each with its citation.

    `pages` maps (document id, page number) to the page of every evidence span, `names` document ids to display names.
    """
    began = time.perf_counter()
    candidates = _ranked(question, evidence)
    chosen = _distinct(candidates)[:max_sentences]
    citations = tuple(_citation(i, c, pages, names) for i, c in enumerate(chosen, start=1))
    sentences = tuple(
        Sentence(" ".join(c.quote.split()), (c.marker,), Verdict.SUPPORTED, "quoted word for word", c.marker - 1)
        for c in citations
    )
    return Answer(
        question=question,
        answerable=bool(sentences),
        sentences=sentences,
        citations=citations,
        finish_reason="stop" if sentences else "refused",
        stats=GenerationStats("extractive", "", generation_s=time.perf_counter() - began),
        raw_text="\n".join(f"{sentence.text} [{sentence.citations[0]}]" for sentence in sentences),
    )


def _ranked(question: str, evidence: Evidence) -> list[_Candidate]:
    wanted = frozenset(terms(question))
    found = [
        _Candidate(span, span.start + s.start, span.start + s.end, span.text[s.start : s.end], frozenset(), 0.0)
        for span in evidence.spans
        for s in split_sentences(span.text)
    ]
    found = [_Candidate(c.span, c.start, c.end, c.text, frozenset(terms(c.text)), 0.0) for c in found]
    df = Counter(term for c in found for term in c.terms)
    idf = {term: math.log(1 + len(found) / max(1, df[term])) for term in wanted}
    scored = [_Candidate(c.span, c.start, c.end, c.text, c.terms, sum(idf[t] for t in wanted & c.terms)) for c in found]
    return sorted(scored, key=lambda c: -c.score)


def _distinct(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    seen: set[str] = set()
    kept = []
    for c in candidates:
        key = " ".join(re.findall(r"\w+", c.text.casefold()))
        if key not in seen and c.score > 0:
            seen.add(key)
            kept.append(c)
    return kept


def _citation(marker: int, c: _Candidate, pages: Pages, names: Mapping[str, str]) -> Citation:
    page = pages[c.span.document_id, c.span.page]
    return Citation(
        marker=marker,
        document_id=c.span.document_id,
        document=names.get(c.span.document_id, c.span.document_id),
        page=c.span.page,
        page_label=page.label,
        quote=page.text[c.start : c.end],
        start=c.start,
        end=c.end,
    )
