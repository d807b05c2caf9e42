"""The least that evidence is made of: sentences and table rows of the candidate passages.

A row knows the words that hold for it elsewhere: caption, groups, names over its columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.retrieval.bm25 import Term, with_pairs
from shared_utils.structure.rows import TableRow, over
from shared_utils.structure.sentences import PageRows, in_lines, page_rows, sentences_between
from shared_utils.structure.waste import is_contents, is_from_the_web, is_nothing, is_reference, leads_on
from shared_utils.text.tokens import estimate_tokens
from shared_utils.text.words import terms
from shared_utils.types import Page, Passage

PageKey = tuple[str, int]

WASTE = 0.25  # of the best passage's score that contents and references stand back; those to the web, twice it


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or a table row of a candidate passage; `context` are words that hold for it and do not stand in it."""

    key: PageKey
    start: int
    end: int
    passage: int  # its passage's place among the candidates, 0 = best
    passage_score: float  # 1 for the best passage
    text: str
    words: frozenset[Term]
    tokens: int
    context: frozenset[Term] = frozenset()
    row: TableRow | None = None
    score: float = 0.0


def prompt_tokens(text: str) -> int:
    """What a span costs in a prompt, where the white space between words and cells is collapsed."""
    return estimate_tokens("\n".join(" ".join(line.split()) for line in text.splitlines()))


class Rows:
    """The table rows of some pages, and which pages are contents, found once each."""

    def __init__(self, pages: Mapping[PageKey, Page]) -> None:
        self._pages = pages
        self._found: dict[PageKey, PageRows] = {}
        self._contents: dict[PageKey, bool] = {}

    def of(self, key: PageKey) -> PageRows:
        if key not in self._found:
            self._found[key] = page_rows(self._pages[key])
        return self._found[key]

    def is_contents(self, key: PageKey) -> bool:
        if key not in self._contents:
            self._contents[key] = is_contents(self._pages[key])
        return self._contents[key]

    def shown(self, key: PageKey, start: int, end: int) -> str:
        """How a prompt tells a stretch of a page: rows of tables a line each."""
        return in_lines(self._pages[key], start, end, self.of(key))


def units_of(passages: Sequence[Passage], pages: Mapping[PageKey, Page], rows: Rows) -> list[Unit]:
    """The units of the passages, each once, in the order of the passages and of their text."""
    best = max((passage.score for passage in passages), default=0.0) or 1.0
    units: list[Unit] = []
    seen: set[tuple[PageKey, int]] = set()
    for place, passage in enumerate(passages):
        key = (passage.chunk.document_id, passage.chunk.page)
        page = pages[key]
        for one in sentences_between(page, passage.chunk.start, passage.chunk.end, rows.of(key)):
            if (key, one.start) in seen:
                continue
            seen.add((key, one.start))
            text = page.text[one.start : one.end]
            if one.row is None and (is_nothing(text) or leads_on(text)):
                continue
            context = _context(one.row) if one.row is not None else frozenset()
            words = frozenset(with_pairs(terms(text)))
            waste = (rows.is_contents(key) or is_reference(text)) + is_from_the_web(text)
            score = passage.score / best - WASTE * waste
            tokens = prompt_tokens(rows.shown(key, one.start, one.end) if one.row is not None else text)
            units.append(Unit(key, one.start, one.end, place, score, text, words, tokens, context - words, one.row))
    return units


def _context(row: TableRow) -> frozenset[Term]:
    return frozenset(with_pairs(terms(" · ".join(over(row)))))
