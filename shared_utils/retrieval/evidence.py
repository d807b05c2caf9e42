"""From passages to evidence: the sentences and table rows that speak to a question best, within a token budget.

A unit's score is its passage's, plus the share of the question it covers itself (by idf among the candidates), plus a
little of its better neighbour's share: an answer often stands beside the sentence that repeats the question.
Units are taken best first while they fit; see docs/adr/0013 for what was measured and what was left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from shared_utils.retrieval.bm25 import Term, with_pairs
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_terms
from shared_utils.text.sentences import is_table_row, split_sentences
from shared_utils.text.tokens import estimate_tokens
from shared_utils.text.words import terms
from shared_utils.types import Chunk, Embedder, Evidence, EvidenceSpan, Page, Passage, Span

COVERAGE_WEIGHT = 0.4
NEIGHBOUR_WEIGHT = 0.3
MARKER_TOKENS = 5  # "[12] " and the line break
NAME_TOKENS = 14  # a document's name, told once for each when there are several
_SAME_WORDS = 0.9  # Jaccard similarity from which two units say the same
_CONTENDER = 0.8  # of the best passage's score: documents above it get a share of their own
_EMBEDDED_UNITS = 60  # 0.1 s on one core

_COLUMN_HEAD = re.compile(r"\b(?:19|20)\d\d\b|\bin (?:millions|thousands|billions|percent)\b|%", re.IGNORECASE)
_LONGEST_TABLE = 60  # rows looked back over for the heads of columns

PageKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence or a table row of a candidate passage."""

    key: PageKey
    start: int
    end: int
    passage: int  # its passage's place among the candidates, 0 = best
    passage_score: float  # 1 for the best passage
    text: str
    words: frozenset[Term]
    tokens: int
    score: float = 0.0


def select_evidence(
    question: str,
    passages: Sequence[Passage],
    pages: Mapping[PageKey, Page],
    *,
    budget_tokens: int,
    embedder: Embedder | None = None,
    glossary: Glossary = NO_GLOSSARY,
) -> Evidence:
    """Pick what a model may read: verbatim spans, numbered from 1 in reading order, within `budget_tokens`.

    `pages` are keyed by document id and page number and hold at least the passages' pages. A table row brings the
    heads of its columns along; what says the same twice is taken once; where several documents compete, each gets a
    share. The embedder is only asked when no candidate shares a word with the question (another language, say).
    `glossary` as in `search`.
    """
    units = _scored(question, glossary, _units(passages, pages), embedder)
    several = len({unit.key[0] for unit in units}) > 1
    chosen = _Selection(pages, budget_tokens, name_tokens=NAME_TOKENS if several else 0)
    contenders = _contenders(units)
    for document in contenders if len(contenders) > 1 else ():
        own = [unit for unit in units if unit.key[0] == document]
        chosen.fill(own, chosen.tokens + (budget_tokens // 2) // len(contenders))
    chosen.fill(units, budget_tokens)
    spans = _numbered(chosen.units, pages)
    return Evidence(spans, chosen.tokens, budget_tokens)


def prompt_tokens(text: str) -> int:
    """What a span costs in a prompt, where the white space between words and cells is collapsed."""
    return estimate_tokens("\n".join(" ".join(line.split()) for line in text.splitlines()))


class _Selection:
    """The units taken so far, and what they cost together."""

    def __init__(self, pages: Mapping[PageKey, Page], budget: int, name_tokens: int) -> None:
        self.units: list[_Unit] = []
        self.tokens = 0
        self._pages = pages
        self._budget = budget
        self._name_tokens = name_tokens
        self._taken: set[tuple[PageKey, int]] = set()
        self._passages: set[int] = set()
        self._documents: set[str] = set()

    def fill(self, units: Sequence[_Unit], limit: int) -> None:
        """Take units, best first, while they fit under `limit` tokens in all."""
        for unit in sorted(units, key=lambda unit: -unit.score):
            if (unit.key, unit.start) not in self._taken and not self._says_the_same(unit):
                self._take([unit, *self._column_heads(unit)], min(limit, self._budget))

    def _take(self, together: Sequence[_Unit], limit: int) -> None:
        cost = sum(unit.tokens + 1 for unit in together) + MARKER_TOKENS * (together[0].passage not in self._passages)
        cost += self._name_tokens * (together[0].key[0] not in self._documents)
        if self.tokens + cost > limit:
            return
        self.tokens += cost
        self.units += together
        self._taken |= {(unit.key, unit.start) for unit in together}
        self._passages.add(together[0].passage)
        self._documents.add(together[0].key[0])

    def _says_the_same(self, unit: _Unit) -> bool:
        return len(unit.words) > 5 and any(
            len(unit.words & other.words) >= _SAME_WORDS * len(unit.words | other.words) for other in self.units
        )

    def _column_heads(self, unit: _Unit) -> list[_Unit]:
        page = self._pages[unit.key]
        heads = _column_heads(page, unit.start) if is_table_row(unit.text) else []
        return [
            replace(unit, start=head.start, end=head.end, words=frozenset(), tokens=prompt_tokens(_slice(page, head)))
            for head in heads
            if (unit.key, head.start) not in self._taken
        ]


def _units(passages: Sequence[Passage], pages: Mapping[PageKey, Page]) -> list[_Unit]:
    best = max((passage.score for passage in passages), default=0.0) or 1.0
    units = []
    for place, passage in enumerate(passages):
        page = pages[passage.chunk.document_id, passage.chunk.page]
        for span in _sentences(passage.chunk, page):
            text = _slice(page, span)
            words = frozenset(with_pairs(terms(text)))
            key = (passage.chunk.document_id, page.number)
            units.append(
                _Unit(key, span.start, span.end, place, passage.score / best, text, words, prompt_tokens(text))
            )
    return units


def _sentences(chunk: Chunk, page: Page) -> list[Span]:
    alone = [*page.table_rows, *(Span(heading.start, heading.end) for heading in page.headings)]
    inside = [
        Span(span.start - chunk.start, span.end - chunk.start)
        for span in alone
        if chunk.start <= span.start and span.end <= chunk.end
    ]
    return [Span(chunk.start + s.start, chunk.start + s.end) for s in split_sentences(chunk.text, inside)]


def _scored(question: str, glossary: Glossary, units: Sequence[_Unit], embedder: Embedder | None) -> list[_Unit]:
    shares = _coverage(question_terms(question, glossary), [unit.words for unit in units])
    if embedder is not None and units and not any(shares):
        shares = _similarity(question, [unit.text for unit in units], embedder)
    scored = []
    for place, unit in enumerate(units):
        beside = [n for n in (place - 1, place + 1) if 0 <= n < len(units) and units[n].passage == unit.passage]
        neighbour = max((shares[n] for n in beside), default=0.0)
        score = unit.passage_score + COVERAGE_WEIGHT * (shares[place] + NEIGHBOUR_WEIGHT * neighbour)
        scored.append(replace(unit, score=score))
    return scored


def _coverage(asked: Mapping[Term, float], units: Sequence[frozenset[Term]]) -> list[float]:
    """Each unit's share of the question, by idf among the units: Σ w·idf of terms in it / Σ w·idf of all terms."""
    weights = {}
    for term, weight in asked.items():
        found = sum(term in unit for unit in units)
        if found:
            weights[term] = weight * math.log(1 + len(units) / found)
    total = sum(weights.values()) or 1.0
    return [sum(weight for term, weight in weights.items() if term in unit) / total for unit in units]


def _similarity(question: str, texts: Sequence[str], embedder: Embedder) -> list[float]:
    """The cosines of the best passages' units, for a question that shares no word with any of them."""
    nearest = texts[:_EMBEDDED_UNITS]
    cosines = embedder.embed_passages(nearest) @ embedder.embed_query(question)[0]
    return [float(cosine) for cosine in np.maximum(cosines, 0)] + [0.0] * (len(texts) - len(nearest))


def _contenders(units: Sequence[_Unit]) -> list[str]:
    """The documents whose best passage nearly reaches the best of all, best first."""
    return list(dict.fromkeys(unit.key[0] for unit in units if unit.passage_score >= _CONTENDER))


def _column_heads(page: Page, row_start: int) -> list[Span]:
    """The lines above a row that say what its columns are: years, units. Nearest table only."""
    left_out = [*page.hidden, *page.boilerplate]
    heads: list[Span] = []
    for line in islice(_lines_before(page.text, row_start), _LONGEST_TABLE):
        if any(span.start < line.end and line.start < span.end for span in left_out):
            break
        text = _slice(page, line)
        if _is_column_head(text):
            heads.append(line)
        elif heads or not (is_table_row(text) or len(text) < 60):
            break
    return heads[-2:]


def _is_column_head(line: str) -> bool:
    """ "2019 2018 2017", "Year ended December 31, 2019", "(in millions)": little else but years and units."""
    return len(line) < 100 and _COLUMN_HEAD.search(line) is not None and not re.search(r"\d[\d,]*[,.]\d|\d{5}", line)


def _lines_before(text: str, start: int) -> Iterator[Span]:
    """The non-empty lines above an offset, nearest first."""
    end = text.rfind("\n", 0, start)
    while end > 0:
        begin = text.rfind("\n", 0, end) + 1
        line = text[begin:end]
        if line.strip():
            yield Span(begin + len(line) - len(line.lstrip()), begin + len(line.rstrip()))
        end = begin - 1


def _numbered(units: Sequence[_Unit], pages: Mapping[PageKey, Page]) -> tuple[EvidenceSpan, ...]:
    """Units in reading order, those of a passage that follow one another joined, numbered from 1.

    Documents come in the order of their best unit, pages and lines as they stand.
    """
    documents = list(dict.fromkeys(unit.key[0] for unit in sorted(units, key=lambda unit: -unit.score)))
    ordered = sorted(units, key=lambda unit: (documents.index(unit.key[0]), unit.key[1], unit.start))
    joined: list[_Unit] = ordered[:1]
    for unit in ordered[1:]:
        before = joined[-1]
        follows = unit.key == before.key and unit.passage == before.passage
        if follows and not pages[unit.key].text[before.end : unit.start].strip():
            joined[-1] = replace(joined[-1], end=max(before.end, unit.end), score=max(joined[-1].score, unit.score))
        else:
            joined.append(unit)
    return tuple(
        EvidenceSpan(n, *unit.key, unit.start, unit.end, pages[unit.key].text[unit.start : unit.end], unit.score)
        for n, unit in enumerate(joined, start=1)
    )


def _slice(page: Page, span: Span) -> str:
    return page.text[span.start : span.end]
