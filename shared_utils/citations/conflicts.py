"""Documents that do not agree: "the handbook says 12 months, the contract 24".

Made to be right rather than complete, since a false alarm costs more trust than a missed one. Two sentences of
different documents are held against each other only when they say the same with the same words but for one quantity:
the same kinds of quantities in the same order, all equal but one, the same bounds ("at least"), the same years, and
no word of substance that the other sentence and the heading over it lack. A value of a table counts as a sentence of
its labels and the names over it, where its unit or its year is told. Papers of one form about several cases, such as
contracts with one firm each, say different things of different things: so documents do whose names or titles differ in
one place ("contract_adler", "contract_arnold"), that name other firms, and three or more that all give another value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from shared_utils.citations.cases import Profile, are_named_as_two_cases, are_two_cases, profile
from shared_utils.citations.dates import same_day
from shared_utils.citations.statements import Pages, Statement, statements
from shared_utils.citations.substitutions import names_in
from shared_utils.citations.text_units import content_keys, words_of
from shared_utils.message import Message, message
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.text.units import BASE_OF
from shared_utils.types import EvidenceSpan

_MOST = 3  # told of one question
_MOST_NAMES = 8  # of a question
_SAME = Decimal("0.035")  # relative difference within which a month is 30 or 31 days, and a year twelve of them
_SAME_HEDGED = Decimal("0.15")  # "about 100" and 104
_FIRST_PAGES = 2  # that tell whose a document is


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence on a page: `page.text[start:end] == quote`. `value` is its quantity as it is written there."""

    document_id: str
    page: int
    start: int
    end: int
    quote: str
    value: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two documents that give different quantities for the same thing. `reason` names both, for a person to read."""

    first: Place
    second: Place
    reason: Message


def find_conflicts(
    question: str, spans: Sequence[EvidenceSpan], names: Mapping[str, str], pages: Pages | None = None
) -> tuple[Conflict, ...]:
    """Where the evidence for a question contradicts itself across documents, in the order of the evidence.

    `names` maps document ids to display names; a year in a name ("report 2023.pdf") says which year a document is of,
    and documents of different years are taken to speak of different things. `pages` maps (document id, page number) to
    the pages, whose tables and first lines tell what a value is of; without them tables are left alone.
    """
    if len({span.document_id for span in spans}) < 2:
        return ()
    pages = pages or {}
    asked = content_keys(words_of(question))
    about = _about_what_was_named(question, spans, names)
    profiles = {document: _profile(document, pages) for document in about}
    said = [s for span in spans if span.document_id in about for s in statements(span, pages)]
    found: list[tuple[Statement, Statement, int]] = []
    for one, other in combinations(said, 2):
        a, b = one.span.document_id, other.span.document_id
        if a == b or not _same_subject(one, other, asked):
            continue
        if are_named_as_two_cases(names.get(a, ""), names.get(b, "")) or are_two_cases(profiles[a], profiles[b]):
            continue
        if not _same_statement(one, other) or not _same_time(one, other, names, profiles):
            continue
        if any(_closer(rival, one, other) or _closer(rival, other, one) for rival in said):
            continue
        if (differing := _differing(one, other)) is not None:
            found.append((one, other, differing))
    told = [_conflict(*pair, names) for pair in found if not _one_of_many_cases(pair, found)]
    return tuple({(c.first.quote, c.second.quote): c for c in reversed(told)}.values())[::-1][:_MOST]


def _profile(document: str, pages: Pages) -> Profile:
    return profile([page for n in range(1, _FIRST_PAGES + 1) if (page := pages.get((document, n)))])


def _about_what_was_named(question: str, spans: Sequence[EvidenceSpan], names: Mapping[str, str]) -> frozenset[str]:
    """The documents that hold every name of the question which some document holds, in its evidence or its own name."""
    held: dict[str, frozenset[str]] = {}
    for span in spans:
        known = held.get(span.document_id, content_keys(words_of(_spaced(names.get(span.document_id, "")))))
        held[span.document_id] = known | content_keys(words_of(span.text))
    words = words_of(question)
    for i in names_in(words, [word for span in spans for word in words_of(span.text)])[:_MOST_NAMES]:
        holding = {document: keys for document, keys in held.items() if i and not keys.isdisjoint(words[i].keys)}
        held = holding or held
    return frozenset(held)


def _spaced(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name)


def _one_of_many_cases(
    pair: tuple[Statement, Statement, int], found: Sequence[tuple[Statement, Statement, int]]
) -> bool:
    """Whether a third document gives a third value for the same: then each speaks of a case of its own."""
    one, other, _ = pair
    ours = {one.span.document_id, other.span.document_id}
    thirds = (
        statement
        for a, b, _ in found
        if a is one or b is one or a is other or b is other
        for statement in (a, b)
        if statement.span.document_id not in ours
    )
    return any(third.kinds == one.kinds and _differences(third, one) and _differences(third, other) for third in thirds)


def _same_subject(one: Statement, other: Statement, asked: frozenset[str]) -> bool:
    """Whether both speak of what was asked, and no word of substance sets them apart ("part-time").

    A heading over one of them may supply what it leaves out; two headings must say the same. So do the names over a
    cell, but for the words that only say what is counted.
    """
    ours, theirs = one.told | one.headed, other.told | other.headed
    if not ours & theirs & asked:
        return False
    if one.label and other.label:
        return one.label == other.label and one.headed == other.headed
    if one.headed and other.headed:
        return ours == theirs
    return bool(one.told & other.told) and one.told <= theirs and other.told <= ours


def _same_statement(one: Statement, other: Statement) -> bool:
    if one.kinds != other.kinds or one.negated != other.negated or bool(one.days) != bool(other.days):
        return False
    return one.codes == other.codes and not (one.authored or other.authored)


def _same_time(one: Statement, other: Statement, names: Mapping[str, str], profiles: Mapping[str, Profile]) -> bool:
    if one.years != other.years:
        return False
    if one.years:
        return True
    documents = one.span.document_id, other.span.document_id
    ours, theirs = (_years(_spaced(names.get(document, ""))) or profiles[document].years for document in documents)
    if ours and theirs:
        return ours == theirs
    if one.days:
        return True  # the years of its passage may be of days
    ours, theirs = (_years(s.span.text) for s in (one, other))
    return not ours or not theirs or max(ours) == max(theirs)


def _years(text: str) -> frozenset[int]:
    return frozenset(int(q.value) for q in quantities(text) if q.is_year)


def _likeness(one: Statement, other: Statement) -> float:
    """The share of their words of substance, 0 … 1, that both have (Jaccard)."""
    return len(one.told & other.told) / max(1, len(one.told | other.told))


def _closer(rival: Statement, one: Statement, other: Statement) -> bool:
    """Whether `rival`, of `other`'s document, is a better partner for `one`, or as good a one that agrees with it."""
    if rival is other or rival.span.document_id != other.span.document_id:
        return False
    if rival.years != other.years and one.years == other.years:
        return False  # of another time, as the next column of a table is
    theirs, ours = _likeness(rival, one), _likeness(one, other)
    agrees = rival.kinds == one.kinds and bool(rival.days) == bool(one.days) and not _differences(rival, one)
    return theirs > ours or (agrees and theirs >= ours)


def _differing(one: Statement, other: Statement) -> int | None:
    """The place of the one value that differs; None when none does, or several: then the cases differ."""
    differences = _differences(one, other)
    return differences[0] if len(differences) == 1 else None


def _differences(one: Statement, other: Statement) -> list[int]:
    if one.days:
        a, b = one.days[0], other.days[0]
        alike = same_day(a, b) and (not a.years or not b.years or a.years == b.years)
        return [] if alike else [0]
    pairs = zip(one.quantities, other.quantities, strict=True)
    return [i for i, (ours, theirs) in enumerate(pairs) if not _equal(ours, one.scale, theirs, other.scale)]


def _equal(one: Quantity, ours: Decimal, other: Quantity, theirs: Decimal) -> bool:
    """Whether two numbers may be one: in other units, with a scale that stands apart, or rounded as its digits tell."""
    scales = [1 if q.scaled else scale for q, scale in ((one, ours), (other, theirs))]
    alike = (one.negative, one.unit, one.scale, scales[0]) == (other.negative, other.unit, other.scale, scales[1])
    if alike and one.same_digits(other):
        return True  # "1,234" and "1.234", where a document does not tell its decimal sign
    pairs = list(zip((one, other), scales, strict=True))
    a, b = (
        q.value * scale * BASE_OF.get(q.unit, ("", Decimal(1)))[1] * (-1 if q.negative else 1) for q, scale in pairs
    )
    step = max(_step(q) * scale * BASE_OF.get(q.unit, ("", Decimal(1)))[1] for q, scale in pairs)
    rough = _SAME if one.unit != other.unit else Decimal(0)
    tolerance = _SAME_HEDGED if one.hedged or other.hedged else rough
    scaled = one.scaled or other.scaled or scales != [1, 1] or _step(one) != _step(other)
    return abs(a - b) <= max(tolerance * max(abs(a), abs(b)), step / 2 if scaled else Decimal(0))


def _step(number: Quantity) -> Decimal:
    """What its last digit counts: 0.1 million of "41.2 million"."""
    return number.scale * Decimal(10) ** int(number.mantissa.as_tuple().exponent)


def _conflict(one: Statement, other: Statement, differing: int, names: Mapping[str, str]) -> Conflict:
    first, second = _place(one, differing), _place(other, differing)
    reason = message(
        "{first} p. {page} says {value}, {second} p. {other} says {rival}",
        first=names.get(first.document_id, first.document_id),
        page=first.page,
        value=first.value,
        second=names.get(second.document_id, second.document_id),
        other=second.page,
        rival=second.value,
    )
    return Conflict(first, second, reason)


def _place(statement: Statement, differing: int) -> Place:
    value = statement.days[0].text if statement.days else statement.quantities[differing].text
    span = statement.span
    return Place(span.document_id, span.page, statement.start, statement.end, statement.text, " ".join(value.split()))
