"""Operands: figures of cells with their sign and scale, found by the labels of their rows and the years over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared_utils.retrieval.lookup import look_up_in
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary
from shared_utils.retrieval.table_rows import Fact, TableRow, tells_share, years_of
from shared_utils.tables.paths import scale_at
from shared_utils.text.numerals import notation_of
from shared_utils.text.quantities import quantities
from shared_utils.text.units import UNIT_OF
from shared_utils.text.words import terms

_NOTHING = frozenset("-–—")
_NEAR = 0.65  # of a label's words that a name must tell
_SURE = 0.4  # of a row that answers a question in words
_PER_LABEL = 0.02  # by how much a later name for an item is less sure than the one before it
_CLOSE = 0.96  # of the best score: among such the greatest amount is the whole's, not a part's
_CASH_FLOWS = frozenset(terms("operating activities"))
_OF_CASH_FLOWS = frozenset(
    terms("activities purchases additions paid payments depreciation amortization capital flows")
)
_WHOSE = re.compile(
    r",?\s+(?:attributable to|including|(?:from|on) (?:debts?|borrowings|loans|notes|bonds|credit)\b)\b.*|\([^()]*\)",
    re.IGNORECASE | re.DOTALL,
)
_TELLING = frozenset(("before", "after", "per", "less", "from", "to", "vor", "nach", "avant", "après", "antes"))
_WHOLE = frozenset(terms("consolidated total combined"))
# Beside a figure: its spread or its share, "54.3 (0.3)" and "57 ± 2 %", or the mark of a note, "10,000 (1)", "12 [b]".
_BESIDE = re.compile(
    r"(?<=[\d%)])\s*(?:\(\s*(?:[+−-]?(?:\d{1,2}|\d*[.,]\d{1,2}|[\d.,]+\s*%)|[a-z])\s*\)|\[\s*\w{1,2}\s*\]"
    r"|(?:±|\+/-)\s*[\d.,]+\s*%?|[*†‡§]+)$",
    re.IGNORECASE,
)
_OF_A_PART = ("quarter", "three months", "six months", "nine months", "change", "growth", "variance")


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure of a table: `value` as it is printed, with its sign; times `scale` it is what it counts."""

    row: TableRow
    fact: Fact
    value: Decimal
    scale: int | None  # None where none is told
    unit: str  # "$", "%", "" where none is told
    year: str = ""

    @property
    def counted(self) -> Decimal:
        return self.value * (self.scale or 1)

    @property
    def printed(self) -> str:
        """The figure without the sign of its currency, a loss with a minus."""
        return f"{self.value:,}".replace("-", "−")


def operand(row: TableRow, fact: Fact, year: str = "") -> Operand | None:
    """The figure of a value, without its spread, its share or the mark of a note beside it; None where it is none, or
    several."""
    text = _BESIDE.sub("", " ".join(fact.value.text.split()))
    scale = scale_at(row.table, fact.value)
    factor = scale.factor if scale else None
    if text and set(text) <= {*_NOTHING, "$", "€", "£", " "} and set(text) & _NOTHING:
        return Operand(row, fact, Decimal(0), factor, "", year)
    figures = [q for q in quantities(text, notation_of(row.page.text)) if not q.ordinal]
    if len(figures) != 1 or (figures[0].is_year and len(text) == len(figures[0].text)):
        return None
    figure = figures[0]
    if sum(character.isalpha() for character in text) > len("million "):
        return None
    is_loss = figure.negative or (text.strip("$€£ ").startswith("(") and not text.startswith("(1)"))
    value = -figure.mantissa if is_loss else figure.mantissa
    own = factor if figure.scale == 1 else int(figure.scale)
    return Operand(row, fact, value, own, figure.unit, year)


def item(labels: Sequence[str], year: str, rows: Sequence[TableRow]) -> Operand | None:
    """The figure of a year that stands beside one of some labels, the best first."""
    wanted = [_key(label) for label in labels]
    found: list[tuple[float, Operand]] = []
    flows = [row.table for row in rows if row.own >= _CASH_FLOWS]
    is_flow = any(label & _OF_CASH_FLOWS for label in wanted)
    for row in rows:
        own = _called(row)
        score = max((_fit(own, label) - _PER_LABEL * i for i, label in enumerate(wanted)), default=0.0)
        if score < _NEAR or (year and not any(year in told for told in row.years)):
            continue
        if "share" in own | row.groups and not any("share" in label for label in wanted):
            continue  # an amount per share is no amount
        if is_flow != (row.table in flows):
            score *= 0.85 if is_flow else 0.7  # what the statement of cash flows tells of a balance is its change
        if row.groups and not row.groups & _WHOLE:
            score *= 0.93
        figure = next((value for value in of_year(row, year) if value.unit != "%"), None)
        if figure is not None:
            found.append((score * (3 + row.page_score) / 4, figure))
    best = max((score for score, _ in found), default=0.0)
    return max((one for s, one in found if s >= _CLOSE * best), key=lambda one: abs(one.counted), default=None)


def _called(row: TableRow) -> frozenset[str]:
    """The words a row is called by, without whose share it is, or on what it is owed: "Net earnings attributable to
    Harbour Ltd.", "Interest expense on borrowings"."""
    labels = [cell.text for cell in row.facts[0].labels if cell.row <= row.facts[0].value.row <= cell.row_end]
    text = _WHOSE.sub("", " ".join(labels))
    return _key(text) if text.strip() and row.own else row.own or row.label


def _key(text: str) -> frozenset[str]:
    """The index terms of a label without figures, with the small words that make another figure of it."""
    small = {word for word in re.findall(r"[^\W\d_]+", text.lower()) if word in _TELLING}
    return frozenset(term for term in terms(text) if not term.isdigit()) | small


def _fit(own: frozenset[str], label: frozenset[str]) -> float:
    """1 where a row is called exactly so; less for each word that one has and the other lacks."""
    if own == label:
        return 1.0
    return 0.9 * len(own & label) / len(own | label) if label and label <= own else 0.0


def of_year(row: TableRow, year: str, facts: Iterable[Fact] | None = None) -> list[Operand]:
    """The figures of a row that are told for a year: of the whole before those of a part, shares and parts of the year
    last."""
    among = row.facts if facts is None else tuple(facts)
    told = dict(zip(row.facts, row.years, strict=True))
    alone = len(among) == 1
    found = [
        operand(row, fact, year) for fact in among if not year or told[fact] == {year} or (alone and year in told[fact])
    ]
    figures = [one for one in found if one is not None]
    figures.sort(key=lambda one: (one.unit == "%" or _is_of_a_part(one), not is_of_the_whole(one)))
    return figures


def is_of_the_whole(one: Operand) -> bool:
    """Whether it stands under "Total", beside the figures of segments."""
    return any(_WHOLE & set(terms(head.text)) for head in one.fact.heads)


def count_alike(figures: Sequence[Operand]) -> bool:
    """Whether all figures count the same, as far as units in a field of their own tell: no "mg" beside "g"."""
    return len({_unit_beside(one) for one in figures}) < 2


def _unit_beside(one: Operand) -> str:
    """The unit that stands between a row's label and its values; "" where none does."""
    own = [cell.text.strip() for cell in one.fact.labels if cell.row <= one.fact.value.row <= cell.row_end]
    return UNIT_OF.get(own[-1].lower(), "") if len(own) > 1 else ""


def is_one_of_many(one: Operand, others: Sequence[Operand]) -> bool:
    """Whether nothing tells why a figure is meant and not one of another column of its row: "Honda Civic", under names
    of measures. Years are told apart elsewhere, and the whole goes before its parts."""
    heads = {tuple(head.text for head in other.fact.heads) for other in (one, *others)}
    are_years = len(set(one.row.years)) > 1 or any(years_of(head.text) for head in one.fact.heads)
    return len(heads) > 1 and not are_years and not is_of_the_whole(one)


def counts_first(figures: Sequence[Operand]) -> list[Operand]:
    """Of figures of one row those that count, not the shares beside them; of these the total, where one stands."""
    counts = [one for one in figures if not is_rate(one)] or list(figures)
    return [one for one in counts if is_of_the_whole(one)] or counts


def is_rate(one: Operand) -> bool:
    """Whether a figure is a share, by its sign or the name over it."""
    return one.unit == "%" or any(tells_share(head.text) for head in one.fact.heads)


def _is_of_a_part(one: Operand) -> bool:
    return any(part in head.text.lower() for head in one.fact.heads for part in _OF_A_PART)


def asked_row(
    words: str, years: Sequence[str], rows: Sequence[TableRow], glossary: Glossary = NO_GLOSSARY
) -> list[Operand]:
    """The figures of one row, one for each year, oldest first; [] where a year is missing or no row is sure.

    Where a year stands in another table than the newest, it is looked for beside the same label.
    """
    found: list[Operand] = []
    for year in sorted(years, reverse=True):
        among = [row for row in rows if not found or (row.own, row.groups) == (found[0].row.own, found[0].row.groups)]
        seen = look_up_in(words, list(_with_figures(among)), glossary, frozenset({year}))
        if seen is None or (not found and seen.score < _SURE):
            return []
        figures = of_year(seen.row, year, seen.facts)
        if found:
            figures = [one for one in figures if _alike(one, found[0])] or figures
        if not figures or not any(year in told for told in seen.row.years):
            return []
        found.append(figures[0])
    return found[::-1]


def _alike(one: Operand, other: Operand) -> bool:
    """Whether two figures stand under names that differ in their year alone."""

    def heads(operand: Operand) -> set[str]:
        return {word for head in operand.fact.heads for word in terms(head.text) if not word.isdigit()}

    return heads(one) == heads(other)


def _with_figures(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    return (row for row in rows if any(any(ch.isdigit() for ch in fact.value.text) for fact in row.facts))
