"""Whether a sentence answers a question better than a value that was read off a table.

A row says little in its own words, so a value leads unless a sentence that is quoted anyway has clearly more of the
question's words than the row's labels, heads, group and caption have together, or another cell of its row is a sentence
that has more of them than what would be told. Where nothing but the row is asked for, none does.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from shared_utils.retrieval.lookup import OF_ASKING, LookUp, asks_no_figure
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import is_year
from shared_utils.text.words import other_forms, terms
from shared_utils.types import Answer, Page, Passage, Sentence
from src.answering.places import in_words

Pages = Mapping[tuple[str, int], Page]

_CERTAIN = 0.7  # a look-up's score from which no sentence is asked
_MORE = 0.05  # of the question's weight
_PROSE = 80  # characters of a cell that is a sentence


def is_told_better(question: str, value: LookUp, answer: Answer, passages: Sequence[Passage], pages: Pages) -> bool:
    """Whether what the answer quotes of prose covers more of the question than a value's row, by idf of passages."""
    asked, others = set(question_words(question)), other_forms(question)

    def told_in(words: Iterable[str]) -> frozenset[str]:
        return frozenset(others.get(word, word) for word in words)

    if value.score >= _CERTAIN or (
        not asks_no_figure(question) and _is_named_alone(asked, value, told_in(value.row.label))
    ):
        return False
    held = Counter(term for passage in passages for term in asked & told_in(terms(passage.chunk.text)))
    weight = {term: math.log(1 + (len(passages) + 1) / (held[term] + 0.5)) for term in asked}
    told = told_in(terms(in_words(value.table, value.facts)))
    prose = (one.value.text for one in value.row.facts if one not in value.facts and len(one.value.text) >= _PROSE)
    if any(_share(told_in(terms(text)), weight) > _share(told, weight) + _MORE for text in prose):
        return True  # another cell of the row is a sentence that answers
    row = _share(told_in(value.row.words), weight)
    quoted = (s.text for s in answer.sentences if _is_prose(s, answer, pages))
    return any(_share(told_in(terms(text)), weight) > row + _MORE for text in quoted)


def _is_named_alone(asked: Set[str], value: LookUp, label: Set[str]) -> bool:
    """Whether a question asks for nothing but a row, of a year that it tells: "what was revenue in fiscal 2023?"."""
    what = {word for word in asked if not is_year(word)} - OF_ASKING
    told = frozenset().union(*value.row.years)
    years = asked - what - OF_ASKING
    return bool(what) and what <= label and (not years or bool(years & told))


def _share(words: Iterable[str], weight: Mapping[str, float]) -> float:
    return sum(weight[word] for word in weight.keys() & set(words)) / (sum(weight.values()) or 1.0)


def _is_prose(sentence: Sentence, answer: Answer, pages: Pages) -> bool:
    """Whether what a sentence quotes, after the names over it, stands in no table."""
    quote = max((c for c in answer.citations if c.marker in sentence.citations), key=lambda c: c.marker, default=None)
    return quote is not None and not any(
        span.start < quote.end and quote.start < span.end
        for table in pages[quote.document_id, quote.page].tables
        for cell in table.cells
        for span in cell.spans
    )
