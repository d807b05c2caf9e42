"""A claim of an answer beside the words it cites, taken apart so that the checks can compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.citations.dates import dates
from shared_utils.citations.quantities import Quantity, quantities
from shared_utils.citations.support import speaking_units
from shared_utils.citations.tables import cells_of, headings_of
from shared_utils.citations.text_units import Unit, Word, content_keys, weights, words_of
from shared_utils.message import NOTHING, Message
from shared_utils.types import Embedder, Verdict

_SAME_MEANING = 0.7  # cosine, for a sentence that shares few words with the page


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a claim, and why."""

    verdict: Verdict
    reason: Message = NOTHING
    is_wording: bool = False  # the page merely says it in other words, it seems: an inference model may settle that


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim beside the cited words: `anchor` are the units that speak of it, best first."""

    claim: str
    words: tuple[Word, ...]
    numbers: tuple[Quantity, ...]  # of the claim, without the days and years of its dates
    weight: dict[str, float]
    units: tuple[Unit, ...]
    anchor: tuple[int, ...]
    headings: tuple[Unit, ...]  # over the anchors that are table rows

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
    anchor = speaking_units(claim, units)
    headings = tuple(dict.fromkeys(over for i in anchor if units[i].is_row for over in headings_of(units, i)))
    days = [(date.start, date.end) for date in dates(claim)]
    plain = tuple(q for q in quantities(claim) if not any(start <= q.start < end for start, end in days))
    return Reading(claim, words, plain, weights(units, content_keys(words)), units, anchor, headings)


def stands_word_for_word(claim: str, units: Sequence[Unit]) -> bool:
    """A whole sentence or row of the page: a part of one may have lost its "not"."""
    said = [word.text for word in words_of(claim)]
    return any([word.text for word in unit.words] == said for unit in units)


def closest_in_meaning(claim: str, units: Sequence[Unit], embedder: Embedder) -> int | None:
    cosines = embedder.embed_passages([unit.text for unit in units]) @ embedder.embed_query(claim)[0]
    best = int(cosines.argmax())
    return best if cosines[best] >= _SAME_MEANING else None


def wording(reading: Reading) -> dict[str, float]:
    """The weights without those of numbers and their units: 14.9 % and 14.9 percent are compared as numbers."""
    spans = [(q.start, q.end) for q in quantities(reading.claim)]
    words = [word for word in reading.words if not any(start <= word.start < end for start, end in spans)]
    return {key: reading.weight[key] for key in content_keys(words)} or reading.weight


def row_says_it(reading: Reading) -> bool:
    """Its headings may be out of sight, but a row with this label holds one of these numbers."""
    return any(holds(reading.units[i], q) for i in reading.anchor if reading.units[i].is_row for q in reading.numbers)


def holds(unit: Unit, wanted: Quantity) -> bool:
    return any(q is not None and q.mantissa == wanted.mantissa for q in cells_of(unit))
