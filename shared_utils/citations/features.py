"""What can be measured between a claim and the words it cites: the figures that the trained judgement weighs."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

from shared_utils.citations.exact_checks import ends_a_code, stands_with_a_gap
from shared_utils.citations.nearness import said_otherwise, with_nearness
from shared_utils.citations.quantities import Match, compare
from shared_utils.citations.reading import Reading, is_measured, wording
from shared_utils.citations.same_thing import people_of, spelled_otherwise
from shared_utils.citations.substitutions import names_in, of_one_country
from shared_utils.citations.tables import headings_of
from shared_utils.citations.text_units import Unit, Word, covered
from shared_utils.citations.worked_out import is_worked_out
from shared_utils.text.folding import fold
from shared_utils.text.numerals import Notation
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.types import Embedder

_WINDOW = 3  # neighbouring units read together: a pronoun's name stands in the sentence before
_MOST_EMBEDDED = 2  # units, those that hold most of the claim's words: more cost time and told nothing more
_MOST_SEARCHED = 6  # where none of them holds …
_SPEAKS_OF_IT = 0.3  # … this share of the words: a rewording may stand anywhere
_EMBEDDED_CHARS = 320  # of each
_MOST_KEYS = 40  # of a claim that are paired; more is a list, or hostile
_ADJECTIVE = re.compile(r"(.{4,}?)(?:ian|ean|an|ish|ese)s?")
_VERBS = frozenset(  # after a subject; those in -ed are told by their ending
    (  # noqa: SIM905 - one word a line would fill the screen
        "is was has had will can did does says said sings sang wrote writes won wins made makes became becomes plays "
        "took takes led leads told tells gave gives went goes built left met began begins ist war hat "
        "wird est fut es fue"
    ).split()
)
_QUANTIFIERS = frozenset(
    (  # noqa: SIM905 - one word a line would fill the screen
        "most all every only first last largest biggest highest lowest smallest best worst never always entire whole "
        "both none greatest oldest youngest longest least any must "
        "alle alles jeder jede jedes nur erste letzte größte höchste kleinste niemals immer "
        "tous toutes seul seulement premier dernier toujours todos todas solo siempre primero"
    ).split()
)


class Features(NamedTuple):
    """Shares lie in 0 … 1. `cosine` is NaN where no embedder was at hand; with one that knows single words, a word that
    is near in meaning (nearness.py) counts as the word itself."""

    pairs_together: float  # share of the pairs of its words that stand together in one sentence or row
    covered: float  # weighted share of its words in the best few neighbouring units
    cosine: float  # of the claim and the best few neighbouring units
    numbers_missing: float  # share of its numbers that the cited words do not hold
    names_missing: float  # names that the cited words do not hold; two or more are 1
    quantifiers_missing: float  # "all", "only", "first": said of nothing in the best units; two are 1
    length: float  # ln(1 + words of content)


def features(reading: Reading, embedder: Embedder | None = None) -> Features:
    """The figures of a claim that has words, beside at least one unit."""
    weight = wording(reading)
    reach = [unit.keys.union(*(over.keys for over in _over(reading.units, i))) for i, unit in enumerate(reading.units)]
    windows = [range(i, min(i + _WINDOW, len(reach))) for i in range(len(reach))]
    best = windows[int(np.argmax([covered(weight, _joined(reach, window)) for window in windows]))]
    otherwise = said_otherwise(reading.words, weight, reading.units, embedder) if embedder else {}
    otherwise |= spelled_otherwise(reading.words, reading.units)
    said = [
        with_nearness(keys, otherwise) | people_of(unit.text) for unit, keys in zip(reading.units, reach, strict=True)
    ]
    return Features(
        pairs_together=_together(list(weight)[:_MOST_KEYS], said),
        covered=max(covered(weight, _joined(said, window)) for window in windows),
        cosine=_cosine(reading, weight, reach, embedder) if embedder else math.nan,
        numbers_missing=_numbers_missing(reading),
        names_missing=min(2, len(missing_names(reading))) / 2,
        quantifiers_missing=_quantifiers_missing(reading, best),
        length=math.log(1 + len(weight)),
    )


def _over(units: Sequence[Unit], i: int) -> list[Unit]:
    return headings_of(units, i) if units[i].is_row else []


def _joined(reach: Sequence[frozenset[str]], window: range) -> frozenset[str]:
    return frozenset[str]().union(*(reach[i] for i in window))


def _together(keys: Sequence[str], reach: Sequence[frozenset[str]]) -> float:
    where = [frozenset(i for i, held in enumerate(reach) if key in held) for key in keys]
    if len(where) < 2:
        return float(bool(where and where[0]))
    pairs = list(combinations(where, 2))
    return sum(not one.isdisjoint(other) for one, other in pairs) / len(pairs)


def _cosine(reading: Reading, weight: dict[str, float], reach: Sequence[frozenset[str]], embedder: Embedder) -> float:
    """The highest of the claim and the sum of neighbours among the units that share most words with it."""
    order = sorted(range(len(reach)), key=lambda i: -covered(weight, reach[i]))
    speaks = covered(weight, reach[order[0]]) >= _SPEAKS_OF_IT
    near = sorted(order[: _MOST_EMBEDDED if speaks else _MOST_SEARCHED])
    claim = embedder.embed_query(reading.claim)[0]
    texts = [reading.units[i].text[:_EMBEDDED_CHARS] for i in near]
    vectors = dict(zip(near, embedder.embed_passages(texts), strict=True))
    best = -1.0
    for start in near:
        summed = np.zeros_like(claim)
        for i in range(start, start + _WINDOW):
            if i not in vectors:
                break
            summed = summed + vectors[i]
            best = max(best, float(summed @ claim / max(float(np.linalg.norm(summed)), 1e-9)))
    return best


def _numbers_missing(reading: Reading) -> float:
    wanted = [q for q in reading.numbers if not (q.in_words and q.value <= 1)]  # "one of them", "a second one"
    return sum(not _is_held(q, reading) for q in wanted) / len(wanted) if wanted else 0.0


def _is_held(wanted: Quantity, reading: Reading) -> bool:
    """Whether some cited sentence or row has a number, in whatever spelling, rounding that is told, or unit."""
    held = frozenset[Decimal]().union(*(_values(unit.text, unit.notation) for unit in reading.units))
    return (
        not held.isdisjoint((wanted.value, *wanted.mantissas))
        or any(compare(wanted, q, None) is Match.EXACT for unit in reading.units for q in unit.numbers)
        or ends_a_code(wanted, reading)
        or stands_with_a_gap(wanted, reading)
        or is_worked_out(wanted, reading)
    )


@lru_cache(maxsize=2_000)  # every sentence of an answer is held against the same units
def _values(text: str, notation: Notation) -> frozenset[Decimal]:
    return frozenset(value for q in quantities(text, notation) for value in (q.value, *q.mantissas))


def missing_names(reading: Reading) -> list[Word]:
    """Names of the claim that stand nowhere in the cited words, not even as a part of a longer word or inflected.

    A sentence's first word is written large whatever it is; it counts only by what else tells it for a name, as a verb
    right after it does: "Pink sang".
    """
    page_words = [word for unit in reading.units for word in unit.words]
    begun = {_beginning(key) for word in page_words for key in word.keys}
    text = fold(" ".join(unit.text for unit in reading.units))
    missing = [
        word
        for i in names_in(reading.words, page_words)
        if (word := reading.words[i])
        and (i > 0 or any(char.isupper() for char in word.text[1:]) or _does(reading))
        and begun.isdisjoint(map(_beginning, word.keys))
        and fold(word.text) not in text
        and not _is_of_a_place(word, page_words)
        and not any(of_one_country(word.text, other.text) for other in page_words)
        and not is_measured(word, reading)
    ]
    spelled = spelled_otherwise(reading.words, reading.units) if missing else {}
    return [word for word in missing if spelled.keys().isdisjoint(word.keys)]


def _is_of_a_place(name: Word, page_words: Sequence[Word]) -> bool:
    """Whether the page names the place that an adjective is made of: European and Europe, Canadian and Canada."""
    made = _ADJECTIVE.fullmatch(fold(name.text))
    return made is not None and any(
        word.text[0].isupper() and (place := fold(word.text)).startswith(made[1]) and len(place) <= len(made[1]) + 2
        for word in page_words
    )


def _does(reading: Reading) -> bool:
    """Whether the first word of a sentence is told for its subject by a verb that follows it."""
    first, then = (*reading.words, None, None)[:2]
    if first is None or then is None or reading.claim[first.end : then.start] != " ":
        return False
    return then.text in _VERBS or (then.text.endswith("ed") and first.text[-2:] not in ("ly", "ed"))


@lru_cache(maxsize=20_000)
def _beginning(key: str) -> str:
    """What words of one family share: "direct" of director and directed."""
    return key if len(key) < 5 or key[0].isdigit() else key[: max(4, math.ceil(0.75 * len(key)))]


def _quantifiers_missing(reading: Reading, window: range) -> float:
    said = {fold(word.text) for i in window for word in reading.units[i].words}
    asked = {fold(word.text) for word in reading.words} & _QUANTIFIERS
    return min(2, len(asked - said)) / 2
