"""The pieces of a text that can support a claim: its sentences and table rows, as words that can be compared."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from shared_utils.text.dates import Date, dates
from shared_utils.text.folding import fold
from shared_utils.text.numerals import Notation, notation_of
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.text.sentences import is_table_row, split_sentences
from shared_utils.text.words import terms
from shared_utils.types import Span

_LEAST_SMALL = 4  # function words of a line that ends as a sentence does: prose, whatever figures it ends in
_ENDS = (".", "!", "?")
_CUT_OFF = frozenset(("s", "t", "d", "m", "re", "ve", "ll"))  # of "it 's", "don 't", as some tools set text
_WORD = re.compile(r"\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?%?|[^\W_]+(?:['’.,&/@:_-]+[^\W_]+)*%?|[%$€£¥]")


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]` and the keys it is compared by; a function word has one key and carries no meaning."""

    text: str
    start: int
    end: int
    keys: tuple[str, ...]
    content: bool


@dataclass(frozen=True, slots=True)
class KeyedCell:
    """A value of a table that was read as one, at `start` of the cited text; the names over it, outermost first."""

    start: int
    text: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or a table row: `text` stands at `start` of what was split."""

    text: str
    start: int
    end: int
    words: tuple[Word, ...]
    keys: frozenset[str]  # of its content words
    is_row: bool
    notation: Notation = field(default=Notation(), repr=False)  # of the document it stands in
    cells: tuple[KeyedCell, ...] = field(default=(), repr=False)  # of a row of a table, where it was read as one

    @property
    def numbers(self) -> tuple[Quantity, ...]:
        """Every number of it, in order, as its document writes numbers."""
        return quantities(self.text, self.notation)

    @property
    def days(self) -> tuple[Date, ...]:
        """Every date of it, in order."""
        return dates(self.text, self.notation)


def words_of(text: str) -> tuple[Word, ...]:
    """Every word of a text, in order."""
    return tuple(_word(match.group(), match.start(), text) for match in _WORD.finditer(text))


@lru_cache(maxsize=256)  # every sentence of an answer is compared with the same few evidence texts
def units_of(text: str, notation: Notation | None = None) -> tuple[Unit, ...]:
    """The sentences and table rows of a page text, in reading order. Without a `notation` the text tells its own."""
    notation = notation or notation_of(text)
    return tuple(_unit(text, span, notation) for span in split_sentences(text))


def with_cells(units: Sequence[Unit], cells: Sequence[KeyedCell]) -> tuple[Unit, ...]:
    """The units of a text, each with those of the cells that stand in it."""
    if not cells:
        return tuple(units)
    held = (tuple(cell for cell in cells if unit.start <= cell.start < unit.end) for unit in units)
    return tuple(replace(unit, cells=own) if own else unit for unit, own in zip(units, held, strict=True))


def content_keys(words: Iterable[Word]) -> frozenset[str]:
    return frozenset(key for word in words if word.content for key in word.keys)


def weights(units: Sequence[Unit], keys: Collection[str]) -> dict[str, float]:
    """How telling each key is: idf over the units, ln(1 + N / df); a key that no unit holds weighs most."""
    df = Counter(key for unit in units for key in unit.keys)
    # Sorted, for sums of the same numbers in another order are not always equal.
    return {key: math.log(1 + (len(units) + 1) / max(0.5, df[key])) for key in sorted(keys)}


def covered(weight: Mapping[str, float], keys: Collection[str]) -> float:
    """The weighted share, 0 … 1, of a claim's keys that are among `keys`."""
    total = sum(weight.values())
    return sum(value for key, value in weight.items() if key in keys) / total if total else 0.0


def _unit(text: str, span: Span, notation: Notation) -> Unit:
    words = words_of(text[span.start : span.end])
    body = text[span.start : span.end]
    is_row = is_table_row(body) and not _is_prose(body, words)
    return Unit(body, span.start, span.end, words, content_keys(words), is_row, notation)


def _is_prose(body: str, words: Sequence[Word]) -> bool:
    """Whether a line that ends in figures is a sentence all the same: "… when the team beat its rival 222 - 0."."""
    return body.rstrip().endswith(_ENDS) and sum(not word.content for word in words) >= _LEAST_SMALL


def _word(text: str, start: int, whole: str) -> Word:
    keys, content = _keys(text)
    if content and text in _CUT_OFF and whole[max(0, start - 1) : start] in ("'", "’"):
        content = False
    return Word(text, start, start + len(text), keys, content)


def _is_contracted(word: str) -> bool:
    """Whether a function word stands with another one's rest: "it's", "they're"."""
    head, _, tail = word.replace("’", "'").partition("'")
    return tail in _CUT_OFF and bool(head) and not _keys(head)[1]


@lru_cache(maxsize=50_000)
def _keys(word: str) -> tuple[tuple[str, ...], bool]:
    found = tuple(terms(word))
    return (found, not _is_contracted(word)) if found else ((fold(word),), False)
