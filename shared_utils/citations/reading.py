"""A claim of an answer beside the words it cites, taken apart so that the checks can compare them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from shared_utils.citations.signs import minus_words, says_minus
from shared_utils.citations.support import speaking_units
from shared_utils.citations.tables import cells_of, headings_of
from shared_utils.citations.text_units import Unit, Word, content_keys, units_of, weights, words_of
from shared_utils.message import NOTHING, Message
from shared_utils.text.dates import Date, dates, quarters
from shared_utils.text.numerals import Notation, notation_of
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.types import Embedder, Verdict

_T = TypeVar("_T")
# Words that tell how much or how surely a thing holds, or only carry the sentence: pages put them otherwise.
# Quantifiers that change what is said are counted apart (features.py).
SAYS_LITTLE = content_keys(
    words_of(
        "even still almost already yet quite rather really actually simply generally usually often mostly various "
        "several certain many much may might said called came made used use get got go going including such well also "
        "just sogar noch fast schon ziemlich wirklich meist oft verschiedene viele même encore presque déjà souvent"
    )
)
_MOST_EMBEDDED = 8  # units, and …
_EMBEDDED_CHARS = 320  # … of each
_SAME_MEANING = 0.7  # cosine, for a sentence that shares few words with the page


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a claim, and why."""

    verdict: Verdict
    reason: Message = NOTHING
    is_wording: bool = False  # the page merely says it in other words, it seems
    is_beside: bool = False  # it may be true, but speaks of something else than was asked
    is_open: bool = False  # told by words and names, by no number or negation: an inference model may settle it
    probability: float = (
        math.nan
    )  # that the cited words say it, as the judgement tells it; NaN where nothing is claimed


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim beside the cited words: `anchor` are the units that speak of it, best first."""

    claim: str
    words: tuple[Word, ...]
    numbers: tuple[Quantity, ...]  # of the claim, without the years of its dates
    days: tuple[Date, ...]  # of the claim
    measured: tuple[tuple[int, int], ...]  # where words stand that are compared as numbers, dates or their signs
    weight: dict[str, float]
    units: tuple[Unit, ...]
    anchor: tuple[int, ...]
    headings: tuple[Unit, ...]  # over the anchors that are table rows; a table's own may stand outside the cited words

    @property
    def page(self) -> str:
        return "\n".join(self.units[i].text for i in self.anchor)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset[str]().union(
            *(unit.keys for unit in self.headings), *(self.units[i].keys for i in self.anchor)
        )


def read_claim(claim: str, units: tuple[Unit, ...]) -> Reading:
    words = words_of(claim)
    notation = _notation_of_claim(claim, units)
    numbers = quantities(claim, notation)
    anchor = speaking_units(claim, units, numbers)
    over_rows = [over for i in anchor if units[i].is_row for over in headings_of(units, i)]
    headings = tuple(dict.fromkeys((*over_rows, *(head for i in anchor for head in _heads_of_cells(units[i])))))
    days = dates(claim, notation)
    measured = _measured(claim, numbers, days)
    plain = tuple(q for q in numbers if not any(day.start <= q.start < day.end for day in days))
    held = {key for i in anchor for q in units[i].numbers if q.negative for key in q.mantissas}
    if any(not q.negative and says_minus(claim, q) and not held.isdisjoint(q.mantissas) for q in plain):
        measured += tuple(minus_words(claim))
    return Reading(claim, words, plain, days, measured, weights(units, content_keys(words)), units, anchor, headings)


def _heads_of_cells(row: Unit) -> Iterator[Unit]:
    """The names over its cells, each column's as one line, where the table was read as one."""
    for heads in dict.fromkeys(cell.heads for cell in row.cells):
        yield from units_of(" ".join(heads), row.notation)


def _notation_of_claim(claim: str, units: Sequence[Unit]) -> Notation:
    """The documents tell how a number that may be read in two ways is meant, and so does the sentence itself.

    Where they do not agree, an answer in English on a German page say, it has both readings.
    """
    own = notation_of(claim)
    signs = {unit.notation.decimal for unit in units} | {own.decimal}
    orders = {unit.notation.day_first for unit in units} | {own.day_first}
    return Notation(_only(signs), own.language, _only(orders))


def _only(told: Collection[_T | None]) -> _T | None:
    known = {item for item in told if item is not None}
    return next(iter(known)) if len(known) == 1 else None


def stands_word_for_word(claim: str, units: Sequence[Unit]) -> bool:
    """A whole sentence or row of the page, its signs too: a part of one may have lost its "not"."""
    said = [word.text for word in words_of(claim)]
    signs = [q.negative for q in quantities(claim)]
    return any(
        [word.text for word in unit.words] == said and [q.negative for q in unit.numbers] == signs for unit in units
    )


def closest_in_meaning(claim: str, units: Sequence[Unit], embedder: Embedder) -> int | None:
    """Of the units that hold most of its words, the one that means the same; None where none does."""
    keys = content_keys(words_of(claim))
    near = sorted(range(len(units)), key=lambda i: -len(keys & units[i].keys))[:_MOST_EMBEDDED]
    texts = [units[i].text[:_EMBEDDED_CHARS] for i in near]
    cosines = embedder.embed_passages(texts) @ embedder.embed_query(claim)[0]
    best = int(cosines.argmax())
    return near[best] if cosines[best] >= _SAME_MEANING else None


def wording(reading: Reading) -> dict[str, float]:
    """The weights without those of numbers and their units: 14.9 % and 14.9 percent are compared as numbers.

    So are dates, quarters and words that stand for a minus ("a loss of 724" for "(724)"), where the page has others.
    """
    spans = [(q.start, q.end) for q in quantities(reading.claim)]
    words = [
        word
        for word in reading.words
        if not any(start <= word.start < end for start, end in spans)
        and (not is_measured(word, reading) or set(word.keys) & reading.keys)
    ]
    keys = content_keys(words)
    return {key: reading.weight[key] for key in sorted(keys - SAYS_LITTLE or keys)} or reading.weight


def is_measured(word: Word, reading: Reading) -> bool:
    """Whether a word of the claim is compared as a part of a number or a date, whatever its spelling."""
    return any(start <= word.start < end for start, end in reading.measured)


def _measured(claim: str, numbers: Sequence[Quantity], days: Sequence[Date]) -> tuple[tuple[int, int], ...]:
    return (
        *((q.bound_start, q.end) for q in numbers),
        *((day.start, day.end) for day in days),
        *((quarter.start, quarter.end) for quarter in quarters(claim)),
    )


def is_minus_in_words(reading: Reading, wanted: Quantity) -> bool:
    """Whether the claim says in words that a number is negative which the page prints with a minus or in brackets."""
    return (
        not wanted.negative
        and says_minus(reading.claim, wanted)
        and any(q.negative and q.same_digits(wanted) for i in reading.anchor for q in reading.units[i].numbers)
    )


def row_says_it(reading: Reading) -> bool:
    """Its headings may be out of sight, but a row with this label holds one of these numbers."""
    return any(holds(reading.units[i], q) for i in reading.anchor if reading.units[i].is_row for q in reading.numbers)


def holds(unit: Unit, wanted: Quantity) -> bool:
    return any(q is not None and q.same_digits(wanted) for q in cells_of(unit))
