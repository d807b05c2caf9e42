"""Documents that do not agree: "the handbook says 12 months, the contract 24".

Made to be right rather than complete, since a false alarm costs more trust than a missed one. Two sentences of
different documents are held against each other only when they say the same with the same words but for one quantity:
the same kinds of quantities in the same order, all equal but one, the same bounds ("at least"), the same years, and
no word of substance that the other sentence and the heading over it lack. Rows of tables are left alone: what a cell
is about stands in headings that may be out of sight. Papers of one form about several cases, such as contracts with
one firm each, say different things of different things: so documents do whose names differ in one place
("contract_adler", "contract_arnold"), and three or more that all give another value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations

from shared_utils.citations.substitutions import names_in
from shared_utils.citations.text_units import Unit, content_keys, units_of, words_of
from shared_utils.message import Message, message
from shared_utils.text.dates import Date
from shared_utils.text.quantities import Quantity, identifiers, quantities
from shared_utils.text.units import BASE_OF
from shared_utils.text.words import terms
from shared_utils.types import EvidenceSpan

_MOST = 3  # told of one question
_MOST_NAMES = 8  # of a question
_A_NAME = 3  # letters; fewer number the parts of something
_LONGEST_CHARS = 400  # of a sentence; longer is a list, or text without punctuation
_SAME = Decimal("0.035")  # relative difference within which a month is 30 or 31 days, and a year twelve of them
_SAME_HEDGED = Decimal("0.15")  # "about 100" and 104

# Words that frame a quantity and say nothing of what it is the quantity of.
_FRAME = (
    "is are was were be been last lasts period duration term length amount amounts total totals equal equals come "
    "comes set sets fixed grant grants granted give given provide provides provided offer offers offered receive "
    "receives received get gets entitle entitled entitlement have has had run runs valid apply applies applied "
    "currently normally generally usually standard must shall may will can full whole "
    "beträgt betragen dauert gilt erhalten erhält dure durée est dura duración es"
)
# What tells one edition of a document from another; other names tell what it is about.
_EDITIONS = frozenset(
    (  # noqa: SIM905 - one word a line would fill the screen
        "old new draft final revised revision amended amendment copy version original updated update "
        "signed rev alt neu entwurf endfassung geändert kopie fassung ancien nouveau viejo nuevo"
    ).split()
)
_REFERENCE = re.compile(
    r"(?:\b(?:sections?|articles?|clauses?|chapters?|pages?|pp?|paragraphs?|figures?|fig|tables?|steps?|versions?|parts?"
    r"|items?|notes?|appendix|annex|exhibit|schedule|nos?|number|level|class|form|rule|model|release)\b\.?|[#§v])\s*\W?$",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"\(?\d{1,3}(?:\.\d{1,3})*(?:[.)]\s|\s+(?=[^\W\d_a-z]))")
# A sentence, or a label and its value ("Notice period: 3 months"); other lines may be cells of a table.
_STATES = re.compile(r"[.!?。！？]\W*$|[^\W\d]:\s+\W?\d")
_BOUND = re.compile(
    r"(?P<least>\b(?:at least|no (?:less|fewer) than|not less than|minimum(?: of)?|mindestens|au moins|al menos)"
    r"\s+\W?$)"
    r"|(?P<most>\b(?:at most|no more than|not more than|up to|maximum(?: of)?|within|höchstens|bis zu|au plus|hasta)"
    r"\s+\W?$)"
    r"|(?P<above>\b(?:more than|over|above|exceed(?:s|ing)?|mehr als|über|plus de|más de)\s+\W?$)"
    r"|(?P<below>\b(?:less than|fewer than|under|below|weniger als|unter|moins de|menos de)\s+\W?$)",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|no|never|without|except|unless|nicht|kein\w*|pas|sans|sin|no longer)\b|n['’]t\b", re.I)
_AUTHOR = re.compile(r"\b(?:we|our|us|(?:the|this) (?:company|group|firm|product|device|paper|study|report))\b", re.I)


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


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence with quantities, taken apart.

    `told` are its words of substance, none of them a number's; `headed` those of the headings over it.
    """

    span: EvidenceSpan
    unit: Unit
    quantities: tuple[Quantity, ...]
    kinds: tuple[tuple[str, ...], ...]  # of each quantity: what makes two of them comparable
    told: frozenset[str]
    headed: frozenset[str]
    years: frozenset[int]
    negated: bool


def find_conflicts(question: str, spans: Sequence[EvidenceSpan], names: Mapping[str, str]) -> tuple[Conflict, ...]:
    """Where the evidence for a question contradicts itself across documents, in the order of the evidence.

    `names` maps document ids to display names; a year in a name ("report 2023.pdf") says which year a document is of,
    and documents of different years are taken to speak of different things.
    """
    asked = content_keys(words_of(question))
    about = _about_what_was_named(question, spans, names)
    statements = [statement for span in spans if span.document_id in about for statement in _statements(span)]
    found: list[tuple[_Statement, _Statement, int]] = []
    for one, other in combinations(statements, 2):
        documents = one.span.document_id, other.span.document_id
        if documents[0] == documents[1] or not _same_subject(one, other, asked):
            continue
        if _cases_of_one_form(*(names.get(document, "") for document in documents)):
            continue
        if not _same_statement(one, other) or not _same_time(one, other, names):
            continue
        if any(_closer(rival, one, other) or _closer(rival, other, one) for rival in statements):
            continue
        if (differing := _differing(one, other)) is not None:
            found.append((one, other, differing))
    told = [_conflict(*pair, names) for pair in found if not _one_of_many_cases(pair, found)]
    return tuple({(c.first.quote, c.second.quote): c for c in reversed(told)}.values())[::-1][:_MOST]


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


def _cases_of_one_form(one: str, other: str) -> bool:
    """Whether two documents' names are of one pattern, and differ in what each is about.

    >>> _cases_of_one_form("contract_adler.pdf", "contract_arnold.pdf")
    True
    >>> _cases_of_one_form("contract_old.pdf", "contract_new.pdf"), _cases_of_one_form("handbook.pdf", "contract.pdf")
    (False, False)
    """
    ours, theirs = (re.findall(r"[^\W\d_]+", re.sub(r"\.pdf$", "", name.casefold())) for name in (one, other))
    apart = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    if len(ours) != len(theirs) or len(apart) != 1 or len(ours) < 2:
        return False
    return min(map(len, apart[0])) >= _A_NAME and not set(apart[0]) & _EDITIONS


def _spaced(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name)


def _one_of_many_cases(
    pair: tuple[_Statement, _Statement, int], found: Sequence[tuple[_Statement, _Statement, int]]
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


def _statements(span: EvidenceSpan) -> Iterator[_Statement]:
    headed: frozenset[str] = frozenset()
    for unit in units_of(span.text):
        if unit.is_row or len(unit.text) > _LONGEST_CHARS:
            continue
        if not _STATES.search(unit.text):
            headed = unit.keys
            continue
        named_days = unit.days
        numbers = unit.numbers
        years = {int(q.value) for q in numbers if q.is_year} | {year for day in named_days for year in day.years}
        compared = tuple(q for q in numbers if not q.is_year and _is_quantity(q, unit.text, named_days))
        if compared:
            yield _Statement(
                span,
                unit,
                compared,
                tuple(_kind(q, unit) for q in compared),
                _told(unit, (*numbers, *named_days)),
                headed,
                frozenset(years),
                bool(_NEGATED.search(unit.text)),
            )


def _is_quantity(q: Quantity, text: str, days: Sequence[Date]) -> bool:
    """Not the number of a section, a list item or a day."""
    if any(day.start <= q.start < day.end for day in days):
        return False
    if q.start <= 1 and _LIST_NUMBER.match(text):
        return False
    return not _REFERENCE.search(text[max(0, q.start - 14) : q.start]) and q.text.casefold() not in ("one", "zero")


def _kind(q: Quantity, unit: Unit) -> tuple[str, ...]:
    """Dimension and bound; for a bare number, the word that it counts."""
    bound = _BOUND.search(unit.text[max(0, q.start - 16) : q.start])
    limit = (bound.lastgroup or "") if bound else ""
    if q.unit:
        return (BASE_OF.get(q.unit, (q.unit, 1))[0], limit)
    following = next((word for word in unit.words if word.start >= q.end), None)
    counted = following.keys if following and following.content else ()
    return ("count", limit, *counted)


def _told(unit: Unit, compared: Sequence[Quantity | Date]) -> frozenset[str]:
    words = [word for word in unit.words if not any(part.start <= word.start < part.end for part in compared)]
    return content_keys(words) - _frame()


@cache
def _frame() -> frozenset[str]:
    return frozenset(terms(_FRAME))


def _same_subject(one: _Statement, other: _Statement, asked: frozenset[str]) -> bool:
    """Whether both speak of what was asked, and no word of substance sets them apart ("part-time").

    A heading over one of them may supply what it leaves out; two headings must say the same.
    """
    ours, theirs = one.told | one.headed, other.told | other.headed
    if not ours & theirs & asked:
        return False
    if one.headed and other.headed:
        return ours == theirs
    return bool(one.told & other.told) and one.told <= theirs and other.told <= ours


def _same_statement(one: _Statement, other: _Statement) -> bool:
    if one.kinds != other.kinds or one.negated != other.negated:
        return False
    if identifiers(one.unit.text) != identifiers(other.unit.text):
        return False
    return not (_AUTHOR.search(one.unit.text) or _AUTHOR.search(other.unit.text))  # each document's own "we"


def _same_time(one: _Statement, other: _Statement, names: Mapping[str, str]) -> bool:
    if one.years != other.years:
        return False
    if one.years:
        return True
    ours, theirs = (_years(names.get(s.span.document_id, "")) for s in (one, other))
    if ours and theirs:
        return ours == theirs
    ours, theirs = (_years(s.span.text) for s in (one, other))
    return not ours or not theirs or max(ours) == max(theirs)


def _years(text: str) -> frozenset[int]:
    return frozenset(int(q.value) for q in quantities(text) if q.is_year)


def _likeness(one: _Statement, other: _Statement) -> float:
    """The share of their words of substance, 0 … 1, that both have (Jaccard)."""
    return len(one.told & other.told) / max(1, len(one.told | other.told))


def _closer(rival: _Statement, one: _Statement, other: _Statement) -> bool:
    """Whether `rival`, of `other`'s document, is a better partner for `one`, or as good a one that agrees with it."""
    if rival is other or rival.span.document_id != other.span.document_id:
        return False
    theirs, ours = _likeness(rival, one), _likeness(one, other)
    agrees = rival.kinds == one.kinds and not _differences(rival, one)
    return theirs > ours or (agrees and theirs >= ours)


def _differing(one: _Statement, other: _Statement) -> int | None:
    """The place of the one quantity that differs; None when none does, or several: then the cases differ."""
    differences = _differences(one, other)
    return differences[0] if len(differences) == 1 else None


def _differences(one: _Statement, other: _Statement) -> list[int]:
    pairs = zip(one.quantities, other.quantities, strict=True)
    return [i for i, (ours, theirs) in enumerate(pairs) if not _equal(ours, theirs)]


def _equal(one: Quantity, other: Quantity) -> bool:
    if one.negative == other.negative and (one.unit, one.scale) == (other.unit, other.scale) and one.same_digits(other):
        return True  # "1,234" and "1.234", where a document does not tell its decimal sign
    a, b = (q.value * BASE_OF.get(q.unit, ("", Decimal(1)))[1] * (-1 if q.negative else 1) for q in (one, other))
    rough = _SAME if one.unit != other.unit else Decimal(0)
    tolerance = _SAME_HEDGED if one.hedged or other.hedged else rough
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def _conflict(one: _Statement, other: _Statement, differing: int, names: Mapping[str, str]) -> Conflict:
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


def _place(statement: _Statement, differing: int) -> Place:
    span, unit = statement.span, statement.unit
    return Place(
        span.document_id,
        span.page,
        span.start + unit.start,
        span.start + unit.end,
        unit.text,
        " ".join(statement.quantities[differing].text.split()),
    )
