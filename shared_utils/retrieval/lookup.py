"""Looking a value up: the row of a table, and the columns of it, that a question names.

A row's score is the share of the question's words that its label, the names over its columns and the lines over its
table hold, by idf among the rows that come into question, times the share of its own label that was asked for: "total
revenue" is no answer for "revenue per share". What stands over a column decides which of the row's values it is; where
nothing does, all of them are meant.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_terms
from shared_utils.tables.paths import heads_over, labels_beside, values
from shared_utils.text.words import terms
from shared_utils.types import Cell, Page, Table

SURE = 0.38  # from this score on, a look-up is shown first; see docs/benchmarks.md
_HEAD, _GROUP, _TITLE = 0.9, 0.7, 0.5  # what a word counts over a column, over a group of rows, over the table
_OTHER_YEAR = 0.3
_MOST_VALUES = 6  # of one row, where nothing tells which is meant
_ASKS_REASON = re.compile(
    r"\b(?:why|how come|what caused|warum|wieso|weshalb|pourquoi|por qu[eéê]|perch[eé]|waarom)\b", re.IGNORECASE
)
_NAMES = re.compile(r"[^\W_]")  # a lone sign names nothing
_YEAR = re.compile(r"(?<![\d.,])(?:FY|CY)?((?:19|20)\d\d)(?!\d|[.,]\d)", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\b(?:FY|CY)\s?'?(\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, the labels of its row (those of its groups first) and the names over its column, outermost first."""

    value: Cell
    labels: tuple[Cell, ...]
    heads: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class LookUp:
    """Values of one row, in the order of their columns. `score` is 1 where all is accounted for that was asked."""

    document_id: str
    page: Page
    table: Table
    facts: tuple[Fact, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Row:
    document_id: str
    page: Page
    page_score: float
    table: Table
    facts: tuple[Fact, ...]
    label: frozenset[str]
    groups: frozenset[str]
    heads: tuple[frozenset[str], ...]  # of each value
    title: frozenset[str]
    years: tuple[frozenset[str], ...]  # of each value

    def words(self) -> frozenset[str]:
        return self.label.union(self.groups, self.title, *self.heads)


def look_up(
    question: str, pages: Iterable[tuple[str, Page, float]], *, glossary: Glossary = NO_GLOSSARY
) -> LookUp | None:
    """The value of a table that a question asks for, None where no row's label speaks to it or a reason is asked for.

    `pages` are (document id, page, how well the page speaks to the question: 0 … 1).
    """
    if _ASKS_REASON.search(question):
        return None
    rows = [row for document_id, page, score in pages for row in _rows(document_id, page, score)]
    asked = {term: w for term, w in question_terms(question, glossary).items() if isinstance(term, str)}
    weights = _weights(asked, rows)
    years = years_of(question)
    scored = ((_score(row, weights, years), row) for row in rows)
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is None or best[0] <= 0:
        return None
    score, row = best
    return LookUp(row.document_id, row.page, row.table, _meant(row, weights, years), score)


def years_of(text: str) -> frozenset[str]:
    """Every year a text names, in four digits.

    >>> sorted(years_of("FY22 and 2019, not 2,019 or 20191"))
    ['2019', '2022']
    """
    return frozenset(_YEAR.findall(text)) | {f"20{short}" for short in _SHORT_YEAR.findall(text)}


def _rows(document_id: str, page: Page, page_score: float) -> Iterator[_Row]:
    def words(cells: Collection[Cell]) -> frozenset[str]:
        return frozenset().union(*(_terms(cell.text) for cell in cells)) if cells else frozenset()

    def years(cells: Iterable[Cell]) -> frozenset[str]:
        return frozenset().union(*(years_of(cell.text) for cell in cells))

    for table in page.tables:
        title = _terms(table.caption)
        for row, together in groupby(_facts(table), key=lambda fact: fact.value.row):
            of_row = tuple(together)
            label = [cell for cell in of_row[0].labels if cell.row <= row <= cell.row_end and _NAMES.search(cell.text)]
            groups = [cell for cell in of_row[0].labels if cell not in label]
            if not label:
                continue
            row_years = years(label) or years(groups) or years_of(table.caption)
            yield _Row(
                document_id=document_id,
                page=page,
                page_score=page_score,
                table=table,
                facts=of_row,
                label=words(label),
                groups=words(groups),
                heads=tuple(words(fact.heads) for fact in of_row),
                title=title,
                years=tuple(years(fact.heads) or row_years for fact in of_row),
            )


@lru_cache(maxsize=256)
def _facts(table: Table) -> tuple[Fact, ...]:
    return tuple(
        Fact(cell, labels_beside(table, cell.row, cell.column), heads_over(table, cell.row, cell.column))
        for cell in values(table)
    )


def _weights(asked: Mapping[str, float], rows: Sequence[_Row]) -> dict[str, float]:
    """weight × idf among the rows; what none of them holds counts half as much as what only one does."""
    held = Counter(word for row in rows for word in row.words() & asked.keys())
    rarest = math.log(1 + len(rows))
    return {
        word: weight * (math.log(1 + len(rows) / held[word]) if held[word] else rarest / 2)
        for word, weight in asked.items()
        if not _YEAR.fullmatch(word)
    }


def _score(row: _Row, weights: Mapping[str, float], years: frozenset[str]) -> float:
    asked = weights.keys()
    by_label = asked & row.label
    if not by_label:
        return 0.0
    heads = frozenset().union(*row.heads)
    by_head = (asked & heads) - by_label
    by_group = (asked & row.groups) - by_label - by_head
    by_title = (asked & row.title) - by_label - by_head - by_group

    def weight(words: Iterable[str]) -> float:
        return sum(weights[word] for word in words)

    found = weight(by_label) + _HEAD * weight(by_head) + _GROUP * weight(by_group) + _TITLE * weight(by_title)
    covered = found / (weight(asked) or 1.0)
    own = [word for word in row.label if not word.isdigit()]
    precise = sum(word in weights for word in own) / (len(own) or 1)
    score = covered * (1 + precise) / 2 * (1 + row.page_score) / 2
    told = frozenset().union(*row.years)
    return score * _OTHER_YEAR if years and told and not years & told else score


def _meant(row: _Row, weights: Mapping[str, float], years: frozenset[str]) -> tuple[Fact, ...]:
    """The values whose heads the question names: of its years where it names some, then of its words."""
    values = list(zip(row.facts, row.heads, row.years, strict=True))
    if years and any(years & told for _, _, told in values):
        values = [value for value in values if years & value[2]]
    named = [sum(weights[word] for word in heads & weights.keys()) for _, heads, _ in values]
    most = max(named, default=0.0)
    if most > min(named, default=0.0):
        values = [value for value, weight in zip(values, named, strict=True) if weight > 0]
    return tuple(fact for fact, _, _ in values)[:_MOST_VALUES]


@lru_cache(maxsize=65_536)
def _terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))
