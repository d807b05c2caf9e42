"""What matters first of a comparison: the figures that both editions speak of most, the sections that came and went.

A key figure is told by the documents themselves: its value is printed on several pages of its edition (in the
statement, in the table of five years, in the text), of either. No list of names is needed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from shared_utils.editions.alignment import Pair
from shared_utils.editions.model import Figure, KeyFigure, Opening, places_within
from shared_utils.editions.passages import Passage, Passages, Value, tokens_of
from shared_utils.text.growth import percent_of
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.types import Page

_MOST = 8  # key figures, and sections of either kind
_LEAST_PAGES = 2  # that print a figure, in either edition
_LEAST_DIGITS = 3  # "5 %" stands on many pages by chance
_CERTAIN_DIGITS = 4  # with fewer, half of the pages are taken for chance
_CLEAR = 2  # times as many pages as the next figure of the same label; else that names neither of them ("Total")
_LARGEST_STEP = 20  # times; a figure that grew by more is another one, or counted otherwise
_LEAST_PASSAGES = 4  # of a section that is called new or dropped
_LEFT = 0.1  # of its passages may be in the other edition

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NEXT_COLUMNS = re.compile(r"(?<=\d)\s*[$€£¥]$")  # the sign before the next value
_DIGITS = re.compile(r"\d(?:[\d.,'’\u00a0\u2009\u202f]*\d)?")

_Printed = tuple[str, str]
"""A figure as its digits are printed in the earlier and in the later edition."""


def key_figures(
    old: Passages, new: Passages, pairs: Sequence[Pair], before: Sequence[Page], after: Sequence[Page]
) -> tuple[KeyFigure, ...]:
    """The figures of rows that both editions have, each of its newest year, that are printed on most pages of both.

    At most eight, that on most pages first. A label that several figures have names the one that is printed on twice
    as many pages as the next, or none.
    """
    candidates: dict[_Printed, list[KeyFigure]] = defaultdict(list)
    for pair in pairs:
        if len(pair.before) == len(pair.after) == 1:
            one = _candidate(old.passages[pair.before[0]], new.passages[pair.after[0]], old, new)
            if one is not None:
                candidates[_digits(one.before.text), _digits(one.after.text)].append(one)
    on_old, on_new = _pages_of(before), _pages_of(after)
    weights = {printed: _weight(on_old[printed[0]], on_new[printed[1]], printed) for printed in candidates}
    of_label: dict[str, list[float]] = defaultdict(list)
    for printed, told in candidates.items():
        for label in {_key(one.label) for one in told}:
            of_label[label].append(weights[printed])
    found: list[KeyFigure] = []
    named: set[str] = set()
    for printed in sorted(candidates, key=lambda printed: -weights[printed]):  # stable: in reading order
        if len(found) == _MOST or min(on_old[printed[0]], on_new[printed[1]]) < _LEAST_PAGES:
            break
        one = _named_best(candidates[printed], of_label)
        label = _key(one.label)
        if label not in named and _is_clear(weights[printed], of_label[label]):
            named.add(label)
            found.append(one)
    return tuple(found)


def _is_clear(weight: float, of_label: Sequence[float]) -> bool:
    others = sorted(of_label, reverse=True)[1:]
    return not others or weight >= _CLEAR * others[0]


def _candidate(one: Passage, other: Passage, old: Passages, new: Passages) -> KeyFigure | None:
    """A row's newest value in both editions, where it is called the same and counts the same; None else."""
    if not one.values or not other.values:
        return None
    (mine, year), (theirs, later) = _newest(one.values), _newest(other.values)
    label = theirs.labels[-1] if theirs.labels else ""
    if not mine.labels or _key(mine.labels[-1]) != _key(label) or not any(map(str.isalpha, label)):
        return None
    if bool(year) != bool(later) or year > later or (year == later != 0):
        return None
    before, after = _figure(one, mine), _figure(other, theirs)
    if min(map(_count, (before.text, after.text))) < _LEAST_DIGITS or _digits(before.text) == _digits(after.text):
        return None
    was, now = _amount(before, old), _amount(after, new)
    if was is None or now is None or was.unit != now.unit:
        return None
    amounts = _signed(was, mine.factor), _signed(now, theirs.factor)
    if not _are_comparable(*amounts):
        return None
    is_share = now.unit == "percent"
    growth = amounts[1] - amounts[0] if is_share else percent_of(*amounts)
    return KeyFigure(label, before, after, growth, is_share)


def _newest(values: Sequence[Value]) -> tuple[Value, int]:
    """The value of the newest year that the names over the columns tell, and that year; the first and 0 without one."""
    years = [max(map(int, _YEAR.findall(" ".join(value.heads))), default=0) for value in values]
    best = max(range(len(values)), key=lambda n: (years[n], -n))
    return values[best], years[best]


def _figure(row: Passage, value: Value) -> Figure:
    text = " ".join(row.text[value.start : value.end].split())
    text = _NEXT_COLUMNS.sub("", text)
    heads = " ".join(word for word in " ".join(value.heads).split() if any(map(str.isalnum, word)))
    return Figure(text, heads, value.scale, tuple(places_within(row.places, value.start, value.end)))


def _amount(figure: Figure, document: Passages) -> Quantity | None:
    found = quantities(figure.text, document.notation)
    return found[0] if len(found) == 1 and not found[0].is_year else None


def _signed(amount: Quantity, factor: int) -> Decimal:
    value = amount.value if amount.scaled else amount.value * factor
    return -value if amount.negative else value


def _are_comparable(before: Decimal, after: Decimal) -> bool:
    small, large = sorted((abs(before), abs(after)))
    return small > 0 and large / small <= _LARGEST_STEP


def _named_best(found: Sequence[KeyFigure], of_label: Mapping[str, Sequence[float]]) -> KeyFigure:
    """Under the label that names fewest other figures, then the one used most, then the shortest."""
    used = Counter(_key(one.label) for one in found)
    return min(found, key=lambda one: (len(of_label[_key(one.label)]), -used[_key(one.label)], len(one.label)))


def _key(label: str) -> str:
    return "".join(token.key for token in tokens_of(label))


def _weight(before: int, after: int, printed: _Printed) -> float:
    """The pages that print a figure; half of them where it has few digits."""
    pages = min(before, after)
    return pages if min(map(_count, printed)) >= _CERTAIN_DIGITS else pages / 2


def _pages_of(pages: Iterable[Page]) -> Counter[str]:
    """Number as printed -> how many pages print it."""
    return Counter(number for page in pages for number in set(_DIGITS.findall(page.text)))


def _digits(text: str) -> str:
    match = _DIGITS.search(text)
    return match[0] if match else ""


def _count(text: str) -> int:
    return sum(map(str.isdecimal, text))


# ------------------------------------------------------------------------------------------------ sections


def openings(document: Passages, in_both: frozenset[int], other: Passages) -> tuple[Opening, ...]:
    """The sections of a document of which the other edition has next to nothing: the eight largest, in order.

    `in_both` are the indices of its passages that have a counterpart.
    """
    known = {_key(title) for title in other.sections}
    members: dict[int, list[int]] = defaultdict(list)
    for n, passage in enumerate(document.passages):
        members[passage.section].append(n)
    alone = {
        section: held
        for section, held in members.items()
        if section  # 0: under no heading
        and len(held) >= _LEAST_PASSAGES
        and _key(document.sections[section]) not in known
        and sum(n in in_both for n in held) <= _LEFT * len(held)
    }
    largest = sorted(alone, key=lambda section: -len(alone[section]))[:_MOST]
    return tuple(
        Opening(document.sections[section], document.passages[alone[section][0]].places[0], len(alone[section]))
        for section in sorted(largest)
    )
