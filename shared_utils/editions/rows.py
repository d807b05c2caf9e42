"""Rows of tables compared by their labels and the names over their columns, whatever order the columns stand in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared_utils.editions.facts import Told, Words, facts_of
from shared_utils.editions.model import FactKind
from shared_utils.editions.passages import Passage, Value, tokens_of
from shared_utils.text.numerals import Notation

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value in two editions, as (start, end) of its row's text; None where a row has none of that name."""

    kind: FactKind
    before: tuple[int, int] | None
    after: tuple[int, int] | None
    about: str


@dataclass(frozen=True, slots=True)
class RowDifferences:
    values: tuple[ValueChange, ...]
    are_labels_new: bool  # whether the row is called otherwise than before


def row_differences(before: Passage, after: Passage, old: Notation, new: Notation) -> RowDifferences | None:
    """What differs in two rows of values; None where either is none, or their values cannot be told apart by names.

    Columns that only one edition has are no change of a row: their names differ, and that is told once. Where no name
    is in both, values are compared in their order, those of years the newest first, as far as there are as many.
    """
    if not before.values or not after.values:
        return None
    names_old, names_new = _named(before), _named(after)
    if names_old is None or names_new is None:
        return None
    shared = [name for name in names_new if name in names_old]
    if shared:
        pairs = [(names_old[name], names_new[name]) for name in shared]
    else:
        pairs = list(zip(_newest_first(names_old), _newest_first(names_new), strict=False))
    changes = [change for one, other in pairs if (change := _changed(before, after, one, other, old, new)) is not None]
    return RowDifferences(tuple(changes), are_labels_new=_label(before) != _label(after))


def are_other_rows(before: Sequence[Passage], after: Sequence[Passage]) -> bool:
    """Whether two rows of one name are of tables that do not tell the same: not one name over a column is in both, and
    they have not as many columns, of which more than one tells the same year.
    """
    if len(before) != 1 or len(after) != 1:
        return False
    old, new = _named(before[0]), _named(after[0])
    if not old or not new or len(old) == len(new) or not old.keys().isdisjoint(new):
        return False
    return not (_has_a_year_each(old) and _has_a_year_each(new))


def _has_a_year_each(named: dict[str, Value]) -> bool:
    years = [max(map(int, _YEAR.findall(name)), default=0) for name in named]
    return 0 not in years and len(set(years)) == len(years)


def _named(row: Passage) -> dict[str, Value] | None:
    """Name over the column -> value; None where two columns share one."""
    found: dict[str, Value] = {}
    for value in row.values:
        name = _letters(" ".join(value.heads))
        if not name or name in found:
            return None
        found[name] = value
    return found


def _newest_first(named: dict[str, Value]) -> list[Value]:
    """In their order, unless every name tells a year."""
    years = {name: max(found) for name in named if (found := [int(year) for year in _YEAR.findall(name)])}
    if len(years) < len(named):
        return list(named.values())
    return [named[name] for name in sorted(named, key=lambda name: -years[name])]


def _label(row: Passage) -> str:
    return _letters(" ".join(row.values[0].labels[-1:]))


def _changed(
    before: Passage, after: Passage, one: Value, other: Value, old: Notation, new: Notation
) -> ValueChange | None:
    mine, theirs = before.text[one.start : one.end], after.text[other.start : other.end]
    if _letters(mine) == _letters(theirs) or _meant(mine, old) == _meant(theirs, new) != []:
        return None
    heads = " ".join(other.heads) if _same_heads(one, other) else f"{' '.join(one.heads)} → {' '.join(other.heads)}"
    about = " · ".join(dict.fromkeys(filter(None, [*other.labels, heads.strip(" →")])))
    is_number = any(fact.kind is FactKind.NUMBER for fact in (*_facts(mine, old), *_facts(theirs, new)))
    kinds = [fact.kind for fact in (*_facts(theirs, new), *_facts(mine, old))]
    kind = FactKind.NUMBER if is_number or not kinds else kinds[0]
    return ValueChange(kind, (one.start, one.end), (other.start, other.end), about)


def _same_heads(one: Value, other: Value) -> bool:
    return _letters(" ".join(one.heads)) == _letters(" ".join(other.heads))


@lru_cache(maxsize=16_384)  # labels and heads are compared with those of every row beside theirs
def _letters(text: str) -> str:
    """The words without blanks: a narrow column breaks words and numbers."""
    return "".join(token.key for token in tokens_of(text))


def _meant(text: str, notation: Notation) -> list[object]:
    return [fact.meaning for fact in _facts(text, notation)]


def _facts(text: str, notation: Notation) -> tuple[Told, ...]:
    return facts_of(Words(text, (), notation))
