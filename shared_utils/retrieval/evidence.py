"""From passages to evidence: the sentences and table rows that speak to a question best, within a token budget.

A unit's score is its passage's, plus the share of the question it covers itself (by idf among the candidates), plus a
little of its better neighbour's share: an answer often stands beside the sentence that repeats the question.
Units are taken best first while they fit; see docs/adr/0013 for what was measured and what was left out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from shared_utils.retrieval.bm25 import Term
from shared_utils.retrieval.figures import asks_for_figure, with_leads
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_terms
from shared_utils.retrieval.together import Lists, Piece, asks_for_all, pieces_of, without
from shared_utils.retrieval.units import PageKey, Rows, Unit, prompt_tokens, units_of
from shared_utils.structure.rows import groups_of, names_of, names_over
from shared_utils.text.expected import asked_prohibition
from shared_utils.text.words import other_forms
from shared_utils.types import Embedder, Evidence, EvidenceSpan, Page, Passage, Span

COVERAGE_WEIGHT = 0.4
NEIGHBOUR_WEIGHT = 0.3
_FORBIDS = 0.15  # added to what forbids, where that is asked for
CONTEXT_WEIGHT = 0.7  # of a word that stands over a row, not in it
MARKER_TOKENS = 5  # "[12] " and the line break
NAME_TOKENS = 14  # a document's name, told once for each when there are several
_WITH_LISTS = 6  # of the best units bring the rest of their lists
_WHOLE_LIST = 0.7  # of the budget, where a list is asked for
_SHORT_LIST = 0.25  # … where it is not
_SAME_WORDS = 0.9  # Jaccard similarity from which two units say the same
_CONTENDER = 0.95  # of the best passage's score: documents above it get a share of their own
_EMBEDDED_UNITS = 60  # 0.1 s on one core
_SCRAP_TOKENS = 8  # a bare heading, a lead-in: what stands alone, is that short, says no word of the question …
_SCRAP_SCORE = 0.5  # … and scores less than this of the best tells a model nothing


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
    rows = Rows(pages)
    asked = question_terms(question, glossary)
    units = _scored(question, asked, units_of(passages, pages, rows), embedder)
    units = with_leads(units) if asks_for_figure(question) else units
    if (wanted := asked_prohibition(question)) is not None:
        units = [replace(one, score=one.score + _FORBIDS * wanted.is_in(one.text)) for one in units]
    several = len({unit.key[0] for unit in units}) > 1
    chosen = _Selection(
        pages, rows, budget_tokens, name_tokens=NAME_TOKENS if several else 0, wants_all=asks_for_all(question)
    )
    contenders = _contenders(units)
    for document in contenders if len(contenders) > 1 else ():
        own = [unit for unit in units if unit.key[0] == document]
        chosen.fill(own, chosen.tokens + (budget_tokens // 2) // len(contenders))
    chosen.fill(units, budget_tokens)
    joined = _joined(chosen.units, pages)
    told = _without_scraps(joined, asked)
    tokens = chosen.tokens - sum(unit.tokens + 1 + MARKER_TOKENS for unit in joined if unit not in told)
    spans = tuple(_span(n, unit, pages[unit.key], rows) for n, unit in enumerate(told, start=1))
    return Evidence(spans, tokens, budget_tokens)


class _Selection:
    """The units taken so far, and what they cost together."""

    def __init__(
        self, pages: Mapping[PageKey, Page], rows: Rows, budget: int, name_tokens: int, wants_all: bool
    ) -> None:
        self.units: list[Unit] = []
        self.tokens = 0
        self._pages = pages
        self._rows = rows
        self._budget = budget
        self._name_tokens = name_tokens
        self._wants_all = wants_all
        self._lists = Lists(pages)
        self._taken: dict[PageKey, list[Span]] = {}
        self._passages: set[int] = set()
        self._documents: set[str] = set()

    def fill(self, units: Sequence[Unit], limit: int) -> None:
        """Take units, best first, while they fit under `limit` tokens in all."""
        limit = min(limit, self._budget)
        for rank, unit in enumerate(sorted(units, key=lambda unit: -unit.score)):
            whole_unit = Span(unit.start, unit.end)
            own = self._left_of(unit.key, [whole_unit])
            if own == [whole_unit] and self.tokens + unit.tokens + 1 > limit:
                continue  # it fits without its heads no more than with them, which are not looked for
            if not own or self._says_the_same(unit):
                continue
            pieces = [(unit.key, span) for span in [*own, *self._names_over(unit)]]
            whole = self._list_of(unit, own) if rank < _WITH_LISTS else []
            if not (whole and self._take(unit, [*pieces, *whole], limit)):
                self._take(unit, pieces, limit)

    def _take(self, unit: Unit, pieces: Sequence[Piece], limit: int) -> bool:
        parts = [self._part(unit, key, span) for key, span in pieces]
        cost = sum(part.tokens + 1 for part in parts) + MARKER_TOKENS * (unit.passage not in self._passages)
        cost += self._name_tokens * (unit.key[0] not in self._documents)
        cost += MARKER_TOKENS * len({key for key, _ in pieces} - {unit.key})
        if self.tokens + cost > limit:
            return False
        self.tokens += cost
        self.units += parts
        for key, span in pieces:
            self._taken.setdefault(key, []).append(span)
        self._passages.add(unit.passage)
        self._documents.add(unit.key[0])
        return True

    def _part(self, unit: Unit, key: PageKey, span: Span) -> Unit:
        if (key, span.start, span.end) == (unit.key, unit.start, unit.end):
            return unit
        text = self._pages[key].text[span.start : span.end]
        is_own = key == unit.key and unit.start <= span.start and span.end <= unit.end
        words = unit.words if is_own else frozenset[Term]()
        return replace(
            unit, key=key, start=span.start, end=span.end, text=text, words=words, tokens=prompt_tokens(text)
        )

    def _left_of(self, key: PageKey, spans: Sequence[Span], besides: Sequence[Span] = ()) -> list[Span]:
        """What of some spans of a page is not taken yet, nor told by `besides` or by one another."""
        left: list[Span] = []
        for span in spans:
            left += without(self._pages[key].text, span, [*self._taken.get(key, ()), *besides, *left])
        return left

    def _says_the_same(self, unit: Unit) -> bool:
        return len(unit.words) > 5 and any(
            len(unit.words & other.words) >= _SAME_WORDS * len(unit.words | other.words) for other in self.units
        )

    def _names_over(self, unit: Unit) -> list[Span]:
        """What names the columns of a row, the groups it belongs to, and what its table is about."""
        page = self._pages[unit.key]
        if unit.row is not None:
            found = [*names_of(page, unit.row), *groups_of(page, unit.row)]
        else:
            found = [*names_over(page, unit.start, unit.end)]
        return self._left_of(unit.key, found, besides=[Span(unit.start, unit.end)])

    def _list_of(self, unit: Unit, own: Sequence[Span]) -> list[Piece]:
        """The rest of the list that a unit belongs to, where all of it is wanted, or it is short and led in to."""
        leads_in = unit.text.rstrip().endswith((":", "："))
        if not (self._wants_all or leads_in) or unit.row is not None:
            return []
        found = self._lists.holding(unit.key, Span(unit.start, unit.end))
        if found is None:
            return []
        pieces: list[Piece] = []
        for key, span in pieces_of(found, unit.key[0], self._pages):
            told = [*(other for where, other in pieces if where == key), *(own if key == unit.key else ())]
            pieces += [(key, left) for left in self._left_of(key, [span], besides=told)]
        cost = sum(prompt_tokens(self._pages[key].text[span.start : span.end]) for key, span in pieces)
        return pieces if cost <= (_WHOLE_LIST if self._wants_all else _SHORT_LIST) * self._budget else []


def _scored(question: str, asked: Mapping[Term, float], units: Sequence[Unit], embedder: Embedder | None) -> list[Unit]:
    shares = _coverage(asked, _as_asked(question, units))
    if embedder is not None and units and not any(shares):
        shares = _similarity(question, [unit.text for unit in units], embedder)
    scored = []
    for place, unit in enumerate(units):
        beside = [n for n in (place - 1, place + 1) if 0 <= n < len(units) and units[n].passage == unit.passage]
        neighbour = max((shares[n] for n in beside), default=0.0)
        score = unit.passage_score + COVERAGE_WEIGHT * (shares[place] + NEIGHBOUR_WEIGHT * neighbour)
        scored.append(replace(unit, score=score))
    return scored


def _as_asked(question: str, units: Sequence[Unit]) -> Sequence[Unit]:
    """The units with the words of the question in its own form, where its language has others."""
    others = other_forms(question)

    def told(words: frozenset[Term]) -> frozenset[Term]:
        return frozenset(
            others.get(term, term)
            if isinstance(term, str)
            else (others.get(term[0], term[0]), others.get(term[1], term[1]))
            for term in words
        )

    return [replace(one, words=told(one.words), context=told(one.context)) for one in units] if others else units


def _coverage(asked: Mapping[Term, float], units: Sequence[Unit]) -> list[float]:
    """Each unit's share of the question, by idf among the units: Σ w·idf of terms in it / Σ w·idf of all terms. What
    stands over a table counts as one unit, and less than a row's own words."""
    over = {(unit.key, id(unit.row.table)): unit.context for unit in units if unit.row is not None}
    weights = {}
    for term, weight in asked.items():
        found = sum(term in unit.words for unit in units) + sum(term in context for context in over.values())
        if found:
            weights[term] = weight * math.log(1 + len(units) / found)
    total = sum(weights.values()) or 1.0

    def share(unit: Unit) -> float:
        own = sum(weight for term, weight in weights.items() if term in unit.words)
        return own + CONTEXT_WEIGHT * sum(weight for term, weight in weights.items() if term in unit.context)

    return [share(unit) / total for unit in units]


def _similarity(question: str, texts: Sequence[str], embedder: Embedder) -> list[float]:
    """The cosines of the best passages' units, for a question that shares no word with any of them."""
    nearest = texts[:_EMBEDDED_UNITS]
    cosines = embedder.embed_passages(nearest) @ embedder.embed_query(question)[0]
    return [float(cosine) for cosine in np.maximum(cosines, 0)] + [0.0] * (len(texts) - len(nearest))


def _contenders(units: Sequence[Unit]) -> list[str]:
    """The documents whose best passage nearly reaches the best of all, best first."""
    return list(dict.fromkeys(unit.key[0] for unit in units if unit.passage_score >= _CONTENDER))


def _joined(units: Sequence[Unit], pages: Mapping[PageKey, Page]) -> list[Unit]:
    """Units in reading order, those of a passage or of a table that follow one another joined.

    Documents come in the order of their best unit, pages and lines as they stand.
    """
    documents = list(dict.fromkeys(unit.key[0] for unit in sorted(units, key=lambda unit: -unit.score)))
    ordered = sorted(units, key=lambda unit: (documents.index(unit.key[0]), unit.key[1], unit.start))
    joined: list[Unit] = ordered[:1]
    for unit in ordered[1:]:
        before = joined[-1]
        follows = unit.key == before.key and (unit.passage == before.passage or _of_one_table(unit, before))
        if follows and not pages[unit.key].text[before.end : unit.start].strip():
            joined[-1] = replace(joined[-1], end=max(before.end, unit.end), score=max(joined[-1].score, unit.score))
        else:
            joined.append(unit)
    return joined


def _without_scraps(units: Sequence[Unit], asked: Collection[Term]) -> list[Unit]:
    best = max((unit.score for unit in units), default=0.0)
    return [unit for unit in units if unit.score >= _SCRAP_SCORE * best or not _is_scrap(unit, asked)]


def _is_scrap(unit: Unit, asked: Collection[Term]) -> bool:
    """Whether a unit stands alone, is short and has words, none of them the question's. What was brought along for
    another unit has none of its own."""
    alone = unit.row is None and unit.end - unit.start == len(unit.text)
    return alone and unit.tokens <= _SCRAP_TOKENS and bool(unit.words) and unit.words.isdisjoint(asked)


def _of_one_table(unit: Unit, other: Unit) -> bool:
    return unit.row is not None and other.row is not None and unit.row.table is other.row.table


def _span(number: int, unit: Unit, page: Page, rows: Rows) -> EvidenceSpan:
    text = page.text[unit.start : unit.end]
    shown = rows.shown(unit.key, unit.start, unit.end)
    return EvidenceSpan(number, *unit.key, unit.start, unit.end, text, unit.score, shown if shown != text else "")
