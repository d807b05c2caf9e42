"""Evidence for a summary: what a text says over its whole length, instead of what is nearest to a question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.retrieval.evidence import MARKER_TOKENS
from shared_utils.retrieval.units import PageKey, prompt_tokens
from shared_utils.text.folding import fold
from shared_utils.text.sentences import is_table_row, split_sentences
from shared_utils.text.words import terms
from shared_utils.types import Chunk, Evidence, EvidenceSpan, Page, Span

_STRETCH_TOKENS = 45  # what one stretch of the text may take of the budget: a sentence of middling length
_SHORTEST_WORDS, _LONGEST_WORDS = 6, 60
_LEAD = 1.5  # how much more the first sentence under a heading counts
_GIST = 2.0  # … and any sentence of a section that sums up
_SAME_WORDS = 0.6  # share of its words by which a sentence repeats another
_SUMS_UP = re.compile(
    r"\b(?:abstract|summary|overview|introduction|conclusions?|highlights|key findings|at a glance|purpose|"
    r"zusammenfassung|fazit|resume|resumen|conclusiones|sintesi|conclusioni)\b"
)
_SENTENCE_END = re.compile(r"[.!?。！？…][\"”’)]*$")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A whole sentence of the text. `place` counts the characters before it."""

    key: PageKey
    span: Span
    text: str
    words: frozenset[str]
    place: int
    score: float
    tokens: int


def spread_evidence(chunks: Sequence[Chunk], pages: Mapping[PageKey, Page], *, budget_tokens: int) -> Evidence:
    """Sentences from all over `chunks`, which stand in reading order: one from each of as many equal stretches as fit.

    Of a stretch the sentence with the text's commonest words is taken (SumBasic's mean probability, Nenkova &
    Vanderwende 2005), the first under a heading and those of an abstract or a conclusion counting more. What room is
    left goes to the best of the rest. Numbered from 1 in reading order.
    """
    sentences = _scored(chunks, pages)
    chosen: list[_Sentence] = []
    spent = 0
    for stretch in [*_stretches(sentences, max(1, budget_tokens // _STRETCH_TOKENS)), sentences]:
        for sentence in sorted(stretch, key=lambda sentence: -sentence.score):
            cost = sentence.tokens + MARKER_TOKENS
            if spent + cost <= budget_tokens and not any(_repeats(sentence, other) for other in chosen):
                chosen.append(sentence)
                spent += cost
                if stretch is not sentences:
                    break
    ordered = sorted(chosen, key=lambda sentence: sentence.place)
    spans = tuple(
        EvidenceSpan(n, *sentence.key, sentence.span.start, sentence.span.end, sentence.text, sentence.score)
        for n, sentence in enumerate(ordered, start=1)
    )
    return Evidence(spans, spent, budget_tokens)


def _scored(chunks: Sequence[Chunk], pages: Mapping[PageKey, Page]) -> list[_Sentence]:
    units = _units(chunks, pages)
    prose = [unit for unit in units if _is_prose(unit[2])] or units  # slides and lists have no sentences
    holding = Counter(word for _, _, text in prose for word in set(terms(text)))
    total = sum(holding.values()) or 1
    found, place, heading = [], 0, None
    for chunk, span, text in prose:
        words = frozenset(terms(text))
        score = sum(holding[word] for word in words) / total / math.sqrt(len(words) or 1)
        score *= _LEAD if chunk.heading != heading else 1.0
        score *= _GIST if _SUMS_UP.search(fold(chunk.heading)) else 1.0
        heading = chunk.heading
        key = (chunk.document_id, chunk.page)
        found.append(_Sentence(key, span, text, words, place, score, prompt_tokens(text)))
        place += len(text)
    return found


def _units(chunks: Sequence[Chunk], pages: Mapping[PageKey, Page]) -> list[tuple[Chunk, Span, str]]:
    found = []
    for chunk in chunks:
        page = pages[chunk.document_id, chunk.page]
        alone = [*page.table_rows, *(Span(heading.start, heading.end) for heading in page.headings)]
        inside = [
            Span(span.start - chunk.start, span.end - chunk.start)
            for span in alone
            if chunk.start <= span.start and span.end <= chunk.end
        ]
        for span in split_sentences(chunk.text, inside):
            text = chunk.text[span.start : span.end]
            found.append((chunk, Span(chunk.start + span.start, chunk.start + span.end), text))
    return found


def _is_prose(text: str) -> bool:
    words = len(text.split())
    wordy = _SHORTEST_WORDS <= words <= _LONGEST_WORDS or (
        words < _SHORTEST_WORDS and len(text) > 40 and not text.isascii()
    )
    return wordy and _SENTENCE_END.search(text) is not None and not is_table_row(text)


def _stretches(sentences: Sequence[_Sentence], count: int) -> list[list[_Sentence]]:
    length = sentences[-1].place + 1 if sentences else 1
    stretches: list[list[_Sentence]] = [[] for _ in range(count)]
    for sentence in sentences:
        stretches[sentence.place * count // length].append(sentence)
    return stretches


def _repeats(sentence: _Sentence, other: _Sentence) -> bool:
    if (sentence.key, sentence.span) == (other.key, other.span):
        return True
    return len(sentence.words & other.words) > _SAME_WORDS * min(len(sentence.words), len(other.words))
